"""What one row of a list says, and the reader that notes what is wrong with its cells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from labelsvc.catalogue import fields
from labelsvc.catalogue.importing import cell as cells
from labelsvc.catalogue.importing.formula import Unsaved
from labelsvc.catalogue.importing.header import Header
from labelsvc.catalogue.importing.read import Cell, Cells
from labelsvc.errors import BadInput


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do."""

    column: str
    letter: str
    message: str
    fix: str
    params: dict[str, Any]


@dataclass
class Line:
    """What one row says. `producer`, `product`, `recognition`: field → value, only what it says."""

    number: int
    producer: dict[str, Any] = field(default_factory=dict)
    product: dict[str, Any] = field(default_factory=dict)
    recognition: dict[str, Any] = field(default_factory=dict)
    address: str = ""
    #: Name of the commune that the address certainly means.
    commune: str = ""
    #: "product" and "producer" as the file has them, for a row whose names are refused.
    said: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: English sentences of things taken for granted, with their parameters.
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Reader:
    """Reads cells of one row; a problem is noted with its column and reading goes on."""

    def __init__(self, row: Cells, header: Header, line: Line) -> None:
        self.row, self.header, self.line = row, header, line

    def text(self, name: str) -> str:
        """The cell as it is written."""
        return cells.text_of(cell_at(self.row, self.header, name))

    def get(self, name: str, read: Callable[[Any], Any], default: Any = None) -> Any:
        """*read* of the cell; *default* and a problem where it is refused."""
        try:
            return read(cell_at(self.row, self.header, name))
        except BadInput as error:
            self.refuse(name, error)
            return default

    def refuse_unsaved(self) -> None:
        """A cell that shows something in Excel and gives nothing here is not an empty one."""
        for name in self.header.columns.keys() - {"number", "note"}:
            if isinstance(cell_at(self.row, self.header, name), Unsaved):
                self.refuse(
                    name,
                    BadInput(
                        "The cell holds a formula without a saved value.",
                        fix="Open the list in Excel or LibreOffice, save it and send that.",
                    ),
                )

    def refuse(self, name: str, error: BadInput) -> None:
        """Note *error* at the column *name*."""
        column, letter = self.header.label(name), self.header.letter(name)
        if any(problem.column == column for problem in self.line.problems):
            return  # the first one says what to do; what follows from it does not help
        self.line.problems.append(Problem(column, letter, error.message, error.fix, error.params))

    def field(
        self, into: dict[str, Any], name: str, check: Callable[[str], str], key: str = ""
    ) -> None:
        """Put a checked text into *into*; nothing where the file says nothing."""
        value = self.get(name, lambda cell: check(cells.text_of(cell)), "")
        if value:
            into[key or name] = value

    def name(self, into: dict[str, Any], column: str) -> None:
        """The name that the row is known by; kept for the report where it is refused."""
        self.line.said[column] = fields.shown(self.text(column))
        self.field(into, column, fields.name, "name")


def cell_at(row: Cells, header: Header, name: str) -> Cell:
    """The cell below the column *name*; an empty one where the list has no such column."""
    index = header.columns.get(name)
    return row[index] if index is not None and index < len(row) else None
