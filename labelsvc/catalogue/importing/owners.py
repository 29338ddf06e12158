"""Owners of a list: finds the producer that a row speaks of, or the earlier row, or asks a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from sys import intern
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.address import read_address
from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.importing.rows.line import Line
from labelsvc.catalogue.models import AdminUnit, Producer
from labelsvc.catalogue.owners.decisions import Decisions
from labelsvc.catalogue.owners.index import OwnerIndex, OwnerKey, key_of
from labelsvc.catalogue.owners.likeness import (
    Likeness,
    Owner,
    Says,
    read_owner,
    same_old_place,
)
from labelsvc.catalogue.owners.names import read_owner_name
from labelsvc.catalogue.places import Gazetteer, sure_one


@dataclass
class FoundOwner:
    """The maker of the product of a row: a known producer, the new owner of a row, or a question."""

    producer: Any = None
    #: `Line.order` of the first row that names this new owner.
    row: int = 0
    key: OwnerKey = field(default_factory=lambda: OwnerKey("", ""))
    #: Owners that it may be, as documents; not empty: a person must say.
    asked: list[dict[str, Any]] = field(default_factory=list)
    #: Their numbers: of a producer, or minus the `Line.order` of a row.
    asked_of: list[int] = field(default_factory=list)
    #: Name of another owner that has the tax code of the row.
    tax_code_of: str = ""


class Owners:
    """The producers of the catalogue and the new owners of the list so far."""

    def __init__(
        self, session: Session, gazetteer: Gazetteer, makes: Callable[[int, str], bool]
    ) -> None:
        """:param makes: whether the producer of that id has a product of that key."""
        self._gazetteer, self._makes = gazetteer, makes
        self._decided = Decisions(session)
        self._index = OwnerIndex()
        self._held: dict[int, Any] = {}
        #: Of new owners, by minus their row: what is shown of them.
        self._new: dict[int, dict[str, Any]] = {}
        #: Hashes of new owner and product.
        self._made: set[int] = set()
        #: `Line.order` of a new owner's first row → its number in the sheet.
        self._rows: dict[int, int] = {}
        #: What the row before said: most owners have several rows together.
        self._last: tuple[Any, Owner] | None = None
        #: Tax code → the owner that has it, or that a row gave it to.
        self._by_tax: dict[str, int] = {}
        self._may_be: dict[frozenset[str], frozenset[str]] = {}
        query = select(
            Producer.id, Producer.name, Producer.kind, Producer.tax_code, Producer.phone, Producer.email,
            Producer.website, Producer.representative, Producer.street, Producer.old_address,
            Producer.commune_code, Producer.commune_from, Producer.merged_into_id,
            AdminUnit.name.label("commune"),
        ).outerjoin(Producer.commune)  # fmt: skip
        for row in session.execute(query.order_by(Producer.id)):
            self._held[row.id] = row
            owner = read_owner(
                row.name, tax_code=row.tax_code, phone=row.phone, representative=row.representative,
                address=row.old_address or row.street, commune=row.commune_code,
            )  # fmt: skip
            self._index.add(row.id, owner, means=row.merged_into_id)
            if row.tax_code:
                self._by_tax[row.tax_code] = row.merged_into_id or row.id

    def find(self, line: Line) -> FoundOwner:
        """The owner of *line*; what is taken for granted is noted in it."""
        bare, product = self._read(line), name_key(line.product["name"])
        owner, key = replace(bare, products=frozenset({product})), key_of(bare)
        match = self._index.find(
            owner,
            makes=lambda n: hash((n, product)) in self._made if n < 0 else self._makes(n, product),
            decided=self._decided,
            key=key,
        )
        if match.asked:
            shown = [self._shown(*one) for one in match.asked]
            return FoundOwner(key=key, asked=shown, asked_of=[number for number, _ in match.asked])
        if match.same is None:
            number = -line.order
            self._rows[line.order] = line.number
            self._index.add(number, bare, key=key)  # its products are in `_made`
            self._new[number] = _side(line.producer, line.address)
            self._made.add(hash((number, product)))
            return FoundOwner(row=line.order, key=key, tax_code_of=self._other(line, number))
        other = self._other(line, match.same)
        if match.same < 0:
            self._made.add(hash((match.same, product)))
            known = self._new[match.same]["name"]
            _note(line, known, match.likeness)
            return FoundOwner(row=-match.same, key=key, tax_code_of=other)
        held = self._held[match.same]
        _note(line, held.name, match.likeness)
        same_name = read_owner_name(held.name).words == owner.name.words
        if match.decided or same_name:
            line.producer["name"] = held.name  # the office's spelling stays
        return FoundOwner(held, key=key, tax_code_of=other)

    def _other(self, line: Line, number: int) -> str:
        """The name of the owner that has the tax code of *line* and is not *number*."""
        code = line.producer.get("tax_code")
        holder = self._by_tax.setdefault(code, number) if code else number
        if holder == number:
            return ""
        return str(self._new[holder]["name"] if holder < 0 else self._held[holder].name)

    def _read(self, line: Line) -> Owner:
        """The owner that *line* speaks of, without products."""
        day, said = line.written, line.producer
        told = (
            said["name"], said.get("tax_code"), said.get("phone", ""),
            said.get("representative", ""), line.address, day,
        )  # fmt: skip
        if self._last is not None and self._last[0] == told:
            return self._last[1]
        found = []
        if line.address:
            found = self._gazetteer.candidates(read_address(line.address), written=day)
        one = sure_one(found)
        codes = frozenset(c.unit.code for c in found)
        owner = read_owner(
            said["name"], tax_code=told[1], phone=told[2], representative=told[3],
            address=line.address, commune=one.unit.code if one is not None else "",
            may_be=self._may_be.setdefault(codes, codes),  # thousands of owners, few places
        )  # fmt: skip
        self._last = told, owner
        return owner

    def _shown(self, number: int, likeness: Likeness) -> dict[str, Any]:
        if number < 0:
            side = {"producer": None, "row": self._rows[-number]} | self._new[number]
        else:
            held = self._held[number]._mapping
            place = ", ".join(filter(None, (held["street"], held["commune"])))
            side = {"producer": number, "row": None} | _side(held, held["old_address"] or place)  # fmt: skip
        other = key_of(self._index.owners[number])
        return side | {
            "score": likeness.score, "for": likeness.told(Says.FOR),
            "against": likeness.told(Says.AGAINST), "key": [other.name, other.place],
        }  # fmt: skip


def side_of(line: Line, key: OwnerKey) -> dict[str, Any]:
    """Show what the row says of its owner, as a document to stand beside those that it may be."""
    return _side(line.producer, line.address) | {"key": [key.name, key.place]}


def keep_longer_place(line: Line, held: Any) -> None:
    """An address that says less of the same place than the one that is held changes nothing."""
    said, known = read_address(line.address), read_address(held.old_address or "")
    same = (said.commune, said.district) != ("", "") and same_old_place(said, known)
    if same and not said.street and (known.street or held.street):
        line.producer.pop("old_address", None)


def _side(facts: Any, address: str) -> dict[str, Any]:
    code = facts.get("tax_code") or ""
    return {
        "name": facts["name"],
        "kind": intern(str(facts.get("kind") or "")),
        # Twelve digits are a personal id: enough of it to compare, not to use.
        "tax_code": f"…{code[-4:]}" if len(code) == 12 else code,
        "phone": facts.get("phone") or "",
        "representative": facts.get("representative") or "",
        "address": address,
    }


def _note(line: Line, known: str, likeness: Likeness | None) -> None:
    """Say that an owner whose name is written otherwise was taken for a known one, and by what."""
    if name_key(known) == name_key(line.producer["name"]):
        return
    if likeness is None:
        message = "Taken for “{name}”: a person said so before."
    elif likeness.fields["tax_code"] == Says.FOR:
        message = "Taken for “{name}”: the tax code is the same."
    elif likeness.fields["place"] == Says.FOR:
        message = "Taken for “{name}”: name and place are the same, written otherwise."
    else:
        message = "Taken for “{name}”: the name is the same, written otherwise."
    line.notes.append((message, {"name": known}))
