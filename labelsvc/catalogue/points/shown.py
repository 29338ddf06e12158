"""Shown: the rules of what the public sees of points of sale, as conditions of queries and as words.

A point is confirmed by its people each quarter. After `FRESH` its pages say that nobody has confirmed it
since; after `LEAVES` it leaves map, lists and scan pages, and only its own page stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Outlet, OutletKind, OutletState, Product, outlet_product
from labelsvc.catalogue.recognition import Recognition

#: Days without a confirmation after which a point says so.
FRESH: Final = timedelta(days=120)
#: Days after which it leaves lists and map: two quarters were missed by then.
LEAVES: Final = timedelta(days=240)
#: Points that a scan page names; the rest stands behind a link.
ON_SCAN_PAGE: Final = 5
#: How each kind is told to readers.
KIND_WORDS: Final = {
    OutletKind.SHOP: "OCOP shop",
    OutletKind.SUPERMARKET: "Supermarket",
    OutletKind.TOURISM: "Craft village or tourism point",
    OutletKind.DESIGN_CENTRE: "Creative design centre",
    OutletKind.BOOTH: "Seasonal booth",
    OutletKind.OWN_SHOP: "Shop of the producer",
    OutletKind.WORKSHOP: "Workshop of the producer",
    OutletKind.E_SHOP: "E-shop of the producer",
}


class Freshness(StrEnum):
    """Reliability of what a point says of itself."""

    CONFIRMED = "confirmed"  # within 120 days
    NEW = "new"  # published within 120 days, not confirmed yet
    UNCONFIRMED = "unconfirmed"
    GONE = "gone"  # so long ago that lists leave it out


def freshness(outlet: Outlet, on: date) -> Freshness:
    """Judge by the day on which the point confirmed itself, or was published. A point without any day is new."""
    last = outlet.confirmed_on or outlet.published_on
    if last is None or on - last <= FRESH:
        return Freshness.CONFIRMED if outlet.confirmed_on else Freshness.NEW
    return Freshness.UNCONFIRMED if on - last <= LEAVES else Freshness.GONE


def listed(on: date) -> ColumnElement[bool]:
    """Condition: the point is published and not gone from the lists on the day *on*."""
    last = func.coalesce(Outlet.confirmed_on, Outlet.published_on)
    return and_(Outlet.state == OutletState.PUBLISHED, or_(last.is_(None), last >= on - LEAVES))


def with_stars(on: date) -> ColumnElement[bool]:
    """Condition on `Product`: it has stars on the day *on*, as `Recognition.standing` says of each."""
    return exists().where(
        Recognition.product_id == Product.id,
        Recognition.valid_from <= on,
        or_(Recognition.valid_to >= on, Recognition.extended_to >= on),
        or_(Recognition.withdrawn_on.is_(None), Recognition.withdrawn_on > on),
    )


def selling(product_id: int, on: date) -> Select[Outlet]:
    """Points that sell a product, those of its producer first, then what was confirmed last."""
    return (
        select(Outlet)
        .join(outlet_product, outlet_product.c.outlet_id == Outlet.id)
        .where(outlet_product.c.product_id == product_id, listed(on))
    )


@dataclass(frozen=True)
class Places:
    """The points that a scan page names, and how many there are in all."""

    first: Sequence[Outlet]
    total: int


def places(session: Session, product: Product, on: date) -> Places:
    """Points that sell *product*: its producer's own, those of the same commune, then the others."""
    query = selling(product.id, on)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    own = Outlet.producer_id == product.producer_id
    near = Outlet.commune_code == product.producer.commune_code
    rows = session.scalars(
        query.options(joinedload(Outlet.commune))
        .order_by(
            func.coalesce(own, False).desc(), func.coalesce(near, False).desc(), Outlet.search_key
        )
        .limit(ON_SCAN_PAGE)
    ).all()
    return Places(rows, total)
