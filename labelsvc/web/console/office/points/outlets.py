"""Outlets: the office's lists of points of sale, the page of each, and the products sold there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue.finding.communes import lies_in, words_of
from labelsvc.catalogue.models import (
    Outlet,
    OutletKind,
    OutletState,
    Producer,
    Product,
    outlet_product,
)
from labelsvc.catalogue.places import current_units
from labelsvc.catalogue.points import hours, position, steps
from labelsvc.catalogue.points.shown import FRESH, KIND_WORDS, freshness
from labelsvc.catalogue.register import sell_at
from labelsvc.i18n import fold
from labelsvc.inspections.models import Report, ReportState
from labelsvc.programme.points import counts, links, support
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.typed import whole
from labelsvc.web.guards.targets import local_target
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Products offered for what was typed.
_OFFERED = 20
#: Products on the page of a point.
_SOLD = 300
#: State in the address → what it shows.
_SHOWS = {
    "open": Outlet.state == OutletState.PUBLISHED,
    "proposed": Outlet.state == OutletState.PROPOSED,
    "refused": Outlet.state == OutletState.REFUSED,
    "closed": Outlet.state == OutletState.CLOSED,
}


def query_outlets() -> Select[Any]:
    """The points of sale that the address asks for, by name."""
    state = choice_of("state", (*_SHOWS, "unconfirmed"))
    kind = choice_of("kind", list(OutletKind))
    query = select(Outlet).options(joinedload(Outlet.commune))
    for word in words_of(request.args.get("q", "")):
        query = query.where(
            or_(
                Outlet.search_key.contains(word, autoescape=True),
                Outlet.products.any(Product.search_key.contains(word, autoescape=True)),
                lies_in(Outlet, word),
            )
        )
    if product := request.args.get("product", 0, type=int):
        sells = select(outlet_product.c.outlet_id).where(outlet_product.c.product_id == product)
        query = query.where(Outlet.id.in_(sells))
    if state == "unconfirmed":
        last = func.coalesce(Outlet.confirmed_on, Outlet.published_on)
        query = query.where(_SHOWS["open"], last < clock.today() - FRESH)
    elif state:
        query = query.where(_SHOWS[state])
    if kind:
        query = query.where(Outlet.kind == kind)
    if commune := request.args.get("commune", "")[:5]:
        query = query.where(Outlet.commune_code == commune)
    return query.order_by(Outlet.search_key, Outlet.id)


@bp.get("/outlets")
def outlets() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_outlets())
        sold = (
            select(outlet_product.c.outlet_id, func.count())
            .where(outlet_product.c.outlet_id.in_([row.id for row in shown.rows]))
            .group_by(outlet_product.c.outlet_id)
        )
        page = render_template(
            "console/office/outlets.html", shown=shown, kinds=KIND_WORDS,
            counts={number: count for number, count in session.execute(sold)},
            communes=[(unit.code, unit.name) for unit in current_units(session)],
            sums=counts.count(session, clock.today()),
            broken=support.broken(session, clock.today()),
            fresh={row.id: str(freshness(row, clock.today())) for row in shown.rows},
        )  # fmt: skip
    return page


@bp.get("/outlets/<int:outlet_id>")
def outlet(outlet_id: int) -> ResponseReturnValue:
    return outlet_page(outlet_id, Posted())


def outlet_page(outlet_id: int, posted: Posted) -> ResponseReturnValue:
    """The page of a point, with what was wrong with a form that was sent from it."""
    asked = request.args.get("q", "").strip()[:100]
    with site().database.reading() as session:
        found = found_or_404(session.get(Outlet, outlet_id))
        sold = session.execute(
            select(Product, outlet_product.c.as_of, outlet_product.c.low_on)
            .join(outlet_product, outlet_product.c.product_id == Product.id)
            .where(outlet_product.c.outlet_id == outlet_id)
            .options(joinedload(Product.producer))
            .order_by(Product.search_key)
            .limit(_SOLD)
        ).all()
        past = steps.of_outlet(session, found)
        page = render_template(
            "console/office/outlet.html", o=found, address=found.address, sold=sold, q=asked,
            offered=_offered(session, outlet_id, asked) if asked else [], steps=past, kinds=KIND_WORDS,
            people=names_of(session, [one.actor for one in past]), link=links.current(session, found),
            support=support.of_outlet(session, found), week=hours.lines(found.hours, current()),
            place=position.said(found.latitude, found.longitude), reports=_reports(session, outlet_id),
            fresh=str(freshness(found, clock.today())), form=request.form, problems=posted.problems,
            errors=posted.errors, own=session.get(Producer, found.producer_id or 0),
        )  # fmt: skip
    return page, posted.status


def _reports(session: Session, outlet_id: int) -> Sequence[Report]:
    """Give the open reports of visitors about the point."""
    return session.scalars(
        select(Report)
        .where(Report.outlet_id == outlet_id, Report.state != ReportState.CLOSED)
        .order_by(Report.id.desc())
        .limit(20)
    ).all()


def _offered(session: Session, outlet_id: int, asked: str) -> list[Product]:
    """Products by words of their name or of their producer's, without those sold here already."""
    query = select(Product).join(Product.producer).options(joinedload(Product.producer))
    for word in fold(asked).split()[:8]:
        query = query.where(
            or_(
                Product.search_key.contains(word, autoescape=True),
                Producer.search_key.contains(word, autoescape=True),
            )
        )
    query = query.where(
        ~Product.outlets.any(Outlet.id == outlet_id), Product.merged_into_id.is_(None)
    )
    return list(session.scalars(query.order_by(Product.search_key).limit(_OFFERED)))


@bp.post("/outlets/products")
def outlet_sells() -> ResponseReturnValue:
    """Enter that a product is sold at a point of sale, or is no longer; from either page."""
    posted = Posted()

    def change(session: Session) -> Outlet:
        place = session.get(Outlet, whole(posted.text("outlet"), gettext("Point of sale")))
        goods = session.get(Product, whole(posted.text("product"), gettext("Product")))
        sold = posted.text("sold") == "yes"
        sell_at(session, found_or_404(place), found_or_404(goods), sold=sold, actor=actor())
        return found_or_404(place)

    place = posted.attempt(change)
    back = local_target(request.form.get("next")) or url_for("office.outlets")
    flash(gettext("Saved.") if place else posted.problems[0].message, "good" if place else "bad")
    return redirect(back)
