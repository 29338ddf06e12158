"""Listing: the products of the register by stars in force, group, kind of owner and place.

Used by the public pages. `on` is the day that is asked about; the conditions are those of `Recognition.standing`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select, tuple_
from sqlalchemy.orm import Session

from labelsvc.catalogue import criteria
from labelsvc.catalogue.address import squeezed
from labelsvc.catalogue.models import AdminUnit, AdminUnitChange, Producer, Product
from labelsvc.catalogue.places import place_key, resolve
from labelsvc.catalogue.recognition import Recognition
from labelsvc.i18n import fold

#: Kind of a unit before its name.
_KIND: Final = re.compile(r"^(?:xa|phuong|thi tran|thi xa|huyen|quan)\s+")


@dataclass(frozen=True)
class Area:
    """Communes of today that a name of a place means, of today or of before 1 July 2025."""

    communes: frozenset[tuple[str, date]]
    #: Names of these communes.
    names: tuple[str, ...]
    #: The name is one of before: a unit or district that ended.
    former: str = ""


@dataclass(frozen=True)
class Wanted:
    """A question for the list; what is empty is not asked."""

    stars: int | None = None
    #: Roman number of a group of Decision 26/2026/QĐ-TTg.
    group: str = ""
    #: Kind of producer.
    kind: str = ""
    area: Area | None = None
    #: Products that the search found, best first.
    found: tuple[int, ...] | None = None


def last_day() -> ColumnElement[date]:
    """`Recognition.last_day`, for the database."""
    return case(
        (Recognition.extended_to > Recognition.valid_to, Recognition.extended_to),
        else_=Recognition.valid_to,
    )


def in_force(on: date) -> ColumnElement[bool]:
    """True for recognitions whose stars may be shown on the day *on*."""
    return and_(
        Recognition.valid_from <= on,
        last_day() >= on,
        or_(Recognition.withdrawn_on.is_(None), Recognition.withdrawn_on > on),
    )


def wanted_products(wanted: Wanted, on: date) -> Select[Product]:
    """The products that are *wanted*, by name, or in the order in which they were found."""
    query = select(Product).join(Product.producer).where(Product.merged_into_id.is_(None))
    if wanted.stars is not None:
        # The newest one that is in force speaks for the product, as in `recognition.ruling`.
        newest = (
            select(Recognition.stars)
            .where(Recognition.product_id == Product.id, in_force(on))
            .order_by(Recognition.valid_from.desc(), Recognition.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        query = query.where(newest == wanted.stars)
    if wanted.group:
        query = query.where(_of_group(wanted.group))
    if wanted.kind:
        query = query.where(Producer.kind == wanted.kind)
    if wanted.area is not None:
        places = list(wanted.area.communes)
        query = query.where(
            tuple_(Producer.commune_code, Producer.commune_from).in_(places) if places else false()
        )
    if wanted.found is None:
        return query.order_by(Product.search_key, Product.id)
    order = {number: at for at, number in enumerate(wanted.found)}
    query = query.where(Product.id.in_(wanted.found))
    return query.order_by(case(order, value=Product.id)) if order else query


def _of_group(number: str) -> ColumnElement[bool]:
    """Products whose criteria set lies in the group, by the decision that the set is of."""
    return or_(
        *(
            and_(
                Product.set_decision == decision.number,
                Product.set_number.in_([one.number for one in decision.sets.values() if one.group == number]),
            )
            for decision in criteria.decisions().values()
            if decision.sets
        )
    )  # fmt: skip


def area_named(session: Session, text: str) -> Area:
    """The communes of today that *text* means: a unit or district of today or of before.

    A name that several units had means all of them; a divided unit means every commune that got a part.
    """
    folded = fold(text)
    key = squeezed(_KIND.sub("", folded))
    if not key:
        return Area(frozenset(), ())
    units = session.scalars(
        select(AdminUnit).where(AdminUnit.search_key.contains(folded.split()[-1], autoescape=True))
    ).all()
    whole = [unit for unit in units if folded in _names(unit)]
    by_name = whole or [unit for unit in units if place_key(unit.name) == key]
    present = {(unit.code, unit.valid_from) for unit in by_name if unit.valid_to is None}
    # "Bát Tràng" is the commune of today; who means the one of before says its district. "Gia Lâm" without
    # a kind is a commune of today as well as a district of before: both are meant.
    former = [unit for unit in by_name if unit.valid_to is not None and (whole or not present)]
    if not whole:
        former += [unit for unit in units if unit.district and place_key(unit.district) == key]
    communes = present | _went_into(session, former)
    if not communes:  # a name of before 2025, or written as addresses are
        communes = {(one.unit.code, one.unit.valid_from) for one in resolve(session, text)}
    names = session.scalars(
        select(AdminUnit.name)
        .where(tuple_(AdminUnit.code, AdminUnit.valid_from).in_(list(communes)) if communes else false())
        .order_by(AdminUnit.search_key)
    ).all()  # fmt: skip
    return Area(frozenset(communes), tuple(names), former[0].district if former else "")


def _names(unit: AdminUnit) -> tuple[str, ...]:
    """The ways in which a unit is written out: with its kind, and with its district behind it."""
    if not unit.district:
        return (fold(unit.name),)
    return fold(unit.name), fold(f"{unit.name}, {unit.district}"), fold(unit.district)


def _went_into(session: Session, units: Sequence[AdminUnit]) -> set[tuple[str, date]]:
    keys = [(unit.code, unit.valid_from) for unit in units]
    if not keys:
        return set()
    change = AdminUnitChange
    rows: Sequence[Any] = session.execute(
        select(change.new_code, change.new_from).where(tuple_(change.old_code, change.old_from).in_(keys))
    ).all()  # fmt: skip
    return {(code, since) for code, since in rows}
