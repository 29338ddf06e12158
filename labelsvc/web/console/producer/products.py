"""Products: the producer's page of a product: its contents, story and pictures."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.catalogue import criteria, fields
from labelsvc.catalogue.models import Lot, Product, ProductPhoto
from labelsvc.catalogue.photos import MAX_PHOTOS, store_photo
from labelsvc.catalogue.products import english
from labelsvc.catalogue.products import ingredients as ingredient_rows
from labelsvc.catalogue.products.columns import OF_PRODUCER
from labelsvc.catalogue.register import update_product
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels import legal
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.catalogue_content import product_content
from labelsvc.web.console import product_fields
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.producer.changes import findings
from labelsvc.web.console.producer.dashboard import card, count_scans
from labelsvc.web.console.producer_scope import bp, own_product
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_LOTS_SHOWN = 20


@bp.get("/products/<int:product_id>")
def product(product_id: int) -> ResponseReturnValue:
    return _product_page(product_id, Posted())


@bp.post("/products/<int:product_id>")
def save_product(product_id: int) -> ResponseReturnValue:
    posted = Posted()
    sent = [column for column in OF_PRODUCER if column.name in request.form]
    facts = product_fields.read(posted, sent)

    def act(session: Session) -> bool:
        update_product(session, own_product(session, product_id), actor=actor(), **facts)
        return True

    if posted.attempt(act):
        flash(gettext("Saved."), "good")
        return redirect(url_for("producer.product", product_id=product_id))
    return _product_page(product_id, posted)


@bp.post("/products/<int:product_id>/photos")
def add_photo(product_id: int) -> ResponseReturnValue:
    posted = Posted()
    where = site()
    with where.database.reading() as session:
        held = len(own_product(session, product_id).photos)
    upload = request.files.get("photo")
    try:
        if upload is None or not upload.filename:
            raise BadInput("No picture was chosen.", fix="Choose a JPEG, PNG or WebP file.")
        if held >= MAX_PHOTOS:
            raise BadInput("A product has at most {most} pictures.", fix="Remove one first.", most=MAX_PHOTOS)  # fmt: skip
        # Drawn again outside the transaction: it takes a second, and others may write meanwhile.
        made = store_photo(where.files, upload.read())
    except LabelsvcError as error:
        error.params["field"] = "photo"
        posted.add(error)
        return _product_page(product_id, posted)

    def act(session: Session) -> bool:
        last = session.scalar(
            select(func.max(ProductPhoto.position)).where(ProductPhoto.product_id == product_id)
        )
        session.add(
            ProductPhoto(
                product_id=own_product(session, product_id).id,
                position=0 if last is None else last + 1,
                key=made.key,
                width=made.width,
                height=made.height,
                description=fields.checked("description", fields.line, posted.text("description")),
            )
        )
        audit.record(
            session, actor=actor(), action="product.photo", subject=f"product:{product_id}",
            facts={"key": made.key},
        )  # fmt: skip
        return True

    if posted.attempt(act):
        flash(gettext("The picture is added."), "good")
        return redirect(url_for("producer.product", product_id=product_id) + "#pictures")
    return _product_page(product_id, posted)


@bp.post("/products/<int:product_id>/photos/<int:photo_id>")
def change_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Say what a picture shows, put it first, or remove it."""
    posted = Posted()
    do = posted.text("do")

    def act(session: Session) -> bool:
        found = own_product(session, product_id)
        photo = next((p for p in found.photos if p.id == photo_id), None)
        if photo is None or do not in ("describe", "first", "remove"):
            abort(404)
        if do == "remove":
            session.delete(photo)  # the file stays: older scans may still be showing it
        elif do == "first":
            for place, other in enumerate([photo, *(p for p in found.photos if p is not photo)]):
                other.position = place
        else:
            said = posted.text("description")
            photo.description = fields.checked(f"description-{photo_id}", fields.line, said)
        audit.record(
            session, actor=actor(), action=f"product.photo.{do}", subject=f"product:{product_id}",
            facts={"key": photo.key},
        )  # fmt: skip
        return True

    if posted.attempt(act):
        flash(gettext("Saved."), "good")
        return redirect(url_for("producer.product", product_id=product_id) + "#pictures")
    return _product_page(product_id, posted)


def _product_page(product_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = own_product(session, product_id)
        lots = session.scalars(
            select(Lot).where(Lot.product_id == found.id).order_by(Lot.id.desc()).limit(_LOTS_SHOWN)
        ).all()
        names = tuple(column.name for column in OF_PRODUCER)
        # What was typed comes back only from the form that was sent, not from that of a picture.
        values = shown_values(found, names) if "story" in request.form else _kept(found, names)
        if "story" in request.form:
            values["ingredient_rows"] = product_fields.rows(posted)
        page = render_template(
            "console/producer/product.html",
            card=card(found),
            p=found,
            v=values,
            lots=[(lot, print_run.balance(session, lot)) for lot in lots],
            problems=posted.problems,
            errors=posted.errors,
            set_name=criteria.name(found.set_number, current()),
            required={
                content.key for content in legal.required(found.set_number, product_content(found))
            },
            editable=names,
            lacks_english=english.lacking(found),
            said=[one for one in findings(found, clock.today()) if one.code != "missing_content"],
            cite=lambda source: legal.cite(source, current()),
            lines=product_fields.producer_form(found.set_number),
            ingredient=ingredient_rows,
            most_photos=MAX_PHOTOS,
            scans={
                days: count_scans(session, Lot.product_id == found.id, days=days)
                for days in (7, 30)
            },
        )
    return page, posted.status


def _kept(found: Product, names: tuple[str, ...]) -> dict[str, object]:
    return {name: getattr(found, name) for name in names}
