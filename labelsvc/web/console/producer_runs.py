"""Producer pages: choose a layout, look at it, print, fetch, void what was misprinted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.revoke import marks_of
from labelsvc.errors import BadInput, ContentMissing, LabelsvcError, QuantityExceeded
from labelsvc.labels import fonts, ledger, library, preview, print_run
from labelsvc.labels.content import Unit
from labelsvc.labels.contents import content_of
from labelsvc.labels.imprint import Imprint
from labelsvc.labels.layout import Layout
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.run_check import Balance, RunCheck, position, sample_code
from labelsvc.labels.sheet import Sheet
from labelsvc.web.console.office_form import Posted, Problem, problem
from labelsvc.web.console.producer import bp, layout_titles, own_lot, own_run
from labelsvc.web.console.typed import whole
from labelsvc.web.language import explain, gettext
from labelsvc.web.security import actor, current_user
from labelsvc.web.site import site

_PAGE = 25
FORM_WORDS = (
    (Form.SHORT, "Short code, one for each item (usual)"),
    (Form.LOT, "One code for the whole lot"),
    (Form.GS1, "GS1 Digital Link with your GTIN, one for each item"),
    (Form.OFFLINE, "Signed code that can be checked without a network (larger symbol)"),
)


#: What a preview shows under its symbol: of the shape of a code, and none of ours.
_CAPTIONS = {
    Form.SHORT: "7K3M 9QWX 2PTD 5V8H C4RN 6BJE",
    Form.LOT: "7K3M 9QWX 2PTD 5V8H C4RN 6BJE",
    Form.GS1: "(01) {gtin} (21) 7K3M 9QWX 2PTD 5V8H C4RN",
}


@dataclass
class Choice:
    """What the form of the wizard says, read as far as it can be read."""

    layout: Layout
    form: Form
    count: int
    start_at: int
    problems: list[Problem] = field(default_factory=list)


@bp.route("/lots/<int:lot_id>/print", methods=["GET", "POST"])
def wizard(lot_id: int) -> ResponseReturnValue:
    printing = request.method == "POST" and request.form.get("do") == "print"
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        layouts = [library.get(name) for name in library.names()]
        chosen = _choice(lot, layouts, print_run.balance(session, lot))
        check = print_run.check_run(
            session, lot=lot, layout=chosen.layout, count=chosen.count, form=chosen.form,
            imprint=Imprint(start_at=chosen.start_at), base_url=site().settings.base_url,
        )  # fmt: skip
        chosen.problems += [_pointed(error) for error in check.problems]
        if not printing or chosen.problems:
            page = _wizard_page(session, lot, layouts, chosen, check)
            return page, 409 if printing else 200
    run_id = _begin(lot_id, chosen)
    return redirect(url_for("producer.run", run_id=run_id), code=303)


def _pointed(error: LabelsvcError) -> Problem:
    """*error* with the input of the wizard that mends it, if there is one."""
    quantity = isinstance(error, QuantityExceeded)
    return Problem(*explain(error), "count" if quantity else "")


def _choice(lot: Lot, layouts: list[Layout], have: Balance) -> Choice:
    values = request.form if request.method == "POST" else request.args
    layout = next((x for x in layouts if x.name == values.get("layout")), None)
    layout = layout or next((x for x in layouts if x.name == "a4-65"), layouts[0])
    form = _form_of(values.get("form"), layout, lot)
    per_page = Sheet.of(layout).per_page if layout.kind == "sheet" else 100
    chosen = Choice(layout, form, min(max(have.remaining, 1), per_page), 1)
    for name, label in (("start_at", "Start at label"), ("count", "How many labels")):
        if not values.get(name):
            continue
        try:
            setattr(chosen, name, whole(values[name], gettext(label), name))
        except BadInput as error:
            chosen.problems.append(problem(error))
    if layout.kind == "sheet" and chosen.start_at > per_page and values.get("do") != "print":
        chosen.start_at = 1  # the cell of a sheet with more labels, chosen before
    wanted = values.get("sheets", "")
    if wanted in _sheets(layout, have, chosen.start_at):
        chosen.count = _sheets(layout, have, chosen.start_at)[wanted]
        chosen.problems.clear()
    return chosen


def _sheets(layout: Layout, have: Balance, start_at: int) -> dict[str, int]:
    """Quick answers to "how many": full sheets, and all that is left. Name → labels."""
    found = {}
    if layout.kind == "sheet":
        per_page = Sheet.of(layout).per_page
        found = {str(n): n * per_page - (max(start_at, 1) - 1) for n in (1, 2, 5)}
        found = {name: count for name, count in found.items() if 0 < count <= have.remaining}
    if have.remaining:
        found["all"] = have.remaining
    return found


def _begin(lot_id: int, chosen: Choice) -> int:
    """Start the run, once: the form carries the last run that its page knew of."""
    with site().database.writing() as session:
        lot = own_lot(session, lot_id)
        newest = _newest(session, lot)
        known = request.form.get("after", "")
        if newest is not None and known and str(newest.id) != known and _same(newest, chosen):
            return newest.id  # pressed twice, or sent again by a bad network
        run = print_run.start_run(
            session, lot=lot, layout=chosen.layout, count=chosen.count, form=chosen.form,
            imprint=Imprint(start_at=chosen.start_at), base_url=site().settings.base_url, actor=actor(),
        )  # fmt: skip
        return run.id


def _newest(session: Session, lot: Lot) -> PrintRun | None:
    # Locked first, so that the second of two clicks sees the run of the first.
    session.execute(select(Lot.id).where(Lot.id == lot.id).with_for_update())
    query = select(PrintRun).where(PrintRun.lot_id == lot.id).order_by(PrintRun.id.desc())
    return session.scalars(query.limit(1)).first()


def _same(run: PrintRun, chosen: Choice) -> bool:
    return (run.layout_name, run.form, run.count, run.start_at, run.created_by) == (
        chosen.layout.name, chosen.form, chosen.count, chosen.start_at, actor(),
    )  # fmt: skip


def _wizard_page(
    session: Session, lot: Lot, layouts: list[Layout], chosen: Choice, check: RunCheck
) -> str:
    sheet = Sheet.of(chosen.layout)
    newest = session.scalar(select(func.max(PrintRun.id)).where(PrintRun.lot_id == lot.id))
    return render_template(
        "console/producer/wizard.html",
        lot=lot,
        p=lot.product,
        layouts=[(x, Sheet.of(x).per_page) for x in layouts],
        titles=layout_titles(),
        chosen=chosen.layout,
        per_page=sheet.per_page,
        columns=sheet.columns,
        sheets=_sheets(chosen.layout, check.balance, chosen.start_at),
        form=chosen.form,
        forms=[(f, words) for f, words in FORM_WORDS if _possible(f, chosen.layout, lot)],
        count=chosen.count,
        start_at=chosen.start_at,
        after=newest or 0,
        check=check,
        problems=chosen.problems,
        errors={p.field: f"{p.message} {p.fix}" for p in chosen.problems if p.field},
        contents_missing=any(isinstance(error, ContentMissing) for error in check.problems),
    )


def _possible(form: Form, layout: Layout, lot: Lot) -> bool:
    return form in layout.forms and (form is not Form.GS1 or bool(lot.product.gtin))


def _form_of(asked: str | None, layout: Layout, lot: Lot) -> Form:
    if asked in list(Form) and _possible(Form(asked), layout, lot):
        return Form(asked)
    return next((f for f, _ in FORM_WORDS if _possible(f, layout, lot)), Form(layout.forms[0]))


@bp.get("/lots/<int:lot_id>/preview/<layout>.svg")
def preview_label(lot_id: int, layout: str) -> ResponseReturnValue:
    """One label with this lot's data, drawn by the list that also makes the PDF."""
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        content = content_of(lot, base_url=site().settings.base_url, on=clock.today())
        try:
            chosen = library.get(layout)
            form = _form_of(request.args.get("form"), chosen, lot)
            unit = Unit(
                sample_code(lot, form, site().settings.base_url),
                _CAPTIONS.get(form, "").replace("{gtin}", lot.product.gtin or ""),
                position(1, lot.declared),
            )
            picture = preview.svg(chosen, content, fonts.load(), unit=unit, placeholders=False)
        except LabelsvcError as error:
            picture = _problem_picture(explain(error)[0])
    answer = Response(picture, content_type="image/svg+xml; charset=utf-8")
    answer.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    )
    return answer


