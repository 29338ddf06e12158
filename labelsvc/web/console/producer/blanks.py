"""Blanks: the producer's pages of rolls of blank labels, printed ahead and bound to a lot later."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from flask import abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Producer
from labelsvc.codes.models import Blank, Issue
from labelsvc.codes.register.blank import Bound, bound_parts
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.jobs import queue
from labelsvc.labels import own_layouts
from labelsvc.labels.drawing import fonts, svg
from labelsvc.labels.drawing.content import Unit
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import BlankRoll, Printer, RunState
from labelsvc.labels.printers import book
from labelsvc.labels.rolls.languages import PDF
from labelsvc.labels.runs import blank_roll as rolls
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.numbering import position
from labelsvc.labels.runs.request import RollRequest, output_of
from labelsvc.labels.sheets.imprint import Imprint, usual_spares
from labelsvc.labels.sheets.sheet import Sheet
from labelsvc.web.console.editor.picture import picture
from labelsvc.web.console.fetched import attachment
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import paged
from labelsvc.web.console.producer_scope import bp, layout_titles, producer_id
from labelsvc.web.language import explain
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_PAGE = 25
#: What a preview shows under its symbol: of the shape of a code, and none of ours.
_CAPTION = "7K3M 9QWX 2PTD 5V8H C4RN 6BJE"


@dataclass(frozen=True)
class Choice:
    """A layout that blank labels can be printed on. `name` is its name in addresses."""

    layout: Layout
    title: str
    per_sheet: int  # 0 for rolls

    @property
    def name(self) -> str:
        return self.layout.name


def own_roll(session: Session, roll_id: int) -> BlankRoll:
    """The roll, if it is the signed-in producer's; 404 otherwise, as if there were none."""
    roll = session.get(BlankRoll, roll_id)
    if roll is None or roll.blank.producer_id != producer_id():
        abort(404)
    return roll


def used_of(session: Session, rows: Sequence[BlankRoll]) -> dict[int, int]:
    """Roll → how many of its labels are bound."""
    found = session.execute(
        select(BlankRoll.id, func.sum(Issue.count))
        .join(Blank, Blank.id == BlankRoll.blank_id)
        .join(Issue, (Issue.first >= Blank.first) & (Issue.first < Blank.first + Blank.count))
        .where(BlankRoll.id.in_([row.id for row in rows]))
        .group_by(BlankRoll.id)
    )
    return {roll_id: int(count) for roll_id, count in found}


@bp.get("/blanks")
def blanks() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, rolls.rolls_of(producer_id()), size=_PAGE)
        return render_template(
            "console/producer/blanks.html",
            rows=shown.rows,
            used=used_of(session, shown.rows),
            titles=titles(session),
            page=shown.page,
            last=shown.last,
        )


def titles(session: Session) -> dict[str, str]:
    """Name → title of every layout, built-in and own."""
    return layout_titles() | {
        row.name: row.title for row in own_layouts.layouts_of(session, producer_id())
    }


