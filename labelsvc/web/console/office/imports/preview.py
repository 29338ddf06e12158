"""Preview: every row of an uploaded list, what it asks, how far its reading is, and its report."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from flask import (
    Response,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    stream_with_context,
    url_for,
)
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from labelsvc.catalogue.importing.heads.kinds import KIND_WORDS
from labelsvc.catalogue.importing.report import PLACES, in_words, notes_of, reasons_of
from labelsvc.catalogue.importing.staging import StoredPlan
from labelsvc.catalogue.importing.waiting import Doing, StagedList
from labelsvc.catalogue.models import ImportRun
from labelsvc.catalogue.stars.withdrawing import REASON_WORDS
from labelsvc.errors import FileMissing, Refused
from labelsvc.jobs.models import JobState
from labelsvc.jobs.queue import failure
from labelsvc.programme.undoing import undoable
from labelsvc.web.console.column_words import COLUMN_WORDS
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import PAGE, choice_of, found_or_404, names_of
from labelsvc.web.console.office.dashboard import bp, may_write
from labelsvc.web.console.office.doubles.words import SIDE_WORDS
from labelsvc.web.console.office.field_words import FIELD_GROUPS, FIELD_WORDS
from labelsvc.web.console.office.imports.cells import addable, added_cells
from labelsvc.web.console.office.imports.work import drop, held, idle, staging, take_over
from labelsvc.web.console.office.words import set_words
from labelsvc.web.language import current, gettext
from labelsvc.web.site import site
from labelsvc.web.spreadsheet import csv_lines

#: What a row of a list would be, in the order in which people want to see them.
STATES = {
    "refused": "Refused", "proposed": "Withdrawal proposed", "new": "New", "changed": "Changed",
    "unchanged": "Unchanged",
}  # fmt: skip
#: Texts of a sheet that are shown as they were turned from an old font.
_SAMPLES = 6


@bp.get("/imports/preview/<token>")
def import_preview(token: str) -> ResponseReturnValue:
    """Tell what a list would do; how far its reading or taking over is, while a worker is at it."""
    found, posted = held(token), Posted()
    if found is not None and found.busy:
        return _progress(found)
    if found is not None and found.job is not None:
        if found.doing == Doing.TAKE and found.job.state == JobState.DONE:
            return _taken(token)
        if found.job.state == JobState.FAILED:
            posted.add(failure(found.job))
            posted.status = 200
    if found is not None and not staging().planned(token):
        staging().data(token)  # too old: the page says so
        return render_template(
            "console/office/import_unread.html", waits=found, problems=posted.problems
        )
    return preview(token, posted)


@bp.get("/imports/preview/<token>/state")
def import_state(token: str) -> ResponseReturnValue:
    """Tell how far the work on a list is, for the script of the page."""
    found = found_or_404(held(token))
    done, total = staging().far(token) if found.busy else (0, 0)
    return jsonify(ended=not found.busy, done=done, total=total)


def _progress(found: StagedList) -> str:
    done, total = staging().far(found.token)
    return render_template(
        "console/office/import_progress.html", waits=found, done=done, total=total,
        taking=found.doing == Doing.TAKE,
    )  # fmt: skip


def _taken(token: str) -> ResponseReturnValue:
    with site().database.reading() as session:
        run = found_or_404(
            session.scalars(select(ImportRun).where(ImportRun.token == token)).one_or_none()
        )
    flash(gettext("The list is taken over."), "good")
    return redirect(url_for("office.import_run", import_id=run.id))


def preview(token: str, posted: Posted) -> ResponseReturnValue:
    """Show what was understood of an upload, what somebody has to say, and its rows."""
    plan = staging().read(token)
    return _rows_page(
        "console/office/import_preview.html", plan, posted, token=token, places=set(PLACES.values()),
        place_words=PLACES, kind_words=KIND_WORDS, list_words=FIELD_WORDS, groups=FIELD_GROUPS,
        turned=_turned(plan), heads=_heads(plan),
        sheet_places={sheet["name"]: at for at, sheet in enumerate(plan.facts["sheets"])},
        addable=addable, added_cells=added_cells,
    )  # fmt: skip


def _turned(plan: StoredPlan) -> dict[str, list[str]]:
    """Sheet → texts that were turned from an old font, the first of them, before and after."""
    asked = {q["name"] for q in plan.facts["questions"] if q["about"] == "font"}
    found: dict[str, list[str]] = {name: [] for name in asked}
    waiting = set(asked)
    for row in plan.rows() if waiting else ():
        said = found.get(row["sheet"])
        if said is None or len(said) >= _SAMPLES:
            continue
        for note in in_words(row, current())["notes"]:
            if "raw" in note["params"] and note["text"] not in said:
                said.append(note["text"])
        if len(said) >= _SAMPLES:
            waiting.discard(row["sheet"])
            if not waiting:
                break
    return found


def _heads(plan: StoredPlan) -> list[tuple[int, dict[str, Any], list[str]]]:
    """Each header once: the place of its first sheet, that sheet, and the names of all with it."""
    found: dict[str, tuple[int, dict[str, Any], list[str]]] = {}
    for place, sheet in enumerate(plan.facts["sheets"]):
        if sheet["columns"] and sheet["state"] != "left_out":
            found.setdefault(sheet["fingerprint"], (place, sheet, []))[2].append(sheet["name"])
    return list(found.values())


@bp.post("/imports/preview/<token>")
def import_apply(token: str) -> ResponseReturnValue:
    """Take the list over, if it still says what the preview showed."""
    posted = Posted()
    idle(token)
    try:
        run = take_over(token)
    except Refused as error:
        posted.add(error)
        return preview(token, posted)
    if run is None:
        return redirect(url_for("office.import_preview", token=token), code=303)
    flash(gettext("The list is taken over."), "good")
    return redirect(url_for("office.import_run", import_id=run.id))


@bp.post("/imports/preview/<token>/drop")
def import_drop(token: str) -> ResponseReturnValue:
    """Throw the upload away."""
    drop(token)
    flash(gettext("The list was thrown away; nothing was changed."), "good")
    return redirect(url_for("office.imports"))


@bp.get("/imports/<int:import_id>")
def import_run(import_id: int) -> ResponseReturnValue:
    """The report of a list that was taken over."""
    with site().database.reading() as session:
        run = found_or_404(session.get(ImportRun, import_id))
        people = names_of(session, [run.actor, run.undone_by])
    try:
        plan: StoredPlan | None = staging().report(import_id)
    except FileMissing:  # taken over on the command line by an earlier version, which stored none
        plan = None
    return _rows_page(
        "console/office/import_run.html", plan, Posted(), run=run, people=people,
        may_undo=undoable(run),
    )  # fmt: skip


@dataclass(frozen=True)
class RowsPage:
    """One page of the rows of a plan in one state."""

    rows: list[dict[str, Any]]
    page: int
    last: int
    total: int


def _rows_page(
    template: str, plan: StoredPlan | None, posted: Posted, **more: Any
) -> ResponseReturnValue:
    """Rows by their state, refused ones first; or all of them for a spreadsheet."""
    if choice_of("format", ("csv",)) and plan is not None:
        return _csv(plan)
    run: ImportRun | None = more.get("run")
    counts = _counts(plan) if plan else {state: getattr(run, state, 0) for state in STATES}
    first = next((state for state in STATES if counts[state]), "")
    state = choice_of("state", list(STATES), first)
    page = RowsPage([], 1, 1, 0) if plan is None else _page_of(plan, state)
    made = render_template(
        template,
        plan={**(plan.facts if plan else {}), "counts": counts, "rows": plan},
        shown=page,
        may_say="token" in more and may_write(),
        side_words=SIDE_WORDS,
        reason_words=REASON_WORDS,
        state=state,
        states=STATES,
        field_words=COLUMN_WORDS
        | {
            "set_guessed": COLUMN_WORDS["set_number"],
            "withdrawal": "Withdrawal",
            "sells": "Products sold there",
        },
        set_words=set_words,
        problems=posted.problems,
        **more,
    )
    return made, posted.status


def _counts(plan: StoredPlan) -> dict[str, int]:
    """Rows by their state, proposed withdrawals with them."""
    return {"proposed": plan.facts.get("proposals", 0), **plan.facts["counts"]}


def _page_of(plan: StoredPlan, state: str) -> RowsPage:
    """The page of rows in one state that the address asks for; one past the end is the last."""
    total = _counts(plan)[state] if state else 0
    last = max(1, -(-total // PAGE))
    number = min(max(1, request.args.get("page", 1, type=int)), last)
    chosen = (row for row in plan.rows() if row["state"] == state)
    wanted = islice(chosen, (number - 1) * PAGE, number * PAGE)
    return RowsPage([in_words(row, current()) for row in wanted], number, last, total)


def _csv(plan: StoredPlan) -> Response:
    header = ("Row", "State", "Product", "Producer", "Reason", "Note")
    lines = (
        (
            row["row"], gettext(STATES[row["state"]]), row["product"], row["producer"],
            " | ".join(reasons_of(row)),
            " | ".join(notes_of(row, current())),
        )
        for row in (in_words(row, current()) for row in plan.rows())
    )  # fmt: skip
    pieces = csv_lines(chain([[gettext(words) for words in header]], lines))
    answer = Response(stream_with_context(pieces), content_type="text/csv; charset=utf-8")
    plain = (
        re.sub(r"[^A-Za-z0-9._-]+", "-", plan.facts["file"].rpartition(".")[0])[:60].strip("-.")
        or "list"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{plain}-report.csv"'
    return answer
