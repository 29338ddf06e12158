"""The criteria sets and groups, decision by decision."""

from __future__ import annotations

from datetime import date

import pytest

from labelsvc.catalogue import criteria
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

#: Decision 26/2026/QĐ-TTg, appendix I: group → its sets.
GROUPS = {
    "I": range(1, 14), "II": range(14, 18), "III": range(18, 21), "IV": range(21, 23),
    "V": range(23, 26), "VI": range(26, 27),
}  # fmt: skip


def test_the_decision_in_force_has_26_sets_in_6_groups() -> None:
    decided = criteria.decision()
    assert (decided.number, decided.in_force) == ("26/2026/QĐ-TTg", date(2026, 5, 22))
    assert list(decided.sets) == list(range(1, 27))
    assert list(decided.groups) == list(GROUPS)
    for group, numbers in GROUPS.items():
        assert [n for n, one in decided.sets.items() if one.group == group] == list(numbers)
    assert criteria.TOURISM == 26


def test_the_decision_before_it_had_the_same_groups_and_we_hold_none_of_its_sets() -> None:
    before = criteria.decision("148/QĐ-TTg")
    assert before.in_force == date(2023, 2, 24)
    now = criteria.decision()
    assert [g.vi for g in before.groups.values()] == [g.vi for g in now.groups.values()]
    with pytest.raises(BadInput):
        criteria.criteria_set(1, "148/QĐ-TTg")


@pytest.mark.parametrize("number", range(1, 27))
def test_a_set_is_found_by_its_number_and_by_its_names(number: int) -> None:
    one = criteria.criteria_set(number)
    assert one.vi != one.en
    for text in (f"Bộ {number}", f"{number:02}", one.vi, one.vi.upper(), fold(one.vi), one.en):
        assert criteria.find_set(text) == number
    assert criteria.group_of(number).number == one.group


@pytest.mark.parametrize("number", GROUPS)
def test_a_group_is_found_by_its_names(number: str) -> None:
    group = criteria.decision().groups[number]
    for text in (
        group.vi,
        group.vi.upper(),
        fold(group.vi),
        f"{number}. Nhóm {group.vi}",
        group.en,
    ):
        found = criteria.find_group(text)
        assert found is not None
        assert found.number == number


@pytest.mark.parametrize("number", [0, 27, 1000])
def test_no_other_set_exists(number: int) -> None:
    with pytest.raises(BadInput):
        criteria.criteria_set(number)
    assert criteria.find_set(str(number)) is None


def test_an_unknown_decision_is_refused() -> None:
    with pytest.raises(BadInput, match="1/QĐ-TTg"):
        criteria.decision("1/QĐ-TTg")


@pytest.mark.parametrize(
    ("product", "group", "number"),
    [
        ("Miến dong Minh Hồng", None, 6),
        ("Trà hoa cúc sấy lạnh", None, 12),
        ("Rượu nếp cái hoa vàng", "II", 14),
        ("Đặc sản không tên", "I", 8),
        ("Đặc sản không tên", None, None),
    ],
)
def test_a_set_is_guessed_from_the_name_inside_the_group(
    product: str, group: str | None, number: int | None
) -> None:
    known = criteria.decision().groups[group] if group else None
    assert criteria.guess_set(product, known) == number
