"""Page: the office's page of a product."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue import criteria
from labelsvc.catalogue.finding.communes import lies_in, words_of
from labelsvc.catalogue.models import (
    Outlet,
    Product,
    RiskLevel,
    outlet_product,
)
from labelsvc.catalogue.photos import MAX_PHOTOS
from labelsvc.catalogue.products.columns import COLUMNS, WORDS
from labelsvc.catalogue.recognition import Certificate, ruling
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.words import set_words
from labelsvc.web.language import current, gettext
from labelsvc.web.site import site

RISKS = {RiskLevel.LOW: "Low risk", RiskLevel.MEDIUM: "Medium risk", RiskLevel.HIGH: "High risk"}
#: Points of sale shown of a product, and offered for what was typed.
_OUTLETS = 20


@bp.get("/products/<int:product_id>")
def product(product_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        kept = found_or_404(session.get(Product, product_id)).merged_into_id
    if kept is not None:
        return redirect(url_for("office.product", product_id=kept))
    return product_page(product_id, Posted())


def product_page(product_id: int, posted: Posted) -> ResponseReturnValue:
    today, asked = clock.today(), request.args.get("q", "").strip()[:100]
    with site().database.reading() as session:
        found = found_or_404(session.get(Product, product_id))
        certificates = session.scalars(
            select(Certificate)
            .where(
                (Certificate.product_id == product_id)
                | (Certificate.producer_id == found.producer_id)
            )
            .order_by(Certificate.kind, Certificate.id)
        ).all()
        newest_first = sorted(found.recognitions, key=lambda r: (r.valid_from, r.id), reverse=True)
        ruled = ruling(found.recognitions, today)
        page = render_template(
            "console/office/product.html",
            p=found,
            set_name=set_words(found.set_number),
            outlets=_outlets(session, product_id),
            outlet_count=_outlet_count(session, product_id),
            q=asked,
            other_outlets=_other_outlets(session, product_id, asked) if asked else [],
            group=criteria.group_of(found.set_number).name(current()),
            recognitions=[(r, r.standing(today)) for r in newest_first],
            ruled=ruled,
            standing=ruled.standing(today) if ruled else None,
            certificates=[(c, c.valid_on(today)) for c in certificates],
            lots=sorted(found.lots, key=lambda lot: -lot.id)[:20],
            facts=_facts(found),
            most_photos=MAX_PHOTOS,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


def _facts(found: Product) -> list[tuple[str, Any]]:
    """Words and values of what is known of a product, but for its name and set in the heading."""
    values = {
        column: getattr(found, column) for column in WORDS if column not in ("name", "set_number")
    }
    values["risk_level"] = gettext(RISKS[RiskLevel(found.risk_level)])
    for column in COLUMNS:
        if column.choices is not None and values.get(column.name):
            values[column.name] = gettext(column.choices[values[column.name]])
    return [(gettext(WORDS[column]), value) for column, value in values.items() if value]


def _outlets(session: Session, product_id: int) -> list[Outlet]:
    """The first points of sale of the product; the list of points has them all."""
    query = select(Outlet).join(outlet_product).where(outlet_product.c.product_id == product_id)
    query = query.options(joinedload(Outlet.commune)).order_by(Outlet.search_key, Outlet.id)
    return list(session.scalars(query.limit(_OUTLETS)))


def _outlet_count(session: Session, product_id: int) -> int:
    counted = select(func.count()).where(outlet_product.c.product_id == product_id)
    return session.scalar(counted) or 0


def _other_outlets(session: Session, product_id: int, asked: str) -> list[Outlet]:
    """Open points of sale by words of name, street or place, without those that sell the product already."""
    sold = select(outlet_product.c.outlet_id).where(outlet_product.c.product_id == product_id)
    query = select(Outlet).where(Outlet.active, Outlet.id.not_in(sold))
    for word in words_of(asked):
        query = query.where(
            or_(Outlet.search_key.contains(word, autoescape=True), lies_in(Outlet, word))
        )
    query = query.options(joinedload(Outlet.commune)).order_by(Outlet.search_key, Outlet.id)
    return list(session.scalars(query.limit(_OUTLETS)))
