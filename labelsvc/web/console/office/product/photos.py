"""Photos: the office's forms that add, remove and order pictures of a product."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.models import (
    Product,
    ProductPhoto,
)
from labelsvc.catalogue.photos import MAX_PHOTOS, StoredPhoto, store_photo
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.i18n import nfc
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.product.page import product_page
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


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
        return product_page(product_id, posted)
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
