"""Spare: draws the label that is only for setting up machines. Used by PDF files.

No code, no name, no lot, no stars: whoever finds one on goods sees that it is not a label. Only the
cross and these words are on it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.ops import LineOp, RectOp, StaticOp, TextOp
from labelsvc.labels.layouts.layout import Layout

#: On one line, or on two where that can be read from further away.
WORDS = (("TEM BÙ HAO – KHÔNG DÙNG",), ("TEM BÙ HAO", "KHÔNG DÙNG"))
_INK = "#5f6368"
_FONT = "semibold"
_LINE = 1.25
_LARGEST = 6.0  # mm


def drawing(layout: Layout, fonts: Fonts) -> list[StaticOp]:
    """Draw the marks on a spare of *layout*, from the corner of the label."""
    width, height = layout.width, layout.height
    # The corners of the box that the cross spans: of a round label they lie on its edge.
    part = 0.5 - (math.sqrt(0.5) / 2 if layout.label.round else 0.5)
    left, top = width * part + 0.8, height * part + 0.8
    right, bottom = width - left, height - top
    ops: list[StaticOp] = [
        LineOp(left, top, right, bottom, _INK, 0.3),
        LineOp(left, bottom, right, top, _INK, 0.3),
    ]
    face = fonts[_FONT]
    room, high = (right - left) * 0.94, (bottom - top) * 0.5

    def size(lines: Sequence[str]) -> float:
        widest = max(face.width(line) for line in lines)
        return min(room / widest, high / (len(lines) * _LINE), _LARGEST)

    lines = max(WORDS, key=size)
    em = size(lines)
    step = em * _LINE
    wide = max(face.width(line) for line in lines) * em + em * 0.6
    tall = step * len(lines)
    ops.append(RectOp((width - wide) / 2, (height - tall) / 2, wide, tall, fill="#ffffff"))
    for number, line in enumerate(lines):
        x = (width - face.width(line) * em) / 2
        y = height / 2 - tall / 2 + step * number + em * 0.97
        ops.append(TextOp(x, y, line, _FONT, em, _INK))
    return ops
