"""Sheet: writes a title, heads and rows of a list into a workbook. Used by templates and handovers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from xlsxwriter import Workbook

from labelsvc.catalogue.exporting.columns import Column

#: Row of the heads, from 0: the title stands above.
HEAD_ROW = 2
#: The kinds of owner in the order of `ProducerKind`.
OWNERS = ("Hợp tác xã", "Tổ hợp tác", "Doanh nghiệp", "Trang trại", "Hộ kinh doanh")
_FONT = "Times New Roman"


class Writer:
    """The formats of one workbook, and its sheets."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self.title = book.add_format({"bold": True, "font_size": 14, "font_name": _FONT})
        self.soft = book.add_format({"italic": True, "font_name": _FONT, "font_color": "#555555"})
        frame = {"border": 1, "valign": "vcenter", "text_wrap": True, "font_name": _FONT}
        self.head = book.add_format({**frame, "bold": True, "bg_color": "#E2EFDA", "align": "center"})  # fmt: skip
        self.needed = book.add_format({**frame, "bold": True, "bg_color": "#C6E0B4", "align": "center"})  # fmt: skip
        self.cells: Mapping[str, Any] = {
            "text": book.add_format({**frame, "num_format": "@"}),
            "choice": book.add_format({**frame, "num_format": "@"}),
            "day": book.add_format({**frame, "num_format": "dd/mm/yyyy"}),
            "number": book.add_format(frame),
        }
        self.plain = book.add_format({"text_wrap": True, "valign": "top", "font_name": _FONT})

    def sheet(self, name: str, title: str, subtitle: str, columns: Sequence[Column]) -> Any:
        """A sheet with its title and heads, ready to be printed and filled in."""
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, title, self.title)
        if subtitle:
            sheet.write_string(1, 0, subtitle, self.soft)
        for index, column in enumerate(columns):
            sheet.set_column(index, index, column.width)
            sheet.write_string(
                HEAD_ROW, index, column.head, self.needed if column.needed else self.head
            )
        sheet.freeze_panes(HEAD_ROW + 1, 2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEAD_ROW)
        return sheet

    def rows(self, sheet: Any, columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> int:
        """Write rows below the heads; gives how many. Text never becomes a formula."""
        count = 0
        for count, row in enumerate(rows, 1):
            for index, column in enumerate(columns):
                value, shape = row.get(column.field), self.cells[column.sort]
                if column.field == "number":
                    sheet.write_number(HEAD_ROW + count, index, count, shape)
                elif value in (None, ""):
                    sheet.write_blank(HEAD_ROW + count, index, None, shape)
                elif isinstance(value, date):
                    sheet.write_datetime(HEAD_ROW + count, index, value, shape)
                elif column.sort == "number":
                    sheet.write_number(HEAD_ROW + count, index, float(value), shape)
                else:
                    sheet.write_string(HEAD_ROW + count, index, str(value), shape)
        return count
