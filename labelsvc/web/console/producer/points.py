"""Points: where a producer's products are sold, what runs low there, and its own shop, workshop or e-shop."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue.models import (
    OWN_KINDS,
    Outlet,
    OutletState,
    Producer,
    Product,
    outlet_product,
)
from labelsvc.catalogue.places import current_units
from labelsvc.catalogue.points import steps
from labelsvc.catalogue.points.shown import KIND_WORDS, listed
from labelsvc.programme.points.propose import propose_own
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import paged
from labelsvc.web.console.producer_scope import bp
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site

_TEXTS = ("name", "kind", "street", "position", "phone", "website", "hours", "hours_note", "email")
_FIELDS = (*_TEXTS, "commune_code")


@bp.route("/points", methods=["GET", "POST"])
def points() -> ResponseReturnValue:
    """List the points that sell products of this producer; take a proposal of one of its own."""
    posted, producer_id = Posted(), current_user().producer_id
    if request.method == "POST":
        saved = posted.attempt(lambda session: _propose(session, posted))
        if saved is not None:
            flash(gettext("Proposed. The programme office looks at it."), "good")
            return redirect(url_for("producer.points"))
    mine = (
        select(outlet_product.c.outlet_id)
        .join(Product, Product.id == outlet_product.c.product_id)
        .where(Product.producer_id == producer_id)
    )
    query = select(Outlet).where(Outlet.id.in_(mine), listed(clock.today()))
    with site().database.reading() as session:
        shown = paged(
            session, query.options(joinedload(Outlet.commune)).order_by(Outlet.search_key)
        )
        own = session.scalars(
            select(Outlet)
            .where(Outlet.producer_id == producer_id)
            .order_by(Outlet.id.desc())
            .limit(50)
        ).all()
        low = session.execute(
            select(Product.name, Outlet.name, Outlet.phone, outlet_product.c.low_on)
            .join(outlet_product, outlet_product.c.product_id == Product.id)
            .join(Outlet, Outlet.id == outlet_product.c.outlet_id)
            .where(
                Product.producer_id == producer_id, outlet_product.c.low_on.is_not(None),
                Outlet.state == OutletState.PUBLISHED,
            )
            .order_by(outlet_product.c.low_on.desc())
            .limit(50)
        ).all()  # fmt: skip
        refused = {
            one.id: steps.of_outlet(session, one)[0].reason
            for one in own
            if one.state == OutletState.REFUSED
        }
        page = render_template(
            "console/producer/points.html", shown=shown, own=own, low=low, refused=refused,
            kinds=KIND_WORDS, v=shown_values(None, _FIELDS), problems=posted.problems,
            errors=posted.errors,
            kind_options=[("", gettext("Choose one")), *((str(k), gettext(KIND_WORDS[k])) for k in OWN_KINDS)],
            commune_options=[("", gettext("Choose one")), *((u.code, u.name) for u in current_units(session))],
        )  # fmt: skip
    return page, posted.status


def _propose(session: Session, posted: Posted) -> int:
    facts: dict[str, Any] = {name: posted.text(name) for name in _TEXTS}
    code = posted.text("commune_code")
    facts["commune"] = next((unit for unit in current_units(session) if unit.code == code), None)
    producer = session.get_one(Producer, current_user().producer_id)
    return propose_own(session, producer, actor=actor(), **facts).id
