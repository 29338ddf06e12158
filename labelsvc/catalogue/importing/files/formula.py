"""Cells of a workbook that hold a formula and no saved value: programs that only write leave those.

The reader of the sheets gives them as empty, so a list would be told that a name is missing which
everybody sees in Excel. Call this after guard.py has looked at the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from enum import Enum
from posixpath import join, normpath
from typing import Final
from xml.etree import ElementTree

from labelsvc.catalogue.importing.files.guard import column_number


class Unsaved(Enum):
    """The mark that such a cell gives instead of a value."""

    FORMULA = "formula"
    #: The cell holds an error: #N/A, #REF! …
    ERROR = "error"


#: Zero-based (row, column).
Place = tuple[int, int]
#: More of them say nothing new.
MOST: Final = 50_000
_PIECE: Final = 1 << 18
#: A cell with a formula and nothing, or an empty value, behind it.
_CELL = re.compile(
    rb'<(?:\w+:)?c\s(?:[^<>]*?\s)?r="([A-Z]{1,3})(\d{1,7})"[^<>]*>'
    rb"\s*<(?:\w+:)?f\b(?:[^<>]*/>|[^<>]*>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_END = re.compile(rb"</(?:\w+:)?c>")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def unsaved_formulas(data: bytes) -> dict[str, frozenset[Place]]:
    """Name of a sheet → its cells that hold a formula without a saved value."""
    found = {}
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name, entry in sheets_of(archive):
                found[name] = frozenset(_places(archive, entry))
    except (KeyError, zipfile.BadZipFile, ElementTree.ParseError):
        return {}  # an unusual workbook: its formulas stay empty cells, as the reader gives them
    return found


def sheets_of(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of each sheet and the entry that holds it."""
    targets = {
        one.get("Id", ""): one.get("Target", "")
        for one in ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 -- the guard refuses declarations of entities
    }
    for element in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():  # noqa: S314
        target = targets.get(element.get(_RELATION, ""), "")
        if element.tag.rpartition("}")[2] == "sheet" and target:
            entry = target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))
            yield element.get("name", ""), entry


def _places(archive: zipfile.ZipFile, entry: str) -> set[Place]:
    places: set[Place] = set()
    waiting = b""
    with archive.open(entry) as source:
        while (piece := source.read(_PIECE)) and len(places) < MOST:
            waiting += piece
            ends = [match.end() for match in _END.finditer(waiting)]
            whole, waiting = (waiting[: ends[-1]], waiting[ends[-1] :]) if ends else (b"", waiting)
            if b"<f" in whole or b":f" in whole:
                places.update(
                    (int(digits) - 1, column_number(letters.decode()) - 1)
                    for letters, digits in _CELL.findall(whole)
                )
            waiting = waiting[-_PIECE:]
    return places
