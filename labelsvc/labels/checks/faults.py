"""Faults: lists what is wrong with a finished file, place by place. A file with a single fault is not
released; all of them, up to a limit, are told at once, so that nobody mends one label to learn of the
next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from labelsvc.errors import ReadBackFailed

#: Faults that are listed; a file with as many is read no further.
MOST = 50
#: Kind → what is wrong, for a list that says where.
REASONS = {
    "unreadable": "no symbol could be read",
    "text": "the symbol says {found}",
    "several": "{count} symbols were read",
    "stray": "a symbol that belongs to no cell stands at {x} × {y} mm",
    "quiet": "the quiet zone measures {measured} modules, the rule is {least}",
    "module": "a module measures {measured} mm, the rule is {least} mm or more",
    "scaled": "a module measures {measured} mm instead of {least} mm",
}
#: What stands before the reason in the message of a refusal: of a cell, a whole page, a roll.
PLACES = ("page {page}, cell {cell}: ", "page {page}: ", "label {unit}: ")
REFUSED = "The file was not released: "
_ONE = "Print nothing of it. Make the run again; if it fails again, report it with this message."
_MANY = (
    "Print nothing of it. {places} places are wrong; the page of the run lists them. Make the run "
    "again; if it fails again, report it with that list."
)
FIXES = (_ONE, _MANY)


class Fault(NamedTuple):
    """page: of the sheet, or row of the roll, from 1; cell: on the page, or in the row, from 1, 0
    for none; unit: the number printed on the label, 0 for none; params fill the reason."""

    page: int
    cell: int
    unit: int
    kind: str
    params: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            **self.params,
            "page": self.page,
            "cell": self.cell,
            "unit": self.unit,
            "kind": self.kind,
            "reason": REASONS[self.kind],
        }


class Faults:
    """Gathers faults of one file, in the order of its labels."""

    def __init__(self, *, roll: bool = False) -> None:
        self.rows: list[dict[str, Any]] = []
        self._roll = roll

    def add(self, kind: str, *, page: int, cell: int = 0, unit: int = 0, **params: Any) -> None:
        """Raises `ReadBackFailed` with all that was gathered when it is enough."""
        fault = Fault(page, cell, unit, kind, params)
        self.rows.append(fault.to_json() | ({"roll": True} if self._roll else {}))
        if len(self.rows) >= MOST:
            self.settle()

    def settle(self) -> None:
        """Raises `ReadBackFailed` when anything was gathered."""
        if self.rows:
            raise refused(self.rows)

    def fatal(self, reason: str, **params: Any) -> ReadBackFailed:
        """The file as a whole is wrong; what was gathered before is told too."""
        return ReadBackFailed(REFUSED + reason, fix=_ONE, faults=self.rows, **params)


def refused(rows: Sequence[dict[str, Any]]) -> ReadBackFailed:
    """The refusal of a file, or of a run of several parts, with faults *rows* in order."""
    first = rows[0]
    place = PLACES[2 if first.get("roll") else 0 if first["cell"] else 1]
    return ReadBackFailed(
        REFUSED + place + REASONS[first["kind"]] + ".",
        fix=_MANY if len(rows) > 1 else _ONE,
        faults=rows[:MOST],
        **{key: value for key, value in first.items() if key not in ("kind", "reason", "roll")},
        **({"places": len(rows)} if len(rows) > 1 else {}),
    )
