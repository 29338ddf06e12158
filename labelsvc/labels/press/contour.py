"""Contour: draws a symbol as one outline instead of a 1-bit picture. Used by plates."""

from __future__ import annotations

from typing import Any

import numpy as np

from labelsvc.labels.drawing.ops import SymbolOp
from labelsvc.labels.pdf import paint
from labelsvc.labels.pdf.paint import PT


def outline(op: SymbolOp, rows: bytes, x: float, y: float) -> str:
    """The symbol as one path in the current colour; x, y: lower left corner, mm, y up.

    The outlines of whole dark areas, so that no two modules share an edge that could show.
    """
    width = (op.modules + 7) // 8
    bits = np.unpackbits(
        np.frombuffer(rows, np.uint8).reshape(op.modules, width), axis=1, count=op.modules
    )
    unit = paint.number(op.module * PT)
    top = paint.number((y + op.size) * PT)
    parts = [f"q {unit} 0 0 -{unit} {paint.number(x * PT)} {top} cm"]
    for ring in rings(bits):
        first, *others = [f"{a} {b}" for a, b in ring]
        parts.append(f"{first} m " + " l ".join(others) + " l h")
    return " ".join(parts) + " f* Q"


def rings(bits: Any) -> list[list[tuple[int, int]]]:
    """Closed outlines around the dark modules of *bits* (rows x columns), corners only; to be
    filled by the even-odd rule.

    Between corners that are neighbours in a row, counted in pairs, runs a level edge; in a column
    an upright one. Where two dark modules meet only at a corner, two corners lie on each other.
    """
    cells = np.pad(np.asarray(bits, np.uint8), 1)
    a, b, c, d = cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]
    corners = (a ^ b ^ c ^ d) + 2 * ((a == d) & (b == c) & (a != b))
    ys, xs = np.nonzero(corners)
    times = corners[ys, xs]
    ys, xs = np.repeat(ys, times), np.repeat(xs, times)
    order = np.lexsort((ys, xs))
    upright = np.empty(len(xs), np.intp)
    upright[order[::2]], upright[order[1::2]] = order[1::2], order[::2]
    partner = upright.tolist()
    points = list(zip(xs.tolist(), ys.tolist(), strict=True))
    left = [True] * len(points)
    found: list[list[tuple[int, int]]] = []
    for start in range(len(points)):
        ring, at = [], start
        while left[at]:
            other = at ^ 1
            left[at] = left[other] = False
            ring += [points[at], points[other]]
            at = partner[other]
        if ring:
            found.append(ring)
    return found
