"""Contrast of the words against what lies below them (Decree 37/2026/NĐ-CP art. 38).

The decree asks for contrast and gives no number. We take the ratio of WCAG 2 (1.4.3): 4.5, which
people of weak sight need for small letters, as advice; below 3 no one reads them in a shop.
"""

from __future__ import annotations

from collections.abc import Sequence

from labelsvc.labels.clearance import fills, luminance
from labelsvc.labels.drawing import Drawing
from labelsvc.labels.layout import Layout
from labelsvc.labels.legal.finding import Finding, article, grave, quoted
from labelsvc.labels.ops import PathOp, RectOp, StaticOp, TextOp, UnitTextOp
from labelsvc.labels.text import PT
from labelsvc.labels.words import FittedText

CONTRAST, UNREADABLE = 4.5, 3.0
PAPER = "#ffffff"


def ratio(a: str, b: str) -> float:
    """Contrast of two `#rrggbb` colours, 1 to 21."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def ground(static: Sequence[StaticOp], point: tuple[float, float]) -> str:
    """Colour of the last shape of *static* over *point*; the paper's where there is none."""
    for op in reversed(static):
        if isinstance(op, RectOp) and not (
            op.x <= point[0] <= op.x + op.w and op.y <= point[1] <= op.y + op.h
        ):
            continue
        if isinstance(op, RectOp | PathOp) and op.fill and fills(op, point):
            return op.fill
    return PAPER


def check(layout: Layout, drawing: Drawing, mandatory: frozenset[str]) -> list[Finding]:
    """Texts that do not stand out from their ground. Pictures below words are not looked at."""
    found = []
    for text in drawing.texts:
        contrast = _contrast(drawing, text)
        if contrast >= CONTRAST:
            continue
        must = bool(mandatory & set(text.variables))
        bad = must and (contrast < UNREADABLE or layout.purpose == "full_label")
        found.append(
            Finding(
                "error" if bad and contrast < UNREADABLE else grave(layout) if must else "warning",
                "contrast",
                "“{words}” stands out from its ground by {ratio} : 1; {wanted} : 1 is wanted.",
                "Use a darker ink on a light ground, or white on a dark one.",
                article("38"),
                {
                    "words": quoted(text),
                    "ratio": round(contrast, 1),
                    "wanted": CONTRAST,
                },
                text.field,
                text.box,
            )
        )
    return found


def _contrast(drawing: Drawing, text: FittedText) -> float:
    """The worst along the words."""
    worst = 21.0
    em = text.points * PT
    for index, op in enumerate(drawing.static):
        if not isinstance(op, TextOp) or op.colour != text.colour or abs(op.size - em) > 1e-6:
            continue
        if text.box[0] - 1e-6 <= op.x <= text.box[2] and text.box[1] <= op.y <= text.box[3]:
            # A quarter of an em above the baseline is inside the small letters.
            point = (op.x + 0.1 * em, op.y - 0.25 * em)
            worst = min(worst, ratio(op.colour, ground(drawing.static[:index], point)))
    for unit in drawing.unit:
        if isinstance(unit, UnitTextOp) and unit.field == text.field:
            point = (unit.x, unit.y - 0.25 * unit.size)
            worst = min(worst, ratio(unit.colour, ground(drawing.static, point)))
    return worst
