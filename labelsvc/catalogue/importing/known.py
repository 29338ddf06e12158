"""The catalogue by its keys, read once, and what each row of a list would change in it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.address import read_address
from labelsvc.catalogue.fields import name_key
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.owners import FoundOwner, Owners, keep_longer_place
from labelsvc.catalogue.importing.places import Places
from labelsvc.catalogue.importing.planned import Change, PlanRow, shown
from labelsvc.catalogue.importing.rows.line import Line, Problem, Withdrawal
from labelsvc.catalogue.importing.rows.row import refuse_without_set
from labelsvc.catalogue.importing.sheets import Sheet
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.places import Gazetteer, sure_one
from labelsvc.catalogue.products import columns as product_columns
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.proposals import ProposalState, WithdrawalProposal
from labelsvc.clock import today

_PRODUCT = (
    Product.id, Product.producer_id, Product.name, Product.set_number, Product.set_guessed,
    *(getattr(Product, column.name) for column in product_columns.IN_LISTS), Product.merged_into_id,
    Product.created_at,
)  # fmt: skip
_RECOGNITION = (
    Recognition.id, Recognition.product_id, Recognition.stars, Recognition.score, Recognition.potential_five,
    Recognition.decision_number, Recognition.decision_date, Recognition.valid_from, Recognition.valid_to,
    Recognition.extended_to, Recognition.authority, Recognition.authority_name, Recognition.certificate_number, Recognition.withdrawn_on,
    Recognition.withdrawal_decision,
)  # fmt: skip
#: "Chương Mỹ cũ": the former district.
_CU = re.compile(r"(?i)\s+(?:cũ|trước đây)\b")
#: Filled by the import and said by no list.
_NOT_SAID = ("authority_name", "legal_basis")


@dataclass(frozen=True)
class _Seen:
    """A product that the list has named: where, and with which stars by which decision."""

    sheet: str
    row: int
    mark: int


class Known:
    """The catalogue, and rows already seen in the list."""

    def __init__(self, session: Session) -> None:
        self._gazetteer = Gazetteer(session)
        self._products: dict[tuple[int, str], Any] = {}
        self._taken: dict[tuple[str, str], int] = {}
        self._by_id: dict[int, Any] = {}
        merged: list[Any] = []
        for held in session.execute(
            select(*_PRODUCT).order_by(Product.merged_into_id.is_not(None))
        ):
            if held.merged_into_id is not None:
                merged.append(held)
                continue
            self._products[(held.producer_id, name_key(held.name))] = self._by_id[held.id] = held
            for key in ("gtin", "ocop_code"):
                if value := getattr(held, key):
                    self._taken[(key, value)] = held.id
        for held in merged:
            kept = self._by_id[held.merged_into_id]
            self._products.setdefault((kept.producer_id, name_key(held.name)), kept)
        self._older_names(session)
        self._given: dict[int, list[Any]] = {}
        for given in session.execute(select(*_RECOGNITION)):
            self._given.setdefault(given.product_id, []).append(given)
        self._proposed = set(session.scalars(
            select(WithdrawalProposal.recognition_id).where(WithdrawalProposal.state == ProposalState.PROPOSED)
        ))  # fmt: skip
        # Not by way of *self*: what holds itself stays in memory while the plan is taken over.
        products = self._products
        self._owners = Owners(session, self._gazetteer, lambda *key: key in products)
        self._outlets = Places(session, self._by_id)
        # Of what the file said before only a hash is kept, and its row.
        self._codes: dict[int, int] = {}
        self._first: dict[int, _Seen] = {}
        self._decided: dict[int, int] = {}
        #: Mark of a product → row that gives it other stars by the same decision.
        self.contradicted: dict[int, int] = {}

    def _older_names(self, session: Session) -> None:
        """A product is found by a name that the office or a list has changed since."""
        for entry in session.scalars(
            select(AuditEntry).where(AuditEntry.action == "product.update").order_by(AuditEntry.id)
        ):
            told = entry.facts.get("name")
            product = self._by_id.get(int(entry.subject.rpartition(":")[2] or 0))
            # A number may be given again after a list was taken back.
            if isinstance(told, list) and told and product is not None and entry.at >= product.created_at:  # fmt: skip
                self._products.setdefault((product.producer_id, name_key(str(told[0]))), product)

    def compare(self, line: Line, sheet: Sheet) -> PlanRow | None:
        """The state of a row, given everything before it; None where it repeats a row of another sheet."""
        if line.problems:
            return PlanRow(line, "refused")
        if line.place or line.kind in (ListKind.POINTS_OF_SALE, ListKind.VILLAGES):
            self._place(line)
            return self._outlets.compare(line, sheet)
        owner = self._owners.find(line)
        if owner.asked:
            names = ", ".join(str(one["name"]) for one in owner.asked)
            _refuse(sheet, line, "The owner may be known already: {names}.",
                    "Say whether it is the same or another; the row waits until then.", "producer", names=names)  # fmt: skip
            return PlanRow(line, "refused", owner=owner)  # asked: a person must say
        if owner.tax_code_of and not line.kind.ends_stars:
            _refuse(sheet, line, "The tax code is that of another owner: {name}.",
                    "Correct the code, or the name of the owner.", "tax_code", name=owner.tax_code_of)  # fmt: skip
            return PlanRow(line, "refused")
        product = self._product(line, owner)
        mark = _mark((f"{owner.producer.id if owner.producer else -owner.row}", name_key(product.name if product else line.product["name"])))  # fmt: skip
        if line.kind.ends_stars:
            return self._compare_ending(line, sheet, owner, product)
        doubled = self._doubled(line, sheet, mark)
        if doubled == "repeats":
            return None
        if line.problems:
            return PlanRow(line, "refused")
        self._check_codes(line, sheet, product, mark)
        if product is None and not line.product.get("set_number"):
            header = sheet.header
            refuse_without_set(line, header.label("set") if header else "", header.letter("set") if header else "")  # fmt: skip
        if line.problems:
            return PlanRow(line, "refused")
        self._remember(line, mark)
        self._place(line)
        producer = owner.producer
        if producer is not None:
            keep_longer_place(line, producer)
        changes = _differences(line.producer, producer) if producer is not None else []
        if product is None:
            return PlanRow(line, "new", changes, producer.id if producer else None, owner=None if producer else owner, mark=mark, follows=doubled == "again")  # fmt: skip
        if not line.product.get("set_number"):
            line.product.pop("set_guessed", None)
        changes += _differences(line.product, product)
        return self._compare_stars(line, sheet, owner, product, changes, mark)

    def _product(self, line: Line, owner: FoundOwner) -> Any:
        if owner.producer is None:
            return None
        names = (line.product["name"], *line.older)
        found = (self._products.get((owner.producer.id, name_key(name))) for name in names)
        product = next((one for one in found if one is not None), None)
        if product is not None and name_key(product.name) != name_key(line.product["name"]):
            if any(name_key(product.name) == name_key(one) for one in line.older):
                line.note("Known by its older name: {name}.", name=product.name)
            else:
                line.note("Known by another name now: {name}.", name=product.name)
                line.product["name"] = product.name
        return product

    def _doubled(self, line: Line, sheet: Sheet, mark: int) -> str:
        """ "repeats" a row of another sheet, "again" the same product by another decision, "" none."""
        seen = self._first.get(mark)
        if seen is None:
            return ""
        stars = line.recognition
        told = _mark(_stars_key(line))
        decided = self._decided.get(_mark(("by", str(mark), *_decision_key(line))))
        if stars and decided is None:
            return "again"
        if seen.sheet != line.sheet and (
            not stars or told == seen.mark or decided == stars["stars"]
        ):
            sheet.repeated += 1
            return "repeats"
        if stars and decided != stars["stars"]:
            self.contradicted.setdefault(mark, line.number)
        if seen.sheet != line.sheet:
            _refuse(sheet, line, "The product stands in row {row} of sheet {name} already, and not the same.",
                    "Keep one of the two rows.", row=seen.row, name=seen.sheet)  # fmt: skip
        else:
            _refuse(sheet, line, "The product stands in row {row} already.", "Keep one of the two rows.", row=seen.row)  # fmt: skip
        return ""

    def contradict(self, row: PlanRow, sheet: Sheet) -> None:
        """Refuse *row*: a later one gives the product other stars by the same decision."""
        _refuse(sheet, row.line, "Row {row} gives the same product other stars by the same decision.",
                "Keep the row that the decision says.", "stars", row=self.contradicted[row.mark])  # fmt: skip
        row.state, row.changes = "refused", []

    def _remember(self, line: Line, mark: int) -> None:
        if mark not in self._first:
            self._first[mark] = _Seen(line.sheet, line.number, _mark(_stars_key(line)))
        if line.recognition:
            self._decided[_mark(("by", str(mark), *_decision_key(line)))] = line.recognition[
                "stars"
            ]
        for name in ("gtin", "ocop_code"):
            if value := line.product.get(name):
                self._codes[_mark((name, value))] = line.number

    def _check_codes(self, line: Line, sheet: Sheet, product: Any, mark: int) -> None:
        for name in ("gtin", "ocop_code"):
            value = line.product.get(name)
            holder = self._taken.get((name, value)) if value else None
            row = self._codes.get(_mark((name, value))) if value else None
            if holder is not None and (product is None or holder != product.id):
                _refuse(sheet, line, "{value} belongs to another product.", "Correct the code.", name, value=value)  # fmt: skip
            elif row is not None and mark not in self._first:
                _refuse(sheet, line, "{value} stands in row {row} already.", "Correct the code.", name, value=value, row=row)  # fmt: skip

    def _compare_stars(
        self,
        line: Line,
        sheet: Sheet,
        owner: FoundOwner,
        product: Any,
        changes: list[Change],
        mark: int,
    ) -> PlanRow:
        stars, producer = line.recognition, owner.producer
        known = None
        if stars:
            held = self._given.get(product.id, [])
            known = next((g for g in held if _same_decision(g, stars)), None)
            if known is None:
                ended = next((g for g in held if _brings_back(g, stars)), None)
                if ended is not None:
                    _refuse(
                        sheet, line, "The stars of this product were withdrawn on {day} by {decision}; this decision is older.",
                        "Leave the row out, or enter a new decision.", "decision",
                        day=f"{ended.withdrawn_on:%d/%m/%Y}", decision=ended.withdrawal_decision,
                    )  # fmt: skip
                    return PlanRow(line, "refused")
                if other := next(
                    (g for g in held if g.decision_number == stars["decision_number"]), None
                ):
                    line.note("The product has a decision {number} of {day} too: this one is kept beside it.",
                              number=other.decision_number, day=f"{other.decision_date:%d/%m/%Y}")  # fmt: skip
                changes.append(Change("recognition", "", f"{stars['stars']} sao, {stars['decision_number']}"))  # fmt: skip
            else:
                for name in line.assumed:
                    stars[name] = getattr(known, name)  # not said: what is held stays
                stars["decision_number"] = known.decision_number
                told = {k: v for k, v in stars.items() if k not in _NOT_SAID}
                changes += _differences(told, known)
        return PlanRow(
            line, "changed" if changes else "unchanged", changes, producer.id, product.id,
            known.id if known else None, mark=mark,
        )  # fmt: skip

    # --- ends -----------------------------------------------------------------------------------

    def _compare_ending(self, line: Line, sheet: Sheet, owner: FoundOwner, product: Any) -> PlanRow:
        told = line.withdrawal or Withdrawal(line.kind)
        row = PlanRow(line, "refused")
        if product is None:
            _refuse(sheet, line, "The catalogue holds no such product of this owner: there is nothing to take back.",
                    "Look for it under another name; nothing is taken from the row.")  # fmt: skip
            return row
        row.producer_id, row.product_id = owner.producer.id, product.id
        given = self._ending_one(product.id, line)
        if given is None:
            line.note("The product has no recognition that this could end.")
            row.state = "unchanged"
            return row
        row.recognition_id = given.id
        if given.withdrawn_on is not None:
            line.note("Withdrawn already, by {decision}.", decision=given.withdrawal_decision)
            row.state = "unchanged"
        elif (
            max(given.valid_to, given.extended_to or given.valid_to) < today()
            and told.kind is ListKind.EXPIRED
        ):
            line.note("Expired already, on {day}.", day=f"{given.valid_to:%d/%m/%Y}")
            row.state = "unchanged"
        elif given.id in self._proposed:
            line.note("The withdrawal is proposed already and waits for a second person.")
            row.state = "unchanged"
        elif not told.decision or told.on is None:
            what = "decision" if not told.decision else "day"
            _refuse(sheet, line, "The list says that the stars have ended, and the catalogue holds them until {day}; the {what} of the withdrawal is missing.",
                    "Add the decision that ends them, with its day.", "withdrawal_decision",
                    day=f"{given.valid_to:%d/%m/%Y}", what=what)  # fmt: skip
        elif told.on < given.valid_from:
            _refuse(sheet, line, "A recognition cannot be withdrawn before it began.", "Check the date.", "withdrawal_decision")  # fmt: skip
        else:
            row.state = "proposed"
            row.changes.append(Change("withdrawal", f"{given.stars} sao, {given.decision_number}", f"{told.decision}, {told.on:%d/%m/%Y}"))  # fmt: skip
            self._proposed.add(given.id)
        return row

    def _ending_one(self, product_id: int, line: Line) -> Any:
        """The recognition that ends: the one that the row names, else the newest."""
        told = line.withdrawal
        held = sorted(self._given.get(product_id, []), key=lambda g: (g.decision_date, g.id))
        if told is None or not held:
            return None
        number, day = told.given
        named = [
            g
            for g in held
            if _bare(g.decision_number) == _bare(number) and (day is None or g.decision_date == day)
        ]
        if named:
            return named[-1]
        if number and not told.decision:
            # The only decision that the row has is not one that gave: it is the one that ends.
            told.decision, told.day, told.on = number, day, told.on or day
        open_ones = [g for g in held if g.withdrawn_on is None]
        return open_ones[-1] if open_ones else held[-1]

    def _place(self, line: Line) -> None:
        """Address → commune where that is certain; otherwise a note, and a person decides."""
        if not line.address:
            return
        address = read_address(_CU.sub("", line.address))
        found = self._gazetteer.candidates(address, written=line.written)
        one = sure_one(found)
        if line.address_before or address.says_district:
            line.producer["old_address"] = line.address_before or line.address
        if address.street:
            line.producer["street"] = address.street[:200]
        if one is not None:
            line.producer["commune_code"] = one.unit.code
            line.producer["commune_from"] = one.unit.valid_from
            line.commune = one.unit.name
        elif found:
            names = ", ".join(dict.fromkeys(c.unit.name for c in found[:4]))
            line.note("The commune needs a person: it may be {names}.", names=names)
        else:
            line.note("The commune of “{text}” is not known.", text=line.address[:80])


def _same_decision(given: Any, stars: dict[str, Any]) -> bool:
    return bool(
        _bare(given.decision_number) == _bare(stars["decision_number"])
        and given.decision_date == stars["decision_date"]
    )


@lru_cache(maxsize=1024)  # a list has few decisions and names them in every row
def _bare(number: str) -> str:
    """ "1147/2024/QĐ-UBND" and "1147/QĐ-UBND" of one day are one decision."""
    return re.sub(r"/20\d\d/", "/", number)


def _brings_back(given: Any, stars: dict[str, Any]) -> bool:
    """True if new stars would stand again though they were given before these were withdrawn."""
    ended = given.withdrawn_on
    return ended is not None and stars["decision_date"] <= ended <= stars["valid_to"]


def _refuse(
    sheet: Sheet, line: Line, message: str, fix: str, column: str = "product", **params: Any
) -> None:
    named = sheet.header
    label, letter = (named.label(column), named.letter(column)) if named else ("", "")
    line.problems.append(Problem(label, letter, message, fix, params))


def _stars_key(line: Line) -> tuple[str, ...]:
    told = line.recognition
    return (str(told.get("stars", "")), *_decision_key(line))


def _decision_key(line: Line) -> tuple[str, ...]:
    told = line.recognition
    return (_bare(str(told.get("decision_number", ""))), str(told.get("decision_date", "")))


def _mark(key: Sequence[str]) -> int:
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
            changes.append(Change(name, shown(old), shown(value)))
    return changes
