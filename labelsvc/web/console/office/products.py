"""Products: the office's pages of products, their decisions, certificates and pictures."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.catalogue import criteria
from labelsvc.catalogue.certificates import CertificateFacts, create_certificate, remove_certificate
from labelsvc.catalogue.finding.communes import lies_in, words_of
from labelsvc.catalogue.models import (
    Outlet,
    Producer,
    Product,
    ProductPhoto,
    RiskLevel,
    outlet_product,
)
from labelsvc.catalogue.photos import MAX_PHOTOS, StoredPhoto, store_photo
from labelsvc.catalogue.products import ingredients as ingredient_rows
from labelsvc.catalogue.products.columns import COLUMNS, WORDS
from labelsvc.catalogue.recognition import Authority, Certificate, Recognition, ruling
from labelsvc.catalogue.register import create_product, update_product
from labelsvc.catalogue.stars.certify import Award, create_recognition
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.i18n import nfc
from labelsvc.web.console import product_fields
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.words import points_above, set_choices, set_words
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

RISKS = {RiskLevel.LOW: "Low risk", RiskLevel.MEDIUM: "Medium risk", RiskLevel.HIGH: "High risk"}
AUTHORITIES = {
    Authority.PROVINCE: "Province or city (3 and 4 stars)",
    Authority.MINISTRY: "Ministry (5 stars)",
    Authority.DISTRICT: "District (3 stars, until 30 June 2025)",
}
#: Points of sale shown of a product, and offered for what was typed.
_OUTLETS = 20
_AWARD = (
    "stars", "score", "decision_number", "decision_date", "authority", "authority_name",
    "certificate_number", "valid_from", "valid_to", "legal_basis", "potential_five",
)  # fmt: skip


@bp.get("/products/<int:product_id>")
def product(product_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        kept = found_or_404(session.get(Product, product_id)).merged_into_id
    if kept is not None:
        return redirect(url_for("office.product", product_id=kept))
    return _product_page(product_id, Posted())


def _product_page(product_id: int, posted: Posted) -> ResponseReturnValue:
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


@bp.post("/products/<int:product_id>/photos")
def add_photo(product_id: int) -> ResponseReturnValue:
    posted, made = Posted(), None
    with site().database.reading() as session:
        found_or_404(session.get(Product, product_id))
    try:
        made = _taken(request.files.get("photo"))
    except LabelsvcError as error:
        error.params["field"] = "photo"
        posted.add(error)

    def change(session: Session) -> ProductPhoto:
        # The row is taken again: two uploads at once must not both be the sixth.
        found = session.get_one(Product, product_id, with_for_update=True)
        if made is None or len(found.photos) >= MAX_PHOTOS:
            raise BadInput(
                "A product has at most {most} pictures.",
                fix="Remove one first.",
                field="photo",
                most=MAX_PHOTOS,
            )
        photo = ProductPhoto(
            product_id=product_id, position=len(found.photos), key=made.key, width=made.width,
            height=made.height, description=nfc(posted.text("description")).strip()[:200],
        )  # fmt: skip
        session.add(photo)
        _note(session, "product.photo", product_id, {"key": made.key})
        return photo

    if posted.attempt(change) is None:
        return _product_page(product_id, posted)
    flash(gettext("The picture is added."), "good")
    return redirect(url_for("office.product", product_id=product_id))


def _taken(upload: Any) -> StoredPhoto:
    if upload is None or not upload.filename:
        raise BadInput("No picture was chosen.", fix="Choose a JPEG, PNG or WebP file.")
    return store_photo(site().files, upload.read())


@bp.post("/products/<int:product_id>/photos/<int:photo_id>")
def change_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Remove a picture, or put it first."""
    remove = request.form.get("do") == "remove"
    with site().database.writing() as session:
        found = found_or_404(session.get(Product, product_id))
        photo = found_or_404(next((p for p in found.photos if p.id == photo_id), None))
        others = [p for p in found.photos if p is not photo]
        for place, one in enumerate(others if remove else [photo, *others]):
            one.position = place
        if remove:
            session.delete(photo)  # the file stays: other products may show the same picture
        action = "product.photo.remove" if remove else "product.photo.first"
        _note(session, action, product_id, {"key": photo.key})
    flash(gettext("Saved."), "good")
    return redirect(url_for("office.product", product_id=product_id))


def _note(session: Session, action: str, product_id: int, facts: dict[str, Any]) -> None:
    audit.record(
        session, actor=actor(), action=action, subject=f"product:{product_id}", facts=facts
    )


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
        return _product_page(product_id, posted)
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
