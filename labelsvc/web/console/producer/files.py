"""Files: the producer's pages of a released run in other shapes, for the print shop and the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal, assert_never, cast

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import carton
from labelsvc.codes.models import Form
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.files import Files
from labelsvc.i18n import closed
from labelsvc.jobs import queue
from labelsvc.jobs.models import JobState
from labelsvc.labels.models import PrintRun, RunFile, RunState
from labelsvc.labels.press import icc, imposition
from labelsvc.labels.rolls.languages import PDF
from labelsvc.labels.runs import carton_label, extra_files, parts
from labelsvc.labels.runs.extra_files import KINDS as FILE_KINDS
from labelsvc.labels.runs.extra_files import Wish
from labelsvc.web.console.fetched import attachment
from labelsvc.web.console.forms import Posted, Problem
from labelsvc.web.console.producer_scope import bp, own_run, producer_id
from labelsvc.web.language import current, explain, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_ORDERS = ("across", "down", "stack")
#: Profiles that were used before and are offered again.
_PROFILES = 8
#: What the fields show before anything was typed: the defaults of `Wish`.
_USUAL: dict[str, str] = {
    "bleed": "2",
    "marks": "1",
    "condition": "",
    "gutter": "4",
    "sheet_width": "320",
    "sheet_height": "450",
    "order": "across",
    "variable_bleed": "2",
}


@dataclass(frozen=True)
class Shown:
    """A file of the list: where its job is, and what is worth knowing in the reader's language."""

    file: RunFile
    state: Literal["waiting", "working", "ready", "failed"]
    failure: str
    findings: list[str]


@bp.get("/runs/<int:run_id>/files")
def run_files_page(run_id: int) -> ResponseReturnValue:
    return _page(run_id, Posted(), _USUAL)


@bp.post("/runs/<int:run_id>/files")
def make_file(run_id: int) -> ResponseReturnValue:
    posted = Posted()
    with site().database.reading() as session:
        run = own_run(session, run_id)  # before anything that was uploaded is kept
        wish = _wish(posted, {sha for sha, _ in _profiles(session, site().files)})
        if wish.kind == "press" and not posted.problems:
            _check(posted, run, wish)
        if wish.kind == "cartons" and not posted.problems:
            _check_cartons(posted, run, wish)

    def act(session: Session) -> bool:
        extra_files.request_file(session, run=own_run(session, run_id), wish=wish, actor=actor())
        return True

    if posted.attempt(act):
        flash(gettext("The file is being made. It appears in the list below."), "good")
        return redirect(url_for("producer.run_files_page", run_id=run_id), code=303)
    return _page(run_id, posted, request.form)


