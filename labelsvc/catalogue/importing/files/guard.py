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
_ENDINGS = {
    ".xlsx": "xlsx", ".xls": "xls", ".ods": "ods", ".csv": "text", ".txt": "text", ".tsv": "text",
}  # fmt: skip
_NAMES = {"xlsx": "XLSX", "xls": "XLS", "ods": "ODS", "text": "CSV"}
_SAVE_AS_XLSX = "Open it in Excel or LibreOffice and save it as XLSX."
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
#: An OpenDocument sheet is kept whole while it is looked at.
_MOST_CONTENT: Final = 60_000_000
_ODS_PART = re.compile(
    rb"<table:(table|table-row|table-cell|covered-table-cell)\b([^<>]*?)(/?)>|</table:table-row>"
)
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="(\d{1,9})"')
_CELL = re.compile(rb'<(?:\w+:)?(?:c|row)\s(?:[^<>]*?\s)?r="([A-Z]{0,3})(\d{1,7})"[^<>]*?(/?)>')

Kind = Literal["xlsx", "xls", "ods", "text"]


def kind_of(data: bytes, file_name: str) -> Kind:
    """Tell the kind of file that the bytes are, checked for everything that could hurt.

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
    ending = PurePosixPath(file_name.replace("\\", "/")).suffix.lower()
    said = _ENDINGS.get(ending)
    found = _look(data, ending)
    if said is None:
        raise ImportRefused(
            "A list is an XLSX, XLS, ODS or CSV file.",
            fix="Save the list as XLSX or CSV and send that.",
        )
    if said != found:
        raise ImportRefused(
            "The name says {said}, but the content is {found}.",
            fix="Give the file its right ending, or save it again.",
            said=_NAMES[said],
            found=_NAMES[found],
        )
    if found == "xlsx":
        _check_workbook(data)
    elif found == "ods":
        _check_ods(data)
    elif found == "xls":
        _check_old(data)
    return found


def _look(data: bytes, ending: str) -> Kind:
    head = data[:2048]
    if ending in (".xlsm", ".xltm", ".xlam"):
        raise _macros()
    if head.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise _locked()
        if "WordDocument".encode("utf-16-le") in data:
            raise _word()
        return "xls"
    if head.startswith(b"PK"):
        return _look_into(data)
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if re.match(rb"<(!doctype html|html|head|body|table|meta|style|div)\b", text):
        raise ImportRefused("This is a web page that calls itself a table.", fix=_SAVE_AS_XLSX)
    if text.startswith(b"<?xml") or text.startswith(b"mime-version"):
        raise ImportRefused("This is an XML or web archive file, not a list.", fix=_SAVE_AS_XLSX)
    if text.startswith(b"%pdf"):
        raise ImportRefused(
            "This is a PDF: its tables cannot be read safely.",
            fix="Ask for the list as Excel, or copy the table into a workbook and save it as XLSX.",
        )
    if text.startswith(b"{\\rtf"):
        raise _word()
    if text.startswith((b"\x89png", b"\xff\xd8\xff", b"gif8", b"rar!", b"7z")):
        raise ImportRefused(
            "This is not a list but another kind of file.", fix="Save the list as XLSX or CSV."
        )
    return "text"


def _look_into(data: bytes) -> Kind:
    """Tell a workbook of Excel or OpenDocument by the names in a zip; refuse other documents by their kind."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, OverflowError) as error:
        raise _damaged() from error
    if any(name.startswith("word/") for name in names):
        raise _word()
    if "xl/vbaProject.bin" in names:
        raise _macros()
    if "xl/workbook.bin" in names:
        raise ImportRefused("This is a binary workbook (.xlsb).", fix=_SAVE_AS_XLSX)
    if "content.xml" in names:
        if _ODS not in data[:200]:
            raise _word()
        return "ods"
    return "xlsx"


def _check_old(data: bytes) -> None:
    """An .xls: its streams are walked by biff.py, which bounds them by the file."""
    from labelsvc.catalogue.importing.files.biff import look

    book = look(data)
    if book.protected:
        raise _locked()
    if book.macros:
        raise _macros()
    _check_reach(book.row, book.column, book.largest)


def _check_ods(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        infos = archive.infolist()
    names = {info.filename for info in infos}
    if len(infos) > _MOST_ENTRIES:
        raise _bomb()
    if len(names) != len(infos):
        raise _damaged()
    content, total = b"", 0
    for info in infos:
        made = bytearray()
        for piece in _inflate(data, info):
            made += piece
            if total + len(made) > _MOST_INFLATED or len(made) > _MOST_CONTENT:
                raise _bomb()
            if len(made) > _RATIO_FROM and len(made) > _MOST_RATIO * max(info.compress_size, 1):
                raise _bomb()
        total += len(made)
        if info.filename.endswith(".xml") and (b"<!DOCTYPE" in made or b"<!ENTITY" in made):
            raise _damaged()
        if info.filename == "META-INF/manifest.xml" and b"encryption-data" in made:
            raise _locked()
        if info.filename == "content.xml":
            content = bytes(made)
    row = column = width = most_row = most_column = 0
    repeat = 1
    for part in _ODS_PART.finditer(content):
        times = _REPEATED.search(part[2] or b"")
        count = int(times[1]) if times else 1
        if part[1] == b"table":
            row = 0
        elif part[1] == b"table-row":
            column, width, repeat = 0, 0, count
            row += count if part[3] else 0
        elif part[1] is None:
            row += repeat
            if width:
                most_row, most_column = max(most_row, row), max(most_column, width)
        else:
            column += count
            if not part[3] or b"office:value" in part[2]:
                width = column
    _check_reach(most_row, most_column, most_row * most_column)


def _check_reach(row: int, column: int, cells: int) -> None:
    if row > MOST_ROWS or column > MOST_COLUMNS or cells > MOST_CELLS:
        raise ImportRefused(
            "The sheet reaches to row {row}, column {column}; the largest list has {rows} rows "
            "and {columns} columns.",
            fix="Delete stray cells far below or right of the list, or split the list.",
            row=row,
            column=column,
            rows=MOST_ROWS,
            columns=MOST_COLUMNS,
        )


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
        raise _locked()
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
        _check_reach(self._row, self._column, self._row * self._column)
        self._tail = text[-512:]


def column_number(letters: str) -> int:
    """ "A" → 1, "AA" → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → "A", 27 → "AA"."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _locked() -> ImportRefused:
    return ImportRefused(
        "The workbook is locked with a password.",
        fix="Remove the password in Excel and save it again.",
    )


def _macros() -> ImportRefused:
    return ImportRefused(
        "This workbook holds macros, which a list does not need.",
        fix="Save it as XLSX (without macros) and send that.",
    )


def _word() -> ImportRefused:
    return ImportRefused(
        "This is a Word document, not a table.",
        fix="Copy the table into a workbook of Excel and save it as XLSX.",
    )


def _damaged() -> ImportRefused:
    return ImportRefused("The workbook is damaged.", fix=_SAVE_AS_XLSX)


def _bomb() -> ImportRefused:
    return ImportRefused(
        "The workbook unpacks to far more than a list can hold.",
        fix="Copy the list into a new workbook and send that.",
    )
