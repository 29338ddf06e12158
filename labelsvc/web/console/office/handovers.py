"""Handovers: the office's page of lists given to other departments, each with its receipt."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from labelsvc.catalogue.exporting import handover as verbs
from labelsvc.catalogue.exporting.handover import Handover
from labelsvc.errors import BadInput
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.imports.templates import XLSX
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


@bp.get("/handovers")
def handovers() -> ResponseReturnValue:
    """Tell who got which list when."""
    return _page(Posted())


@bp.post("/handovers")
def hand_over() -> ResponseReturnValue:
    """Write what is new since a day, for somebody."""
    posted = Posted()
    since = posted.day("since", "Since")
    if since is None and not posted.problems:
        posted.add(BadInput("This field cannot be empty.", fix="Fill it in.", field="since"))
    made = posted.attempt(
        lambda session: verbs.hand_over(
            session, site().files, since=since, recipient=posted.text("recipient"),
            note=posted.text("note"), actor=actor(),
        )
        if since is not None
        else None
    )  # fmt: skip
    if made is None:
        return _page(posted)
    flash(gettext("The list is written: download it and send it."), "good")
    return redirect(url_for("office.handovers"), code=303)


@bp.get("/handovers/<int:handover_id>.xlsx")
def handover_file(handover_id: int) -> ResponseReturnValue:
    """The list as it was handed over."""
    with site().database.reading() as session:
        found = found_or_404(session.get(Handover, handover_id))
    answer = Response(site().files.get(found.file_key), content_type=XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="{found.file_name}"'
    return answer


def _page(posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, select(Handover).order_by(Handover.id.desc()))
        people = names_of(session, [row.actor for row in shown.rows])
    page = render_template(
        "console/office/handovers.html",
        shown=shown,
        people=people,
        form=request.form,
        problems=posted.problems,
        errors=posted.errors,
    )
    return page, posted.status
