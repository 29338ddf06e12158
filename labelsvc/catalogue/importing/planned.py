"""Rows of a plan: what each row of a list says and what would come of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from labelsvc.catalogue.importing.owners import FoundOwner, side_of
from labelsvc.catalogue.importing.rows.line import Line, Problem

State = Literal["new", "changed", "unchanged", "refused", "proposed"]
#: What is counted; a proposed withdrawal changes nothing before a second person confirms it.
STATES: tuple[State, ...] = ("new", "changed", "unchanged", "refused")


@dataclass(frozen=True)
class Change:
    """A field whose value would be another."""

    field: str
    old: str
    new: str


def shown(value: Any) -> str:
    """A value as the preview has it."""
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)


@dataclass
class PlanRow:
    """A row of the file and what would come of it."""

    line: Line
    state: State
    changes: list[Change] = field(default_factory=list)
    producer_id: int | None = None
    product_id: int | None = None
    recognition_id: int | None = None
    #: Who makes it, where a new owner is made or a person must say.
    owner: FoundOwner | None = None
    #: Of owner and product: rows of one product share it.
    mark: int = 0
    #: An earlier row of the list makes the product; this one adds a further decision.
    follows: bool = False

    @property
    def number(self) -> int:
        return self.line.number

    @property
    def product(self) -> str:
        name = self.line.product.get("name") or self.line.place.get("name")
        return str(name or self.line.said.get("product", ""))

    @property
    def producer(self) -> str:
        return str(self.line.producer.get("name") or self.line.said.get("producer", ""))

    @property
    def asked(self) -> list[dict[str, Any]]:
        """Owners that this one may be: a person must say."""
        return self.owner.asked if self.owner is not None else []

    @property
    def problems(self) -> list[Problem]:
        return self.line.problems

    def as_json(self) -> dict[str, Any]:
        line, told = self.line, self.line.recognition
        day, until = told.get("decision_date"), told.get("valid_to")
        return {
            "row": self.number,
            "sheet": line.sheet,
            "order": line.order,
            "kind": str(line.kind),
            "state": self.state,
            "product": self.product,
            "producer": self.producer,
            "set": line.product.get("set_number"),
            "set_guessed": bool(line.product.get("set_guessed")),
            "set_words": line.set_words,
            "commune": line.commune,
            "stars": told.get("stars", 0),
            "decision": told.get("decision_number", ""),
            "decision_date": f"{day:%d/%m/%Y}" if day else "",
            "authority": told.get("authority_name", ""),
            "until": f"{until:%d/%m/%Y}" if until else "",
            "proposed_decision": line.proposed,
            "withdrawal": line.withdrawal.as_json() if line.withdrawal else None,
            "owner": side_of(line, self.owner.key) if self.owner and self.asked else None,
            "asked": self.asked,
            "changes": [vars(change) for change in self.changes],
            "problems": [
                {"column": p.column, "letter": p.letter, "message": p.message, "fix": p.fix,
                 "params": {k: str(v) for k, v in p.params.items()}}
                for p in self.problems
            ],
            "notes": [
                {"message": m, "params": {k: str(v) for k, v in p.items()}}
                for m, p in line.notes
            ],
        }  # fmt: skip
