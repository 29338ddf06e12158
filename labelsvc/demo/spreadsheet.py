"""Sample list: an XLSX file as a commune really sends it, for trying the import. Used by build."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from xlsxwriter import Workbook

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
    last = len(_HEADER) - 1
    with Workbook(path) as book:
        sheet = book.add_worksheet("Danh sách")
        title = book.add_format({"bold": True, "font_size": 13, "align": "center"})
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.merge_range(0, 0, 0, last, "UBND THÀNH PHỐ HÀ NỘI", title)
        sheet.merge_range(1, 0, 1, last, "DANH SÁCH SẢN PHẨM OCOP NĂM 2026 (MẪU)", title)
        sheet.write_row(3, 0, _HEADER, bold)
        line, number = 4, 0
        for index, (group, products) in enumerate(_ROWS):
            sheet.merge_range(line, 0, line, last, f"{'I' * (index + 1)}. {group}")
            line += 1
            for name, kind, address in products:
                number += 1
                signed = today - timedelta(days=40 + number)
                owner = f"{kind} {people.person(random)}"
                values = (
                    number, name, owner, kind, f"{address}, Hà Nội", "024 0000 1234",
                    "4 sao" if number % 3 else "***", f"{2100 + number}/QĐ-UBND",
                    None, None, "tiềm năng 5 sao" if number == 4 else None,
                )  # fmt: skip
                sheet.write_row(line, 0, values)
                if number % 2:
                    sheet.write_datetime(line, 8, signed, day)
                else:
                    sheet.write_string(line, 8, f"{signed:%d/%m/%Y}")
                line += 1
        bad = (
            number + 1, "Cốm làng Lủ", "Hộ kinh doanh (chưa rõ tên)", "Hộ kinh doanh",
            "phường Đại Kim, quận Hoàng Mai", "", "6 sao", "2200/QĐ-UBND", "31/02/2026",
        )  # fmt: skip
        sheet.write_row(line, 0, bad)
        for column, width in enumerate((6, 30, 32, 16, 44, 16, 10, 18, 14, 14, 20)):
            sheet.set_column(column, column, width)
