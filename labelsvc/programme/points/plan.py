"""Plan: a drawing of where points of sale are, from their coordinates alone: squares with dots, a scale. Pure.

No map of anybody else is behind it; what has no coordinates, or lies far outside, is counted beside it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

#: Hanoi with a margin, in degrees: south, west, north, east.
_HANOI: Final = (20.50, 105.25, 21.42, 106.06)
#: Squares across, at most, and units of the drawing for each.
_ACROSS: Final = 12
CELL: Final = 28
#: The smallest piece that is drawn: about a kilometre.
_LEAST: Final = 0.01
_KM: Final = 111.32


@dataclass(frozen=True)
class Dot:
    """Points of one square: its place in the drawing, how many, and the square in degrees."""

    x: float
    y: float
    count: int
    radius: float
    #: The only point of the square, if it is one.
    only: int | None
    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class Plan:
    """The drawing: width and height in its units, the dots, what is not on it."""

    width: int
    height: int
    dots: Sequence[Dot]
    #: Points outside of it.
    outside: int
    #: Kilometres of the scale, and their length in units.
    scale: float
    length: float


def draw(places: Iterable[tuple[int, float, float]]) -> Plan | None:
    """A drawing of (number, latitude, longitude); None where nothing can be drawn."""
    rows = list(places)
    south, west, north, east = _HANOI
    inside = [row for row in rows if south <= row[1] < north and west <= row[2] < east]
    if not inside:
        return None
    low, high = min(r[1] for r in inside), max(r[1] for r in inside)
    left, right = min(r[2] for r in inside), max(r[2] for r in inside)
    squeeze = math.cos(math.radians((low + high) / 2))
    side = max((high - low), (right - left) * squeeze, _LEAST) / _ACROSS * 1.001
    step = side / squeeze  # of the longitude, for squares that are squares on the ground
    across = min(_ACROSS, int((right - left) / step) + 1)
    up = min(_ACROSS, int((high - low) / side) + 1)
    squares: dict[tuple[int, int], list[int]] = {}
    for number, latitude, longitude in inside:
        key = int((longitude - left) / step), int((latitude - low) / side)
        squares.setdefault(key, []).append(number)
    dots = [
        Dot(
            (column + 0.5) * CELL, (up - row - 0.5) * CELL, len(numbers), _radius(len(numbers)),
            numbers[0] if len(numbers) == 1 else None,
            round(low + row * side, 5), round(left + column * step, 5),
            round(low + (row + 1) * side, 5), round(left + (column + 1) * step, 5),
        )
        for (column, row), numbers in sorted(squares.items())
    ]  # fmt: skip
    ground = side * _KM
    scale = _round(ground * 3)
    return Plan(
        across * CELL,
        up * CELL,
        dots,
        len(rows) - len(inside),
        scale,
        round(scale / ground * CELL, 1),
    )


def _radius(count: int) -> float:
    """Area grows slowly with the count, and stays inside of the square."""
    return round(min(CELL / 2 - 1, 4.5 + 2.6 * math.log2(count)), 1)


def _round(km: float) -> float:
    """The nearest of 1, 2, 5 times a power of ten below *km*."""
    power = math.pow(10, math.floor(math.log10(km)))
    return next(factor * power for factor in (5, 2, 1) if factor * power <= km * 1.0001)
