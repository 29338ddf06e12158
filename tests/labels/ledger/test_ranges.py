"""Ranges of labels against sets of numbers, which know the same and are slower."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from labelsvc.labels.ledger import ranges
from labelsvc.labels.ledger.ranges import Range

_RANGES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(-1, 20)).map(lambda p: (p[0], p[0] + p[1])),
    max_size=12,
)


def numbers(pairs: list[Range]) -> set[int]:
    return {n for first, last in pairs for n in range(first, last + 1)}


@given(_RANGES)
def test_merged_ranges_hold_the_same_numbers_and_neither_touch_nor_overlap(
    pairs: list[Range],
) -> None:
    found = ranges.merged(pairs)
    assert numbers(found) == numbers(pairs)
    assert all(one[1] + 1 < other[0] for one, other in pairwise(found))
    assert ranges.size(pairs) == len(numbers(pairs))


@given(_RANGES, _RANGES)
def test_taking_away_and_meeting_are_those_of_sets(one: list[Range], other: list[Range]) -> None:
    assert numbers(ranges.without(one, other)) == numbers(one) - numbers(other)
    assert numbers(ranges.common(one, other)) == numbers(one) & numbers(other)
