"""Producer pages: choose a layout, look at it, print, fetch, void what was misprinted."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.revoke import marks_of
from labelsvc.errors import LabelsvcError
from labelsvc.labels import fonts, library, preview, print_run
from labelsvc.labels.content import Unit
from labelsvc.labels.contents import content_of
from labelsvc.labels.layout import Layout
from labelsvc.labels.models import RunState
from labelsvc.labels.run_check import RunCheck, position, sample_code, sample_printed
from labelsvc.labels.sheet import Sheet
from labelsvc.web.console.producer import bp, own_lot, own_run
from labelsvc.web.console.producer_lots import whole
from labelsvc.web.language import current, explain, gettext
from labelsvc.web.security import actor, current_user
from labelsvc.web.site import site

_PAGE = 25
FORM_WORDS = (
    (Form.SHORT, "Short code, one for each item (usual)"),
    (Form.LOT, "One code for the whole lot"),
    (Form.GS1, "GS1 Digital Link with your GTIN, one for each item"),
    (Form.OFFLINE, "Signed code that can be checked without a network (larger symbol)"),
)


@bp.route("/lots/<int:lot_id>/print", methods=["GET", "POST"])
def wizard(lot_id: int) -> ResponseReturnValue:
    values = request.form if request.method == "POST" else request.args
    with site().database.reading() as session:
        lot = own_lot(session, lot_id)
        layouts = [library.get(name) for name in library.names()]
        chosen = next((x for x in layouts if x.name == values.get("layout")), None)
        chosen = chosen or next((x for x in layouts if x.name == "a4-65"), layouts[0])
        form = _form_of(values.get("form"), chosen, lot)
        problems: list[tuple[str, str]] = []
        count = start_at = 0
        try:
            have = print_run.balance(session, lot)
            usual = min(
                max(have.remaining, 1), Sheet.of(chosen).per_page if chosen.kind == "sheet" else 100
            )
            count = whole(values.get("count") or str(usual), gettext("How many labels"))
            start_at = whole(values.get("start_at") or "1", gettext("Start at label"))
        except LabelsvcError as error:
            problems.append(explain(error))
            count, start_at = max(count, 1), max(start_at, 1)
        check = print_run.check_run(
            session, lot=lot, layout=chosen, count=count, form=form, start_at=start_at,
            base_url=site().settings.base_url,
        )  # fmt: skip
        problems += [explain(error) for error in check.problems]
        if request.method == "POST" and values.get("do") == "print" and not problems:
            return _begin(lot_id, chosen.name, count, form, start_at)
        status = 409 if request.method == "POST" and values.get("do") == "print" else 200
        return _wizard_page(lot, layouts, chosen, form, count, start_at, check, problems), status


def _begin(lot_id: int, layout: str, count: int, form: Form, start_at: int) -> ResponseReturnValue:
    with site().database.writing() as session:
        run = print_run.start_run(
            session, lot=own_lot(session, lot_id), layout_name=layout, count=count, form=form,
            start_at=start_at, base_url=site().settings.base_url, actor=actor(),
        )  # fmt: skip
        run_id = run.id
    return redirect(url_for("producer.run", run_id=run_id), code=303)


def _wizard_page(
    lot: Lot,
    layouts: list[Layout],
    chosen: Layout,
    form: Form,
    count: int,
    start_at: int,
    check: RunCheck,
    problems: list[tuple[str, str]],
) -> str:
    sheet = Sheet.of(chosen)
    return render_template(
        "console/producer/wizard.html",
        lot=lot,
        p=lot.product,
        layouts=[(x, _title(x), Sheet.of(x).per_page) for x in layouts],
        chosen=chosen,
        chosen_title=_title(chosen),
        per_page=sheet.per_page,
        columns=sheet.columns,
        form=form,
        forms=[(f, gettext(words)) for f, words in FORM_WORDS if _possible(f, chosen, lot)],
        count=count,
        start_at=start_at,
        check=check,
        problems=problems,
        language=current,
    )


def _title(layout: Layout) -> str:
    return layout.title_en if current() == "en" else layout.title_vi


def _possible(form: Form, layout: Layout, lot: Lot) -> bool:
    return form in layout.forms and (form is not Form.GS1 or bool(lot.product.gtin))


def _form_of(asked: str | None, layout: Layout, lot: Lot) -> Form:
    if asked in list(Form) and _possible(Form(asked), layout, lot):
        return Form(asked)
    return Form(layout.forms[0])


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
                sample_printed(form),
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
    page = max(1, request.args.get("page", 1, type=int))
    producer_id = current_user().producer_id
    with site().database.reading() as session:
        total = print_run.count_runs(session, producer_id=producer_id)
        rows = print_run.list_runs(
            session, producer_id=producer_id, limit=_PAGE, offset=(page - 1) * _PAGE
        )
        return render_template(
            "console/producer/runs.html", rows=rows, page=page, last=max(1, -(-total // _PAGE))
        )


@bp.get("/runs/<int:run_id>")
def run(run_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        return _run_page(session, run_id, None)


def _run_page(session: Session, run_id: int, problem: tuple[str, str] | None) -> str:
    found = own_run(session, run_id)
    return render_template(
        "console/producer/run.html",
        run=found,
        lot=found.lot,
        p=found.lot.product,
        progress=print_run.progress(found),
        waiting=found.state in (RunState.QUEUED, RunState.RENDERING),
        marks=marks_of(session, found.issue),
        problem=problem,
        form=request.form,
    )


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
    try:
        with site().database.writing() as session:
            print_run.void_range(
                session,
                run=own_run(session, run_id),
                first=whole(request.form.get("first", ""), gettext("From label")),
                last=whole(request.form.get("last", ""), gettext("To label")),
                reason=request.form.get("reason", ""),
                actor=actor(),
            )
    except LabelsvcError as error:
        with site().database.reading() as session:
            return _run_page(session, run_id, explain(error)), error.http_status
    flash(gettext("The labels are void; as many may be printed again."), "good")
    return redirect(url_for("producer.run", run_id=run_id))
