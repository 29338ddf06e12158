"""One cell → a value: dates, stars, decisions and numbers as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from labelsvc.catalogue import fields
from labelsvc.catalogue.importing.formula import Unsaved
from labelsvc.catalogue.importing.read import Cell
from labelsvc.errors import BadInput
from labelsvc.i18n import fold, nfc

_EXCEL_EPOCH = date(1899, 12, 30)
_DATE = re.compile(r"(?<!\d)(\d{1,2})\s?[/.\-]\s?(\d{1,2})\s?[/.\-]\s?(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_WORDS = re.compile(r"ngay\s*(\d{1,2})\s*thang\s*(\d{1,2})\s*(?:nam\s*)?(\d{4})")


def text_of(cell: Cell) -> str:
    """The words of a cell; a number without the ".0" that spreadsheets add."""
    if cell is None or isinstance(cell, Unsaved):
        return ""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return f"{cell:%d/%m/%Y}"
    return nfc(str(cell)).strip()


def day_of(cell: Cell) -> date | None:
    """A calendar day: a date cell, an Excel serial, dd/mm/yyyy, d/m/yy, yyyy-mm-dd, in words.

    :raises BadInput: something else.
    """
    if isinstance(cell, datetime):
        return _sensible(cell.date())
    if isinstance(cell, date):
        return _sensible(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if 20_000 < cell < 80_000:
            return _EXCEL_EPOCH + timedelta(days=int(cell))
        if cell == 0:
            return None
    text = text_of(cell)
    if not text or text in ("-", "–", "/"):
        return None
    found = days_in(text)
    if not found:
        raise BadInput(
            "“{text}” is not a date.",
            fix="Write day/month/year, for example 05/11/2026.",
            text=text[:60],
        )
    return found[-1]


def days_in(text: str) -> list[date]:
    """Every day that a text names, in order.

    :raises BadInput: a day that the calendar does not have.
    """
    plain = fold(text)
    parts = [(m.start(), m[3], m[2], m[1]) for m in _DATE.finditer(plain)]
    parts += [(m.start(), m[1], m[2], m[3]) for m in _ISO.finditer(plain)]
    parts += [(m.start(), m[3], m[2], m[1]) for m in _WORDS.finditer(plain)]
    days = []
    for _, year, month, day in sorted(parts):
        full = int(year) + (2000 if len(year) == 2 else 0)
        try:
            days.append(date(full, int(month), int(day)))
        except ValueError:
            raise BadInput(
                "There is no day {text}.", fix="Correct the date.", text=f"{day}/{month}/{year}"
            ) from None
    return [_sensible(one) for one in days]


def _sensible(day: date) -> date:
    if not 1990 <= day.year <= 2100:
        raise BadInput("The year {year} cannot be right.", fix="Correct the date.", year=day.year)
    return day


def stars_of(cell: Cell) -> tuple[int | None, bool]:
    """Stars and whether "tiềm năng 5 sao" is said: that is a note beside 4 stars.

    :raises BadInput: no number of stars in it.
    """
    text = text_of(cell)
    plain = fold(text)
    potential = "tiem nang" in plain
    drawn = text.count("★") or text.count("*") or text.count("⭐")
    found = re.search(r"\d+", plain)
    if potential:
        return 4, True
    if drawn:
        return drawn, False
    if found:
        return int(found[0]), False
    if not plain:
        return None, False
    words = {"ba": 3, "bon": 4, "nam": 5}
    for word, number in words.items():
        if re.search(rf"\b{word} sao\b", plain):
            return number, False
    raise BadInput("“{text}” says no number of stars.", fix="Write 3, 4 or 5.", text=text[:60])


def score_of(cell: Cell) -> Decimal | None:
    """Points out of 100, with a comma or a dot.

    :raises BadInput: not a number.
    """
    text = text_of(cell).replace(",", ".")
    if not text:
        return None
    try:
        return Decimal(text).quantize(Decimal("0.01"))
    except InvalidOperation:
        raise BadInput("“{text}” is not a number of points.", fix="Write it like 86,5.", text=text[:40]) from None  # fmt: skip


def decision_of(cell: Cell) -> tuple[str, date | None, str]:
    """Number, day and the rest of a cell such as "QĐ số 1147/QĐ-UBND ngày 04/3/2024 của UBND TP".

    :raises BadInput: no decision number in it.
    """
    text = text_of(cell)
    if not text:
        return "", None, ""
    found = fields.find_decisions(text)
    if not found:
        raise BadInput(
            "“{text}” is not the number of a decision.", fix="Write it in full, such as 1147/QĐ-UBND.",
            text=text[:60],
        )  # fmt: skip
    last = found[-1]
    rest = text[: last.start()] + " " + text[last.end() :]
    days = days_in(rest)
    return fields.decision_spelling(last), days[-1] if days else None, rest
