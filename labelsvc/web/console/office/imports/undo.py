"""Undo: the page that takes a whole list back, with what stands against it and what would stay."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from labelsvc.catalogue.models import ImportRun
from labelsvc.programme import undoing
from labelsvc.web.console.column_words import COLUMN_WORDS
from labelsvc.web.console.forms import Posted, problem
from labelsvc.web.console.lists import found_or_404, names_of
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

#: Thing of a list → its words, counted.
THING_WORDS = {
    "producer": "Producers: {count}",
    "product": "Products: {count}",
    "recognition": "Recognitions: {count}",
    "outlet": "Points of sale: {count}",
    "village": "Craft villages: {count}",
    "proposal": "Proposed withdrawals: {count}",
    "changed": "Changed rows that get their values back: {count}",
}


@bp.get("/imports/<int:import_id>/undo")
def import_undo(import_id: int) -> ResponseReturnValue:
    """Tell what taking the list back would do."""
    return _page(import_id, Posted())


@bp.post("/imports/<int:import_id>/undo")
def import_undo_done(import_id: int) -> ResponseReturnValue:
    """Take the list back; the pages show it at once."""
    posted = Posted()
    posted.confirm()
    done = posted.attempt(
        lambda session: undoing.undo(
            session, found_or_404(session.get(ImportRun, import_id)), actor=actor()
        )
    )
    if done is None:
        return _page(import_id, posted)
    flash(gettext("The list was taken back."), "good")
    return redirect(url_for("office.import_run", import_id=import_id), code=303)


def _page(import_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        run = found_or_404(session.get(ImportRun, import_id))
        found = undoing.look(session, run)
        people = names_of(session, [run.actor])
    page = render_template(
        "console/office/import_undo.html",
        run=run,
        people=people,
        found=found,
        obstacles=[problem(one) for one in found.obstacles],
        thing_words=THING_WORDS,
        field_words=COLUMN_WORDS,
        problems=posted.problems,
        confirmed=confirmed(),
    )
    return page, posted.status
