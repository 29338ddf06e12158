"""A list as a commune really sends it: for trying the import."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from labelsvc.demo import people

_HEADER = (
    "STT", "Tên sản phẩm", "Chủ thể OCOP", "Loại hình", "Địa chỉ", "Điện thoại", "Hạng sao",
    "Số Quyết định", "Ngày ban hành", "Ngày hết hạn", "Ghi chú",
)  # fmt: skip
_ROWS = (
    ("NHÓM THỰC PHẨM", (
        ("Bánh gai Yên Sở", "Hộ kinh doanh", "thôn 3, xã Yên Sở, huyện Hoài Đức"),
        ("Đậu phụ làng Mơ", "Cơ sở", "ngõ 124, phường Mai Động, quận Hoàng Mai"),
        ("Nem Phùng", "Hợp tác xã", "thị trấn Phùng, huyện Đan Phượng"),
        ("Bánh cuốn Thanh Trì", "Hộ kinh doanh", "phường Thanh Trì, quận Hoàng Mai"),
    )),
    ("NHÓM THỦ CÔNG MỸ NGHỆ", (
        ("Tò he Xuân La", "Tổ hợp tác", "thôn Xuân La, xã Phượng Dực, huyện Phú Xuyên"),
        ("Chuồn chuồn tre Thạch Xá", "Hộ kinh doanh", "xã Thạch Xá, huyện Thạch Thất"),
    )),
)  # fmt: skip


def write_list(path: Path, *, random: Random, today: date) -> None:
    """Write an XLSX with title rows, merged cells, group rows, mixed dates and one bad row."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise RuntimeError("a new workbook has a sheet")
    sheet.title = "Danh sách"
    for row, text in enumerate(
        ("UBND THÀNH PHỐ HÀ NỘI", "DANH SÁCH SẢN PHẨM OCOP NĂM 2026 (MẪU)"), 1
    ):
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(_HEADER))
        cell = sheet.cell(row, 1, text)
        cell.font, cell.alignment = Font(bold=True, size=13), Alignment(horizontal="center")
    for column, text in enumerate(_HEADER, 1):
        sheet.cell(4, column, text).font = Font(bold=True)
    line, number = 5, 0
    for index, (group, products) in enumerate(_ROWS):
        sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=len(_HEADER))
        sheet.cell(line, 1, f"{'I' * (index + 1)}. {group}")
        line += 1
        for name, kind, address in products:
            number += 1
            signed = today - timedelta(days=40 + number)
            owner = f"{kind} {people.person(random)}"
            as_text = number % 2 == 0
            values = (
                number, name, owner, kind, f"{address}, Hà Nội", "024 0000 1234",
                "4 sao" if number % 3 else "***", f"{2100 + number}/QĐ-UBND",
                f"{signed:%d/%m/%Y}" if as_text else signed,
                None, "tiềm năng 5 sao" if number == 4 else None,
            )  # fmt: skip
            for column, value in enumerate(values, 1):
                sheet.cell(line, column, value)
            line += 1
    bad = (number + 1, "Cốm làng Lủ", "Hộ kinh doanh (chưa rõ tên)", "Hộ kinh doanh",
           "phường Đại Kim, quận Hoàng Mai", "", "6 sao", "2200/QĐ-UBND", "31/02/2026", None, None)  # fmt: skip
    for column, value in enumerate(bad, 1):
        sheet.cell(line, column, value)
    for letter, width in zip(
        "ABCDEFGHIJK", (6, 30, 32, 16, 44, 16, 10, 18, 14, 14, 20), strict=True
    ):
        sheet.column_dimensions[letter].width = width
    book.save(path)
