"""Tasks: does a part and closes a job, of any kind. Every step may run twice."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from labelsvc import breakdown
from labelsvc.codes.tlog import setback
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError, DatabaseGone, LabelsvcError, PrintRefused
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job, JobState
from labelsvc.jobs.queue import Claim
from labelsvc.labels.printers.sending import JOB_KIND as SENDING
from labelsvc.messages import outbox
from labelsvc.settings import Settings
from labelsvc.worker.kinds import work_of

log = structlog.get_logger()

#: Seconds between two looks at a job whose parts other workers have.
_PAUSE = 0.2
_DIED = "the worker died every time"


class PartGaveUp(LabelsvcError):
    """A part failed too often for reasons that are not its own."""

    code = "part_gave_up"


def work_once(
    database: Database,
    files: Files,
    settings: Settings,
    *,
    job_id: int | None = None,
    but: str = "",
) -> bool:
    """Do one waiting part, or close one finished job; False when there was nothing to do.

    :param job_id: only of this job. :param but: no part of jobs of this kind.
    """
    _pay(database)
    with database.reading() as session:  # no lock while there is nothing to do
        if setback.found(session) is not None:  # what is printed now may be on the market
            return False
        due = queue.is_due(session, job_id=job_id, but=but)
        unclosed = [] if due else queue.waiting_to_close(session, job_id=job_id)
    if not due:
        return any([close_job(database, files, job) for job in unclosed])
    with database.writing() as session:
        claimed = queue.claim(session, job_id=job_id, but=but)
    if claimed is not None:  # else another worker was faster
        do_part(database, files, settings, claimed)
    return True


def do_part(database: Database, files: Files, settings: Settings, claimed: Claim) -> None:
    """Render the leased part, keep its file, and close the job if it was the last.

    Where storage is broken the part is put off, for hours if need be; it never fails for that.
    """
    try:
        _do_part(database, files, settings, claimed)
    except Exception as error:
        if breakdown.of(error) is None:
            raise
        _put_off(database, claimed, error)


def _do_part(database: Database, files: Files, settings: Settings, claimed: Claim) -> None:
    if claimed.attempt > queue.MAX_ATTEMPTS:
        _fail(database, claimed.job_id, _gave_up(claimed, claimed.attempt - 1, _DIED))
        return
    try:
        with _kept_alive(database, claimed):
            done = work_of(claimed.kind).part(database, files, settings, claimed)
    except DatabaseGone:
        raise
    except ConfigurationError as error:  # of this worker, perhaps not of the next
        _stumbled(database, claimed, error)
        return
    except LabelsvcError as error:
        _fail(database, claimed.job_id, error)
        return
    except Exception as error:
        if breakdown.of(error) is not None:
            raise
        _stumbled(database, claimed, error)
        return
    with database.writing() as session:
        kept = queue.finish_part(
            session, claimed, file_key=done.key, sha256=done.sha256, result=done.result
        )
        last = kept and queue.all_parts_done(session, claimed.job_id)
    if last:
        close_job(database, files, claimed.job_id)


def close_job(database: Database, files: Files, job_id: int) -> bool:
    """Put the parts together and release the whole; False when another worker is at it.

    Whoever comes second changes nothing.
    """
    with database.writing() as session:
        if not queue.claim_close(session, job_id):
            return False
    with database.reading() as session:
        job = session.get_one(Job, job_id)
        if job.state != JobState.RUNNING:
            return False
        _ = job.parts
    try:
        finish = work_of(job.kind).close(database, files, job)
    except LabelsvcError as error:
        log.exception("job cannot be closed", job=job_id)
        _fail(database, job_id, error)
        return True
    except Exception as error:
        if breakdown.of(error) is None:
            raise
        log.error("job not closed yet", job=job_id, reason=_words(error))
        with database.writing() as session:
            queue.leave_close(session, job_id)
        return True
    with database.writing() as session:
        if queue.finish_job(session, job_id):
            finish(session)
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
            setback.refuse(session)
            job = session.get_one(Job, job_id)
            if step is not None:
                step(*job.progress)
            if job.state not in (JobState.QUEUED, JobState.RUNNING):
                break
        if not busy:
            time.sleep(_PAUSE)
    if job.state != JobState.DONE:
        raise queue.failure(job)


#: Parts that could not even be given back, by their database: that comes before anything else is taken.
_owed: WeakKeyDictionary[Database, list[tuple[Claim, str]]] = WeakKeyDictionary()


def _put_off(database: Database, claimed: Claim, error: Exception) -> None:
    reason = _words(error)
    log.error("part put off", job=claimed.job_id, part=claimed.number, reason=reason)
    _owed.setdefault(database, []).append((claimed, reason))
    _pay(database)


def _pay(database: Database) -> None:
    """Give back what is owed; raises while the database takes nothing.

    Else the lease would run out each time, as if the worker had died with the part, and its job would
    fail for good.
    """
    owed = _owed.get(database, [])
    while owed:
        with database.writing() as session:
            queue.put_off(session, *owed[0])
        owed.pop(0)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {str(getattr(error, 'orig', None) or error).partition(chr(10))[0]}"


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
            work_of(job.kind).fail(session, job, error)


def stop_sending(database: Database) -> int:
    """End what waits for a printer, and messages that wait: after an old copy came back it may be printed, or
    sent, already. Gives how many rolls; people send them again.
    """
    with database.writing() as session:
        outbox.stop(
            session, "an old copy of the database was put back: it may have been sent already"
        )
    error = PrintRefused(
        "An old copy of the database was put back: this may be printed already.",
        fix="Look at the printer, then send it again.",
    )
    waits = Job.state.in_((JobState.QUEUED, JobState.RUNNING))
    with database.reading() as session:
        jobs = session.scalars(select(Job.id).where(Job.kind == SENDING, waits)).all()
    for job in jobs:
        _fail(database, job, error)
    return len(jobs)


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
