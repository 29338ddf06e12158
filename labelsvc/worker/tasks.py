"""What the parts of each kind of job do, and how a job is closed. Every step may be done twice."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from labelsvc.codes.issue import load_keyring
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError, PrintRefused
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job, JobState
from labelsvc.jobs.queue import Claim
from labelsvc.labels import render_run
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.settings import Settings

log = structlog.get_logger()


class PartGaveUp(LabelsvcError):
    """A part failed too often for reasons that are not its own."""

    code = "part_gave_up"


def work_once(database: Database, files: Files, settings: Settings, *, job_id: int | None = None, number: int | None = None) -> bool:  # fmt: skip
    """Do one waiting part, or close one finished job; False when there was nothing to do."""
    with database.writing() as session:
        claimed = queue.claim(session, job_id=job_id, number=number)
    if claimed is None:
        with database.reading() as session:
            waiting = [j for j in queue.waiting_to_close(session) if job_id in (None, j)]
        for job in waiting:
            close_job(database, files, job)
        return bool(waiting)
    do_part(database, files, settings, claimed)
    return True


def do_part(database: Database, files: Files, settings: Settings, claimed: Claim) -> None:
    """Render the leased part, keep its file, and close the job if it was the last."""
    try:
        with _kept_alive(database, claimed):
            key, sha256, result = _print_part(database, files, settings, claimed)
    except LabelsvcError as error:
        _fail(database, claimed.job_id, error)
        return
    except Exception as error:
        log.exception("part failed", job=claimed.job_id, part=claimed.number)
        with database.writing() as session:
            again = queue.give_back(session, claimed, f"{type(error).__name__}: {error}")
        if not again:
            _fail(
                database,
                claimed.job_id,
                PartGaveUp(
                    "Part {part} failed {times} times: {reason}",
                    fix="Look at the log of the worker, mend the cause, and print again.",
                    part=claimed.number,
                    times=claimed.attempt,
                    reason=f"{type(error).__name__}: {error}",
                ),
            )
        return
    with database.writing() as session:
        kept = queue.finish_part(session, claimed, file_key=key, sha256=sha256, result=result)
        last = kept and queue.all_parts_done(session, claimed.job_id)
    if last:
        close_job(database, files, claimed.job_id)


def close_job(database: Database, files: Files, job_id: int) -> None:
    """Put the parts together and release the run. Whoever comes second changes nothing."""
    with database.reading() as session:
        job = session.get_one(Job, job_id)
        if job.state != JobState.RUNNING:
            return
        run = session.get_one(PrintRun, job.payload["run_id"])
        merged = render_run.merge(files, run)
        reports = [part.result or {} for part in job.parts]
    with database.writing() as session:
        if queue.finish_job(session, job_id):
            run = session.get_one(PrintRun, run.id)
            render_run.release(session, run, merged=merged, reports=reports)


def run_inline(database: Database, files: Files, settings: Settings, job_id: int) -> None:
    """Do a whole job here and now: for the command line, the demo and tests.

    :raises LabelsvcError: what ended the job.
    """
    while work_once(database, files, settings, job_id=job_id):
        pass
    with database.reading() as session:
        job = session.get_one(Job, job_id)
        if job.state == JobState.FAILED:
            known = job.error or {}
            raise PrintRefused(
                known.get("message", "The job failed."), fix=known.get("fix", ""), job=job_id
            )


def _print_part(
    database: Database, files: Files, settings: Settings, claimed: Claim
) -> tuple[str, str, dict[str, Any]]:
    with database.reading() as session:
        run = session.get_one(PrintRun, claimed.payload["run_id"])
        keyring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
        pdf, report = render_run.render_part(run, keyring, claimed.number)
    if claimed.attempt == 1 and claimed.number == 1:
        with database.writing() as session:
            run = session.get_one(PrintRun, claimed.payload["run_id"])
            if run.state == RunState.QUEUED:
                run.state = RunState.RENDERING
    key = render_run.part_key(run.id, claimed.number)
    files.put(key, pdf)
    return key, hashlib.sha256(pdf).hexdigest(), report


def _fail(database: Database, job_id: int, error: LabelsvcError) -> None:
    with database.writing() as session:
        if queue.fail_job(session, job_id, error):
            job = session.get_one(Job, job_id)
            render_run.fail(session, session.get_one(PrintRun, job.payload["run_id"]), error)


@contextmanager
def _kept_alive(database: Database, claimed: Claim) -> Iterator[None]:
    """Renew the lease from a thread while the part is being rendered."""
    stop = threading.Event()

    def renew() -> None:
        while not stop.wait(queue.LEASE.total_seconds() / 3):
            with database.writing() as session:
                if not queue.renew(session, claimed):
                    return

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
