"""Opening hours as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsvc.catalogue.points import hours
from labelsvc.errors import BadInput

WORK = "08:00-17:00"


def week(*parts: str) -> str:
    return "|".join(parts)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("8h-17h", week(*[WORK] * 7)),
        ("8h00 - 17h00 hàng ngày", week(*[WORK] * 7)),
        ("Từ 8h đến 17h các ngày trong tuần", week(*[WORK] * 7)),
        ("8:00–17:00 (hằng ngày)", week(*[WORK] * 7)),
        ("Mở cửa từ 8 giờ đến 17 giờ", week(*[WORK] * 7)),
        ("8-17h", week(*[WORK] * 7)),
        ("8h sáng - 5h chiều", week(*[WORK] * 7)),
        ("8h tới 17h", week(*[WORK] * 7)),
        ("8:00 AM - 5:00 PM", week(*[WORK] * 7)),
        ("T2-T6: 8h-17h", week(*[WORK] * 5, "", "")),
        ("Thứ 2 - Thứ 6: 08:00 - 17:00", week(*[WORK] * 5, "", "")),
        ("thứ hai đến thứ sáu 8h đến 17h", week(*[WORK] * 5, "", "")),
        ("Thứ 2-6: 8h-17h", week(*[WORK] * 5, "", "")),
        ("8h-17h (T2-T6)", week(*[WORK] * 5, "", "")),
        ("8h-17h từ thứ 2 đến thứ 7, nghỉ chủ nhật", week(*[WORK] * 6, "")),
        ("8h-17h hằng ngày trừ CN", week(*[WORK] * 6, "")),
        ("8h-17h, CN nghỉ", week(*[WORK] * 6, "")),
        ("T2-T7: 8h-17h; CN: nghỉ", week(*[WORK] * 6, "")),
        ("T2, T4, T6: 8h-17h", week(WORK, "", WORK, "", WORK, "", "")),
        ("Thứ 7, CN: 8h-17h", week("", "", "", "", "", WORK, WORK)),
        ("cuối tuần 8h-17h", week("", "", "", "", "", WORK, WORK)),
        ("Thứ 7 - Thứ 2: 8h-17h", week(WORK, "", "", "", "", WORK, WORK)),
        ("8h-17h T2-T6, 8h-12h T7", week(*[WORK] * 5, "08:00-12:00", "")),
        ("T2-T6: 8h-17h; T7: 8h-12h", week(*[WORK] * 5, "08:00-12:00", "")),
        ("Sáng 7h30-11h30, chiều 13h30-17h", week(*["07:30-11:30,13:30-17:00"] * 7)),
        ("7h30 - 11h30; 13h30 - 17h00", week(*["07:30-11:30,13:30-17:00"] * 7)),
        ("24/7", week(*["00:00-24:00"] * 7)),
        ("24/24", week(*["00:00-24:00"] * 7)),
        ("18h-2h", week(*["18:00-02:00"] * 7)),
        ("Mon-Fri 8:00-17:00", week(*[WORK] * 5, "", "")),
        ("Mon–Fri: 8:00–17:00; Sat: 8:00–12:00", week(*[WORK] * 5, "08:00-12:00", "")),
        ("Thursday: 8:00-17:00", week("", "", "", WORK, "", "", "")),
        ("Daily: 8:00–17:00", week(*[WORK] * 7)),
        ("", ""),
        ("   ", ""),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, kept: str) -> None:
    assert hours.read(text) == kept


@pytest.mark.parametrize(
    "text",
    ["theo mùa vụ", "gọi trước", "2-6", "25h-26h", "8h-8h", "8h75-17h", "nghỉ", "T9: 8h-17h",
     "8h-9h, 10h-11h, 12h-13h, 14h-15h", "8h-17h <b>", "|" * 6, "99:00-17:00|" * 6, "CN nghỉ"],
)  # fmt: skip
def test_what_is_no_hours_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput) as refused:
        hours.read(text)
    assert "CN nghỉ" in refused.value.fix


_TIMES = st.integers(0, 23 * 4).map(lambda quarter: f"{quarter // 4:02}:{quarter % 4 * 15:02}")
_INTERVALS = st.tuples(_TIMES, _TIMES).filter(lambda two: two[0] < two[1]).map("-".join)
_DAYS = st.lists(_INTERVALS, max_size=2, unique=True).map(lambda day: ",".join(sorted(day)))


@given(st.lists(_DAYS, min_size=7, max_size=7).filter(any), st.sampled_from(("vi", "en")))
def test_what_is_said_in_words_is_read_as_it_was(days: list[str], language: str) -> None:
    kept = "|".join(days)
    assert hours.read(kept) == kept
    assert hours.read(hours.said(kept, language)) == kept


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        kept = hours.read(text)
    except BadInput:
        return
    assert not kept or (kept.count("|") == 6 and hours.read(kept) == kept)


def test_days_of_the_same_hours_stand_together() -> None:
    kept = hours.read("T2-T6: 8h-17h30; T7: 8h-12h")
    assert hours.lines(kept, "vi") == [("Thứ 2–Thứ 6", "8:00–17:30"), ("Thứ 7", "8:00–12:00")]
    assert hours.machine(kept) == ["Mo-Fr 08:00-17:30", "Sa 08:00-12:00"]
    assert hours.said(hours.read("8h-17h"), "en") == "Daily: 8:00–17:00"
