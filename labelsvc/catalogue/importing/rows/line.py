"""Lines: the facts of one row of a list, and the reader that notes faults of its cells."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from labelsvc.catalogue.importing.files.formula import Unsaved
from labelsvc.catalogue.importing.files.legacy import doubtful
from labelsvc.catalogue.importing.files.read import Cell, Cells, Turned
from labelsvc.catalogue.importing.heads.header import Header
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.importing.values import zeros
from labelsvc.catalogue.importing.values.plain import ERROR
from labelsvc.errors import BadInput
from labelsvc.i18n import fold

#: A column for each number of stars, and what ticks it.
_STARS_OF_HEAD = re.compile(r"(?<!\d)0?([345]) ?(?:sao|[*★])")
_TICKS = frozenset(("x", "v", "✓", "✔", "☑", "●", "•", "co", "+", "1", "dat"))
#: Says that stars were given, and not how many.
_PASSED = frozenset(("dat", "dat yeu cau", "dat ocop", "du dieu kien", "duoc cong nhan", "da cong nhan"))  # fmt: skip


@dataclass(frozen=True)
class Problem:
    """A fault of a row: the place, what is wrong, and what to do."""

    column: str
    letter: str
    message: str
    fix: str
    params: dict[str, Any]


@dataclass
class Withdrawal:
    """An end that a row tells: by which decision, from when, why. `words`: as the list has it.

    `given`: number and day of the recognition that ends, where the row names it.
    """

    kind: ListKind
    decision: str = ""
    day: Any = None
    on: Any = None
    reason: str = ""
    words: str = ""
    given: tuple[str, Any] = ("", None)

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": str(self.kind),
            "decision": self.decision,
            "decision_date": f"{self.day:%d/%m/%Y}" if self.day else "",
            "on": f"{self.on:%d/%m/%Y}" if self.on else "",
            "reason": self.reason,
            "words": self.words,
            "recognition": self.given[0],
        }


@dataclass
class Line:
    """One row as it was read. `producer`, `product`, `recognition`: field → value, only what it says."""

    number: int
    sheet: str = ""
    #: Its place among all rows of the list, from 1: numbers of several sheets are the same.
    order: int = 0
    kind: ListKind = ListKind.RECOGNISED
    producer: dict[str, Any] = field(default_factory=dict)
    product: dict[str, Any] = field(default_factory=dict)
    recognition: dict[str, Any] = field(default_factory=dict)
    #: A point of sale or a craft village: field → value.
    place: dict[str, Any] = field(default_factory=dict)
    #: Products that are sold at a point of sale and who makes them, as the row has it.
    goods: str = ""
    owner_said: str = ""
    #: The same by their numbers, those that the place does not sell yet.
    sells: tuple[int, ...] = ()
    withdrawal: Withdrawal | None = None
    #: Fields of the recognition that the list does not say and that the law or a guess filled.
    assumed: frozenset[str] = frozenset()
    #: Key of the proposed decision (of a title, heading or sheet's name) that the row rests on.
    proposed: str = ""
    address: str = ""
    #: The same as it was before the communes were merged, where the list has both.
    address_before: str = ""
    #: Name of the commune that the address certainly means.
    commune: str = ""
    #: Older names of the product that the row gives.
    older: tuple[str, ...] = ()
    #: "product" and "producer" as the file has them, for a row whose names are refused.
    said: dict[str, str] = field(default_factory=dict)
    #: Words of the name by which the criteria set was guessed.
    set_words: str = ""
    #: The row as it stands in the file, while it is read.
    raw: Cells = field(default_factory=list)
    #: Of a refused row: column (from 0) → what stands there, for mending it.
    cells: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: English sentences of things taken for granted, with their parameters.
    notes: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @property
    def written(self) -> date | None:
        """The day by which the names of the address are read; None where they are of today."""
        day: date | None = self.recognition.get("decision_date")
        return None if self.address_before else day

    def note(self, message: str, **params: Any) -> None:
        if (message, params) not in self.notes:
            self.notes.append((message, params))


class Reader:
    """Reads cells of one row; a problem is noted with its column and reading goes on."""

    def __init__(self, row: Cells, header: Header, line: Line, *, from_1904: bool = False) -> None:
        self.row, self.header, self.line, self.from_1904 = row, header, line, from_1904
        #: What was read of the row so far; most columns are asked for several times.
        self._texts: dict[str, str] = {}

    def cell(self, name: str) -> Cell:
        """The cell of *name*; what several columns of it say, joined."""
        header = self.header
        index = header.columns.get(name)
        own = self.row[index] if index is not None and index < len(self.row) else None
        if name in header.rivals:
            return self._agreed(name, header.rivals[name])
        if name not in header.more:
            return own
        said = [own, *(self.row[i] for i in self.header.more[name] if i < len(self.row))]
        texts = [text for one in said if (text := cells.text_of(one))]
        return (
            own
            if len(texts) <= 1 and cells.text_of(own)
            else ", ".join(dict.fromkeys(texts)) or own
        )

    def _agreed(self, name: str, columns: tuple[int, ...]) -> Cell:
        said = {cells.text_of(self.row[i]): self.row[i] for i in columns if i < len(self.row)}
        said.pop("", None)
        if name == "stars":
            said = self._ticked(columns)
        if len(said) > 1:
            self.refuse(
                name,
                BadInput(
                    "Several columns say it, and not the same: {columns}.",
                    fix="Say which column counts, or delete the other one.",
                    columns=", ".join(self.header.words.get(i, "") for i in columns),
                ),
            )
        return next(iter(said.values()), None)

    def _ticked(self, columns: tuple[int, ...]) -> dict[str, Cell]:
        """Tell what several columns say of the stars: "x" below the head "4 sao", "Đạt" beside "4 sao"."""
        said: dict[str, Cell] = {}
        for index in columns:
            cell = self.row[index] if index < len(self.row) else None
            text = cells.text_of(cell)
            plain = fold(text).strip(" .")
            head = _STARS_OF_HEAD.search(fold(self.header.words.get(index, "")))
            if head and plain in _TICKS:
                said[f"{head[1]} sao"] = f"{head[1]} sao"
            elif plain and plain not in _PASSED:
                said[text] = cell
        return said

    def text(self, name: str) -> str:
        """The cell as it is written."""
        said = self._texts.get(name)
        if said is None:
            said = self._texts[name] = cells.text_of(self.cell(name))
        return said

    def add_note(self, said: list[str]) -> None:
        """Let the note of the row say *said* too: comments of its cells."""
        self._texts["note"] = "; ".join(filter(None, (self.text("note"), *said)))

    def get(self, name: str, read: Callable[[Any], Any], default: Any = None) -> Any:
        """*read* of the cell; *default* and a problem where it is refused."""
        try:
            return read(self.cell(name))
        except BadInput as error:
            self.refuse(name, error)
            return default

    def day(self, name: str) -> Any:
        if name not in self.header.columns:
            return None
        return self.get(name, lambda cell: cells.day_of(cell, from_1904=self.from_1904))

    def refuse_unsaved(self, *needless: str) -> None:
        """A cell that shows something in Excel and gives nothing here is not an empty one."""
        for name in self.header.columns:
            if name in ("number", "note", *needless):
                continue
            cell = cell_at(self.row, self.header, name)
            if isinstance(cell, Unsaved):
                self.refuse(name, _error() if cell is Unsaved.ERROR else BadInput(
                    "The cell holds a formula without a saved value.",
                    fix="Open the list in Excel or LibreOffice, save it and send that.",
                ))  # fmt: skip
            elif isinstance(cell, str) and "#" in cell and ERROR.fullmatch(cell.strip()):
                self.refuse(name, _error(cell.strip()))

    def note_turned(self) -> None:
        """Texts of a font before Unicode: noted with their reading, refused where that is doubtful."""
        for name, index in self.header.columns.items():
            cell = self.row[index] if index < len(self.row) else None
            if isinstance(cell, Turned):
                if doubtful(cell):
                    self.refuse(name, BadInput(
                        "“{text}” is written in the font {font} and could not be turned into Unicode.",
                        fix="Turn the list into Unicode, with Unikey for example, and send that.",
                        text=cell.raw[:60], font=cell.font,
                    ))  # fmt: skip
                else:
                    self.line.note(
                        "Turned from the font {font}: “{raw}” → “{text}”.",
                        font=cell.font, raw=cell.raw[:80], text=str(cell)[:80],
                    )  # fmt: skip

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
        if name not in self.header.columns:
            return
        value = self.get(name, lambda cell: check(cells.text_of(cell)), "")
        if value:
            into[key or name] = value

    def phone(self, into: dict[str, Any]) -> None:
        """Put the telephone into *into*; words beside its digits are left out with a note."""
        self.restored(into, "phone", zeros.phone)
        if into.get("phone") and any(map(str.isalpha, self.text("phone"))):
            self.line.note("{column}: only the numbers were taken.", column=self.header.label("phone"))  # fmt: skip

    def restored(
        self, into: dict[str, Any], name: str, read: Callable[[Any], tuple[str, bool]]
    ) -> None:
        """Put a number into *into*, with a note where its zeros were given back."""
        if name not in self.header.columns:
            return
        value, back = self.get(name, read, ("", False))
        if value:
            into[name] = value
            if back:
                self.line.note("{column}: leading zeros were given back.", column=self.header.label(name))  # fmt: skip


def _error(text: str = "") -> BadInput:
    return BadInput(
        "The cell holds an error of the spreadsheet: {text}.",
        fix="Correct the cell in Excel and save the list again.",
        text=text or "#…",
    )


def cell_at(row: Cells, header: Header, name: str) -> Cell:
    """The cell below the column *name*; an empty one where the list has no such column."""
    index = header.columns.get(name)
    return row[index] if index is not None and index < len(row) else None
