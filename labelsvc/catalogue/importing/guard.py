"""Looks at the bytes of a list before anything opens them.

A spreadsheet is a zip of XML. The central directory of a zip may lie about sizes, and a reader
lays a sheet out as a full rectangle up to its furthest cell, so one stray cell in XFD1048576 asks
for terabytes. So everything is inflated here once, in small pieces and with limits, before the
real reader sees it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final, Literal

from labelsvc.errors import ImportRefused

MOST_BYTES: Final = 20_000_000
MOST_ROWS: Final = 200_000
MOST_COLUMNS: Final = 256
#: Cells of the rectangle a reader lays out for one sheet.
MOST_CELLS: Final = 6_000_000
_MOST_ENTRIES: Final = 500
_MOST_INFLATED: Final = 160_000_000
#: Real sheets of many like rows reach 60 : 1; below this size no ratio can do harm.
_MOST_RATIO: Final = 150
_RATIO_FROM: Final = 2_000_000
_PIECE: Final = 1 << 16

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENDINGS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".csv": "text", ".txt": "text", ".tsv": "text"}
_SAVE_AS_XLSX = "Open it in Excel or LibreOffice and save it as XLSX."
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r="([A-Z]{0,3})(\d{1,7})"[^<>]*?(/?)>')

Kind = Literal["xlsx", "text"]


def kind_of(data: bytes, file_name: str) -> Kind:
    """What the bytes are, checked for everything that could hurt.

    :raises ImportRefused: empty, too large, another format, locked, damaged, or a bomb.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise ImportRefused("The file is empty.", fix="Choose the list again.")
    if len(data) > MOST_BYTES:
        raise ImportRefused(
            "The file has {size} MB, {most} are allowed.",
            fix="Remove pictures from it, or split it.",
            size=round(len(data) / 1e6, 1),
            most=MOST_BYTES // 1_000_000,
        )
    said = _ENDINGS.get(PurePosixPath(file_name.replace("\\", "/")).suffix.lower())
    found = _look(data)
    if said is None:
        raise ImportRefused(
            "A list is an XLSX or a CSV file.", fix="Save the list as XLSX or CSV and send that."
        )
    if said != found:
        raise ImportRefused(
            "The name says {said}, but the content is {found}.",
            fix="Give the file its right ending, or save it again.",
            said="XLSX" if said == "xlsx" else "CSV",
            found="XLSX" if found == "xlsx" else "CSV",
        )
    if found == "xlsx":
        _check_workbook(data)
    return found


def _look(data: bytes) -> Kind:
    head = data[:2048]
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ImportRefused(
                "The workbook is locked with a password.",
                fix="Remove the password in Excel and save it again.",
            )
        raise ImportRefused("This is an old Excel file (.xls).", fix=_SAVE_AS_XLSX)
    if head.startswith(b"PK"):
        return "xlsx"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if re.match(rb"<(!doctype html|html|head|body|table|meta|style|div)\b", text):
        raise ImportRefused("This is a web page that calls itself a table.", fix=_SAVE_AS_XLSX)
    if text.startswith(b"<?xml") or text.startswith(b"mime-version"):
        raise ImportRefused("This is an XML or web archive file, not a list.", fix=_SAVE_AS_XLSX)
    if text.startswith((b"%pdf", b"{\\rtf", b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z")):
        raise ImportRefused(
            "This is not a list but another kind of file.", fix="Save the list as XLSX or CSV."
        )
    return "text"


def _check_workbook(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError) as error:
        raise _damaged() from error
    if len(infos) > _MOST_ENTRIES:
        raise _bomb()
    names = {info.filename for info in infos}
    if any(info.flag_bits & 0x1 for info in infos):
        raise ImportRefused(
            "The workbook is locked with a password.",
            fix="Remove the password in Excel and save it again.",
        )
    if len(names) != len(infos):
        raise _damaged()  # two entries of one name: readers disagree which one counts
    if "xl/workbook.xml" not in names:
        raise ImportRefused("This is not an XLSX workbook.", fix=_SAVE_AS_XLSX)
    total = 0
    for info in infos:
        size = 0
        scan = _SheetScan() if info.filename.lower().endswith((".xml", ".rels")) else None
        for piece in _inflate(data, info):
            size += len(piece)
            if total + size > _MOST_INFLATED or (
                size > _RATIO_FROM and size > _MOST_RATIO * max(info.compress_size, 1)
            ):
                raise _bomb()
            if scan is not None:
                scan.feed(piece)
        total += size


def _inflate(data: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of an entry in pieces, whatever sizes its headers claim."""
    at = info.header_offset
    header = data[at : at + 30]
    if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
        raise _damaged()
    begin = (
        at + 30 + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    )
    packed = memoryview(data)[begin : begin + info.compress_size]
    if len(packed) < info.compress_size:
        raise _damaged()
    if info.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[i : i + _PIECE]) for i in range(0, len(packed), _PIECE))
        return
    if info.compress_type != zipfile.ZIP_DEFLATED:
        raise _damaged()
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for i in range(0, len(packed), _PIECE):
            piece = inflater.decompress(packed[i : i + _PIECE], _PIECE * 4)
            while piece:
                yield piece
                piece = inflater.decompress(inflater.unconsumed_tail, _PIECE * 4)
        yield inflater.flush()
    except zlib.error as error:
        raise _damaged() from error
    if not inflater.eof:
        raise _damaged()


class _SheetScan:
    """Finds the furthest cell of a sheet in its XML, and declarations that no workbook has."""

    def __init__(self) -> None:
        self._tail = b""
        self._row = self._column = 0

    def feed(self, piece: bytes) -> None:
        text = self._tail + piece
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise _damaged()
        for letters, digits, closed in _CELL.findall(text):
            if closed:
                continue  # formatted but empty: readers leave it out
            if letters:
                self._row = max(self._row, int(digits))
                self._column = max(self._column, column_number(letters.decode()))
        if (
            self._row > MOST_ROWS
            or self._column > MOST_COLUMNS
            or self._row * self._column > MOST_CELLS
        ):
            raise ImportRefused(
                "The sheet reaches to row {row}, column {column}; the largest list has {rows} rows "
                "and {columns} columns.",
                fix="Delete stray cells far below or right of the list, or split the list.",
                row=self._row,
                column=self._column,
                rows=MOST_ROWS,
                columns=MOST_COLUMNS,
            )
        self._tail = text[-512:]


def column_number(letters: str) -> int:
    """ "A" → 1, "AA" → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _damaged() -> ImportRefused:
    return ImportRefused("The workbook is damaged.", fix=_SAVE_AS_XLSX)


def _bomb() -> ImportRefused:
    return ImportRefused(
        "The workbook unpacks to far more than a list can hold.",
        fix="Copy the list into a new workbook and send that.",
    )
