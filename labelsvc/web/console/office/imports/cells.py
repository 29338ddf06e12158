"""Cells of a refused row: fields that may be added to it. Used by the form that mends it."""

from __future__ import annotations

from typing import Any

from labelsvc.catalogue.importing.heads.header import ADDED
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.heads.words import FIELDS

_NEEDED = {
    ListKind.RECOGNISED: ("stars", "decision", "decision_date"),
    ListKind.RENEWED: ("stars", "decision", "decision_date"),
    ListKind.WITHDRAWN: ("withdrawal_decision", "withdrawal_date", "withdrawal_reason"),
    ListKind.EXPIRED: ("withdrawal_decision", "withdrawal_date", "withdrawal_reason"),
}


def addable(sheet: dict[str, Any], kind: str) -> list[str]:
    """Fields that a row may need and the sheet has no column of."""
    held = {column["field"] for column in sheet["columns"]}
    return [
        name for name in (*_NEEDED.get(ListKind(kind), ()), "set", "address") if name not in held
    ]


def added_cells(row: dict[str, Any]) -> dict[str, str]:
    """Field → what somebody added to a row before."""
    return {FIELDS[int(i) - ADDED]: text for i, text in row["cells"].items() if int(i) >= ADDED}
