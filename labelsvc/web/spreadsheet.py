"""Spreadsheet: writes lists as CSV that Excel opens as they are meant.

Used by lists of the consoles and of the register.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from labelsvc.catalogue.fields import FORMULA


def as_csv(rows: Iterable[Iterable[Any]]) -> str:
    """Rows for a spreadsheet: with the mark that makes Excel read UTF-8, dates dd/mm/yyyy, and no
    cell that it would take for a formula (ASVS 5.0, 1.2.10).
    """
    return "".join(csv_lines(rows))


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """`as_csv` row by row."""
    yield "\ufeff"
    for row in rows:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow([_cell(value) for value in row])
        yield out.getvalue()


def _cell(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
