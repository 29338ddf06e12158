"""Dates: reads days, months and terms as labels write them. Used by the law check.

Law: Decree 37/2026/NĐ-CP art. 46 and appendix III 1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

Form = Literal["day", "month", "term", "none"]

_DAY = re.compile(r"(\d{2})([./\- ]?)(\d{2})\2(\d{4}|\d{2})")
_ORDERED = re.compile(
    r"(\d{2}|\d{4})([./\- ]?)(\d{2})\2(\d{4}|\d{2})\s*\((năm|tháng|ngày)\s*[-/., ]\s*(năm|tháng|ngày)\s*[-/., ]\s*(năm|tháng|ngày)\)",
    re.IGNORECASE,
)
_SPELLED = re.compile(r"(?:ngày\s+)?(\d{2})\s+tháng\s+(\d{2})\s+năm\s+(\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"(?:tháng\s+)?(\d{2})(?:[./\- ]|\s+năm\s+)(\d{4}|\d{2})", re.IGNORECASE)
_TERM = re.compile(
    r"(?:\d+|một|hai|ba|sáu|chín|mười hai)\s*(?:\(\s*\d+\s*\)\s*)?(?:giờ|ngày|tuần|tháng|năm)"
    r"(?:\s*,?\s*(?:(?:kể\s+)?từ|tính\s+từ)\s+(?:NSX|ngày\s+sản\s+xuất(?:\s*\(NSX\))?)|\s+(?:trước|tính\s+đến)\s+(?:HSD|hạn\s+sử\s+dụng))?\.?",
    re.IGNORECASE,
)
#: What stands where a date is meant, up to its end.
WRITTEN = (
    r"\d{1,4}(?:\s*(?:ngày|tháng|năm|giờ)\b[^·|;,.\n]*|(?:[./\-](?=\d)| (?=\d))?\d{1,4}(?:(?:[./\-]| )\d{1,4})?)?"
    r"(?:\s*\((?:năm|tháng|ngày)[^)]*\))?"
)


@dataclass(frozen=True)
class Written:
    """A text read as a day: `day` if it is one that exists."""

    form: Form
    day: date | None = None


def read(text: str) -> Written:
    """Tell how *text* writes a date; "none" where it is none, or of a day that does not exist."""
    text = " ".join(text.split())
    if found := _ORDERED.fullmatch(text):
        order = [word.casefold() for word in found.groups()[4:]]
        if len(set(order)) == 3:
            parts = dict(zip(order, (found[1], found[3], found[4]), strict=True))
            return _day(parts["năm"], parts["tháng"], parts["ngày"])
        return Written("none")
    if found := _DAY.fullmatch(text):
        return _day(found[4], found[3], found[1])
    if found := _SPELLED.fullmatch(text):
        return _day(found[3], found[2], found[1])
    if (found := _MONTH.fullmatch(text)) and 1 <= int(found[1]) <= 12:
        return Written("month")
    return Written("term" if _TERM.fullmatch(text) else "none")


def _day(year: str, month: str, day: str) -> Written:
    if len(day) != 2 or len(month) != 2:
        return Written("none")
    try:
        return Written(
            "day", date(int(year) if len(year) == 4 else 2000 + int(year), int(month), int(day))
        )
    except ValueError:
        return Written("none")
