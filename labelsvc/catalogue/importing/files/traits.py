"""Facts of a workbook that its cells do not hold: hidden rows and columns, errors, days from 1904,
and what asides.py finds beside the cells.

The reader of the sheets leaves them out. Call this after guard.py has looked at the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import Final
from xml.etree import ElementTree

from labelsvc.catalogue.importing.files.asides import (
    boxes_of,
    comments_of,
    page_texts,
    struck_styles,
)
from labelsvc.catalogue.importing.files.formula import Place, sheets_of
from labelsvc.catalogue.importing.files.guard import column_number

_PIECE: Final = 1 << 18
#: Heads and feet of pages stand behind the cells.
_ENDING: Final = 1 << 16
#: More hidden rows or errors say nothing new.
MOST: Final = 50_000
_ROW = re.compile(rb'<(?:\w+:)?row\s[^<>]*?\br="(\d{1,7})"[^<>]*>')
_HIDDEN = re.compile(rb'\b(?:hidden|zeroHeight)="(?:1|true)"')
_COL = re.compile(rb"<(?:\w+:)?col\s[^<>]*>")
_ERROR = re.compile(rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*?\bt="e"[^<>]*>')
_STYLED = re.compile(rb'<(?:\w+:)?c\s(?=[^<>]*?\br="([A-Z]{1,3})(\d{1,7})")[^<>]*?\bs="(\d{1,6})"')
_FROM_1904 = re.compile(rb'<(?:\w+:)?workbookPr\b[^<>]*\bdate1904="(?:1|true)"')


@dataclass
class Traits:
    """Of one sheet. Rows and columns count from zero."""

    errors: set[Place] = field(default_factory=set)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    from_1904: bool = False
    #: What somebody noted at a cell.
    comments: dict[Place, str] = field(default_factory=dict)
    #: Words of text boxes and of heads and feet of pages.
    asides: list[str] = field(default_factory=list)
    #: Cells whose letters are struck through.
    struck: set[Place] = field(default_factory=set)
    #: Of a file whose reader does not tell them: first row, first column, last row, last column.
    spans: list[tuple[int, int, int, int]] = field(default_factory=list)


def traits_of_xlsx(data: bytes) -> dict[str, Traits]:
    """Name of a sheet → its traits; nothing where the workbook is an unusual one."""
    found: dict[str, Traits] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            from_1904 = bool(_FROM_1904.search(archive.read("xl/workbook.xml")))
            struck = struck_styles(archive)
            for name, entry in sheets_of(archive):
                traits = found[name] = Traits(from_1904=from_1904)
                _scan(archive, entry, traits, struck)
                traits.comments = comments_of(archive, entry)
                traits.asides += boxes_of(archive, entry)
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return {}
    return found


def _scan(archive: zipfile.ZipFile, entry: str, traits: Traits, struck: frozenset[bytes]) -> None:
    tail = ending = b""
    with archive.open(entry) as source:
        while piece := source.read(_PIECE):
            ending = (ending + piece)[-_ENDING:]
            text = tail + piece
            end = text.rfind(b">") + 1
            text, tail = text[:end], text[end:][-_PIECE:]
            if b"<col" in text or b":col" in text:
                for tag in _COL.findall(text):
                    _hide_columns(tag, traits)
            if b"hidden=" in text:
                for tag in _ROW.finditer(text):
                    if _HIDDEN.search(tag[0]) and len(traits.hidden_rows) < MOST:
                        traits.hidden_rows.add(int(tag[1]) - 1)
            if b't="e"' in text and len(traits.errors) < MOST:
                traits.errors.update(
                    (int(digits) - 1, column_number(letters.decode()) - 1)
                    for letters, digits in _ERROR.findall(text)
                )
            if struck and len(traits.struck) < MOST:
                traits.struck.update(
                    (int(digits) - 1, column_number(letters.decode()) - 1)
                    for letters, digits, style in _STYLED.findall(text)
                    if style in struck
                )
    traits.asides += page_texts(ending)


def _hide_columns(tag: bytes, traits: Traits) -> None:
    first, last = re.search(rb'\bmin="(\d{1,5})"', tag), re.search(rb'\bmax="(\d{1,5})"', tag)
    if first and last and (_HIDDEN.search(tag) or re.search(rb'\bwidth="0(?:\.0*)?"', tag)):
        columns = range(int(first[1]) - 1, min(int(last[1]), 16_384))
        if len(columns) < 1000:  # all columns to the right of the list
            traits.hidden_columns.update(columns)


_ODS_COLUMN = re.compile(rb"<table:table-column\b([^<>]*)>")
_ODS_PIECE = re.compile(rb"<table:(table-row|table-cell|covered-table-cell)\b([^<>]*)>")
_ODS_HIDDEN = re.compile(rb'visibility="(?:collapse|filter)"')
_ODS_TABLE = re.compile(rb'<table:table\s[^<>]*?table:name="([^"]*)"')


def traits_of_ods(data: bytes) -> dict[str, Traits]:
    """Hidden rows and columns and merged cells of an OpenDocument file; its errors are texts like any other."""
    found: dict[str, Traits] = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content = archive.read("content.xml")
    except (KeyError, zipfile.BadZipFile):
        return {}
    tables = list(_ODS_TABLE.finditer(content))
    for index, table in enumerate(tables):
        end = tables[index + 1].start() if index + 1 < len(tables) else len(content)
        traits = _ods_sheet(content, table.end(), end)
        try:
            found[_unescaped(table[1].decode())] = traits
        except UnicodeDecodeError:
            continue
    return found


def _ods_sheet(content: bytes, start: int, end: int) -> Traits:
    traits, row, column = Traits(), 0, 0
    for tag in _ODS_COLUMN.finditer(content, start, end):
        count = _times(tag[1], b"columns")
        if _ODS_HIDDEN.search(tag[1]) and count < 1000:  # all columns to the right of the list
            traits.hidden_columns.update(range(column, column + count))
        column += count
    repeat = 0
    for tag in _ODS_PIECE.finditer(content, start, end):
        kind, told = tag[1], tag[2]
        if kind == b"table-row":
            row, repeat, column = row + repeat, _times(told, b"rows"), 0
            if _ODS_HIDDEN.search(told):
                traits.hidden_rows.update(range(row, min(row + repeat, row + MOST)))
        else:
            down, right = _spanned(told, b"rows"), _spanned(told, b"columns")
            if kind == b"table-cell" and (down > 1 or right > 1) and len(traits.spans) < MOST:
                traits.spans.append((row, column, row + down - 1, column + right - 1))
            column += _times(told, b"columns")
    return traits


def _times(told: bytes, what: bytes) -> int:
    found = re.search(rb"number-" + what + rb'-repeated="(\d{1,9})"', told)
    return int(found[1]) if found else 1


def _spanned(told: bytes, what: bytes) -> int:
    found = re.search(rb"number-" + what + rb'-spanned="(\d{1,9})"', told)
    return int(found[1]) if found else 1


def _unescaped(text: str) -> str:
    from html import unescape

    return unescape(text)
