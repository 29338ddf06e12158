"""Outlets: the office's pages of points of sale and the products sold there."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.finding.communes import lies_in, words_of
from labelsvc.catalogue.models import Outlet, Producer, Product, outlet_product
from labelsvc.catalogue.register import create_outlet, sell_at, update_outlet
from labelsvc.i18n import fold
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import choice_of, found_or_404, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.producers import commune_of, commune_options
from labelsvc.web.console.typed import whole
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.targets import local_target

_TEXTS = ("name", "street", "phone")
_FIELDS = (*_TEXTS, "commune_code")
#: Products offered for what was typed.
_OFFERED = 20


def query_outlets() -> Select[Any]:
    """The points of sale that the address asks for, by name."""
    state = choice_of("state", ("open", "closed"))
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
    if state:
        query = query.where(Outlet.active.is_(state == "open"))
    return query.order_by(Outlet.search_key, Outlet.id)


@bp.get("/outlets")
def outlets() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_outlets())
        sold = (
            select(outlet_product.c.outlet_id, func.count())
            .where(outlet_product.c.outlet_id.in_([one.id for one in shown.rows]))
            .group_by(outlet_product.c.outlet_id)
        )
        counts = {number: count for number, count in session.execute(sold)}
    return render_template("console/office/outlets.html", shown=shown, counts=counts)


@bp.get("/outlets/<int:outlet_id>")
def outlet(outlet_id: int) -> ResponseReturnValue:
    return _outlet_page(outlet_id, Posted())


def _outlet_page(outlet_id: int, posted: Posted) -> ResponseReturnValue:
    asked = request.args.get("q", "").strip()[:100]
    with site().database.reading() as session:
        found = found_or_404(session.get(Outlet, outlet_id))
        sold = session.scalars(
            select(Product)
            .where(Product.outlets.any(Outlet.id == outlet_id))
            .options(joinedload(Product.producer))
            .order_by(Product.search_key)
        ).all()
        offered = _offered(session, outlet_id, asked) if asked else []
        page = render_template(
            "console/office/outlet.html",
            o=found,
            address=found.address,
            sold=sold,
            q=asked,
            offered=offered,
            problems=posted.problems,
        )
    return page, posted.status


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


@bp.route("/outlets/new", methods=["GET", "POST"])
def new_outlet() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/outlets/<int:outlet_id>/edit", methods=["GET", "POST"])
def edit_outlet(outlet_id: int) -> ResponseReturnValue:
    return _edit(outlet_id)


def _edit(outlet_id: int | None) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        facts: dict[str, Any] = {name: posted.text(name) for name in _TEXTS}

        def change(session: Session) -> int:
            facts["commune"] = commune_of(session, posted.text("commune_code"))
            if outlet_id is None:
                return create_outlet(session, actor=actor(), **facts).id
            found = found_or_404(session.get(Outlet, outlet_id))
            update_outlet(session, found, actor=actor(), **facts)
            return found.id

        saved = posted.attempt(change)
        if saved is not None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("office.outlet", outlet_id=saved))
    with site().database.reading() as session:
        found = found_or_404(session.get(Outlet, outlet_id)) if outlet_id else None
        page = render_template(
            "console/office/outlet_form.html",
            o=found,
            v=shown_values(found, _FIELDS),
            commune_options=commune_options(session),
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


@bp.post("/outlets/<int:outlet_id>/active")
def outlet_active(outlet_id: int) -> ResponseReturnValue:
    """End a point of sale: scan pages stop naming it. Or open it again."""
    active = request.form.get("active") == "yes"
    with site().database.writing() as session:
        found = found_or_404(session.get(Outlet, outlet_id))
        update_outlet(session, found, actor=actor(), active=active)
    if active:
        flash(gettext("The point of sale is open again."), "good")
    else:
        flash(gettext("The point of sale is ended; scan pages no longer name it."), "good")
    return redirect(url_for("office.outlet", outlet_id=outlet_id))


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
