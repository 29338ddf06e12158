"""Logo: the producer's page of the own logo, which dressed labels carry on their band."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.errors import BadInput, FileMissing, LabelsvcError
from labelsvc.labels.runs import artwork
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.producer_scope import bp, producer_id
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


@bp.get("/logo")
def logo() -> ResponseReturnValue:
    return _page(Posted())


@bp.get("/logo.png")
def logo_picture() -> ResponseReturnValue:
    with site().database.reading() as session:
        row = artwork.current(session, producer_id())
    if row is None:
        abort(404)
    try:
        data = artwork.picture(site().files, row)
    except FileMissing:
        abort(404)
    headers = {
        "Content-Security-Policy": "default-src 'none'",
        "Cache-Control": "private, no-cache",
    }
    return data, 200, headers | {"Content-Type": "image/png"}


@bp.post("/logo")
def upload_logo() -> ResponseReturnValue:
    posted = Posted()
    upload = request.files.get("logo")
    try:
        if upload is None or not upload.filename:
            raise BadInput("No picture was chosen.", fix="Choose a JPEG, PNG or WebP file.")
        # Drawn again outside the transaction, as photos are.
        taken = artwork.take(upload.read(), least=artwork.LEAST_LOGO)
    except LabelsvcError as error:
        error.params["field"] = "logo"
        posted.add(error)
        return _page(posted)
    artwork.store(site().files, taken)

    def change(session: Session) -> bool:
        artwork.use(session, taken, actor=actor(), producer_id=producer_id())
        return True

    if posted.attempt(change) is None:
        return _page(posted)
    flash(gettext("Dressed labels that are begun from now on carry this logo."), "good")
    return redirect(url_for("producer.logo"), code=303)


@bp.post("/logo/remove")
def remove_logo() -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> bool:
        artwork.remove(session, actor=actor(), producer_id=producer_id())
        return True

    if posted.attempt(change) is None:
        return _page(posted)
    flash(gettext("The logo is removed from labels that are begun from now on."), "good")
    return redirect(url_for("producer.logo"), code=303)


def _page(posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        row = artwork.current(session, producer_id())
    page = render_template(
        "console/producer/logo.html",
        m=row,
        least=artwork.LEAST_LOGO,
        most=artwork.MOST,
        problems=posted.problems,
        errors=posted.errors,
    )
    return page, posted.status
