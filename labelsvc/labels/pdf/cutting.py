"""Cutting: draws where a sheet without cuts of its own is to be cut. Used by pages."""

from __future__ import annotations

from labelsvc.labels.drawing import shapes
from labelsvc.labels.layouts.path_data import Command
from labelsvc.labels.pdf import paint
from labelsvc.labels.pdf.paint import PT
from labelsvc.labels.sheets.sheet import Sheet

#: A mark begins so far outside the labels and is so long, mm; a cross inside has arms so long.
_OFF, _LONG, _ARM = 0.5, 4.0, 0.9
#: Light enough not to spoil a label that was cut a little askew.
_COLOUR, _WIDTH = "#8a8f94", 0.12


def marks(sheet: Sheet, *, round_labels: bool = False) -> str:
    """Operators of the marks: in the margins along every cut, a small cross where cuts meet, and the
    outline of labels that are round."""
    height = float(sheet.page_height)
    if round_labels:
        lines = [command for n in range(1, sheet.per_page + 1) for command in _circle(sheet, n)]
    else:
        lines = _straight(sheet)
    pen = f"{paint.stroke(_COLOUR)} {paint.number(_WIDTH * PT)} w"
    return f"q {pen} {paint.path(lines, height)} S Q"


def _circle(sheet: Sheet, number: int) -> tuple[Command, ...]:
    x, y = sheet.origin(number)
    rx, ry = float(sheet.width) / 2, float(sheet.height) / 2
    return tuple(shapes.ellipse(x + rx, y + ry, rx, ry))


def _straight(sheet: Sheet) -> list[Command]:
    xs = _cuts(float(sheet.left), float(sheet.width), float(sheet.pitch_x), sheet.columns)
    ys = _cuts(float(sheet.top), float(sheet.height), float(sheet.pitch_y), sheet.rows)
    lines: list[Command] = []
    for x in xs:
        for start, end in ((ys[0] - _OFF, ys[0] - _LONG), (ys[-1] + _OFF, ys[-1] + _LONG)):
            lines += [("M", x, start), ("L", x, end)]
    for y in ys:
        for start, end in ((xs[0] - _OFF, xs[0] - _LONG), (xs[-1] + _OFF, xs[-1] + _LONG)):
            lines += [("M", start, y), ("L", end, y)]
    for x in xs:
        for y in ys:
            lines += [("M", max(xs[0], x - _ARM), y), ("L", min(xs[-1], x + _ARM), y)]
            lines += [("M", x, max(ys[0], y - _ARM)), ("L", x, min(ys[-1], y + _ARM))]
    return lines


def _cuts(first: float, size: float, pitch: float, count: int) -> list[float]:
    """Both edges of every label along one side, once where two labels touch."""
    edges = [first + n * pitch + side for n in range(count) for side in (0.0, size)]
    return sorted({round(edge, 3) for edge in edges})
