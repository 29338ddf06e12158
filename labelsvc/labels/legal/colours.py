"""Colours: checks the contrast of words against their ground (Decree 37/2026/NĐ-CP art. 38). Used by legal.

The decree asks for contrast and gives no number. We take the ratio of WCAG 2 (1.4.3): 4.5, which
people of weak sight need for small letters, as advice; below 3 no one reads them in a shop.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from labelsvc.labels.drawing.clearance import fills, luminance
from labelsvc.labels.drawing.compose import Drawing, measure
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.drawing.fonts_metrics import PT, Fonts
from labelsvc.labels.drawing.ops import PathOp, RectOp, StaticOp, TextOp, UnitTextOp
from labelsvc.labels.drawing.words import FittedText
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import Finding, article, grave, quoted

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


def check(
    layout: Layout, drawing: Drawing, mandatory: frozenset[str], fonts: Fonts, unit: Unit
) -> list[Finding]:
    """Texts that do not stand out from their ground. Pictures below words are not looked at."""
    found = []
    for text in drawing.texts:
        contrast = _contrast(drawing, text, fonts, unit)
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


def _contrast(drawing: Drawing, text: FittedText, fonts: Fonts, unit: Unit) -> float:
    """The worst along the words: at the start, the middle and the end of each piece."""
    worst = 21.0
    em = text.points * PT
    for index, op in enumerate(drawing.static):
        if not isinstance(op, TextOp) or op.colour != text.colour or abs(op.size - em) > 1e-6:
            continue
        if text.box[0] - 1e-6 <= op.x <= text.box[2] and text.box[1] <= op.y <= text.box[3]:
            worst = min(worst, _along(op, drawing.static[:index], fonts))
    for template in drawing.unit:
        if isinstance(template, UnitTextOp) and template.field == text.field:
            found = measure(template, unit, fonts, layout=drawing.layout)
            if found is not None:
                worst = min(worst, _along(found, drawing.static, fonts))
    return worst


def _along(op: TextOp, below: Sequence[StaticOp], fonts: Fonts) -> float:
    """The least contrast of *op* with what lies *below* it."""
    wide = fonts[op.font].width(op.text, op.size, op.tracking)
    turn = math.radians(op.angle)
    # A quarter of an em above the baseline is inside the small letters.
    x = op.x + 0.25 * op.size * math.sin(turn)
    y = op.y - 0.25 * op.size * math.cos(turn)
    inset = min(0.1 * op.size, wide / 2)
    return min(
        ratio(op.colour, ground(below, (x + at * math.cos(turn), y + at * math.sin(turn))))
        for at in (inset, wide / 2, wide - inset)
    )
