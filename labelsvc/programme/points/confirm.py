"""Confirm: what the people of a point of sale say by its link: hours, products, closed, runs low."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from labelsvc.accounts import audit, notices
from labelsvc.catalogue.models import Outlet, OutletState, Product, outlet_product
from labelsvc.catalogue.points import steps
from labelsvc.catalogue.register import seen_at, sell_at, update_outlet
from labelsvc.clock import now, today
from labelsvc.errors import BadInput, Conflict
from labelsvc.messages.outbox import Note
from labelsvc.programme.points.models import OutletLink


@dataclass(frozen=True)
class Said:
    """A confirmation. `hours` and `note` as typed; `sold`: the products that are sold still."""

    hours: str = ""
    note: str = ""
    sold: Collection[int] = ()
    closed: bool = False


def confirm(session: Session, link: OutletLink, said: Said) -> Outlet:
    """Take what the people of a point say. Of the products that it had the others leave it.

    :raises Conflict: it was confirmed with this link before. :raises BadInput: the hours cannot be read.
    """
    outlet = session.get_one(Outlet, link.outlet_id, with_for_update=True)
    actor = f"outlet:{outlet.id}"
    used = session.execute(
        update(OutletLink)
        .where(OutletLink.id == link.id, OutletLink.used_at.is_(None))
        .values(used_at=now())
        .returning(OutletLink.id)
    )
    if used.one_or_none() is None:
        raise Conflict(
            "This was confirmed already: a link confirms once in a quarter.",
            fix="Call the programme office to correct it.",
        )
    if said.closed:
        steps.step(
            session, outlet, OutletState.CLOSED, actor=actor, reason="Điểm bán báo qua liên kết."
        )
        return outlet
    update_outlet(session, outlet, actor=actor, hours=said.hours, hours_note=said.note)
    for product in list(outlet.products):
        if product.id not in said.sold:
            sell_at(session, outlet, product, sold=False, actor=actor)
    seen_at(session, outlet, [product.id for product in outlet.products])
    outlet.confirmed_on = today()
    audit.record(
        session, actor=actor, action="outlet.confirm", subject=f"outlet:{outlet.id}",
        facts={"products": len(outlet.products), "quarter": link.quarter},
    )  # fmt: skip
    return outlet


def runs_low(session: Session, link: OutletLink, product_id: int) -> None:
    """Tell the producer that little of a product is left at the point; once a day, however often it is said.

    :raises BadInput: it is not sold there.
    """
    product = session.scalars(
        select(Product)
        .join(outlet_product, outlet_product.c.product_id == Product.id)
        .where(outlet_product.c.outlet_id == link.outlet_id, Product.id == product_id)
    ).one_or_none()
    if product is None:
        raise BadInput("This product is not sold here.", fix="Look at the list again.")
    place = outlet_product.c.outlet_id == link.outlet_id, outlet_product.c.product_id == product_id
    said = session.execute(
        update(outlet_product)
        .where(*place, (outlet_product.c.low_on.is_(None)) | (outlet_product.c.low_on < today()))
        .values(low_on=today())
        .returning(outlet_product.c.product_id)
    )
    if said.one_or_none() is None:
        return
    outlet = session.get_one(Outlet, link.outlet_id)
    facts = {"product": product.name, "point": outlet.name, "page": "/console/points"}
    note = Note("runs_low", f"outlet:{outlet.id}:{product.id}:{today()}", facts)
    notices.tell_producer(session, product.producer_id, note)
    audit.record(
        session, actor=f"outlet:{outlet.id}", action="outlet.low", subject=f"outlet:{outlet.id}",
        facts={"product": product.id},
    )  # fmt: skip