def _problem_picture(words: str) -> str:
    """The message where the label would be: the reason stands in the list below as well."""
    return render_template("console/producer/problem.svg", words=words)


@bp.get("/runs")
def runs() -> ResponseReturnValue:
    producer_id = current_user().producer_id
    with site().database.reading() as session:
        last = max(1, -(-print_run.count_runs(session, producer_id=producer_id) // _PAGE))
        page = min(max(1, request.args.get("page", 1, type=int)), last)
        rows = print_run.list_runs(
            session, producer_id=producer_id, limit=_PAGE, offset=(page - 1) * _PAGE
        )
        return render_template(
            "console/producer/runs.html", rows=rows, titles=layout_titles(), page=page, last=last
        )


@bp.get("/runs/<int:run_id>")
def run(run_id: int) -> ResponseReturnValue:
    return _run_page(run_id, Posted())


def _run_page(run_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = own_run(session, run_id)
        page = render_template(
            "console/producer/run.html",
            run=found,
            lot=found.lot,
            p=found.lot.product,
            titles=layout_titles(),
            forms=dict(FORM_WORDS),
            progress=print_run.progress(found),
            waiting=found.state in (RunState.QUEUED, RunState.RENDERING),
            marks=marks_of(session, found.issue),
            failure=_failure(found),
            problems=posted.problems,
            errors=posted.errors,
            form=request.form,
        )
    return page, posted.status


def _failure(run: PrintRun) -> str:
    """Why a run was not released and what to do, in the reader's language."""
    error = print_run.failure(run)
    return " ".join(explain(error)) if error is not None else ""


@bp.get("/runs/<int:run_id>/state")
def run_state(run_id: int) -> ResponseReturnValue:
    """For the page's poll: where the run is."""
    with site().database.reading() as session:
        found = own_run(session, run_id)
        done, total = print_run.progress(found)
        return jsonify({"state": found.state, "done": done, "total": total})


@bp.get("/runs/<int:run_id>/labels.pdf")
def download(run_id: int) -> ResponseReturnValue:
    where = site()
    with where.database.reading() as session:
        found = own_run(session, run_id)
        if found.state != RunState.RELEASED:
            abort(404)
        source = print_run.output(where.files, found)
        name, length = print_run.file_name(found), found.bytes

    def pieces() -> Iterator[bytes]:
        with source:
            while piece := source.read(1 << 16):
                yield piece

    answer = Response(pieces(), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Content-Length"] = str(length)
    return answer


@bp.post("/runs/<int:run_id>/void")
def void(run_id: int) -> ResponseReturnValue:
    posted = Posted()

    def act(session: Session) -> bool:
        ledger.void_range(
            session,
            run=own_run(session, run_id),
            first=whole(posted.text("first"), gettext("From label"), "first"),
            last=whole(posted.text("last"), gettext("To label"), "last"),
            reason=posted.text("reason"),
            actor=actor(),
        )
        return True

    if posted.attempt(act):
        flash(gettext("The labels are void; as many may be printed again."), "good")
        return redirect(url_for("producer.run", run_id=run_id))
    return _run_page(run_id, posted)
