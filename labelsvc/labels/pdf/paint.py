"""Paint: turns drawing operations into PDF operators, text in, text out. Used by PDF and press files."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from reportlab.lib import rl_accel

from labelsvc.labels.drawing import shapes
from labelsvc.labels.drawing.ops import LineOp, PathOp, RectOp, SymbolOp
from labelsvc.labels.layouts.path_data import Command
from labelsvc.labels.sheets.profile import Profile

#: Points in a millimetre.
PT = 72 / 25.4
# Compiled, and takes bytes in spite of what the stub says.
_ascii85: Any = rl_accel.asciiBase85Encode


def number(value: float) -> str:
    """To 1/10000 point, far below any printer's dot, without needless zeros."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@lru_cache(maxsize=256)
def fill(colour: str) -> str:
    return f"{_rgb(colour)} rg"


@lru_cache(maxsize=256)
def stroke(colour: str) -> str:
    return f"{_rgb(colour)} RG"


def _rgb(colour: str) -> str:
    return " ".join(number(int(colour[i : i + 2], 16) / 255) for i in (1, 3, 5))


def path(commands: Sequence[Command], height: float) -> str:
    """*commands* (mm, y down) in a space *height* mm high with y up."""
    out = []
    for command in commands:
        numbers = [float(v) for v in command[1:]]
        points = " ".join(
            f"{number(x * PT)} {number((height - y) * PT)}"
            for x, y in zip(numbers[::2], numbers[1::2], strict=True)
        )
        operator = {"M": "m", "L": "l", "C": "c", "Z": "h"}[str(command[0])]
        out.append(f"{points} {operator}" if points else operator)
    return " ".join(out)


def shape(op: RectOp | PathOp | LineOp, height: float) -> str:
    """Operators of a line or a filled or stroked figure; empty when it has no ink."""
    if isinstance(op, LineOp):
        dash = " ".join(number(v * PT) for v in op.dash)
        line: list[Command] = [("M", op.x1, op.y1), ("L", op.x2, op.y2)]
        return (
            f"q [{dash}] 0 d {number(op.width * PT)} w {stroke(op.colour)} {path(line, height)} S Q"
        )
    commands = shapes.outline(op)
    paint = {(True, True): "B", (True, False): "f", (False, True): "S", (False, False): ""}[
        op.fill is not None, op.stroke is not None
    ]
    if not paint:
        return ""
    parts = ["q"]
    if op.fill is not None:
        parts.append(fill(op.fill))
        paint += "*" if isinstance(op, PathOp) and op.even_odd else ""
    if op.stroke is not None:
        parts.append(f"{stroke(op.stroke)} {number(op.stroke_width * PT)} w")
    return " ".join([*parts, path(commands, height), paint, "Q"])


def mask(op: SymbolOp, rows: bytes, x: float, y: float, *, inset: float = 0.0) -> str:
    """The symbol as an inline 1-bit mask in the current colour; x, y: lower left corner, mm, y up.
    It is *inset* mm smaller at each edge.

    One sample a module: no seams between modules, nothing for a renderer to smooth.
    """
    side = number((op.size - 2 * inset) * PT)
    left, low = number((x + inset) * PT), number((y + inset) * PT)
    return (
        f"q {side} 0 0 {side} {left} {low} cm\n"
        f"BI/IM true/W {op.modules}/H {op.modules}/BPC 1/D[1 0]/F/A85 ID\n"
        f"{_ascii85(rows)}\nEI Q"
    )


def bend(profile: Profile | None, width: float, height: float) -> str:
    """*profile* as a PDF matrix, for a page of *width* x *height* mm whose y goes up: both ways of
    counting y are turned over. "" where it changes nothing."""
    if profile is None or not profile.changes:
        return ""
    a, b, c, d, e, f = profile.matrix(width, height)
    moved = (e + c * height, height - f - d * height)
    return " ".join([f"{v:.7f}" for v in (a, -b, -c, d)] + [number(v * PT) for v in moved])
