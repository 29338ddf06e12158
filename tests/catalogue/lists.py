"""Lists as four provinces and communes write them, made on the fly."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

HEAD = ("STT", "Tên sản phẩm", "Chủ thể", "Địa chỉ", "Hạng sao", "Số quyết định", "Ngày ban hành")
ROWS: tuple[tuple[Any, ...], ...] = (
    (1, "Bánh gai Yên Sở", "Hộ kinh doanh Nguyễn Thị Mai", "Thôn 3, xã Yên Sở, huyện Hoài Đức", "4 sao", "1147/QĐ-UBND", "04/03/2026"),
    (2, "Miến dong Minh Hồng", "Hợp tác xã Minh Hồng", "xã Minh Quang, huyện Ba Vì, Hà Nội", "3 sao", "1147/QĐ-UBND", "04/03/2026"),
    (3, "Lụa vân Vạn Phúc", "Công ty TNHH Lụa Mây", "P. Vạn Phúc, Q. Hà Đông", "★★★★", "1147/QĐ-UBND", "04/03/2026"),
)  # fmt: skip


def workbook(rows: Iterable[Sequence[Any]], merges: Sequence[str] = ()) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    for span in merges:
        sheet.merge_cells(span)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def plain() -> bytes:
    return workbook([HEAD, *ROWS])


def with_titles_groups_and_merges() -> bytes:
    """Title rows, a header of two merged rows, Roman groups, real dates, a total and signatures."""
    return workbook(
        [
            ("UBND THÀNH PHỐ HÀ NỘI", None, None, None, None, None, None),
            ("DANH SÁCH SẢN PHẨM OCOP NĂM 2026", None, None, None, None, None, None),
            (),
            (
                "TT",
                "Tên sản phẩm",
                "Chủ thể OCOP",
                "Địa chỉ",
                "Kết quả phân hạng",
                "Quyết định",
                None,
            ),
            (None, None, None, None, None, "Số", "Ngày ban hành"),
            ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"),
            ("I. NHÓM THỰC PHẨM", None, None, None, None, None, None),
            (1, *ROWS[0][1:6], date(2026, 3, 4)),
            (2, *ROWS[1][1:6], date(2026, 3, 4)),
            ("IV. NHÓM THỦ CÔNG MỸ NGHỆ", None, None, None, None, None, None),
            (1, *ROWS[2][1:6], date(2026, 3, 4)),
            ("Tổng cộng: 03 sản phẩm", None, None, None, None, None, None),
            ("Nơi nhận: như trên", None, None, None, None, None, None),
        ],
        [
            "A1:G1",
            "A2:G2",
            "F4:G4",
            "A4:A5",
            "B4:B5",
            "C4:C5",
            "D4:D5",
            "E4:E5",
            "A7:G7",
            "A10:G10",
        ],
    )


def without_marks_in_one_cell() -> bytes:
    """Header without marks; number and date of the decision in one cell; dates as serials."""
    head = ("stt", "ten san pham", "ten chu the", "dia chi", "so sao", "QD cong nhan")
    rows = [(*row[:4], row[4], f"QĐ số {row[5]} ngày 04/3/2026 của UBND TP Hà Nội") for row in ROWS]
    return workbook([head, *rows])


def csv(delimiter: str = ";", encoding: str = "utf-8-sig", form: str = "NFC") -> bytes:
    lines = [delimiter.join(str(c) if delimiter not in str(c) else f'"{c}"' for c in row) for row in (HEAD, *ROWS)]  # fmt: skip
    return unicodedata.normalize(form, "\r\n".join(lines)).encode(encoding)


def cp1258() -> bytes:
    """What Windows writes for Vietnamese: base letters with their hats, tones as combining marks."""
    text = csv(";", "utf-8").decode().replace("★", "*")  # the code page has no ★
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tones = [c for c in parts if c in "\u0300\u0301\u0303\u0309\u0323"]
        base = unicodedata.normalize("NFC", "".join(c for c in parts if c not in tones))
        out.append(base + "".join(tones))
    return "".join(out).encode("cp1258", "replace")
