"""Artwork: the office's page of the certification mark, which labels show beside the stars."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.errors import BadInput, FileMissing, LabelsvcError
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.elements import ImageElement
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import Artwork
from labelsvc.labels.runs import artwork as verbs
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import names_of
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

#: Fewer dots an inch than this and edges look soft on paper.
SHARP = 300


@dataclass(frozen=True)
class Printed:
    """The size in which a layout prints the mark, mm, and how fine that is."""

    title: str
    width: float
    height: float
    dpi: int | None


@bp.get("/mark")
def mark() -> ResponseReturnValue:
    return _mark_page(Posted())


@bp.get("/mark.png")
def mark_picture() -> ResponseReturnValue:
    with site().database.reading() as session:
        row = verbs.current(session)
    if row is None:
        abort(404)
    try:
        data = verbs.picture(site().files, row)
    except FileMissing:
        abort(404)
    answer = Response(data, content_type="image/png")
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


@bp.post("/mark")
def upload_mark() -> ResponseReturnValue:
    posted = Posted()
    posted.confirm()
    if posted.problems:
        return _mark_page(posted, "upload")
    upload = request.files.get("artwork")
    try:
        if upload is None or not upload.filename:
            raise BadInput("No picture was chosen.", fix="Choose a JPEG, PNG or WebP file.")
        # Drawn again outside the transaction, as photos are.
        taken = verbs.take(upload.read())
    except LabelsvcError as error:
        error.params["field"] = "artwork"
        posted.add(error)
        return _mark_page(posted, "upload")
    verbs.store(site().files, taken)

    def change(session: Session) -> bool:
        verbs.use(session, taken, actor=actor())
        return True

    if posted.attempt(change) is None:
        return _mark_page(posted, "upload")
    flash(gettext("Labels that are begun from now on carry this mark."), "good")
    return redirect(url_for("office.mark"), code=303)


@bp.post("/mark/remove")
def remove_mark() -> ResponseReturnValue:
    posted = Posted()
    posted.confirm()

    def change(session: Session) -> bool:
        verbs.remove(session, actor=actor())
        return True

    if posted.attempt(change) is None:
        return _mark_page(posted, "remove")
    flash(gettext("The mark is removed: labels carry the stars without it."), "good")
    return redirect(url_for("office.mark"), code=303)


def _mark_page(posted: Posted, doing: str = "") -> ResponseReturnValue:
    with site().database.reading() as session:
        row = verbs.current(session)
        people = names_of(session, [row.created_by] if row else [])
    lost = False
    if row is not None:
        try:
            verbs.picture(site().files, row)
        except FileMissing:
            lost = True
    page = render_template(
        "console/office/mark.html",
        m=row,
        lost=lost,
        who=people.get(row.created_by, row.created_by) if row else "",
        printed=[_printed(layout, element, row) for layout, element in _places()],
        sharp=SHARP,
        least=verbs.LEAST,
        most=verbs.MOST,
        doing=doing,
        problems=posted.problems,
        errors=posted.errors,
        confirmed=confirmed(),
    )
    return page, posted.status


def _places() -> list[tuple[Layout, ImageElement]]:
    """Layouts of the program that show the mark, and where."""
    return [
        (layout, element)
        for layout in library.for_packs()
        for element in layout.elements
        if isinstance(element, ImageElement) and element.image == verbs.NAME
    ]


def _printed(layout: Layout, element: ImageElement, row: Artwork | None) -> Printed:
    title = layout.title_en if current() == "en" else layout.title_vi
    if row is None:
        return Printed(title, element.w, element.h, None)
    scale = min(element.w / row.width, element.h / row.height)
    return Printed(title, row.width * scale, row.height * scale, round(25.4 / scale))