@bp.get("/blanks/<int:roll_id>")
def blank_roll(roll_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        roll = own_roll(session, roll_id)
        parts = bound_parts(session, roll.blank)
        failure = ""
        if roll.state == RunState.FAILED and roll.job is not None:
            failure = " ".join(explain(queue.failure(roll.job)))
        return render_template(
            "console/producer/blank_roll.html",
            roll=roll,
            parts=parts,
            free=free_parts(roll.count, parts),
            used=sum(part.issue.count for part in parts),
            titles=titles(session),
            progress=roll.job.progress if roll.job else (0, 0),
            waiting=roll.state in (RunState.QUEUED, RunState.RENDERING),
            failure=failure,
        )


def free_parts(count: int, parts: Sequence[Bound]) -> list[tuple[int, int]]:
    """List what of a roll of *count* labels is bound to no lot: first and last label of each stretch."""
    found, begin = [], 1
    for part in parts:
        if part.first > begin:
            found.append((begin, part.first - 1))
        begin = part.last + 1
    return [*found, (begin, count)] if begin <= count else found


@bp.get("/blanks/<int:roll_id>/state")
def blank_state(roll_id: int) -> ResponseReturnValue:
    """For the page's poll: where the roll is."""
    with site().database.reading() as session:
        roll = own_roll(session, roll_id)
        done, total = roll.job.progress if roll.job else (0, 0)
        return jsonify({"state": roll.state, "done": done, "total": total})


@bp.get("/blanks/<int:roll_id>/labels")
def blank_file(roll_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        roll = own_roll(session, roll_id)
        if roll.state != RunState.RELEASED:
            abort(404)
        source = print_run.output(site().files, roll)
        return attachment(source, print_run.file_name(roll), roll.bytes)


@bp.get("/blanks/picture/<name>.svg")
def blank_picture(name: str) -> ResponseReturnValue:
    """One blank label with the producer's own name, drawn by the list that makes the file."""
    base_url = site().settings.base_url
    with site().database.reading() as session:
        content = rolls.blank_content(session.get_one(Producer, producer_id()), base_url=base_url)
        unit = Unit(f"{base_url.upper()}/{'0' * 24}", _CAPTION, position(1, 500, "T1"))
        return picture(
            lambda: own_layouts.find(session, producer_id(), name),
            lambda layout: svg.svg(layout, content, fonts.load(), unit=unit, placeholders=False),
        )


@bp.route("/blanks/new", methods=["GET", "POST"])
def new_blank() -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        started = _start(posted)
        if started is not None:
            return redirect(url_for("producer.blank_roll", roll_id=started), code=303)
    with site().database.reading() as session:
        newest = next(iter(rolls.list_rolls(session, producer_id())), None)
        found = choices(session)
        page = render_template(
            "console/producer/blank_new.html",
            choices=found,
            chosen=request.form.get("layout") or (found[0].name if found else ""),
            printers=book.printers_of(session, producer_id()),
            spares=usual_spares,
            after=newest.id if newest is not None else 0,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


def choices(session: Session) -> list[Choice]:
    """Layouts that say nothing of goods: the producer's own first, then those of the program."""
    found = []
    named = titles(session)
    mine = [row.name for row in own_layouts.layouts_of(session, producer_id())]
    for name in [*mine, *library.names()]:
        with suppress(LabelsvcError):  # an own layout whose sheet was deleted
            layout = own_layouts.find(session, producer_id(), name)
            if layout.blank:
                per_sheet = Sheet.of(layout).per_page if layout.kind != "roll" else 0
                found.append(Choice(layout, named.get(name, name), per_sheet))
    return found


def _start(posted: Posted) -> int | None:
    """Begin the roll, once: the form carries the last roll that its page knew of."""
    count = posted.number("count", "How many labels")
    start_at = posted.number("start_at", "Start at label") or 1
    spares = posted.number("spares", "Spare labels") or 0
    if count is None and not posted.problems:
        posted.add(
            BadInput(
                "The number of labels is missing.",
                fix="Write digits only, for example 500.",
                field="count",
            )
        )

    _read_before(posted)

    def act(session: Session) -> int:
        producer = session.get_one(Producer, producer_id(), with_for_update=True)
        layout = own_layouts.find(session, producer.id, posted.text("layout"))
        start = 1 if layout.kind == "roll" else start_at
        newest = next(iter(rolls.list_rolls(session, producer.id)), None)
        facts = (layout.name, count, start, actor())
        if newest is not None and str(newest.id) != posted.text("after") and facts == (
            newest.layout_name, newest.count, newest.start_at, newest.created_by,
        ):  # fmt: skip
            return newest.id  # pressed twice, or sent again by a bad network
        printer = _printer(session, posted.text("printer"), layout)
        wanted = RollRequest(
            producer=producer,
            layout=layout,
            count=count or 0,
            imprint=Imprint(start_at=start, spares=spares),
            output=output_of(printer),
            printer=printer,
            base_url=site().settings.base_url,
            former=site().settings.former_hosts,
        )
        return rolls.start_roll(session, wanted, actor=actor()).id

    return posted.attempt(act)


def _read_before(posted: Posted) -> None:
    """Read layout and fonts once before anything is locked; the transaction then has them at hand."""
    fonts.load()
    try:
        with site().database.reading() as session:
            own_layouts.find(session, producer_id(), posted.text("layout"))
    except LabelsvcError as error:
        posted.add(error)


def _printer(session: Session, asked: str, layout: Layout) -> Printer | None:
    if not asked:
        return None
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    found = book.get(session, producer_id(), number)
    if output_of(found) != PDF and layout.kind != "roll":
        raise BadInput(
            "{printer} prints rolls, and this layout is for sheets.",
            fix="Choose a layout for rolls, or another printer.",
            printer=found.name,
            field="printer",
        )
    return found
