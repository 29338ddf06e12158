"""Ranges of labels: pairs (first, last), both ends included."""

from __future__ import annotations

from collections.abc import Iterable

Range = tuple[int, int]


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same numbers in order, each once, neighbours in one range."""
    found: list[Range] = []
    for first, last in sorted(pair for pair in ranges if pair[0] <= pair[1]):
        if found and first <= found[-1][1] + 1:
            found[-1] = found[-1][0], max(found[-1][1], last)
        else:
            found.append((first, last))
    return found


def without(ranges: Iterable[Range], gone: Iterable[Range]) -> list[Range]:
    """The numbers of *ranges* that are in none of *gone*."""
    left, holes = merged(ranges), merged(gone)
    for first, last in holes:
        left = [
            part
            for a, b in left
            for part in ((a, min(b, first - 1)), (max(a, last + 1), b))
            if part[0] <= part[1]
        ]
    return left


def common(ranges: Iterable[Range], others: Iterable[Range]) -> list[Range]:
    """The numbers that are in both."""
    kept = merged(ranges)
    return without(kept, without(kept, others))


def size(ranges: Iterable[Range]) -> int:
    """Count the numbers in any of *ranges*, each once."""
    return sum(last - first + 1 for first, last in merged(ranges))
