"""CSV table: writes and reads tables that spreadsheets open as they are. Used by variable data and lists of
faults.

UTF-8 with a byte order mark, every cell quoted, no cell that a spreadsheet takes for a formula.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from labelsvc.errors import BadInput

_FIXED = ("unit", "template_page", "code", "code_printed", "unit_number")
#: Beginnings that spreadsheets take for a formula, and the mark that stands before them.
_FORMULA, _GUARD = ("=", "+", "-", "@", "\t", "\r", "\n"), "'"


@dataclass(frozen=True, slots=True)
class Row:
    """One label. unit and template_page from 1; `texts`: what each field of the template says."""

    unit: int
    template_page: int
    code: str
    code_printed: str = ""
    unit_number: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)


def write_rows(rows: Iterable[Row]) -> bytes:
    """The table as CSV. `read_variable` gives the rows back as they are."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row.texts))
    lines = [
        [
            str(row.unit),
            str(row.template_page),
            row.code,
            row.code_printed,
            row.unit_number,
            *(row.texts.get(name, "") for name in names),
        ]
        for row in rows
    ]
    return as_csv([[*_FIXED, *names], *lines])


def as_csv(lines: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def guarded(cell: str) -> str:
    """*cell* with an apostrophe before what a spreadsheet would calculate. A cell that begins with
    an apostrophe gets another one, so that reading is exact."""
    return _GUARD + cell if cell.startswith((*_FORMULA, _GUARD)) else cell


def bare(cell: str) -> str:
    """Undo `guarded`."""
    return cell[1:] if cell.startswith(_GUARD) else cell


def read_variable(data: bytes) -> list[Row]:
    """The rows of a table, also one that a spreadsheet has saved again (`;`, no quotes).

    Raises `BadInput` naming the line: not UTF-8, columns missing, a number that is none, a unit
    that is there twice.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _unreadable("it is not UTF-8", 1) from error
    first = text.split("\n", 1)[0]
    separator = ";" if first.count(";") > first.count(",") else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[Row] = []
    units: set[int] = set()
    try:
        head = [bare(cell) for cell in next(lines, [])]
        if tuple(head[: len(_FIXED)]) != _FIXED or len(set(head)) != len(head):
            raise _unreadable("its columns are not those that were written", 1)
        for cells in lines:
            if not any(cells):
                continue
            if len(cells) != len(head):
                raise _unreadable("a cell is missing or too many", lines.line_num)
            row = _row(head, [bare(cell) for cell in cells], lines.line_num)
            if row.unit in units:
                raise _unreadable("a unit is there twice", lines.line_num)
            units.add(row.unit)
            rows.append(row)
    except csv.Error as error:
        raise _unreadable("it is not CSV", lines.line_num) from error
    return rows


def _row(head: Sequence[str], cells: Sequence[str], line: int) -> Row:
    numbers = []
    for cell in cells[:2]:
        if not (cell.isascii() and cell.isdigit()) or len(cell) > 9:
            raise _unreadable("a number is none", line)
        numbers.append(int(cell))
    texts = dict(zip(head[len(_FIXED) :], cells[len(_FIXED) :], strict=True))
    return Row(numbers[0], numbers[1], cells[2], cells[3], cells[4], texts)


def _unreadable(reason: str, line: int) -> BadInput:
    return BadInput(
        "The table of variable data cannot be read, line {line}: " + reason,
        fix="Use the CSV file as it was written.",
        line=line,
    )
