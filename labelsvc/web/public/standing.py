"""Standing: stars of products on a day, and what pages say of them. Used by all pages that list products."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import Recognition, Standing, ruling


@dataclass(frozen=True)
class Shown:
    """A product with what it is worth on a day."""

    product: Product
    recognition: Recognition | None
    standing: Standing


def on_day(session: Session, products: Sequence[Product], on: date) -> list[Shown]:
    """Each of *products* with the recognition that speaks for it on the day *on*."""
    given: dict[int, list[Recognition]] = {}
    numbers = [product.id for product in products]
    for row in session.scalars(select(Recognition).where(Recognition.product_id.in_(numbers))):
        given.setdefault(row.product_id, []).append(row)
    return [shown(product, given.get(product.id, ()), on) for product in products]


def shown(product: Product, recognitions: Iterable[Recognition], on: date) -> Shown:
    """*product* on the day *on*; what was decided later does not count yet."""
    known = [one for one in recognitions if one.decision_date <= on or one.valid_from <= on]
    found = ruling(known, on)
    return Shown(product, found, found.standing(on) if found else Standing.NOT_RECOGNISED)
