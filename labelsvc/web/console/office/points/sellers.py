"""Sellers: the points of sale of one product, for its page, and a search for further ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Outlet, Product, outlet_product
from labelsvc.i18n import fold

#: Points on the page of a product; the others are in their own list.
_MOST: Final = 20


def of_product(session: Session, product_id: int, asked: str) -> dict[str, Any]:
    """What the page shows: points that sell the product, how many there are, and those found for *asked*."""
    count = select(func.count()).where(outlet_product.c.product_id == product_id)
    rows = select(Outlet).where(Outlet.products.any(Product.id == product_id))
    return {
        "outlets": _first(session, rows),
        "outlets_total": session.scalar(count) or 0,
        "point": asked,
        "other_outlets": _others(session, product_id, asked) if asked else [],
    }


def _others(session: Session, product_id: int, asked: str) -> Sequence[Outlet]:
    """Open points of that name or street that do not sell the product yet."""
    query = select(Outlet).where(Outlet.active, ~Outlet.products.any(Product.id == product_id))
    for word in fold(asked).split()[:8]:
        query = query.where(Outlet.search_key.contains(word, autoescape=True))
    return _first(session, query)


def _first(session: Session, query: Any) -> Sequence[Outlet]:
    rows = query.options(joinedload(Outlet.commune)).order_by(Outlet.search_key).limit(_MOST)
    return session.scalars(rows).all()
