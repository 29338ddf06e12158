"""Handling: forms of the office that give reports and cases to people, one or many at once, and take that back."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.errors import BadInput
from labelsvc.inspections import handling as verbs
from labelsvc.inspections.models import Case, CaseState, Report, ReportState
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.typed import row_number
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site

#: Part of the address → table, page of one, its number there, page of the list.
KINDS: Final[dict[str, tuple[verbs.Table, str, str, str]]] = {
    "reports": (Report, "office.report", "report_id", "office.reports"),
    "cases": (Case, "office.case", "case_id", "office.cases"),
}
#: What a list may be narrowed to.
WHO: Final = {"me": "Given to me", "nobody": "Given to nobody", "late": "Past their day"}
#: Seconds in which giving many at once is taken back.
_UNDO: Final = 3600


def narrowed(table: verbs.Table) -> list[ColumnElement[bool]]:
    """Rules for `?who=` of a list."""
    who = choice_of("who", list(WHO))
    if who == "me":
        return [table.assignee_id == current_user().id]
    if who == "nobody":
        return [table.assignee_id.is_(None)]
    if who == "late":
        closed = (CaseState.CLOSED, ReportState.CLOSED)
        return [table.due_on < clock.today(), table.state.not_in(closed)]
    return []


def words(session: Session) -> dict[str, Any]:
    """Give the facts for templates of lists and pages: people to choose from, and the way back."""
    staff = verbs.people(session)
    undo = request.args.get("undo", "")
    return {
        "staff": [(user.id, user.full_name) for user in staff],
        "staff_names": {user.id: user.full_name for user in staff},
        "who_words": WHO,
        "undo": undo if _read(undo) else "",
        "today": clock.today(),
    }


@bp.post("/<any(reports,cases):kind>/<int:number>/assign")
def assign(kind: str, number: int) -> ResponseReturnValue:
    table, page, key, _ = KINDS[kind]
    posted = Posted()
    until = posted.day("due_on", "To be done by")

    def change(session: Session) -> bool:
        work = found_or_404(session.get(table, number))
        verbs.assign(session, work, to=_chosen(posted), due_on=_to_come(until), actor=actor())
        return True

    if posted.attempt(change):
        flash(gettext("Saved."), "good")
    _tell(posted)
    return redirect(url_for(page, **{key: number}), 303)  # type: ignore[arg-type]


@bp.post("/reports/<int:report_id>/notes")
def note_report(report_id: int) -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> object:
        found = found_or_404(session.get(Report, report_id))
        return verbs.add_note(session, found, posted.text("text"), actor())

    if posted.attempt(change) is not None:
        flash(gettext("The note is kept."), "good")
    _tell(posted)
    return redirect(url_for("office.report", report_id=report_id), 303)


@bp.post("/<any(reports,cases):kind>/assign")
def assign_many(kind: str) -> ResponseReturnValue:
    """Give all that are ticked to one person; the answer offers the way back."""
    table, _, _, listed = KINDS[kind]
    posted, chosen = Posted(), [row_number(one) for one in request.form.getlist("pick")]
    to = _chosen(posted)

    def change(session: Session) -> dict[int, int | None]:
        if not any(chosen):
            raise BadInput("Nothing is ticked.", fix="Tick what is to be given to somebody.")
        return verbs.assign_all(session, table, chosen, to=to, actor=actor())

    before = posted.attempt(change)
    _tell(posted)
    if not before:
        return redirect(url_for(listed), 303)
    flash(gettext("Given: {number}.", number=len(before)), "good")
    undo = _signer().dumps([kind, list(before.items()), to])
    return redirect(url_for(listed, undo=undo), 303)


@bp.post("/<any(reports,cases):kind>/assign-back")
def assign_back(kind: str) -> ResponseReturnValue:
    """Take the giving of many back, while nobody gave them on."""
    table, _, _, listed = KINDS[kind]
    posted, told = Posted(), _read(request.form.get("undo", ""))

    def change(session: Session) -> int:
        if told is None or told[0] != kind:
            raise BadInput("This can no longer be taken back.", fix="Give them anew, one by one.")
        return verbs.take_back(session, table, dict(told[1]), given=told[2], actor=actor())

    done = posted.attempt(change)
    _tell(posted)
    if done is not None:
        flash(gettext("Taken back: {number}.", number=done), "good")
    return redirect(url_for(listed), 303)


def _chosen(posted: Posted) -> int | None:
    return row_number(posted.text("assignee")) if posted.text("assignee") else None


def _to_come(until: date | None) -> date | None:
    """:raises BadInput: a day that is over."""
    if until is not None and until < clock.today():
        raise BadInput("This day is over.", fix="Choose today or a later day.", field="due_on")
    return until


def _tell(posted: Posted) -> None:
    for problem in posted.problems:
        flash(f"{problem.message} {problem.fix}".strip(), "bad")


def _read(text: str) -> Any:
    try:
        return _signer().loads(text, max_age=_UNDO) if text else None
    except BadData:
        return None


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(site().settings.keys), salt=f"labelsvc.assign.{actor()}")
