"""Awards: the office's forms for decisions and certificates of a product."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.catalogue.certificates import CertificateFacts, create_certificate, remove_certificate
from labelsvc.catalogue.models import (
    Product,
)
from labelsvc.catalogue.recognition import Authority, Certificate, Recognition
from labelsvc.catalogue.stars.certify import Award, create_recognition
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.product.page import product_page
from labelsvc.web.console.office.words import points_above
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

AUTHORITIES = {
    Authority.PROVINCE: "Province or city (3 and 4 stars)",
    Authority.MINISTRY: "Ministry (5 stars)",
    Authority.DISTRICT: "District (3 stars, until 30 June 2025)",
}
_AWARD = (
    "stars", "score", "decision_number", "decision_date", "authority", "authority_name",
    "certificate_number", "valid_from", "valid_to", "legal_basis", "potential_five",
)  # fmt: skip


@bp.route("/products/<int:product_id>/recognitions/new", methods=["GET", "POST"])
def new_recognition(product_id: int) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        award = Award(
            stars=posted.number("stars", "Stars") or 0,
            score=posted.decimal("score", "Score"),
            decision_number=posted.text("decision_number"),
            decision_date=posted.day("decision_date", "Date of the decision"),
            authority=_authority(posted.text("authority")),
            authority_name=posted.text("authority_name"),
            potential_five=posted.text("potential_five") == "yes",
            legal_basis=posted.text("legal_basis"),
            certificate_number=posted.text("certificate_number"),
            valid_from=posted.day("valid_from", "Valid from"),
            valid_to=posted.day("valid_to", "Valid until"),
        )

        def change(session: Session) -> Recognition:
            found = found_or_404(session.get(Product, product_id))
            return create_recognition(session, found, award, actor=actor())

        entered = posted.attempt(change)
        if entered is not None:
            flash(gettext("The decision is entered."), "good")
            if words := points_above(entered):
                flash(words, "caution")
            return redirect(url_for("office.product", product_id=product_id))
    values = shown_values(None, _AWARD)
    if request.method == "GET":
        values |= {"stars": 3, "authority": Authority.PROVINCE}
        values |= {"authority_name": "UBND Thành phố Hà Nội"}
    with site().database.reading() as session:
        found = found_or_404(session.get(Product, product_id))
        owner = found.producer
    page = render_template(
        "console/office/recognition_form.html",
        p=found,
        owner=owner,
        v=values,
        authority_options=[(kind, gettext(words)) for kind, words in AUTHORITIES.items()],
        star_options=[(stars, gettext("{count} stars", count=stars)) for stars in (3, 4, 5)],
        problems=posted.problems,
        errors=posted.errors,
        confirmed=confirmed(),
    )
    return page, posted.status


def _authority(text: str) -> Authority:
    return Authority(text) if text in list(Authority) else Authority.PROVINCE


@bp.post("/products/<int:product_id>/certificates")
def add_certificate(product_id: int) -> ResponseReturnValue:
    posted = Posted()
    facts = CertificateFacts(
        kind=posted.text("kind"),
        number=posted.text("number"),
        issuer=posted.text("issuer"),
        valid_from=posted.day("valid_from", "Valid from"),
        valid_to=posted.day("valid_to", "Valid until"),
    )

    def change(session: Session) -> Certificate:
        return create_certificate(
            session, facts, product=found_or_404(session.get(Product, product_id)), actor=actor(),
        )  # fmt: skip

    if posted.attempt(change) is None:
        return product_page(product_id, posted)
    flash(gettext("The certificate is entered."), "good")
    return redirect(url_for("office.product", product_id=product_id))


@bp.post("/products/<int:product_id>/certificates/<int:certificate_id>/remove")
def drop_certificate(product_id: int, certificate_id: int) -> ResponseReturnValue:
    with site().database.writing() as session:
        found = session.get(Certificate, certificate_id)
        mine = found if found is not None and found.product_id == product_id else None
        remove_certificate(session, found_or_404(mine), actor=actor())
    flash(gettext("The certificate is removed."), "good")
    return redirect(url_for("office.product", product_id=product_id))
