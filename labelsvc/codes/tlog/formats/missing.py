"""Missing: numbers and places in a lot that were given and that no leaf tells of.

Numbers come from one counter, from 1, and so do the labels of a lot: what lies between two runs was
given to somebody. A service that lost them says so in a leaf of their own ("lost:12").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from labelsvc.codes.tlog.formats.leaf import PrintRunLeaf


@dataclass(frozen=True)
class Missing:
    """Numbers *first* to *last*; of a lot: its labels with these places, from 0."""

    first: int
    last: int
    lot: int | None = None


def missing(runs: Iterable[PrintRunLeaf]) -> list[Missing]:
    """Find what no leaf of *runs* tells of, below the largest that one tells of."""
    lots: dict[int, list[tuple[int, int]]] = {}
    numbers = []
    for run in runs:
        numbers.append((run.first, run.first + run.count))
        if run.lot is not None and run.form != "lot" and run.first_in_lot is not None:
            places = run.first_in_lot, run.first_in_lot + run.count
            lots.setdefault(run.lot, []).append(places)
    found = [Missing(first, stop - 1) for first, stop in _between(numbers, 1)]
    for lot in sorted(lots):
        found += [Missing(first, stop - 1, lot) for first, stop in _between(lots[lot], 0)]
    return found


def _between(ranges: list[tuple[int, int]], start: int) -> Iterator[tuple[int, int]]:
    behind = start
    for first, stop in sorted(ranges):
        if first > behind:
            yield behind, first
        behind = max(behind, stop)
