"""Start: begins print runs, lists them, ends failed ones, and opens released files. Used by the
pages of producers, the worker, reprints and the command line.

A run begins in one transaction that takes the numbers, keeps the layout and the content as they
are, and queues the job. `check` says whether it may begin, `parts` how it is cut, `render` draws
and releases it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import IO

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit, notices
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate
from labelsvc.errors import Conflict, FileMissing, LabelsvcError, LayoutError
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.queue import enqueue
from labelsvc.labels.models import BlankRoll, PrintRun, RunState
from labelsvc.labels.runs import artwork, hosts
from labelsvc.labels.runs.check import RunCheck, check_run
from labelsvc.labels.runs.numbering import run_name
from labelsvc.labels.runs.parts import as_toml, slices
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.runs.rules import Balance, balance, balances
from labelsvc.messages.outbox import Note

__all__ = [
    "JOB_KIND", "Balance", "RunCheck", "RunRequest", "balance", "balances", "check_run", "failure",
    "file_name", "output", "progress", "runs_of", "start_run",
]  # fmt: skip

#: Kind of the job that renders a run.
JOB_KIND = "print_run"


def start_run(session: Session, request: RunRequest, *, actor: str) -> PrintRun:
    """Take the numbers and queue the rendering, in the caller's transaction.

    The run remembers which pictures of the programme it shows.

    :raises PrintRefused: the first rule that forbids it; also `LayoutError`, `BadInput`.
    """
    lot, form, count = request.lot, request.form, request.count
    hosts.refuse(session, request.base_url, request.former)
    session.execute(select(Lot.id).where(Lot.id == lot.id).with_for_update())
    check = check_run(session, request)
    if check.problems:
        raise check.problems[0]
    if check.layout is None:
        raise LayoutError("There is no layout {name}.", name=str(request.layout))
    issue = allocate(session, lot=lot, count=1 if form is Form.LOT else count, form=form, by=actor)
    run = PrintRun(
        **request.columns(check.layout),
        lot=lot,
        issue=issue,
        layout_toml=as_toml(check.layout),
        form=form,
        content={
            "values": dict(check.content.values_by_name),
            "stars": check.content.stars,
            "images": artwork.hashes(check.layout, check.content),
        },
        created_by=actor,
    )
    session.add(run)
    session.flush()
    if form is not Form.LOT:
        run.content = run.content | {"mark": run_name(run.id)}
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
    facts = {"number": run.id, "page": f"/console/runs/{run.id}"}
    note = Note("run_failed", f"run:{run.id}", facts)
    notices.tell_actor(session, run.created_by, note)
    notices.publish(session, note)


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
    """Tell why the run was not released, in the reader's language; None if it did not fail."""
    if run.state != RunState.FAILED or run.job is None:
        return None
    return queue.failure(run.job)


def runs_of(producer_id: int | None) -> Select[PrintRun]:
    """Runs, newest first; of one producer where given."""
    query = select(PrintRun).order_by(PrintRun.id.desc())
    if producer_id is not None:
        query = query.join(Lot).where(Lot.product.has(producer_id=producer_id))
    return query
