"""One cell → a value: days, stars, decisions and points as people write them."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

from labelsvc.catalogue.importing.files.read import Cell
from labelsvc.catalogue.importing.values.days import day_of as day_of
from labelsvc.catalogue.importing.values.days import days_in as days_in
from labelsvc.catalogue.importing.values.days import end_of as end_of
from labelsvc.catalogue.importing.values.decisions import decision_of as decision_of
from labelsvc.catalogue.importing.values.plain import text_of as text_of
from labelsvc.catalogue.importing.values.stars import stars_of as stars_of
from labelsvc.errors import BadInput

_WORDS = re.compile(r"(?:^(?:diem|điểm|đạt|tổng)?\s*:?\s*)|(?:/\s*100\b)|(?:\s*(?:điểm|diem|đ)\.?\s*$)", re.IGNORECASE)  # fmt: skip
_BRACKETS = re.compile(r"\([^)]*\)")


def score_of(cell: Cell) -> Decimal | None:
    """Points out of 100, with a comma or a dot: 86,5 or "86.5/100" or "86,5 điểm".

    :raises BadInput: not a number.
    """
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return Decimal(str(cell)).quantize(Decimal("0.01")) if abs(cell) < 1e6 else _refused(cell)
    text = text_of(cell)
    if not text or text in ("-", "–", "—", "/"):
        return None
    bare = _BRACKETS.sub(" ", text)
    for _ in range(2):
        bare = _WORDS.sub(" ", bare).strip()
    try:
        return Decimal(bare.replace(",", ".")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return _refused(text)


def _refused(said: object) -> Decimal:
    raise BadInput(
        "“{text}” is not a number of points.", fix="Write it like 86,5.", text=str(said)[:40]
    )
