"""Cases: the producer's pages of cases about own goods, the answer to them, and points of sale."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Product
from labelsvc.inspections import cases as verbs
from labelsvc.inspections.evidence import gather
from labelsvc.inspections.models import Case
from labelsvc.inspections.places import declare_sale, sale_provinces
from labelsvc.scans.provinces import BY_CODE
from labelsvc.web.console import case_words
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import paged
from labelsvc.web.console.producer_scope import bp, own_product
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site


def own_case(session: Session, case_id: int) -> Case:
    """The case, if the signed-in producer is told of it; 404 otherwise, as if there were none."""
    query = select(Case).where(Case.id == case_id, verbs.told_to(current_user().producer_id or 0))
    found = session.scalars(query).one_or_none()
    if found is None:
        abort(404)
    return found


@bp.get("/cases")
def cases() -> ResponseReturnValue:
    producer_id = current_user().producer_id or 0
    with site().database.reading() as session:
        shown = paged(session, verbs.query_cases(producer_id=producer_id))
        products = session.scalars(
            select(Product)
            .where(Product.producer_id == producer_id, Product.merged_into_id.is_(None))
            .order_by(Product.name)
        ).all()
        declared = {product.id: sale_provinces(session, product.id) for product in products}
    return render_template(
        "console/producer/cases.html",
        shown=shown,
        products=products,
        declared=declared,
        name_of=case_words.name_of,
        states=case_words.STATES,
        tones=case_words.TONES,
        headline=case_words.headline,
    )


@bp.get("/cases/<int:case_id>")
def case(case_id: int) -> ResponseReturnValue:
    return _page(case_id, Posted())


def _page(case_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = own_case(session, case_id)
        evidence = gather(session, found)
        page = render_template(
            "console/producer/case.html",
            c=found,
            product=found.product,
            lot=found.lot,
            signals=case_words.signals_of(found),
            e=evidence,
            chart=case_words.chart(evidence) if evidence else None,
            tiles=case_words.tiles(evidence.places, evidence.declared) if evidence else [],
            name_of=case_words.name_of,
            states=case_words.STATES,
            tones=case_words.TONES,
            answers=case_words.ENTRIES,
            headline=case_words.headline,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


@bp.post("/cases/<int:case_id>/contest")
def contest_case(case_id: int) -> ResponseReturnValue:
    posted = Posted()

    def act(session: Session) -> Case:
        found = own_case(session, case_id)
        verbs.contest(session, found, posted.text("contest"), actor())
        return found

    if posted.attempt(act) is None:
        return _page(case_id, posted)
    flash(gettext("Your answer is with the programme office."), "good")
    return redirect(url_for("producer.case", case_id=case_id), 303)


@bp.route("/products/<int:product_id>/range", methods=["GET", "POST"])
def sale_range(product_id: int) -> ResponseReturnValue:
    """The provinces in which a product is sold: reports from elsewhere are then worth a look."""
    posted = Posted()
    if request.method == "POST":

        def act(session: Session) -> Product:
            found = own_product(session, product_id)
            declare_sale(session, found.id, request.form.getlist("provinces"), actor=actor())
            return found

        if posted.attempt(act) is not None:
            flash(gettext("The range of sale is kept."), "good")
            return redirect(url_for("producer.cases"), 303)
    with site().database.reading() as session:
        found = own_product(session, product_id)
        chosen = sale_provinces(session, product_id)
        page = render_template(
            "console/producer/case_range.html",
            p=found,
            provinces=sorted(BY_CODE.values(), key=lambda p: p.code),
            chosen=set(request.form.getlist("provinces")) if posted.problems else chosen,
            problems=posted.problems,
        )
    return page, posted.status
