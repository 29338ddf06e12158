"""Villages: counts craft villages as of a day, and finds what stands on the page of one. Used by figures and register."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

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


def points_nearby(session: Session, village: Village, limit: int) -> list[Outlet]:
    """Open points of sale of the same commune, then of the former districts that it lay in.

    Within each, those that sell something of the village come first.
    """
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
