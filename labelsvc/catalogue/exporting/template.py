"""Template: an empty list of each kind to fill in, with heads, notes, choices and examples.

What is filled in is read back as it stands. The examples have a sheet of their own, which the
reader of lists leaves out by its name.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from xlsxwriter import Workbook

from labelsvc.catalogue import criteria
from labelsvc.catalogue.exporting.columns import COLUMNS, TITLES, Column
from labelsvc.catalogue.exporting.sheet import HEAD_ROW, OWNERS, Writer
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.sheets import EXAMPLES, GUIDE
from labelsvc.catalogue.stars.withdrawing import REASON_WORDS

#: Rows that are ready to be filled in; more can be added below.
READY: Final = 500
STARS: Final = ("3 sao", "4 sao", "5 sao")

#: Invented rows; each kind shows those of its columns.
_EXAMPLES: Final[tuple[Mapping[str, Any], ...]] = (
    {
        "product": "Chè lam gừng mật mía", "producer": "Hợp tác xã Chè Lam Ví Dụ", "kind": "Hợp tác xã",
        "address": "thôn Ví Dụ, xã Tây Phương", "phone": "024 0000 0123", "tax_code": "0100000000",
        "stars": "4 sao", "score": 86.5, "decision": "1147/QĐ-UBND", "decision_date": date(2026, 3, 4),
        "authority": "UBND Thành phố Hà Nội", "set": 12, "net_content": "200 g", "wanted_stars": "4 sao",
        "withdrawal_decision": "2001/QĐ-UBND", "withdrawal_date": date(2026, 10, 1), "valid_to": date(2029, 3, 4),
        "withdrawal_reason": "Không còn sản xuất sản phẩm", "outlet": "Cửa hàng OCOP Ví Dụ",
        "village": "Làng nghề Ví Dụ", "craft": "Chè lam",
    },
    {
        "product": "Nón lá Ví Dụ", "producer": "Hộ kinh doanh Ví Dụ Mơ", "kind": "Hộ kinh doanh",
        "address": "xã Tam Hưng", "stars": "3 sao", "decision": "1147/QĐ-UBND",
        "decision_date": date(2026, 3, 4), "set": 21, "wanted_stars": "3 sao",
        "withdrawal_decision": "2001/QĐ-UBND", "withdrawal_date": date(2026, 10, 1),
        "withdrawal_reason": "Sử dụng biểu trưng OCOP sai quy định", "valid_to": date(2029, 3, 4),
        "outlet": "Siêu thị Ví Dụ", "village": "Làng nón Ví Dụ", "craft": "Nón lá",
    },
)  # fmt: skip


def template(kind: ListKind) -> bytes:
    """The workbook of an empty list of *kind*."""
    columns, data = COLUMNS[kind], io.BytesIO()
    with Workbook(data, {"in_memory": True, "strings_to_formulas": False}) as book:
        writer = Writer(book)
        sheet = writer.sheet(
            "Danh sách", TITLES[kind], "Mỗi sản phẩm một dòng; cột đậm màu là bắt buộc.", columns
        )
        choices = _choices()
        for index, column in enumerate(columns):
            shape = writer.cells[column.sort]
            sheet.set_column(index, index, column.width, shape)
            sheet.write_comment(HEAD_ROW, index, column.note)
            _validate(sheet, index, column, choices)
        writer.rows(
            writer.sheet(
                EXAMPLES, "VÍ DỤ – trang này không được nhập", "Số liệu bịa đặt.", columns
            ),
            columns,
            [_shown(row, kind) for row in _EXAMPLES],
        )
        _guide(book, writer, columns, choices)
    return data.getvalue()


def _choices() -> dict[str, Sequence[str]]:
    """Field → what may be chosen."""
    return {
        "kind": OWNERS, "stars": STARS, "wanted_stars": STARS,
        "withdrawal_reason": tuple(REASON_WORDS.values()),
        "set": tuple(one.vi for one in criteria.decision().sets.values()),
    }  # fmt: skip


def _shown(row: Mapping[str, Any], kind: ListKind) -> dict[str, Any]:
    shown = {**row, "set": criteria.name(row["set"], "vi")}
    # The same column says the kind of what the list is of.
    return shown | {"kind": "Làng nghề truyền thống"} if kind is ListKind.VILLAGES else shown


def _validate(sheet: Any, index: int, column: Column, choices: Mapping[str, Sequence[str]]) -> None:
    """A drop-down, or what to type, shown beside the cell. Other values warn and may stay."""
    area = (HEAD_ROW + 1, index, HEAD_ROW + READY, index)
    told = {"input_title": column.head[:32], "input_message": column.note[:255], "error_type": "warning",
            "error_title": column.head[:32], "error_message": column.note[:255]}  # fmt: skip
    if column.sort == "choice":
        letter = "ABCDEFGHIJ"[list(choices).index(column.field)]
        source = (
            f"='{GUIDE}'!${letter}${_FIRST + 1}:${letter}${_FIRST + len(choices[column.field])}"
        )
        sheet.data_validation(*area, {"validate": "list", "source": source, **told})
    elif column.sort == "day":
        sheet.data_validation(*area, {"validate": "date", "criteria": "between", "minimum": date(2018, 1, 1), "maximum": date(2099, 12, 31), **told})  # fmt: skip
    else:
        sheet.data_validation(*area, {"validate": "any", **told})


#: The row of the guide (from 0) where the choices begin.
_FIRST: Final = 30


def _guide(
    book: Workbook, writer: Writer, columns: Sequence[Column], choices: Mapping[str, Sequence[str]]
) -> None:
    sheet = book.add_worksheet(GUIDE)
    sheet.set_column(0, 4, 44, writer.plain)
    sheet.write_string(0, 0, "CÁCH ĐIỀN", writer.title)
    for line, column in enumerate(columns, 2):
        needed = " (bắt buộc)" if column.needed else ""
        sheet.write_string(line, 0, f"{column.head}{needed}: {column.note}", writer.plain)
    sheet.write_string(_FIRST - 2, 0, "CÁC GIÁ TRỊ ĐƯỢC CHỌN", writer.title)
    for index, values in enumerate(choices.values()):
        for line, value in enumerate(values):
            sheet.write_string(_FIRST + line, index, value, writer.plain)
