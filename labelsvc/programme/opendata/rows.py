"""Rows: reads what the sets of open data hold, some hundred rows at a time. Used by the pages of open data.

Names of persons are left out: an owner is named where it is an organisation, and no telephone, tax code,
representative or street is in any set. Names and places are those of today; stars are those of the day asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, load_only

from labelsvc.catalogue import criteria
from labelsvc.catalogue.models import ORGANISATIONS, AdminUnit, Outlet, Producer, Product, Village
from labelsvc.catalogue.recognition import Recognition
from labelsvc.db import Database
from labelsvc.programme.figures.facts import NONE, Award, Facts
from labelsvc.programme.points import counts

#: Rows that are in memory at a time.
_BATCH: Final = 400
Row = dict[str, Any]
#: No more columns than the rows show: a product has forty, with texts.
_OF_UNIT: Final = (AdminUnit.code, AdminUnit.valid_from, AdminUnit.name)
_OF_PRODUCER: Final = (
    load_only(
        Producer.id,
        Producer.name,
        Producer.name_en,
        Producer.kind,
        Producer.organisation,
        Producer.village_id,
        Producer.website,
    ),
    joinedload(Producer.commune).load_only(*_OF_UNIT),
)
_OF_PRODUCT: Final = (
    Recognition.product_id, Recognition.stars, Recognition.potential_five, Recognition.decision_number,
    Recognition.decision_date, Recognition.authority_name, Recognition.valid_from, Recognition.valid_to,
    Recognition.extended_to, Recognition.withdrawn_on, Product.name, Product.name_en, Product.set_number,
    Product.producer_id, Producer.name.label("producer"), Producer.organisation,
)  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """A request: the day, the facts of the figures, and the host of the pages."""

    on: date
    facts: Facts
    base_url: str


@dataclass(frozen=True)
class Set:
    """A set of open data. `fields`: names of columns, in order. `placed`: its rows have places on a map."""

    title: str
    about: str
    fields: Sequence[str]
    rows: Callable[[Database, Asked], Iterator[Row]]
    placed: bool = False


def _parts(database: Database, numbers: Sequence[int], read: Callable[[Session, Sequence[int]], list[Row]]) -> Iterator[Row]:  # fmt: skip
    """Rows of *numbers*; the database is left between two parts, however slowly they are fetched."""
    for first in range(0, len(numbers), _BATCH):
        part = numbers[first : first + _BATCH]
        with database.reading() as session:
            rows = read(session, part)
        yield from rows


def _products(database: Database, asked: Asked) -> Iterator[Row]:
    held, given = asked.facts.held(asked.on), asked.facts.given(asked.on)
    speaking = given | held

    def read(session: Session, part: Sequence[int]) -> list[Row]:
        ruling = [speaking[number].recognition_id for number in part]
        found = session.execute(
            select(*_OF_PRODUCT)
            .join(Product, Product.id == Recognition.product_id)
            .join(Producer, Producer.id == Product.producer_id)
            .where(Recognition.id.in_(ruling))
            .order_by(Recognition.product_id)
        )
        return [_product(one, asked) for one in found]

    return _parts(database, sorted(speaking), read)


def _product(one: Any, asked: Asked) -> Row:
    facts, group = asked.facts, criteria.group_of(one.set_number)
    maker = facts.makers[one.producer_id]
    named = one.organisation or maker.kind in ORGANISATIONS
    # The columns have the names that the rule asks for; whole rows would cost four times as much.
    standing = Recognition.standing(one, asked.on)
    return {
        "id": one.product_id, "name": one.name, "name_en": one.name_en,
        "producer_id": one.producer_id, "producer": one.producer if named else "",
        "producer_kind": maker.kind, "commune_code": maker.commune.partition(".")[0].strip(NONE),
        "commune": facts.communes.get(maker.commune, ""),
        "village_id": None if maker.village == NONE else int(maker.village),
        "group": group.number, "group_name": group.vi, "set": one.set_number,
        "stars": one.stars, "potential_five": one.potential_five, "standing": str(standing),
        "decision": one.decision_number, "decision_date": one.decision_date,
        "authority": one.authority_name, "valid_from": one.valid_from,
        "valid_to": max(one.valid_to, one.extended_to or one.valid_to),
        "page": f"{asked.base_url}/product/{one.product_id}",
    }  # fmt: skip


def _producers(database: Database, asked: Asked) -> Iterator[Row]:
    counts: dict[int, int] = {}
    for one in asked.facts.held(asked.on).values():
        counts[one.producer_id] = counts.get(one.producer_id, 0) + 1
    ever = sorted({one.producer_id for one in asked.facts.given(asked.on).values()})

    def read(session: Session, part: Sequence[int]) -> list[Row]:
        found = session.scalars(
            select(Producer)
            .where(
                Producer.id.in_(part),
                or_(Producer.organisation, Producer.kind.in_(ORGANISATIONS)),
            )
            .order_by(Producer.id)
            .options(*_OF_PRODUCER)
        )
        return [
            {
                "id": one.id, "name": one.name, "name_en": one.name_en, "kind": one.kind, **_commune(one),
                "village_id": one.village_id, "website": one.website, "products": counts.get(one.id, 0),
                "page": f"{asked.base_url}/producer/{one.id}",
            }
            for one in found
        ]  # fmt: skip

    return _parts(database, ever, read)


def _villages(database: Database, asked: Asked) -> Iterator[Row]:
    lives = (
        Village.merged_into_id.is_(None),
        or_(Village.ended_on.is_(None), Village.ended_on > asked.on),
    )

    def row(one: Village) -> Row:
        return {
            "id": one.id, "name": one.name, "name_en": one.name_en, "kind": one.kind,
            "craft_code": one.craft_code, "craft": one.craft, "craft_en": one.craft_en, **_commune(one),
            "recognised": one.recognised(asked.on), **_decision(one, asked.on),
            "latitude": one.latitude, "longitude": one.longitude,
            "page": f"{asked.base_url}/village/{one.id}",
        }  # fmt: skip

    return _placed(database, Village, lives, row)


def _decision(village: Village, on: date) -> Row:
    known = village.decision_date is not None and village.decision_date <= on
    return {
        "decision": village.decision_number if known else "",
        "decision_date": village.decision_date if known else None,
    }


def _points(database: Database, asked: Asked) -> Iterator[Row]:
    def row(one: Outlet) -> Row:
        return {
            "id": one.id, "name": one.name, "kind": one.kind, **_commune(one),
            "latitude": one.latitude, "longitude": one.longitude,
            "confirmed_on": one.confirmed_on if (one.confirmed_on or asked.on) <= asked.on else None,
            "page": f"{asked.base_url}/outlet/{one.id}",
        }  # fmt: skip

    of_organisation = select(Producer.id).where(
        or_(Producer.organisation, Producer.kind.in_(ORGANISATIONS))
    )
    public = or_(Outlet.producer_id.is_(None), Outlet.producer_id.in_(of_organisation))
    return _placed(database, Outlet, (Outlet.id.in_(counts.open_on(asked.on)), public), row)


def _placed(
    database: Database, mapped: Any, rule: Iterable[Any], row: Callable[[Any], Row]
) -> Iterator[Row]:
    """Read the rows of *mapped* that follow *rule*, each with its commune."""
    with database.reading() as session:
        numbers = session.scalars(select(mapped.id).where(*rule).order_by(mapped.id)).all()

    def read(session: Session, part: Sequence[int]) -> list[Row]:
        found = session.scalars(
            select(mapped)
            .where(mapped.id.in_(part))
            .order_by(mapped.id)
            .options(joinedload(mapped.commune).load_only(*_OF_UNIT))
        )
        return [row(one) for one in found]

    return _parts(database, numbers, read)


def _decisions(database: Database, asked: Asked) -> Iterator[Row]:
    """A decision is its number and its day: numbers come back every year."""
    held = {one.recognition_id for one in asked.facts.held(asked.on).values()}
    given = {one.recognition_id: one for one in asked.facts.awards if one.decided <= asked.on}
    found: dict[tuple[date, str], Row] = {}
    with database.reading() as session:
        signed = session.execute(
            select(
                Recognition.id, Recognition.decision_number, Recognition.decision_date,
                Recognition.authority_name, Recognition.legal_basis,
            )
            .where(Recognition.decision_date <= asked.on)
            .order_by(Recognition.decision_date, Recognition.decision_number, Recognition.id)
        )  # fmt: skip
        for number, decision, day, authority, basis in signed:
            award = given.get(number)
            if award is not None:
                row = found.setdefault(
                    (day, decision),
                    {
                        "decision": decision, "decision_date": day, "authority": authority, "legal_basis": basis,
                        "products": 0, "in_force": 0, "five_stars": 0, "potential_five": 0, "four_stars": 0,
                        "three_stars": 0,
                    },
                )  # fmt: skip
                _add(row, award, number in held)
    yield from found.values()


def _add(row: Row, award: Award, held: bool) -> None:
    stars = {5: "five_stars", 4: "four_stars", 3: "three_stars"}[award.stars]
    row["products"] += 1
    row["in_force"] += held
    row["potential_five" if award.potential else stars] += 1


def _commune(row: Any) -> Row:
    unit = row.commune
    return {"commune_code": unit.code if unit else "", "commune": unit.name if unit else ""}


_COMMUNE: Final = ("commune_code", "commune")
SETS: Final[Mapping[str, Set]] = {
    "products": Set(
        "Products", "Every product recognised by that day, with its newest recognition and its standing.",
        ("id", "name", "name_en", "producer_id", "producer", "producer_kind", *_COMMUNE, "village_id", "group",
         "group_name", "set", "stars", "potential_five", "standing", "decision", "decision_date", "authority",
         "valid_from", "valid_to", "page"),
        _products,
    ),
    "producers": Set(
        "Producers", "Organisations with a recognised product. Households, farms and groups are persons and left out.",
        ("id", "name", "name_en", "kind", *_COMMUNE, "village_id", "website", "products", "page"),
        _producers,
    ),
    "villages": Set(
        "Villages", "Craft villages with craft, place and the decision that recognised them.",
        ("id", "name", "name_en", "kind", "craft_code", "craft", "craft_en", *_COMMUNE, "recognised", "decision",
         "decision_date", "latitude", "longitude", "page"),
        _villages, placed=True,
    ),
    "points": Set(
        "Points of sale", "Points of sale that are open. Shops of households and farms at their homes are left out.",
        ("id", "name", "kind", *_COMMUNE, "latitude", "longitude", "confirmed_on", "page"),
        _points, placed=True,
    ),
    "decisions": Set(
        "Decisions", "Every decision that gave stars, with the number of its products and of those still in force.",
        ("decision", "decision_date", "authority", "legal_basis", "products", "in_force", "five_stars",
         "potential_five", "four_stars", "three_stars"),
        _decisions,
    ),
}  # fmt: skip
