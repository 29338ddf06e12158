"""Cells that repeat what stands above them: nt, -nt-, ", 〃, //, như trên."""

from __future__ import annotations

import re

from labelsvc.catalogue.importing.files.formula import Unsaved
from labelsvc.catalogue.importing.files.read import Cell, Cells
from labelsvc.catalogue.importing.heads.header import Header
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.i18n import fold

_MARK = re.compile(
    r"""[\s\-–—_.(]*(?:nt|n/t|n\.t|ntr|như trên|nhu tren|nh[uư] tr[eê]n|như dòng trên|idem|ditto|["'”“„″〃,`´’‘]{1,3}|//|\|\||″|ˮ|–"–)[\s\-–—_.)]*""",
    re.IGNORECASE,
)
#: What an owner takes along where its name is repeated.
_OWNERS = ("producer", "kind", "representative", "address", "hamlet", "commune", "district", "phone", "email", "website", "tax_code")  # fmt: skip
#: Fields that a ditto mark cannot mean anything in.
_NEVER = frozenset(("product", "number", "gtin", "ocop_code"))


#: What most cells begin with and no mark does.
_NO_FIRST = frozenset("0123456789abcefghjklmopqrstuvwxyzABCEFGHJKLMOPQRSTUVWXYZ")


def is_mark(cell: Cell) -> bool:
    return (
        isinstance(cell, str)
        and len(cell) <= 24
        and cell[:1] not in _NO_FIRST
        and bool(_MARK.fullmatch(fold(cell) if not cell.isascii() else cell))
    )


class Above:
    """The row above, with its own repeats filled in; what it holds goes into the row below."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._row: dict[str, Cell] = {}

    def forget_owner(self) -> None:
        """A heading stands between: an empty owner below it repeats nothing."""
        for name in _OWNERS:
            self._row.pop(name, None)

    def filled(self, row: Cells) -> tuple[Cells, list[str], list[str]]:
        """The row with its repeats; fields that marks repeated, and fields that were left empty."""
        held, columns = self._row, self._header.columns
        marked: list[str] = []
        empty: list[str] = []
        made: Cells | None = None
        for name, index in columns.items():
            if index < len(row) and name not in _NEVER and is_mark(row[index]):
                made = made or list(row)
                made[index] = held.get(name)
                marked.append(name)
        if (
            held.get("producer")
            and self._empty(row, "producer")
            and not self._empty(row, "product")
        ):
            others = [
                name
                for name in _OWNERS[1:]
                if name in columns and not self._empty(made or row, name)
            ]
            if all(
                cells.text_of(held.get(name)) == self._text(made or row, name) for name in others
            ):
                made = made or list(row)
                for name in _OWNERS:
                    if name in columns and self._empty(row, name) and held.get(name) is not None:
                        made += [None] * (columns[name] + 1 - len(made))
                        made[columns[name]] = held[name]
                        empty.append(name)
        row = made if made is not None else row
        if not self._empty(row, "product"):
            self._row = {name: row[index] for name, index in columns.items() if index < len(row)}
        return row, marked, empty

    def _text(self, row: Cells, name: str) -> str:
        index = self._header.columns.get(name)
        return cells.text_of(row[index]) if index is not None and index < len(row) else ""

    def _empty(self, row: Cells, name: str) -> bool:
        index = self._header.columns.get(name)
        if index is None or index >= len(row):
            return True
        return not isinstance(row[index], Unsaved) and not cells.text_of(row[index])
