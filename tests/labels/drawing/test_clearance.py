"""Clearance: a turned letter disturbs the symbol only where its own ink lies."""

from __future__ import annotations

import math

import pytest

from labelsvc.labels.drawing import clearance
from labelsvc.labels.drawing.ops import SymbolOp
from labelsvc.labels.layouts import library

ZONE = (7.0, 7.0, 23.0, 23.0)
SYMBOL = SymbolOp(8.6, 8.6, 0.4, 10, 29, 3, "M", "#000000")


def letter(x: float, y: float, wide: float, high: float, degrees: float) -> list[clearance.Point]:
    """Return the corners of a letter around x, y in the order in which `words` gives them."""
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [
        (x + u * cos - v * sin, y + u * sin + v * cos)
        for u in (-wide / 2, wide / 2)
        for v in (-high / 2, high / 2)
    ]


@pytest.mark.parametrize(
    ("corners", "disturbs"),
    [
        (
            letter(6.5, 6.5, 1.8, 1.0, -45),
            False,
        ),  # its upright hull reaches the corner, it does not
        (letter(6.9, 6.9, 1.8, 1.0, -45), True),
        (letter(6.5, 6.5, 1.0, 1.8, -45), True),  # the long side points at the corner
        (letter(15.0, 6.0, 1.8, 1.0, 0), False),
        (letter(15.0, 6.8, 1.8, 1.0, 0), True),
        (letter(15.0, 15.0, 1.0, 1.0, 30), True),  # wholly inside
        (letter(15.0, 15.0, 28.0, 28.0, 45), True),  # all around
    ],
)
def test_a_turned_letter_disturbs_only_where_its_ink_lies(
    corners: list[clearance.Point], disturbs: bool
) -> None:
    found = clearance.faults(
        library.get("round-30"),
        "p1",
        symbol=SYMBOL,
        zone=ZONE,
        static=(),
        ink=[("name", corners)],
    )
    assert any("quiet zone" in str(fault) for fault in found) is disturbs
