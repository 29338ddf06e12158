"""Choices: answers of a person about a list: kinds, sheets, columns, decisions, fonts. Serialisable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.heads.words import FIELDS
from labelsvc.errors import BadInput


@dataclass(frozen=True)
class Choices:
    """Answers of a person; what is not answered is read from the file.

    `kind`: of the whole list; `kinds`: sheet → its own kind; `sheets`: name → read it or leave it out;
    `columns`: fingerprint of a header → column (from 0) → field, "" for none; `decisions`: key of a
    proposed decision → take it; `fonts`: sheet → its texts were looked at and turned rightly;
    `cells`: sheet → row → column → what stands there now; `heads`: sheet → the row of its heads (0:
    it has none) and what its columns are; `sets`: the criteria sets that were guessed from names are
    right, or rows that rest on them are refused.
    """

    kind: ListKind | None = None
    sheets: Mapping[str, bool] = field(default_factory=dict)
    columns: Mapping[str, Mapping[int, str]] = field(default_factory=dict)
    decisions: Mapping[str, bool] = field(default_factory=dict)
    kinds: Mapping[str, ListKind] = field(default_factory=dict)
    fonts: Mapping[str, bool] = field(default_factory=dict)
    cells: Mapping[str, Mapping[int, Mapping[int, str]]] = field(default_factory=dict)
    heads: Mapping[str, tuple[int, Mapping[int, str]]] = field(default_factory=dict)
    sets: bool | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "kind": self.kind and str(self.kind),
            "sheets": dict(self.sheets),
            "columns": {k: {str(i): f for i, f in v.items()} for k, v in self.columns.items()},
            "decisions": dict(self.decisions),
            "kinds": {name: str(kind) for name, kind in self.kinds.items()},
            "fonts": dict(self.fonts),
            "cells": {
                sheet: {str(row): {str(i): text for i, text in said.items()} for row, said in rows.items()}
                for sheet, rows in self.cells.items()
            },
            "heads": {
                sheet: {"row": row, "columns": {str(i): f for i, f in columns.items()}}
                for sheet, (row, columns) in self.heads.items()
            },
            "sets": self.sets,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Choices:
        """The same back. :raises BadInput: a kind or a field that there is not."""
        kind = data.get("kind")
        kinds = {str(name): str(one) for name, one in data.get("kinds", {}).items()}
        columns = {
            k: {int(i): str(f) for i, f in v.items()} for k, v in data.get("columns", {}).items()
        }
        heads = {
            str(sheet): (int(one["row"]), {int(i): str(f) for i, f in one["columns"].items()})
            for sheet, one in data.get("heads", {}).items()
        }
        wrong = {f for _, v in heads.values() for f in v.values()} - {*FIELDS, ""}
        wrong |= {f for v in columns.values() for f in v.values()} - {*FIELDS, ""}
        wrong |= {one for one in (kind, *kinds.values()) if one and one not in list(ListKind)}
        if wrong:
            raise BadInput("There is no {what}.", what=", ".join(sorted(wrong)))
        return cls(
            ListKind(kind) if kind else None,
            {str(k): bool(v) for k, v in data.get("sheets", {}).items()},
            columns,
            {str(k): bool(v) for k, v in data.get("decisions", {}).items()},
            {name: ListKind(one) for name, one in kinds.items()},
            {str(k): bool(v) for k, v in data.get("fonts", {}).items()},
            {
                str(sheet): {
                    int(row): {int(i): str(text) for i, text in said.items()}
                    for row, said in rows.items()
                }
                for sheet, rows in data.get("cells", {}).items()
            },
            heads,
            data.get("sets"),
        )
