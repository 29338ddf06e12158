"""Quantity: its name, its units, its total, and how high its figures are. Used by legal.

Source: Decree 37/2026/NĐ-CP art. 45 and appendix II; Circular 21/2014/TT-BKHCN art. 4.1 d (nothing vague), đ (one
space), e (solids by mass, liquids by volume), h (height), i (totals).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from labelsvc.labels.drawing.fonts_metrics import Fonts
from labelsvc.labels.drawing.words import FittedText
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.template import PLACEHOLDER
from labelsvc.labels.legal.finding import Finding, article, grave, quoted
from labelsvc.labels.legal.goods.state import wrong_kind
from labelsvc.labels.legal.spoken import Spoken
from labelsvc.wording import quantity

METROLOGY = "Circular 21/2014/TT-BKHCN art. 4.1"
#: Up to so many g or ml the figures are at least so high, mm. Of OIML R 79; the circular's own annex II is
#: not at hand, so a lower figure is advised against and not refused.
HEIGHTS = ((50.0, 2.0), (200.0, 3.0), (1000.0, 4.0), (float("inf"), 6.0))
#: Variables that say the quantity, or a part of it.
VARIABLES = ("net_content", "net_total", "net_rest", "net_name")
_SLACK = 0.02
_COUNTED = re.compile(r"^\s*(?:số\s+lượng\s*:?\s*)?\d+\s+[^\W\d_]", re.IGNORECASE)
#: Quantities that a layout writes out itself.
_LITERAL = re.compile(
    r"(?:khối\s+lượng|trọng\s+lượng|thể\s+tích\s+(?:thực|tịnh)|định\s+lượng|\bKLT\b|\bnet\b\.?\s*(?:w|c|v)\w*)[^\n·|]*",
    re.IGNORECASE,
)


def least_height(amount: float) -> float:
    """Least height in mm of the figures of *amount* g or ml."""
    return next(height for most, height in HEIGHTS if amount <= most)


def check(layout: Layout, values: Mapping[str, str], text: Spoken) -> Iterator[Finding]:
    """Yield what is wrong with the quantity that *text* says."""
    value = values.get("net_content", "")
    shown = bool(value) and any(name in text.variables for name in ("net_content", "net_total"))
    if shown:
        yield from _judged(layout, value, _beside(text, value), text)
        yield from _sold_otherwise(value, values.get("product_name", ""), text)
        return
    own = PLACEHOLDER.sub(" ", text.style.text).replace("**", "")
    for hit in _LITERAL.finditer(own):
        if any(figure.kind != "other" for figure in quantity.figures(hit[0])):
            yield from _judged(layout, hit[0].strip(), hit[0], text)


def _beside(text: Spoken, value: str) -> str:
    """The words that name the quantity: its own, and those of the line that shows it."""
    lines = text.text.split("\n")
    first = value.split("\n")[0]
    return " ".join([value, *(line for line in lines if first in line)])


def _judged(layout: Layout, value: str, said: str, text: Spoken) -> Iterator[Finding]:
    figures = [figure for figure in quantity.figures(value)]
    measured = {figure.kind for figure in figures if figure.kind != "other"}
    for figure in figures:
        if figure.right is not None and not _is_translation(value, figure.words):
            yield Finding(
                "error",
                "unit_spelling",
                "The quantity “{quantity}” must be written “{right}”.",
                "Use the signs of appendix II (mg, g, kg, ml, mL, cl, l, L, m, cm, mm), with one space before.",
                article("45, appendix II"),
                {"quantity": figure.words, "right": figure.right},
                text.element,
            )
    unread = not measured and quantity.names(said) and not _COUNTED.search(value)
    if (measured and (words := quantity.vague(value))) or (unread and (words := value)):
        yield Finding(
            "error",
            "quantity_vague",
            "“{words}” leaves the quantity open.",
            "Write one figure and its unit.",
            METROLOGY,
            {"words": words},
            text.element,
        )
    yield from _totals(value, text)
    if measured and not quantity.names(said) & measured:
        yield Finding(
            grave(layout),
            "quantity_unnamed",
            "The quantity “{quantity}” does not say what it is.",
            "Write “Khối lượng tịnh” before the mass of solids, “Thể tích thực” before a volume.",
            article("45, appendix II"),
            {"quantity": value},
            text.element,
        )


def _sold_otherwise(value: str, name: str, text: Spoken) -> Iterator[Finding]:
    kinds = {figure.kind for figure in quantity.figures(value) if figure.kind != "other"}
    if quantity.names(value) & kinds and wrong_kind(
        name, kinds
    ):  # a guess from the name, so it asks
        yield Finding(
            "warning",
            "quantity_kind",
            "“{quantity}”: solids are sold by mass, liquids by volume.",
            "Write “Khối lượng tịnh” in g or kg for solids, “Thể tích thực” in ml or l for liquids.",
            f"{METROLOGY}e",
            {"quantity": value},
            text.element,
        )


def _is_translation(value: str, words: str) -> bool:
    """True if *words* repeat the metric quantity in brackets: "100 g (3.5 oz)"."""
    at = value.find(words)
    before = value[:at]
    lawful = any(
        figure.right is None and figure.kind != "other" for figure in quantity.figures(before)
    )
    return lawful and before.rstrip().endswith(("(", "/"))


def _totals(value: str, text: Spoken) -> Iterator[Finding]:
    for packs in quantity.packs(value):
        whole = packs.count * packs.each
        others = [
            figure.amount
            for figure in quantity.figures(value.replace(packs.words, " "))
            if figure.kind == packs.kind
        ]
        if not any(abs(amount - whole) < 0.005 * whole for amount in others):
            yield Finding(
                "error",
                "quantity_total",
                "“{words}” does not say how much it is together.",
                "Write the total as well: “200 g (10 gói × 20 g)”.",
                article("45.3"),
                {"words": packs.words},
                text.element,
            )


def heights(
    layout: Layout,
    texts: Sequence[FittedText],
    sizes: Mapping[int, float],
    value: str,
    fonts: Fonts,
) -> Iterator[Finding]:
    """Figures of the quantity that are lower than metrology wants, where no text shows them higher.

    :param sizes: em in mm of each of *texts*, by its `id()`.
    :param value: the whole quantity, which decides the height.
    """
    amount = quantity.total(value)
    shown = [text for text in texts if {"net_content", "net_total"} & set(text.variables)]
    if amount is None or not shown or layout.purpose != "full_label":
        return
    least = least_height(amount)
    best = max(shown, key=lambda text: _digits(text, sizes[id(text)], fonts))
    height = _digits(best, sizes[id(best)], fonts)
    if height < least - _SLACK:
        yield Finding(
            "warning",
            "figures_small",
            "“{words}”: the figures are {height} mm high; {least} mm are asked for by OIML R 79.",
            "Make the figures of the quantity larger.",
            METROLOGY,
            {"words": quoted(best), "height": round(height, 2), "least": least},
            best.field,
            best.box,
        )


def _digits(text: FittedText, em: float, fonts: Fonts) -> float:
    face = fonts[text.weight]
    tall = [face.bounds(char)[3] for char in set(text.text) if char.isdigit()]
    return (min(tall) if tall else 0.0) * em
