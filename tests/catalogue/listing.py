"""A small builder of lists, so that a test reads like the list it makes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from openpyxl import Workbook

Row = Sequence[Any]
HEAD: Row = (
    "STT",
    "Tên sản phẩm",
    "Chủ thể",
    "Địa chỉ",
    "Hạng sao",
    "Số quyết định",
    "Ngày ban hành",
)
OWNER, PLACE = "HTX Gốm Mẫu", "Xã Bát Tràng"
GIVEN, DAY = "1147/QĐ-UBND", "04/03/2024"
WITHDRAWN = "4100/QĐ-UBND"


def row(product: str, *, stars: Any = "4 sao", owner: Any = OWNER, place: Any = PLACE,
        number: Any = GIVEN, day: Any = DAY, more: Row = (), at: Any = 1) -> Row:  # fmt: skip
    """A row below `HEAD`, with *more* cells behind it."""
    return (at, product, owner, place, stars, number, day, *more)


def book(*rows: Row, name: str = "DS", merges: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet."""
    return books({name: rows}, merges=merges)


def books(sheets: dict[str, Sequence[Row]], *, merges: Sequence[str] = ()) -> bytes:
    """A workbook of several sheets; *merges* are of the first."""
    made = Workbook()
    if made.active is not None:
        made.remove(made.active)
    for index, (name, rows) in enumerate(sheets.items()):
        sheet = made.create_sheet(name)
        for cells in rows:
            sheet.append(list(cells))
        for span in merges if not index else ():
            sheet.merge_cells(span)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def ended(product: str, owner: str = OWNER) -> dict[str, tuple[str, bytes]]:
    """Every form in which provinces tell that *product* has lost its stars: name → file."""
    own = row(product, owner=owner)
    by = f"{WITHDRAWN} ngày 01/10/2026"
    title = ("DANH SÁCH SẢN PHẨM OCOP BỊ THU HỒI GIẤY CHỨNG NHẬN NĂM 2026",)
    annex = (f"(Kèm theo Quyết định số {WITHDRAWN} ngày 01 tháng 10 năm 2026)",)
    short = HEAD[:5]
    return {
        "title": ("a.xlsx", book(title, HEAD, own)),
        "title and annex": ("a.xlsx", book(title, annex, HEAD, own)),
        "column of the decision": ("a.xlsx", book(title, (*short, "Quyết định thu hồi"), (*own[:5], by))),
        "column, no title": ("a.xlsx", book((*short, "QĐ thu hồi", "Ngày thu hồi"), (*own[:5], WITHDRAWN, "01/10/2026"))),
        "both decisions": ("a.xlsx", book(title, (*short, "Quyết định công nhận", "Quyết định thu hồi"), (*own[:5], f"{GIVEN} ngày {DAY}", by))),
        "head of two rows": ("a.xlsx", book((*short, "Quyết định thu hồi", None), (None,) * 5 + ("Số", "Ngày"), (*own[:5], WITHDRAWN, "01/10/2026"), merges=["F1:G1"])),
        "note": ("a.xlsx", book((*HEAD, "Ghi chú"), (*own, f"Đã thu hồi theo QĐ {by}"))),
        "note of no more": ("a.xlsx", book((*HEAD, "Ghi chú"), (*own, "Không tiếp tục tham gia"))),
        "status": ("a.xlsx", book((*HEAD, "Trạng thái"), (*own, "Hết hiệu lực"))),
        "stars": ("a.xlsx", book(HEAD, (*own[:4], "4 sao (đã thu hồi)", *own[5:]))),
        "section": ("a.xlsx", book(HEAD, ("II", "SẢN PHẨM BỊ THU HỒI"), own)),
        "section, then stars": ("a.xlsx", book(HEAD, ("II", "SẢN PHẨM HẾT HẠN"), ("1", "Sản phẩm 4 sao"), own)),
        "sheet": ("a.xlsx", book(HEAD, own, name="Thu hồi")),
        "second sheet": ("a.xlsx", books({"Công nhận": [HEAD, row("Gốm khác")], "Hết hạn": [HEAD, own]})),
        "file name": ("danh-sach-thu-hoi.xlsx", book(HEAD, own)),
        "expired": ("a.xlsx", book(("DANH SÁCH SẢN PHẨM OCOP HẾT HẠN",), HEAD, own)),
        "in force no more": ("a.xlsx", book(("SẢN PHẨM OCOP KHÔNG CÒN HIỆU LỰC",), HEAD, own)),
        "not recognised again": ("a.xlsx", book(("SẢN PHẨM KHÔNG ĐƯỢC CÔNG NHẬN LẠI",), HEAD, own)),
        "both in the title": ("a.xlsx", book(("SẢN PHẨM OCOP ĐƯỢC CÔNG NHẬN VÀ THU HỒI",), HEAD, own)),
        "foot": ("a.xlsx", book(HEAD, own, (f"Các sản phẩm trên bị thu hồi theo Quyết định số {by}",))),
        "registered": ("a.xlsx", book(("DANH SÁCH SẢN PHẨM ĐĂNG KÝ ĐÁNH GIÁ",), HEAD, own)),
        "csv": ("a.csv", "\n".join(";".join(map(str, one)) for one in (title, HEAD, own)).encode("utf-8-sig")),
    }  # fmt: skip


FORMS = tuple(ended("x"))
