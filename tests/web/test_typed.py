"""What people type for days, times and numbers."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from labelsvc.clock import HANOI
from labelsvc.errors import BadInput
from labelsvc.resources import folder
from labelsvc.web.console.typed import day_of, moment_of, row_number, whole
from labelsvc.web.language import typed_day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-05", date(2026, 11, 5)),
        ("05/11/2026", date(2026, 11, 5)),
        (" 5.11.2026 ", date(2026, 11, 5)),
        ("05-11-2026", date(2026, 11, 5)),
        ("05112026", date(2026, 11, 5)),
        ("1/2/26", date(2026, 2, 1)),
        ("05-11-26", date(2026, 11, 5)),
        ("", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    assert day_of(text, "Day") == day


@pytest.mark.parametrize(
    "text",
    ["31/02/2026", "11/2026", "hôm qua", "2026-13-01", "26/11/05", "1/2/6", "31022026", "5112026"],
)
def test_what_is_no_day_is_refused_and_points_at_its_input(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        day_of(text, "Day", "made_on")
    assert caught.value.params["field"] == "made_on"
    assert text in str(caught.value)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("500", 500),
        ("1.000", 1000),
        ("1 000 000", 1_000_000),
        ("2,500", 2500),
        ("1\u00a0000", 1000),
        ("1500 chiếc", 1500),
        ("1.500 tem", 1500),
        ("1.500,00", 1500),
        ("1,500.00", 1500),
        ("500,0", 500),
    ],
)
def test_whole_numbers(text: str, number: int) -> None:
    assert whole(text, "Count") == number


@pytest.mark.parametrize(
    "text",
    ["", "-5", "năm", "٣", "²", "1e3", "9999999999", "0x10", "1,5", "1.5", "2.50", "1 5", "1.000,5",
     "1,000.000", ".500", "500.", "chiếc", "1,5 chiếc", "1,500,00", "500 kg"],
)  # fmt: skip
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        whole(text, "Count")


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), (" 7 ", 7), ("2147483647", 2147483647), ("2147483648", 0), ("9" * 5000, 0), ("", 0),
     ("-1", 0), ("²", 0), ("٣", 0), ("NaN", 0), ("x", 0)],
)  # fmt: skip
def test_a_choice_names_a_row_or_none(text: str, number: int) -> None:
    assert row_number(text) == number


@pytest.mark.parametrize(
    ("text", "hour"), [("2026-11-05T14:30", 14), ("05/11/2026 14:30", 14), ("05/11/2026", 8)]
)
def test_moments_are_on_a_vietnamese_clock(text: str, hour: int) -> None:
    minute = 30 if hour == 14 else 0
    assert moment_of(text, "When") == datetime(2026, 11, 5, hour, minute, tzinfo=HANOI)


def test_a_moment_cannot_be_left_out() -> None:
    with pytest.raises(BadInput, match="missing"):
        moment_of(" ", "When", "at")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (date(2026, 11, 5), "05/11/2026"),
        ("2026-11-05", "05/11/2026"),
        ("2026-11-05T14:30", "05/11/2026 14:30"),
        (datetime(2026, 11, 5, 14, 30, tzinfo=HANOI), "05/11/2026 14:30"),
        ("05/11/2026", "05/11/2026"),
        ("hôm qua", "hôm qua"),
        (None, ""),
        ("", ""),
    ],
)
def test_a_field_for_a_day_shows_it_day_first_and_takes_it_back(value: object, shown: str) -> None:
    assert typed_day(value) == shown
    if shown and shown != "hôm qua":
        assert moment_of(shown, "When").date() == date(2026, 11, 5)


def test_no_page_leaves_the_order_of_a_date_to_the_browser() -> None:
    native = re.compile(r"""<input[^>]*type=["'](?:date|datetime-local)""")
    for path in folder("templates").rglob("*.html"):
        assert not native.search(path.read_text(encoding="utf-8")), path
