"""Villages: counts craft villages as of a day, and finds what stands on the page of one. Used by figures and register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from labelsvc.catalogue.finding.communes import made_of
from labelsvc.catalogue.finding.villages import entered, recognised
from labelsvc.catalogue.models import (
    AdminUnit,
    AdminUnitChange,
    Outlet,
    Producer,
    Product,
    Village,
    outlet_product,
)
from labelsvc.catalogue.points.shown import listed
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.villages.crafts import crafts
from labelsvc.catalogue.villages.position import kilometres
from labelsvc.clock import today
from labelsvc.programme.listing import in_force


@dataclass(frozen=True)
class VillageCount:
    """Villages as of a day. `crafts` of `of_crafts` have a village, recognised or not."""

    total: int
    recognised: int
    #: They have a decision without its day: nobody can say since when, so no day counts them.
    undated: int
    crafts: int
    of_crafts: int
    #: Code of a craft → its villages; "" for those whose craft nobody has chosen.
    by_craft: Mapping[str, int]
    #: `VillageKind` → its villages; "" for those of which nobody has said.
    by_kind: Mapping[str, int]


def count(session: Session, on: date) -> VillageCount:
    """Count the villages that were entries of the register on the day *on*, and those recognised then.

    Since when a village has its craft is not known: only what ended before the day is left out.
    """
    there = entered(on)
    by_craft = _by(session, Village.craft_code, there)
    by_kind = _by(session, Village.kind, there)
    undated = and_(there, Village.decision_number != "", Village.decision_date.is_(None))
    return VillageCount(
        total=sum(by_craft.values()),
        recognised=session.scalar(select(func.count(Village.id)).where(there, recognised(on))) or 0,
        undated=session.scalar(select(func.count(Village.id)).where(undated)) or 0,
        crafts=sum(code in crafts() for code in by_craft),
        of_crafts=len(crafts()),
        by_craft=by_craft,
        by_kind=by_kind,
    )


def _by(
    session: Session, column: InstrumentedAttribute[str], there: ColumnElement[bool]
) -> dict[str, int]:
    rows = session.execute(
        select(column, func.count()).where(there).group_by(column).order_by(column)
    )
    return {name: number for name, number in rows}


def products_in_force(village_id: int, on: date) -> Select[Product]:
    """The products of a village that have stars on the day *on*, by name."""
    held = select(Recognition.product_id).where(in_force(on))
    return (
        select(Product)
        .join(Product.producer)
        .where(Producer.village_id == village_id, Product.merged_into_id.is_(None))
        .where(Product.id.in_(held))
        .order_by(Product.search_key, Product.id)
    )


def producers_of(village_id: int) -> Select[Producer]:
    """The producers of a village, by name."""
    return (
        select(Producer)
        .where(Producer.village_id == village_id, Producer.merged_into_id.is_(None))
        .where(Producer.active)
        .order_by(Producer.search_key, Producer.id)
    )


def former_units(session: Session, village: Village) -> list[AdminUnit]:
    """The units of before 1 July 2025 that went into the commune of *village*, wholly or in part."""
    return list(
        session.scalars(
            select(AdminUnit)
            .join(
                AdminUnitChange,
                and_(
                    AdminUnitChange.old_code == AdminUnit.code,
                    AdminUnitChange.old_from == AdminUnit.valid_from,
                ),
            )
            .where(
                AdminUnitChange.new_code == village.commune_code,
                AdminUnitChange.new_from == village.commune_from,
            )
            .order_by(AdminUnit.search_key)
        )
    )


#: Kilometres to a point of sale that is still near a village.
NEAR_KM: Final = 15.0


def points_nearby(session: Session, village: Village, limit: int) -> list[Outlet]:
    """Open points of sale near the village, at most *limit*.

    The nearest ones where village and points have a place on the map; what is left of *limit* is filled
    with those of the same commune, then of its former districts, those that sell its products first.
    """
    near = _nearest(session, village, limit)
    if len(near) < limit:
        known = {one.id for one in near}
        near += [one for one in _beside(session, village, limit) if one.id not in known]
    return near[:limit]


def _nearest(session: Session, village: Village, limit: int) -> list[Outlet]:
    """Points within `NEAR_KM`, the nearest first."""
    if village.latitude is None or village.longitude is None:
        return []
    here = (village.latitude, village.longitude)
    # A degree of latitude is 111 km; of longitude, at the latitudes of Vietnam, at least 101 km.
    high, wide = NEAR_KM / 111, NEAR_KM / 101
    rows = session.execute(
        select(Outlet.id, Outlet.latitude, Outlet.longitude).where(
            listed(today()),
            Outlet.latitude.between(here[0] - high, here[0] + high),
            Outlet.longitude.between(here[1] - wide, here[1] + wide),
        )
    )
    far = {row[0]: kilometres(here, (row[1] or 0.0, row[2] or 0.0)) for row in rows}
    first = sorted((km, number) for number, km in far.items() if km <= NEAR_KM)[:limit]
    found = session.scalars(
        select(Outlet)
        .where(Outlet.id.in_([number for _, number in first]))
        .options(joinedload(Outlet.commune))
    )
    return sorted(found, key=lambda one: (far[one.id], one.id))


def _beside(session: Session, village: Village, limit: int) -> list[Outlet]:
    if village.commune_code is None:
        return []
    of_village = (
        select(outlet_product.c.outlet_id)
        .join(Product, Product.id == outlet_product.c.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .where(Producer.village_id == village.id)
    )
    here = and_(
        Outlet.commune_code == village.commune_code, Outlet.commune_from == village.commune_from
    )
    districts = {unit.district for unit in former_units(session, village)}
    around = made_of(AdminUnit.district.in_(districts))
    beside = tuple_(Outlet.commune_code, Outlet.commune_from).in_(around)
    query = (
        select(Outlet)
        .where(listed(today()), or_(here, beside))
        .options(joinedload(Outlet.commune))
        .order_by(~here, Outlet.id.not_in(of_village), Outlet.search_key, Outlet.id)
    )
    return list(session.scalars(query.limit(limit)))
