"""Looks at the bytes of an old Excel file (.xls) before its reader does: how far its cells reach.

The file is a small file system (OLE2) with a stream of records (BIFF8). Only sizes, passwords,
macros, hidden rows, errors and the calendar are read here; calamine reads the values.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from labelsvc.catalogue.importing.files.traits import MOST, Traits
from labelsvc.errors import ImportRefused

_FREE: Final = 0xFFFFFFFA
_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _DATEMODE = 0x0809, 0x000A, 0x0085, 0x002F, 0x0022
_ROW, _COLINFO, _BOOLERR, _FORMULA = 0x0208, 0x007D, 0x0205, 0x0006
#: Records that begin with row and column of a cell.
_CELLS: Final = frozenset((0x0006, 0x0201, 0x0203, 0x0204, 0x0205, 0x00FD, 0x027E, 0x00D6, 0x0002, 0x0003, 0x0004, 0x0005, 0x0406, 0x0206))  # fmt: skip
#: Records of several cells of a row: row, first column, …, last column.
_SEVERAL: Final = frozenset((0x00BD, 0x00BE))


@dataclass
class OldBook:
    """Facts found in the file: `sheets` in their order, `reach` the furthest row and column (from 1)."""

    protected: bool = False
    macros: bool = False
    row: int = 0
    column: int = 0
    largest: int = 0
    sheets: list[Traits] = field(default_factory=list)


def look(data: bytes) -> OldBook:
    """Read sizes and traits of an old workbook.

    :raises ImportRefused: damaged, or no workbook.
    """
    try:
        names = _Container(data)
        book = OldBook(macros="_VBA_PROJECT_CUR" in names.entries)
        if "EncryptedPackage" in names.entries:
            book.protected = True
            return book
        stream = names.read("Workbook") or names.read("Book")
        if not stream:
            raise ImportRefused("This is not an Excel workbook.", fix="Open the list in Excel or LibreOffice and save it as XLSX.")  # fmt: skip
        _walk(stream, book)
        return book
    except (struct.error, IndexError, ValueError) as error:
        raise ImportRefused(
            "The workbook is damaged.", fix="Open it in Excel and save it again."
        ) from error


def _walk(stream: bytes, book: OldBook) -> None:
    from_1904, depth, row, column = False, 0, 0, 0
    traits = Traits()
    for kind, body in _records(stream):
        if kind == _BOF:
            depth += 1
            row = column = 0
            if depth == 1 and len(body) >= 4 and struct.unpack_from("<H", body, 2)[0] == 0x0010:
                traits = Traits(from_1904=from_1904)
                book.sheets.append(traits)
        elif kind == _EOF:
            depth -= 1
            book.row, book.column = max(book.row, row), max(book.column, column)
            book.largest = max(book.largest, row * column)
        elif kind == _FILEPASS:
            book.protected = True
            return
        elif kind == _DATEMODE and len(body) >= 2:
            from_1904 = body[0] == 1
        elif kind in _CELLS and len(body) >= 4:
            at = struct.unpack_from("<HH", body)
            row, column = max(row, at[0] + 1), max(column, at[1] + 1)
            wrong = (kind == _BOOLERR and len(body) >= 8 and body[7] == 1) or (
                kind == _FORMULA and len(body) >= 14 and body[12:14] == b"\xff\xff" and body[6] == 2
            )
            if wrong and len(traits.errors) < MOST:
                traits.errors.add((at[0], at[1]))
        elif kind in _SEVERAL and len(body) >= 6:
            row = max(row, struct.unpack_from("<H", body)[0] + 1)
            column = max(column, struct.unpack_from("<H", body, len(body) - 2)[0] + 1)
        elif (
            kind == _ROW and len(body) >= 14 and body[12] & 0x20 and len(traits.hidden_rows) < MOST
        ):
            traits.hidden_rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLINFO and len(body) >= 10 and body[8] & 0x01:
            first, last = struct.unpack_from("<HH", body)
            if last - first < 200:
                traits.hidden_columns.update(range(first, last + 1))
    if depth:
        book.row, book.column = max(book.row, row), max(book.column, column)
        book.largest = max(book.largest, row * column)


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        yield kind, stream[at + 4 : at + 4 + size]
        at += 4 + size


class _Container:
    """The streams of an OLE2 file by name; every chain of sectors is bounded by the file."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, small = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or small != 6:
            raise ValueError("sector size")
        self._size = 1 << shift
        self._most = len(data) // self._size + 1
        self._limit = struct.unpack_from("<I", data, 56)[0]
        self._fat = self._table(data)
        first = struct.unpack_from("<I", data, 48)[0]
        self.entries = self._directory(self._chain(first))

    def _table(self, data: bytes) -> list[int]:
        sectors = [one for one in struct.unpack_from("<109I", data, 76) if one < _FREE]
        at = struct.unpack_from("<I", data, 68)[0]
        for _ in range(self._most):
            if at >= _FREE:
                break
            block = self._sector(at)
            numbers = struct.unpack(f"<{len(block) // 4}I", block)
            sectors += [one for one in numbers[:-1] if one < _FREE]
            at = numbers[-1]
        table: list[int] = []
        for one in sectors[: self._most]:
            block = self._sector(one)
            table += struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
        return table

    def _sector(self, number: int) -> bytes:
        begin = (number + 1) * self._size
        return self._data[begin : begin + self._size]

    def _chain(self, first: int) -> bytes:
        out, at = bytearray(), first
        for _ in range(self._most):
            if at >= _FREE:
                break
            out += self._sector(at)
            at = self._fat[at]
        return bytes(out)

    def _directory(self, data: bytes) -> dict[str, tuple[int, int]]:
        found = {}
        for at in range(0, len(data) - 127, 128):
            length = struct.unpack_from("<H", data, at + 64)[0]
            if 2 <= length <= 64:
                name = data[at : at + length - 2].decode("utf-16-le", "replace")
                found[name] = struct.unpack_from("<II", data, at + 116)
        return found

    def read(self, name: str) -> bytes:
        """A stream; empty where there is none. Small ones lie in a stream of their own."""
        first, size = self.entries.get(name, (0, 0))
        if not size:
            return b""
        if size >= self._limit:
            return self._chain(first)[:size]
        root, _ = self.entries.get("Root Entry", (0, 0))
        room, table = self._chain(root), self._chain(struct.unpack_from("<I", self._data, 60)[0])
        links = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
        out, at = bytearray(), first
        for _ in range(len(room) // 64 + 1):
            if at >= _FREE:
                break
            out += room[at * 64 : at * 64 + 64]
            at = links[at]
        return bytes(out)[:size]
