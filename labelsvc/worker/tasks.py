"""What the parts of each kind of job do, and how a job is closed. Every step may be done twice."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from labelsvc.codes.issue import load_keyring
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError, LabelsvcError
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job, JobState
from labelsvc.jobs.queue import Claim
from labelsvc.labels import render_run
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.settings import Settings

log = structlog.get_logger()

#: Seconds between two looks at a job whose parts other workers have.
_PAUSE = 0.2
_DIED = "the worker died every time"


class PartGaveUp(LabelsvcError):
    """A part failed too often for reasons that are not its own."""

    code = "part_gave_up"


def work_once(
    database: Database, files: Files, settings: Settings, *, job_id: int | None = None
) -> bool:
    """Do one waiting part, or close one finished job; False when there was nothing to do.

    :param job_id: only of this job.
    """
    with database.reading() as session:  # no lock while there is nothing to do
        due = queue.is_due(session, job_id=job_id)
        unclosed = [] if due else queue.waiting_to_close(session, job_id=job_id)
    if not due:
        return any([close_job(database, files, job) for job in unclosed])
    with database.writing() as session:
        claimed = queue.claim(session, job_id=job_id)
    if claimed is not None:  # else another worker was faster
        do_part(database, files, settings, claimed)
    return True


def do_part(database: Database, files: Files, settings: Settings, claimed: Claim) -> None:
    """Render the leased part, keep its file, and close the job if it was the last."""
    if claimed.attempt > queue.MAX_ATTEMPTS:
        _fail(database, claimed.job_id, _gave_up(claimed, claimed.attempt - 1, _DIED))
        return
    try:
        with _kept_alive(database, claimed):
            key, sha256, result = _print_part(database, files, settings, claimed)
    except ConfigurationError as error:  # of this worker, perhaps not of the next
        _stumbled(database, claimed, error)
        return
    except LabelsvcError as error:
        _fail(database, claimed.job_id, error)
        return
    except Exception as error:
        _stumbled(database, claimed, error)
        return
    with database.writing() as session:
        kept = queue.finish_part(session, claimed, file_key=key, sha256=sha256, result=result)
        last = kept and queue.all_parts_done(session, claimed.job_id)
    if last:
        close_job(database, files, claimed.job_id)


def close_job(database: Database, files: Files, job_id: int) -> bool:
    """Put the parts together and release the run; False when another worker is at it.

    Whoever comes second changes nothing.
    """
    with database.writing() as session:
        if not queue.claim_close(session, job_id):
            return False
    with database.reading() as session:
        job = session.get_one(Job, job_id)
        if job.state != JobState.RUNNING:
            return False
        run = session.get_one(PrintRun, job.payload["run_id"])
        reports = [part.result or {} for part in job.parts]
        try:
            merged = render_run.merge(files, run, [part.sha256 or "" for part in job.parts])
        except LabelsvcError as error:
            log.exception("job cannot be closed", job=job_id)
            problem: LabelsvcError | None = error
        else:
            problem = None
    if problem is not None:
        _fail(database, job_id, problem)
        return True
    with database.writing() as session:
        if queue.finish_job(session, job_id):
            run = session.get_one(PrintRun, run.id)
            render_run.release(session, run, merged=merged, reports=reports)
    return True


def run_inline(
    database: Database,
    files: Files,
    settings: Settings,
    job_id: int,
    *,
    step: Callable[[int, int], None] | None = None,
) -> None:
    """Do a whole job here and now: for the command line, the demo and tests.

    Parts that a worker beside us has taken are waited for.

    :param step: called with finished and all parts after each step.
    :raises LabelsvcError: what ended the job.
    """
    while True:
        busy = work_once(database, files, settings, job_id=job_id)
        with database.reading() as session:
            job = session.get_one(Job, job_id)
            if step is not None:
                step(*job.progress)
            if job.state not in (JobState.QUEUED, JobState.RUNNING):
                break
        if not busy:
            time.sleep(_PAUSE)
    if job.state != JobState.DONE:
        raise queue.failure(job)


def _print_part(
    database: Database, files: Files, settings: Settings, claimed: Claim
) -> tuple[str, str, dict[str, Any]]:
    with database.reading() as session:
        run = session.get_one(PrintRun, claimed.payload["run_id"])
        keyring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
        _ = run.lot.product, run.issue.lot  # loaded now: rendering must not hold a transaction
    if run.state == RunState.QUEUED:
        with database.writing() as session:
            render_run.begin(session, run.id)
    pdf, report = render_run.render_part(run, keyring, claimed.number)
    key = render_run.part_key(run.id, claimed.number)
    files.put(key, pdf)
    return key, hashlib.sha256(pdf).hexdigest(), report


def _stumbled(database: Database, claimed: Claim, error: Exception) -> None:
    """Back into the queue, or the end when it was tried often enough."""
    log.error("part failed", job=claimed.job_id, part=claimed.number, exc_info=error)
    reason = f"{type(error).__name__}: {error}"
    with database.writing() as session:
        again = queue.give_back(session, claimed, reason)
    if not again:
        _fail(database, claimed.job_id, _gave_up(claimed, claimed.attempt, reason))


def _gave_up(claimed: Claim, times: int, reason: str) -> PartGaveUp:
    return PartGaveUp(
        "Part {part} failed {times} times: {reason}",
        fix="Look at the log of the worker, mend the cause, and print again.",
        part=claimed.number,
        times=times,
        reason=reason,
    )


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
            try:
                with database.writing() as session:
                    if not queue.renew(session, claimed):
                        return
            except SQLAlchemyError:  # two more chances before the lease is over
                log.exception("lease not renewed", job=claimed.job_id, part=claimed.number)

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
