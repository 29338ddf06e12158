"""Sync: takes cases, places and visits from the inspector's application when there is a network."""

from __future__ import annotations

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from labelsvc.codes.register.keys import keyring_of
from labelsvc.inspections import day_report_pdf, sightings
from labelsvc.inspections.day_report import LARGEST_VISIT, SentVisit, gather
from labelsvc.inspections.sightings import SentSightings
from labelsvc.inspections.sync import SentCase, pictures, take
from labelsvc.web.inspect.pages import bp
from labelsvc.web.inspect.sent import sent_as
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site


@bp.post("/sync")
def sync() -> ResponseReturnValue:
    """One case as JSON. Sent again, it is kept once: `{"uid": …, "case": number}`.

    400 with what is wrong where it can never be taken, 409 where its number is taken by another or the
    case says something else than before; the application keeps it and says so.
    """
    sent, where = sent_as(SentCase), site()
    settings, drawn = where.settings, pictures(sent)
    with where.database.writing() as session:
        ring = keyring_of(session, settings)
        number = take(session, where.files, ring, sent, drawn=drawn, actor=actor()).id
    return {"uid": sent.uid, "case": number}


@bp.post("/sightings")
def seen() -> ResponseReturnValue:
    """Take the places where codes were seen, as JSON; each is kept once. `{"kept": how many were looked
    at}`; 400 with what is wrong.

    409 with the `uid` of one that is known with another code; then none of them is kept.
    """
    sent, where = sent_as(SentSightings), site()
    settings = where.settings
    with where.database.writing() as session:
        ring = keyring_of(session, settings)
        return {"kept": sightings.take(session, ring, sent)}


@bp.post("/report")
def report() -> ResponseReturnValue:
    """The visit as JSON; the day report as PDF. Nothing of the visit is kept.

    400 with what is wrong where no report can be made of it, 413 for a visit that is too large.
    """
    if (request.content_length or 0) > LARGEST_VISIT:
        abort(413)
    visit, where = sent_as(SentVisit), site()
    with where.database.reading() as session:
        found = gather(session, visit, user_id=current_user().id, office=where.settings.office_name)
    answer = Response(day_report_pdf.render(found, where.files), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="bao-cao-{found.day}.pdf"'
    answer.headers["Cache-Control"] = "no-store"
    return answer
