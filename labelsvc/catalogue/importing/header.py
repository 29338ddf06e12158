"""Finds the header of a list below its title rows, and says which column holds what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from labelsvc.catalogue import product_columns
from labelsvc.catalogue.importing.read import Cell, Table
from labelsvc.errors import ImportRefused
from labelsvc.i18n import fold

#: Rows that may stand above the header.
_SEARCHED = 60

#: Field → names of its column, without marks and signs; a longer name beats a shorter one.
NAMES: dict[str, tuple[str, ...]] = {
    "number": ("stt", "tt", "so tt", "so thu tu"),
    "product": ("ten san pham", "san pham", "ten sp", "ten san pham ocop", "san pham ocop", "ten san pham dich vu", "ten hang hoa"),
    "producer": ("chu the", "ten chu the", "chu the ocop", "chu the san xuat", "ten co so", "co so san xuat", "don vi san xuat", "ten don vi", "don vi", "ten chu the san xuat", "chu the san pham", "doanh nghiep"),
    "kind": ("loai hinh", "loai hinh chu the", "loai hinh to chuc", "loai chu the"),
    "representative": ("nguoi dai dien", "dai dien", "dai dien phap luat", "nguoi dai dien phap luat", "chu ho", "ho va ten"),
    "address": ("dia chi", "dia chi san xuat", "dia chi chu the", "dia diem san xuat", "dia chi co so"),
    "commune": ("xa", "phuong", "xa phuong", "phuong xa", "xa phuong thi tran", "xa tt"),
    "district": ("huyen", "quan", "quan huyen", "huyen quan", "huyen thi xa", "quan huyen thi xa", "dia phuong"),
    "phone": ("dien thoai", "so dien thoai", "sdt", "so dt", "dt", "dien thoai lien he", "lien he", "so dien thoai lien he"),
    "email": ("email", "e mail", "thu dien tu"),
    "website": ("website", "web", "trang web"),
    "tax_code": ("ma so thue", "mst", "ma so thue mst", "ma so doanh nghiep"),
    "stars": ("hang sao", "so sao", "xep hang", "hang", "phan hang", "ket qua phan hang", "ket qua", "dat hang", "sao", "hang san pham", "xep hang sao", "hang sao dat duoc"),
    "score": ("diem", "so diem", "tong diem", "diem trung binh", "diem danh gia"),
    "decision": ("so quyet dinh", "quyet dinh", "so qd", "qd cong nhan", "quyet dinh cong nhan", "so quyet dinh cong nhan", "quyet dinh so", "can cu", "qd", "so van ban", "quyet dinh phe duyet"),
    "decision_date": ("ngay ban hanh", "ngay quyet dinh", "ngay qd", "ngay ky", "ngay cong nhan", "ngay cap", "ngay thang", "quyet dinh ngay", "quyet dinh ngay ban hanh", "ngay thang qd", "thoi gian cong nhan", "ngay thang nam"),
    "valid_to": ("ngay het han", "het han", "hieu luc den", "co hieu luc den", "thoi han", "thoi han hieu luc", "ngay het hieu luc", "han", "gia tri den"),
    "authority": ("co quan ban hanh", "co quan cong nhan", "co quan cap", "cap cong nhan", "noi cap"),
    "set": ("bo san pham", "nhom san pham", "nhom", "phan nhom", "nganh hang", "bo tieu chi", "nhom nganh", "nganh san pham"),
    "note": ("ghi chu", "note"),
    **{column.name: column.heads for column in product_columns.IN_LISTS},
}  # fmt: skip
_FIELD = {name: field for field, names in NAMES.items() for name in names}
_LABELS = {
    "product": "Tên sản phẩm", "producer": "Chủ thể", "stars": "Hạng sao", "decision": "Số quyết định",
    "decision_date": "Ngày ban hành", "valid_to": "Ngày hết hạn", "set": "Bộ sản phẩm", "gtin": "GTIN",
}  # fmt: skip


@dataclass(frozen=True)
class Header:
    """Where the header is and what its columns are: field → index, index → words."""

    row: int
    depth: int
    columns: dict[str, int]
    words: dict[int, str]

    def label(self, field: str) -> str:
        """How the file names the column of *field*; our name for one that it lacks."""
        index = self.columns.get(field)
        return self.words.get(index, "") if index is not None else _LABELS.get(field, field)

    def letter(self, field: str) -> str:
        """The column letter of a spreadsheet program: A, B, … AA."""
        index = self.columns.get(field)
        letters = ""
        while index is not None and index >= 0:
            index, rest = divmod(index, 26)
            letters = chr(65 + rest) + letters
            index -= 1
        return letters


def find_header(tables: Sequence[Table]) -> tuple[Table, Header]:
    """The table with the best header, and that header.

    :raises ImportRefused: no row names both a product and a producer.
    """
    best: tuple[int, Table, Header] | None = None
    for table in tables:
        rows = list(islice(table.rows(), _SEARCHED))
        for index, (number, cells) in enumerate(rows):
            below = rows[index + 1] if index + 1 < len(rows) else None
            for header in _readings(number, cells, below):
                score = len(header.columns)
                if {"product", "producer"} <= header.columns.keys() and (
                    best is None or score > best[0]
                ):
                    best = (score, table, header)
    if best is None:
        raise ImportRefused(
            "No header row was found: a row with the columns “Tên sản phẩm” and “Chủ thể”.",
            fix="Name the columns in one row above the list, for example: STT, Tên sản phẩm, "
            "Chủ thể, Địa chỉ, Hạng sao, Số quyết định, Ngày ban hành.",
        )
    return best[1], best[2]


def _readings(number: int, cells: list[Cell], below: tuple[int, list[Cell]] | None) -> list[Header]:
    """The row alone, and the row with the one below it under merged heads."""
    readings = [_header(number, 1, [_words(cell) for cell in cells])]
    if below is not None and below[0] == number + 1:
        tops, both, last = [_words(cell) for cell in cells], [], ""
        subs = [_words(cell) for cell in below[1]]
        for index in range(max(len(tops), len(subs))):
            top = tops[index] if index < len(tops) else ""
            sub = subs[index] if index < len(subs) else ""
            last = top or (last if sub else "")
            both.append(f"{last} {sub}".strip() if sub and sub != last else last)
        readings.append(_header(number, 2, both))
    return readings


def _header(number: int, depth: int, words: list[str]) -> Header:
    columns: dict[str, int] = {}
    length: dict[str, int] = {}
    for index, text in enumerate(words):
        found = _field(text)
        if found is not None and length.get(found[0], -1) < found[1]:
            columns[found[0]], length[found[0]] = index, found[1]
    return Header(number, depth, columns, {i: w for i, w in enumerate(words) if w})


def _field(text: str) -> tuple[str, int] | None:
    """Field that a column's words mean, and how sure: the length of the name that fits."""
    plain = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", fold(text))
    plain = " ".join(re.findall(r"[a-z]+", plain))
    if not plain or len(plain) > 60:
        return None
    if plain in _FIELD:
        return _FIELD[plain], len(plain) + 100
    words = plain.split()
    for size in range(len(words) - 1, 1, -1):  # "ten san pham tham gia danh gia" begins with a name
        for part in (" ".join(words[:size]), " ".join(words[-size:])):
            if part in _FIELD:
                return _FIELD[part], len(part)
    return None


def _words(cell: Cell) -> str:
    return " ".join(str(cell).split()) if isinstance(cell, str) else ""
