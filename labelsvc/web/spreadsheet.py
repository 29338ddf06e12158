"""Spreadsheet: writes lists as CSV that Excel opens as they are meant, and as workbooks.

Used by lists of the office and of the register.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook

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


def as_xlsx(rows: Iterable[Iterable[Any]], title: str) -> bytes:
    """Rows as a workbook of one sheet, the first of them its head. Texts are written as texts: no formula."""
    out = io.BytesIO()
    with Workbook(out, {"constant_memory": True, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet(title[:31])
        head, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 36)
        sheet.set_column(1, 20, 22)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(at, column, datetime.combine(value, time.min), day)
                elif isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                    sheet.write_number(at, column, value)
                elif value not in (None, ""):
                    sheet.write_string(at, column, str(value)[:32_767], head if at == 0 else None)
    return out.getvalue()
