"""Wording: checks how the words of a label are written; dates, quantity, origin, places, language, claims.

Each subject has its module; source: Decree 37/2026/NĐ-CP art. 39, 42, 45-50, 98 and appendices II, III.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal import claims, dates, foreign, origin, places, quantity
from labelsvc.labels.legal.finding import Finding
from labelsvc.labels.legal.spoken import Spoken


def check(
    layout: Layout, values: Mapping[str, str], spoken: Sequence[Spoken], set_number: int
) -> list[Finding]:
    """Find what is wrong with the wording of *spoken*, in the order of the label."""
    found: list[Finding] = []
    for text in spoken:
        found += dates.check(layout, values, text, set_number)
        found += quantity.check(layout, values, text)
        found += origin.check(layout, values, text)
        found += places.check(layout, values, text)
    found += claims.check(layout, values, spoken, set_number)
    found += foreign.values(layout, values, spoken, set_number)
    return [*found, *foreign.alone(layout, spoken)]
