"""Compares what a list says with what the catalogue holds. Nothing is written into it here."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue import product_columns
from labelsvc.catalogue.address import read_address
from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.importing import owners
from labelsvc.catalogue.importing.header import Header, find_header
from labelsvc.catalogue.importing.line import Line, Problem
from labelsvc.catalogue.importing.owners import FoundOwner, Owners
from labelsvc.catalogue.importing.read import read_tables
from labelsvc.catalogue.importing.row import read_lines
from labelsvc.catalogue.importing.spool import Spool
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.places import Gazetteer, sure_one
from labelsvc.catalogue.recognition import Recognition
from labelsvc.errors import ImportRefused

State = Literal["new", "changed", "unchanged", "refused"]
STATES: tuple[State, ...] = ("new", "changed", "unchanged", "refused")


@dataclass(frozen=True)
class Change:
    """A field whose value would be another."""

    field: str
    old: str
    new: str


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

    @property
    def number(self) -> int:
        return self.line.number

    @property
    def product(self) -> str:
        return str(self.line.product.get("name") or self.line.said.get("product", ""))

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
        told = self.line.recognition
        return {
            "row": self.number,
            "state": self.state,
            "product": self.product,
            "producer": self.producer,
            "set": self.line.product.get("set_number"),
            "set_guessed": bool(self.line.product.get("set_guessed")),
            "commune": self.line.commune,
            "stars": told.get("stars", 0),
            "decision": told.get("decision_number", ""),
            "until": f"{told['valid_to']:%d/%m/%Y}" if told else "",
            "owner": owners.side_of(self.line, self.owner.key) if self.owner and self.asked else None,
            "asked": self.asked,
            "changes": [vars(change) for change in self.changes],
            "problems": [
                {"column": p.column, "letter": p.letter, "message": p.message, "fix": p.fix,
                 "params": {k: str(v) for k, v in p.params.items()}}
                for p in self.problems
            ],
            "notes": [
                {"message": m, "params": {k: str(v) for k, v in p.items()}}
                for m, p in self.line.notes
            ],
        }  # fmt: skip


@dataclass
class Plan:
    """Every row of a file with its state. `columns`: what was understood, field → header words.

    The rows wait on disk; `counts` are of all of them, by state.
    """

    file_name: str
    sha256: str
    sheet: str
    columns: dict[str, str]
    rows: Spool[PlanRow]
    counts: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """All but the rows."""
        return {
            "file": self.file_name,
            "sheet": self.sheet,
            "sha256": self.sha256,
            "columns": self.columns,
            "counts": self.counts,
        }


def plan_import(
    session: Session, *, data: bytes, file_name: str, step: Callable[[int, int], None] | None = None
) -> Plan:
    """Read a list and say what importing it would do.

    :param step: told the rows that are compared, and all rows; costs one more walk over the list.
    :raises ImportRefused: the file cannot be read at all, or holds no list.
    """
    table, header = find_header(read_tables(data, file_name))
    known, rows = Known(session, header), Spool[PlanRow]()
    found: Counter[str] = Counter()
    last = max((number for number, _ in table.rows()), default=0) if step is not None else 0
    for line in read_lines(table, header):
        row = known.compare(line)
        found[row.state] += 1
        rows.append(row)
        if step is not None:
            step(line.number, last)
    if not rows:
        raise ImportRefused("There is no row below the header.", fix="Send the list with its rows.")
    return Plan(
        file_name,
        hashlib.sha256(data).hexdigest(),
        table.name,
        {name: header.label(name) for name in header.columns},
        rows,
        {state: found[state] for state in STATES},
    )


class Known:
    """The catalogue by its keys, read once; rows already seen in the file."""

    def __init__(self, session: Session, header: Header) -> None:
        self._header = header
        self._gazetteer = Gazetteer(session)
        self._products: dict[tuple[int, str], Any] = {}
        by_id: dict[int, Any] = {}
        merged: list[Any] = []
        self._taken: dict[tuple[str, str], int] = {}
        for held in session.execute(
            select(
                Product.id, Product.producer_id, Product.name, Product.set_number, Product.set_guessed,
                *(getattr(Product, column.name) for column in product_columns.IN_LISTS),
                Product.merged_into_id,
            ).order_by(Product.merged_into_id.is_not(None))
        ):  # fmt: skip
            if held.merged_into_id is not None:
                merged.append(held)
                continue
            by_id[held.id] = self._products[(held.producer_id, name_key(held.name))] = held
            for key in ("gtin", "ocop_code"):
                if value := getattr(held, key):
                    self._taken[(key, value)] = held.id
        for held in merged:
            kept = by_id[held.merged_into_id]
            self._products.setdefault((kept.producer_id, name_key(held.name)), kept)
        self._recognitions: dict[tuple[int, str], Any] = {}
        for given in session.execute(
            select(
                Recognition.id, Recognition.product_id, Recognition.stars, Recognition.score,
                Recognition.potential_five, Recognition.decision_number, Recognition.decision_date,
                Recognition.valid_from, Recognition.valid_to, Recognition.authority,
            )
        ):  # fmt: skip
            self._recognitions[(given.product_id, given.decision_number)] = given
        self._owners = Owners(
            session, self._gazetteer, lambda producer, name: (producer, name) in self._products
        )
        # Of what the file said before only a hash is kept, and its row.
        self._seen: dict[int, int] = {}
        self._first: dict[int, int] = {}

    def compare(self, line: Line) -> PlanRow:
        """The state of a row, given everything before it."""
        if line.problems:
            return PlanRow(line, "refused")
        owner = self._owners.find(line)
        if owner.asked:
            names = ", ".join(str(one["name"]) for one in owner.asked)
            self._refuse(
                line, "The owner may be known already: {names}.",
                "Say whether it is the same or another; the row waits until then.", "producer",
                names=names,
            )  # fmt: skip
            return PlanRow(line, "refused", owner=owner)
        producer = owner.producer
        key = (f"{producer.id if producer else -owner.row}", name_key(line.product["name"]))
        mark = _mark(key)
        if mark in self._first:
            self._refuse(line, "The product stands in row {row} already.", "Keep one of the two rows.", row=self._first[mark])  # fmt: skip
            return PlanRow(line, "refused")
        product = self._products.get((producer.id, key[1])) if producer is not None else None
        if product is not None and name_key(product.name) != key[1]:
            line.product["name"] = product.name  # the list has the name of one merged into it
        for name in ("gtin", "ocop_code"):
            value = line.product.get(name)
            holder = self._taken.get((name, value)) if value else None
            row = self._seen.get(_mark((name, value))) if value else None
            if holder is not None and (product is None or holder != product.id):
                self._refuse(line, "{value} belongs to another product.", "Correct the code.", name, value=value)  # fmt: skip
            elif row is not None:
                self._refuse(line, "{value} stands in row {row} already.", "Correct the code.", name, value=value, row=row)  # fmt: skip
        if line.problems:
            return PlanRow(line, "refused")
        self._first[mark] = line.number
        for name in ("gtin", "ocop_code"):
            if value := line.product.get(name):
                self._seen[_mark((name, value))] = line.number
        self._place(line)
        if producer is not None:
            owners.keep_longer_place(line, producer)
        changes = _differences(line.producer, producer) if producer else []
        if producer is None or product is None:
            return PlanRow(
                line,
                "new",
                changes,
                producer.id if producer else None,
                owner=None if producer else owner,
            )
        changes += _differences(line.product, product)
        stars = line.recognition
        known = self._recognitions.get((product.id, stars["decision_number"])) if stars else None
        if stars and known is None:
            changes.append(
                Change("recognition", "", f"{stars['stars']} sao, {stars['decision_number']}")
            )
        elif stars:
            told = {k: v for k, v in stars.items() if k not in ("authority_name", "legal_basis")}
            changes += _differences(told, known)
        return PlanRow(
            line, "changed" if changes else "unchanged", changes, producer.id, product.id,
            known.id if known else None,
        )  # fmt: skip

    def _place(self, line: Line) -> None:
        """Address → commune where that is certain; otherwise a note, and a person decides."""
        if not line.address:
            return
        address = read_address(line.address)
        found = self._gazetteer.candidates(address, written=line.recognition.get("decision_date"))
        one = sure_one(found)
        if address.says_district:
            line.producer["old_address"] = line.address
        if address.street:
            line.producer["street"] = address.street[:200]
        if one is not None:
            line.producer["commune_code"] = one.unit.code
            line.producer["commune_from"] = one.unit.valid_from
            line.commune = one.unit.name
        elif found:
            names = ", ".join(dict.fromkeys(c.unit.name for c in found[:4]))
            line.notes.append(("The commune needs a person: it may be {names}.", {"names": names}))
        else:
            line.notes.append(
                ("The commune of “{text}” is not known.", {"text": line.address[:80]})
            )

    def _refuse(
        self, line: Line, message: str, fix: str, column: str = "product", **params: Any
    ) -> None:
        named = self._header
        line.problems.append(
            Problem(named.label(column), named.letter(column), message, fix, params)
        )


def _mark(key: tuple[str, str]) -> int:
    """64 bits of *key*: two of a hundred thousand meet once in four thousand million lists."""
    made = hashlib.blake2b("\0".join(key).encode(), digest_size=8)
    return int.from_bytes(made.digest(), "big")


def _differences(said: dict[str, Any], held: Any) -> list[Change]:
    """Fields that the file says otherwise; what it does not say stays."""
    changes = []
    for name, value in said.items():
        old = getattr(held, name)
        if name == "kind" and old:
            continue  # often guessed; the office's own entry is better
        if name == "name" and name_key(str(old)) == name_key(str(value)):
            continue
        if name in ("set_number", "set_guessed") and (said["set_guessed"] or not held.set_guessed):
            continue  # the office's own choice is better than the list's, anything than a guess
        if old != value:
            changes.append(Change(name, _shown(old), _shown(value)))
    return changes


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
