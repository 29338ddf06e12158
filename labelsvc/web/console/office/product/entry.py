"""Entry: the office's form of a product."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import (
    Producer,
    Product,
    RiskLevel,
)
from labelsvc.catalogue.products import ingredients as ingredient_rows
from labelsvc.catalogue.products.columns import COLUMNS, WORDS
from labelsvc.catalogue.register import create_product, update_product
from labelsvc.web.console import product_fields
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.product.page import RISKS
from labelsvc.web.console.office.words import set_choices
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


@bp.route("/producers/<int:producer_id>/products/new", methods=["GET", "POST"])
def new_product(producer_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        owner = found_or_404(session.get(Producer, producer_id))
    return _edit(owner, None)


@bp.route("/products/<int:product_id>/edit", methods=["GET", "POST"])
def edit_product(product_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(Product, product_id))
        owner = found.producer
    return _edit(owner, found)


def _edit(owner: Producer, found: Product | None) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        facts = product_fields.read(posted, COLUMNS)

        def change(session: Session) -> int:
            if found is None:
                producer = session.get_one(Producer, owner.id)
                return create_product(session, producer=producer, actor=actor(), **facts).id
            update_product(
                session, session.get_one(Product, found.id), actor=actor(),
                agreed=posted.text("agreed") == "yes", **facts,
            )  # fmt: skip
            return found.id

        saved = posted.attempt(change)
        if saved is not None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("office.product", product_id=saved))
    values = shown_values(found, tuple(WORDS))
    if request.method == "POST":
        values["ingredient_rows"] = product_fields.rows(posted)
    if found is None and request.method == "GET":
        values |= {"origin": "Sản xuất tại Việt Nam", "risk_level": RiskLevel.MEDIUM}
    page = render_template(
        "console/office/product_form.html",
        owner=owner,
        ingredient=ingredient_rows,
        p=found,
        v=values,
        sections=product_fields.OFFICE_FORM,
        sets=set_choices(),
        risk_options=[(level, gettext(words)) for level, words in RISKS.items()],
        problems=posted.problems,
        errors=posted.errors,
    )
    return page, posted.status
