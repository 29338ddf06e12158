"""Print runs: take the numbers and queue the rendering, void, list, fetch.

A run begins in one transaction that takes the numbers, keeps the layout and the content as they
are, and queues the job. `run_check` says whether it may begin, `parts` how it is cut, `render_run`
draws and releases it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import IO, Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate
from labelsvc.errors import Conflict, FileMissing, LabelsvcError, LayoutError
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.queue import enqueue
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import BlankRoll, Printer, PrintRun, RunState
from labelsvc.labels.runs import artwork
from labelsvc.labels.runs.check import RunCheck, check_run
from labelsvc.labels.runs.numbering import mark_of
from labelsvc.labels.runs.parts import kept, slices
from labelsvc.labels.runs.rules import Balance, balance, balances
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.profile import Profile

__all__ = [
    "JOB_KIND", "Balance", "RunCheck", "balance", "balances", "check_run", "count_runs", "failure", "file_name",
    "list_runs", "output", "progress", "start_run",
]  # fmt: skip

#: Kinds of files.
Output = Literal["pdf", "zpl", "tspl"]
#: Kind of the job that renders a run.
JOB_KIND = "print_run"


def start_run(
    session: Session,
    *,
    lot: Lot,
    layout: str | Layout,
    count: int,
    form: Form | str = Form.SHORT,
    imprint: Imprint | None = None,
    output: Output = "pdf",
    printer: Printer | None = None,
    base_url: str,
    actor: str,
    pictures: Mapping[str, bytes] | None = None,
) -> PrintRun:
    """Take the numbers and queue the rendering, in the caller's transaction.

    :param layout: name of a built-in layout, or a layout.
    :param imprint: cells, order, copies, spares.
    :param output: kind of the file: PDF, or the language of a label printer.
    :param printer: whose offset, scale, rotation and resolution the file is made for.
    :param pictures: of the programme (`mark.pictures`); the run remembers which they were.
    :raises PrintRefused: the first rule that forbids it; also `LayoutError`, `BadInput`.
    """
    form, imprint = Form(form), on_roll(imprint or Imprint(), output)
    profile = Profile.read(printer.profile) if printer is not None else Profile()
    session.execute(select(Lot.id).where(Lot.id == lot.id).with_for_update())
    check = check_run(
        session,
        lot=lot,
        layout=for_printer(layout, profile, output),
        count=count,
        form=form,
        imprint=imprint,
        output=output,
        profile=profile,
        base_url=base_url,
        pictures=pictures,
    )
    if check.problems:
        raise check.problems[0]
    if check.layout is None:
        raise LayoutError("There is no layout {name}.", name=str(layout))
    issue = allocate(session, lot=lot, count=1 if form is Form.LOT else count, form=form, by=actor)
    run = PrintRun(
        lot=lot,
        issue=issue,
        layout_name=check.layout.name,
        layout_toml=kept(check.layout),
        form=form,
        count=count,
        start_at=imprint.start_at,
        imprint=imprint.kept(),
        output=output,
        printer_id=printer.id if printer is not None else None,
        profile=profile.kept() if profile != Profile() else {},
        base_url=base_url,
        content={
            "values": dict(check.content.values_by_name),
            "stars": check.content.stars,
            "images": artwork.noted(check.layout, check.content),
        },
        created_by=actor,
    )
    session.add(run)
    session.flush()
    if form is not Form.LOT:
        run.content = run.content | {"mark": mark_of(run.id)}
    run.job = enqueue(
        session, kind=JOB_KIND, payload={"run_id": run.id}, parts=len(slices(check.layout, run))
    )
    audit.record(
        session,
        actor=actor,
        action="print_run.create",
        subject=f"print_run:{run.id}",
        facts={
            "lot": lot.id,
            "layout": check.layout.name,
            "form": str(form),
            "count": count,
            "first": issue.first,
            "codes": issue.count,
        },
    )
    return run


def on_roll(imprint: Imprint, output: Output) -> Imprint:
    """A roll has no cells that were used up before."""
    return imprint if output == "pdf" else replace(imprint, start_at=1, used=(), order="across")


def note_release(session: Session, run: PrintRun) -> None:
    """Write into the trail that the file of *run* may be fetched."""
    audit.record(
        session,
        actor="worker",
        action="print_run.release",
        subject=f"print_run:{run.id}",
        facts={
            "sha256": run.sha256,
            "pages": run.pages,
            "decoded": (run.report or {}).get("decoded"),
        },
    )


def fail(session: Session, run: PrintRun, error: LabelsvcError) -> None:
    """Nothing of the run is released; its numbers become void and free the quantity again."""
    run.state = RunState.FAILED
    run.report = {"error": error.as_json(), "faults": getattr(error, "faults", ())}
    with suppress(Conflict):  # withdrawn meanwhile: that says more than void
        revoke.void(
            session,
            first=run.issue.first,
            count=run.issue.count,
            reason=f"The run was not released: {error.code}",
            by="worker",
        )
    audit.record(
        session,
        actor="worker",
        action="print_run.fail",
        subject=f"print_run:{run.id}",
        facts=error.as_json(),
    )


def for_printer(layout: str | Layout, profile: Profile, output: Output) -> str | Layout:
    """*layout* at the resolution of the printer, where the printer says one.

    Sheets keep theirs for printers with a language of their own: those print rolls.
    """
    if not profile.dpi:
        return layout
    chosen = library.get(layout) if isinstance(layout, str) else layout
    if output != "pdf" and chosen.kind != "roll":
        return chosen
    return chosen.model_copy(update={"resolution_dpi": profile.dpi})


def output(files: Files, run: PrintRun | BlankRoll) -> IO[bytes]:
    """The released file. :raises FileMissing: it is not released (yet)."""
    if run.state != RunState.RELEASED or run.file_key is None:
        raise FileMissing("The run is not released yet.", fix="Wait until it is finished.")
    return files.open(run.file_key)


def file_name(run: PrintRun | BlankRoll) -> str:
    """Name of the download: layout, lot and run."""
    return f"{run.layout_name}-{run.record.replace('/', '-')}-{run.id}.{run.output}"


def progress(run: PrintRun) -> tuple[int, int]:
    """Finished and all parts."""
    return run.job.progress if run.job else (0, 0)


def failure(run: PrintRun) -> LabelsvcError | None:
    """Why the run was not released, to be told in the reader's language; None if it did not fail."""
    if run.state != RunState.FAILED or run.job is None:
        return None
    return queue.failure(run.job)


def list_runs(
    session: Session, *, producer_id: int | None = None, limit: int = 50, offset: int = 0
) -> Sequence[PrintRun]:
    """Newest first; of one producer where given."""
    query = select(PrintRun).order_by(PrintRun.id.desc()).limit(limit).offset(offset)
    if producer_id is not None:
        query = query.join(Lot).where(Lot.product.has(producer_id=producer_id))
    return session.scalars(query).all()


def count_runs(session: Session, *, producer_id: int | None = None) -> int:
    """How many `list_runs` would give without a limit."""
    query = select(func.count()).select_from(PrintRun)
    if producer_id is not None:
        query = query.join(Lot).where(Lot.product.has(producer_id=producer_id))
    return session.scalar(query) or 0
