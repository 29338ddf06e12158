"""Finding: the points of sale that somebody looks for: by words, kind, commune of today or former district,
product, or a piece of the map. Used by the public pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, Select, Tuple, or_, select, tuple_
from sqlalchemy.orm import Session

from labelsvc.catalogue.finding.communes import made_of
from labelsvc.catalogue.models import (
    AdminUnit,
    Outlet,
    Product,
    outlet_product,
)
from labelsvc.catalogue.points.shown import listed, with_stars
from labelsvc.clock import today
from labelsvc.i18n import fold
from labelsvc.programme.points.counts import open_on

#: Words of a search that are looked at.
_MOST_WORDS: Final = 8


@dataclass(frozen=True)
class Area:
    """A piece of the map, in degrees."""

    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class Asked:
    """A question for points; empty parts ask for nothing."""

    words: str = ""
    kind: str = ""
    #: Code of a commune of today.
    commune: str = ""
    #: A district that ended on 1 July 2025: "Huyện Gia Lâm".
    district: str = ""
    product: int | None = None
    area: Area | None = None


def query(asked: Asked, on: date) -> Select[Outlet]:
    """Points that the public may see on the day *on* and that are asked for, in no order.

    Of a day before today: those that were open by their steps, for confirmations of the past are not kept.
    """
    found = select(Outlet).where(listed(on) if on == today() else Outlet.id.in_(open_on(on)))
    for word in fold(asked.words).split()[:_MOST_WORDS]:
        found = found.where(_says(word, on))
    if asked.kind:
        found = found.where(Outlet.kind == asked.kind)
    if asked.commune:
        found = found.where(Outlet.commune_code == asked.commune)
    if asked.district:
        found = found.where(_here().in_(made_of(AdminUnit.district == asked.district)))
    if asked.product is not None:
        sold = select(outlet_product.c.outlet_id).join(
            Product, Product.id == outlet_product.c.product_id
        )
        found = found.where(Outlet.id.in_(sold.where(Product.id == asked.product, with_stars(on))))
    if (area := asked.area) is not None:
        found = found.where(
            Outlet.latitude >= area.south, Outlet.latitude < area.north,
            Outlet.longitude >= area.west, Outlet.longitude < area.east,
        )  # fmt: skip
    return found


def _says(word: str, on: date) -> ColumnElement[bool]:
    """The point, its commune of today or of before, or a product with stars that it sells has the word."""
    sold = (
        select(outlet_product.c.outlet_id)
        .join(Product, Product.id == outlet_product.c.product_id)
        .where(Product.search_key.contains(word, autoescape=True), with_stars(on))
    )
    named = AdminUnit.search_key.contains(word, autoescape=True)
    return or_(
        Outlet.search_key.contains(word, autoescape=True),
        Outlet.commune_code.in_(select(AdminUnit.code).where(named, AdminUnit.district == "")),
        _here().in_(made_of(named)),
        Outlet.id.in_(sold),
    )


def _here() -> Tuple:
    """The key of the commune that a point lies in; codes alone were used twice."""
    return tuple_(Outlet.commune_code, Outlet.commune_from)


def former_districts(session: Session) -> list[str]:
    """The districts that ended on 1 July 2025, by their names without the kind."""
    names = session.scalars(select(AdminUnit.district).where(AdminUnit.district != "").distinct())
    return sorted(names, key=lambda name: fold(name.partition(" ")[2]))