def _page(run_id: int, posted: Posted, values: Any) -> ResponseReturnValue:
    with site().database.reading() as session:
        run = own_run(session, run_id)
        shown = [_shown(file) for file in extra_files.files_of(session, run)]
        page = render_template(
            "console/producer/run_files.html",
            run=run,
            lot=run.lot,
            ready=run.state == RunState.RELEASED,
            files=shown,
            waiting=sum(row.state in ("waiting", "working") for row in shown),
            profiles=_profiles(session, site().files),
            archivable=run.output == PDF and (run.bytes or 0) <= extra_files.LARGEST_ARCHIVE,
            countable=run.form != Form.LOT,
            papers=_papers(),
            most_units=carton.MOST_UNITS,
            form=values,
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


def _shown(file: RunFile) -> Shown:
    job = file.job
    if file.file_key is not None:
        return Shown(file, "ready", "", _findings(file))
    if job is not None and job.state in (JobState.FAILED, JobState.CANCELLED):
        message, fix = explain(queue.failure(job))
        return Shown(file, "failed", f"{closed(message)} {fix}".strip(), [])
    working = job is not None and job.state == JobState.RUNNING
    return Shown(file, "working" if working else "waiting", "", [])


def _findings(file: RunFile) -> list[str]:
    """Tell what the print shop should know, in the reader's language."""
    report = file.report or {}
    rows = [*report.get("findings", ()), *report.get("notes", ())]
    found = []
    if report.get("reason") and not rows:  # the findings say it as well, and what to do
        found.append(gettext(report["reason"]))
    for row in rows:
        words = gettext(row["message"], **row.get("params", {}))
        fix = gettext(row["fix"], **row.get("params", {})) if row.get("fix") else ""
        found.append(f"{closed(words)} {fix}".strip())
    return list(dict.fromkeys(found))


def _wish(posted: Posted, known: set[str]) -> Wish:
    """The posted form as a wish; what cannot be read is among the problems."""
    kind = posted.text("kind")
    if kind not in FILE_KINDS:
        abort(400)
    match kind:
        case "archive":
            return Wish(kind)
        case "variable":
            return Wish(kind, bleed=_mm(posted, "variable_bleed", "Bleed (mm)", 2))
        case "cartons":
            per = posted.number("per", "Units in a carton")
            return Wish(kind, per=0 if per is None else per, paper=posted.text("paper"))
        case "press":
            return _press_wish(posted, known)
        case _:
            assert_never(kind)


def _press_wish(posted: Posted, known: set[str]) -> Wish:
    columns = posted.number("columns", "Columns") or 0
    rows = posted.number("rows", "Rows") or 0
    if bool(columns) != bool(rows):
        _miss(posted, "rows" if columns else "columns")
    order = posted.text("order") or "across"
    wish = Wish(
        "press",
        bleed=_mm(posted, "bleed", "Bleed (mm)", 2),
        marks=posted.text("marks") == "1",
        icc=_profile(posted, known),
        condition=posted.text("condition").strip()[:60],
        columns=columns,
        rows=rows,
        gutter=_mm(posted, "gutter", "Between the labels (mm)", 4),
        sheet_width=_mm(posted, "sheet_width", "Sheet width (mm)", 320),
        sheet_height=_mm(posted, "sheet_height", "Sheet height (mm)", 450),
        order=cast(Any, order if order in _ORDERS else "across"),
        die_line=posted.text("die_line").strip()[:60],
        vector=posted.text("vector") == "1",
    )
    return wish


def _mm(posted: Posted, name: str, label: str, usual: float) -> float:
    found = posted.decimal(name, label)
    return usual if found is None else float(min(found, Decimal(10_000)))


def _miss(posted: Posted, field: str) -> None:
    posted.add(
        BadInput(
            "Columns and rows belong together.",
            fix="Give both for a press sheet, or neither for one label a page.",
            field=field,
        )
    )


def _check(posted: Posted, run: PrintRun, wish: Wish) -> None:
    """Refuse now, beside its field, what no press can do, and not when the file is being made."""
    plain = replace(wish, columns=0, rows=0, die_line="")
    for field, asked in (("bleed", plain), ("die_line", replace(plain, die_line=wish.die_line))):
        try:
            asked.settings(None)
        except LabelsvcError as error:
            _beside(posted, error, field)
            return
    settings = wish.settings(None)
    layout = parts.layout_of(run)
    try:
        imposition.frame(
            (layout.width, layout.height),
            bleed_mm=settings.bleed_mm,
            marks=settings.marks,
            imposition=settings.imposition,
        )
    except LabelsvcError as error:
        _beside(posted, error, "columns")


def _check_cartons(posted: Posted, run: PrintRun, wish: Wish) -> None:
    try:
        carton_label.check(run, per=wish.per, layout_name=wish.paper)
    except LabelsvcError as error:
        _beside(posted, error, "per" if wish.paper in carton_label.LAYOUTS else "paper")


def _papers() -> list[tuple[str, str]]:
    """Layouts of carton labels and what they are called in the reader's language."""
    found = [carton_label.layout(name) for name in carton_label.LAYOUTS]
    return [(one.name, one.title_en if current() == "en" else one.title_vi) for one in found]


def _beside(posted: Posted, error: LabelsvcError, field: str) -> None:
    posted.problems.append(Problem(*explain(error), field))
    posted.status = error.http_status


def _profile(posted: Posted, known: set[str]) -> str:
    """SHA-256 of the uploaded profile, else of the chosen one that was used before."""
    upload = request.files.get("profile")
    if upload is not None and upload.filename:
        data = upload.read(icc.MOST_BYTES + 1)
        try:
            if posted.problems:
                icc.read_output(data)  # told with the rest, and not kept
                return ""
            return extra_files.keep_profile(site().files, data)
        except LabelsvcError as error:
            _beside(posted, error, "profile")
            return ""
    chosen = posted.text("icc")
    if chosen and chosen not in known:
        missing = BadInput("There is no such profile.", fix="Choose one of the list.")
        _beside(posted, missing, "icc" if known else "profile")
        return ""
    return chosen


def _profiles(session: Session, files: Files) -> list[tuple[str, str]]:
    """Profiles of the producer's earlier files, latest first: SHA-256 and name."""
    rows: Sequence[RunFile] = session.scalars(
        select(RunFile)
        .join(PrintRun, PrintRun.id == RunFile.run_id)
        .join(Lot, Lot.id == PrintRun.lot_id)
        .where(Lot.product.has(producer_id=producer_id()), RunFile.kind == "press")
        .order_by(RunFile.id.desc())
        .limit(100)
    ).all()
    used = {row.wish.get("icc"): row.wish.get("condition", "") for row in reversed(rows)}
    latest = [sha for sha in dict.fromkeys(row.wish.get("icc") for row in rows) if sha]
    return [(sha, _name(files, sha, used[sha])) for sha in latest[:_PROFILES]]


@lru_cache(maxsize=256)
def _read_name(files: Files, sha256: str) -> str:
    return extra_files.profile_name(files, sha256)


def _name(files: Files, sha256: str, condition: str) -> str:
    try:
        name = _read_name(files, sha256)
    except LabelsvcError:  # the file store was cleared
        name = sha256[:8]
    return f"{name} ({condition})" if condition and condition not in name else name


@bp.get("/runs/<int:run_id>/files/<int:file_id>/<part>")
def run_file(run_id: int, file_id: int, part: str) -> ResponseReturnValue:
    """The file itself, or the sheet about it for the print shop."""
    with site().database.reading() as session:
        own_run(session, run_id)
        file = session.get(RunFile, file_id)
        if file is None or file.run_id != run_id:
            abort(404)
        key = {"file": file.file_key, "sheet": file.report_key}.get(part)
        if key is None:
            abort(404)
        name = extra_files.file_name(file)
        if part == "sheet":
            name = f"sheet-{name}"
        return attachment(site().files.open(key), name, file.bytes if part == "file" else None)
