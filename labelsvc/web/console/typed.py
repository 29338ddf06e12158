"""Typed: reads days, times and whole numbers as people type them and as browsers send them."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime

from labelsvc.clock import HANOI
from labelsvc.errors import BadInput

_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")
_SHORT_DAYS = ("%d/%m/%y", "%d-%m-%y", "%d.%m.%y")
#: Years of two digits: "26/11/05" is rather a year first, so it is asked again.
_SHORT_YEARS = range(2015, 2060)
#: Eight digits, ddmmyyyy: the number pad of some telephones has no stroke.
_DIGITS = re.compile(r"(\d{2})(\d{2})(\d{4})")
#: Digits, or groups of three with one kind of sign between them.
_WHOLE = re.compile(r"[0-9]+|[0-9]{1,3}(?:([., ])[0-9]{3})(?:\1[0-9]{3})*")
#: Hundredths of nothing, as a spreadsheet writes them: "1.500,00", "1,500.00".
_HUNDREDTHS = re.compile(r"(?<=[0-9])(?:(?<!,[0-9]{3}),|(?<!\.[0-9]{3})\.)0{1,2}$")
#: What is counted, behind the number.
_COUNTED = re.compile(
    r"(?<=[0-9])\s*(?:chiếc|cái|con|tem|nhãn|tờ|cuộn|hộp|gói|túi|chai|lọ|hũ|bộ|mã|thùng|sản phẩm|labels?|pcs|pieces?)\.?$",
    re.IGNORECASE,
)
#: Numbers of rows in the database, as addresses take them too.
_MOST_ROWS = 2**31 - 1
_MOMENTS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M")


def day_of(text: str, label: str, field: str = "") -> date | None:
    """A day: typed dd/mm/yyyy, d/m/yy, ddmmyyyy or yyyy-mm-dd; None where nothing was typed.

    :param label: name of the input, as the reader sees it.
    :param field: id of the input, for the error to point at.
    :raises BadInput: it is no day.
    """
    text = text.strip()
    if not text:
        return None
    digits = _DIGITS.fullmatch(text)
    written = "/".join(digits.groups()) if digits else text
    for pattern in _DAYS:
        try:
            return datetime.strptime(written, pattern).date()  # noqa: DTZ007 -- a calendar day
        except ValueError:
            continue
    for pattern in _SHORT_DAYS:
        with suppress(ValueError):
            found = datetime.strptime(written, pattern).date()  # noqa: DTZ007 -- a calendar day
            if found.year in _SHORT_YEARS:
                return found
    raise BadInput(
        "{label}: “{text}” is not a date.", fix="Write day/month/year, for example 05/11/2026.",
        label=label, text=text[:40], field=field,
    )  # fmt: skip


def whole(text: str, label: str, field: str = "") -> int:
    """A whole number; dots, commas and spaces between thousands are fine, so is what is counted.

    A sign elsewhere is none between thousands: "1,5" is not fifteen.

    :raises BadInput: it is none, or has more than nine digits.
    """
    plain = _HUNDREDTHS.sub("", _COUNTED.sub("", " ".join(text.split())))
    digits = re.sub(r"[., ]", "", plain)
    if not (_WHOLE.fullmatch(plain) and len(digits) <= 9):
        raise BadInput(
            "{label}: “{text}” is not a whole number.", fix="Write digits only, for example 500.",
            label=label, text=text.strip()[:40], field=field,
        )  # fmt: skip
    return int(digits)


def row_number(text: str) -> int:
    """The number of a row that a choice of a form names; 0, which no row has, for anything else."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10):
        return 0
    return int(digits) if int(digits) <= _MOST_ROWS else 0


def moment_of(text: str, label: str, field: str = "") -> datetime:
    """A time on a Vietnamese clock; a day alone means eight in the morning.

    :raises BadInput: it is none, or nothing was typed.
    """
    text = text.strip()
    for pattern in _MOMENTS:
        try:
            return datetime.strptime(text, pattern).replace(tzinfo=HANOI)
        except ValueError:
            continue
    day = day_of(text, label, field)
    if day is None:
        raise BadInput("The time is missing.", fix="Say when it happened.", field=field)
    return datetime(day.year, day.month, day.day, 8, tzinfo=HANOI)
