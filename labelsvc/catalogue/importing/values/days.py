"""Days and terms as lists write them: 04/3/2024, 4.3.24, "ngày 04 tháng 3 năm 2024", "36 tháng"."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

from labelsvc.catalogue.importing.files.read import Cell
from labelsvc.catalogue.importing.values.plain import HANOI, text_of
from labelsvc.catalogue.recognition import default_valid_to
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

_EXCEL_EPOCH = date(1899, 12, 30)
_MAC_EPOCH = date(1904, 1, 1)
_SEP = r"\s?[/.\-–]\s?"
_DATE = re.compile(rf"(?<![\d/])(\d{{1,2}}){_SEP}(\d{{1,2}}){_SEP}(\d{{4}}|\d{{2}})(?![\d])")
_ISO = re.compile(
    r"(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)"
    r"(?:[t ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*(z|[+-]\d{2}:?\d{2})?)?"
)
_MONTHS = {
    "gieng": 1, "mot": 1, "hai": 2, "ba": 3, "tu": 4, "nam": 5, "sau": 6, "bay": 7, "tam": 8, "chin": 9,
    "muoi mot": 11, "muoi hai": 12, "muoi": 10,
}  # fmt: skip
_WORDS = re.compile(
    rf"(?:ngay|mung|mong)?\s*(?<!\d)(\d{{1,2}})\s*thang\s*(\d{{1,2}}|{'|'.join(_MONTHS)})\s*,?\s*"
    r"(?:(?:nam|/|-)\s*)?(\d{4})(?!\d)"
)
_ENGLISH = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_NAMED = re.compile(rf"(?<!\d)(\d{{1,2}})[\s-]({'|'.join(_ENGLISH)})[a-z]*[\s,-]+(\d{{4}}|\d{{2}})(?!\d)")  # fmt: skip
#: "15/V/2025".
_ROMAN = re.compile(
    rf"(?<![\d/])(\d{{1,2}}){_SEP}(x|i[xv]|v?i{{1,3}}|v|xi{{1,2}}){_SEP}(\d{{4}})(?!\d)"
)
_NUMERALS = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")
_EMPTY = frozenset(("-", "–", "—", "/", ".", "x", "0"))
#: Serial numbers of 2009 to 2064: no other number in a column of days is one.
_SERIALS = range(40_000, 60_000)


def day_of(cell: Cell, *, from_1904: bool = False) -> date | None:
    """A calendar day: a date cell, an Excel serial, dd/mm/yyyy, d/m/yy, yyyy-mm-dd, in words.

    A moment with a time zone is Hanoi's day.

    :param from_1904: the workbook counts its days from 1904.
    :raises BadInput: something else, or several days.
    """
    if isinstance(cell, datetime):
        return _sensible((cell.astimezone(HANOI) if cell.tzinfo else cell).date())
    if isinstance(cell, date):
        return _sensible(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if 20_000 < cell < 80_000:
            days = timedelta(days=int(cell))
            return _sensible((_MAC_EPOCH if from_1904 else _EXCEL_EPOCH) + days)
        if cell == 0:
            return None
    text = text_of(cell)
    if not text or text.lower() in _EMPTY:
        return None
    found = days_in(text)
    if not found and (one := _bare_digits(text)):
        return _sensible(one)
    if not found:
        raise BadInput(
            "“{text}” is not a date.",
            fix="Write day/month/year, for example 05/11/2026.",
            text=text[:60],
        )
    if len(set(found)) > 1:
        raise BadInput(
            "“{text}” names several days.",
            fix="Leave the one that counts.",
            text=text[:60],
        )
    return found[-1]


def _bare_digits(text: str) -> date | None:
    """45355 and 04032024: a serial that became text, or a day without separators."""
    if not text.isascii() or not text.isdigit():
        return None
    if len(text) == 5 and int(text) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    if len(text) == 8:
        readings = set()
        for year, month, day in ((text[4:], text[2:4], text[:2]), (text[:4], text[4:6], text[6:])):
            if 2015 <= int(year) <= 2060:
                try:
                    readings.add(date(int(year), int(month), int(day)))
                except ValueError:
                    continue
        if len(readings) == 1:
            return readings.pop()
    return None


def days_in(text: str) -> list[date]:
    """Every day that a text names, in order.

    :raises BadInput: a day that the calendar does not have.
    """
    return list(_days_in(text))


@lru_cache(maxsize=2048)  # a list has few days and says them in every row
def _days_in(text: str) -> tuple[date, ...]:
    plain = fold(text)
    parts = [(m.start(), m[3], m[2], m[1]) for m in _DATE.finditer(plain)]
    days = []
    for m in _ISO.finditer(plain):
        if m[7]:
            days.append((m.start(), _in_hanoi(m)))
        else:
            parts.append((m.start(), m[1], m[2], m[3]))
    parts += [(m.start(), m[3], str(_MONTHS.get(m[2], m[2])), m[1]) for m in _WORDS.finditer(plain)]
    for m in _ROMAN.finditer(plain):
        parts.append((m.start(), m[3], str(_NUMERALS.index(m[2]) + 1), m[1]))
    for m in _NAMED.finditer(plain):
        parts.append((m.start(), m[3], str(_ENGLISH.index(m[2]) + 1), m[1]))
    for start, year, month, day in parts:
        full = int(year) + (2000 if len(year) == 2 else 0)
        try:
            days.append((start, date(full, int(month), int(day))))
        except ValueError:
            raise BadInput(
                "There is no day {text}.", fix="Correct the date.", text=f"{day}/{month}/{year}"
            ) from None
    return tuple(_sensible(one) for _, one in sorted(days))


def _in_hanoi(found: re.Match[str]) -> date:
    year, month, day, hour, minute, second, zone = found.groups()
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)  # fmt: skip
    except ValueError:
        raise BadInput(
            "There is no day {text}.", fix="Correct the date.", text=f"{day}/{month}/{year}"
        ) from None
    if zone != "z":
        digits = zone[1:].replace(":", "")
        ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        moment += ahead if zone[0] == "-" else -ahead
    return moment.astimezone(HANOI).date()


def _sensible(day: date) -> date:
    if not 1990 <= day.year <= 2100:
        raise BadInput("The year {year} cannot be right.", fix="Correct the date.", year=day.year)
    return day


_TERM = re.compile(r"(?<![\d/.])0?(\d{1,3})\s*(?:\([^)]*\)\s*)?(nam|thang|t)\b")
_TERM_WORDS = re.compile(r"\b(ba|ba muoi sau)\s+(nam|thang)\b")
_YEARS = re.compile(r"(?<![\d/.])(20\d{2})(?![\d])")
_MONTH = re.compile(r"(?<![\d/.-])(\d{1,2})\s*[/-]\s*(20\d{2})(?!\d)")
_STANDS = re.compile(r"^(?:dang |con )?(?:co )?(?:hieu luc|thoi han|han|gia tri)(?: hieu luc)?$")


def end_of(cell: Cell, begins: date, *, from_1904: bool = False) -> date | None:
    """The last day of a recognition that begins on *begins*; None where the cell says none.

    Takes a day, two days (the later one), "36 tháng", "03 năm (đến 2027)", "đến năm 2027".

    :raises BadInput: something else, or an end that does not fit the beginning.
    """
    if not isinstance(cell, str):
        return day_of(cell, from_1904=from_1904)
    text = text_of(cell)
    plain = " ".join(fold(text).split())
    if not plain or (plain in _EMPTY and plain != "x") or plain == "con" or _STANDS.match(plain):
        return None  # a tick says nothing: below "Hết hạn" it would be an end
    days = days_in(text)
    if days:
        later = max(days)
        if len(set(days)) > 2 or (len(set(days)) == 2 and min(days) != begins):
            raise BadInput("“{text}” names several days.", fix="Leave the one that counts.", text=text[:60])  # fmt: skip
        return later
    months = _months_in(plain)
    usual = default_valid_to(begins)
    end = _after(begins, months) if months else None
    month = _MONTH.findall(plain)
    years = [int(year) for year in _YEARS.findall(plain)] + [int(year) for _, year in month]
    if end is None and not years:
        if one := _bare_digits(text):
            return _sensible(one)
        raise BadInput(
            "“{text}” is no end of a recognition.",
            fix="Write a day, or a term such as 36 tháng.",
            text=text[:60],
        )
    fits = end or usual
    last = max(years, default=fits.year)
    if last != fits.year or (month and int(month[-1][0]) != fits.month):
        raise BadInput(
            "“{text}” does not fit the decision of {begins}.",
            fix="Compare with the decision; a recognition holds for 36 months.",
            text=text[:60],
            begins=f"{begins:%d/%m/%Y}",
        )
    return fits


def _months_in(plain: str) -> int:
    found = _TERM.search(plain)
    if found and int(found[1]) < 150:
        return int(found[1]) * (12 if found[2] == "nam" else 1)
    words = _TERM_WORDS.search(plain)
    return 36 if words and (words[1] == "ba") == (words[2] == "nam") else 0


def _after(begins: date, months: int) -> date:
    """The same day of the month *months* later; the last one where the month is shorter."""
    year, month = divmod(begins.month - 1 + months, 12)
    year += begins.year
    return date(year, month + 1, min(begins.day, calendar.monthrange(year, month + 1)[1]))
