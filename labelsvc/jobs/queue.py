"""The table as a queue: put in, lease, finish, give back. The caller owns the transaction.

A lease is a random word with an end. Whoever finishes a part must still hold its lease: a worker
that slept through its own lease finds the part taken over and throws its result away. On
PostgreSQL workers skip rows that others look at; on SQLite the writing door lets in one at a time.
`is_due` looks without any lock, so idle workers disturb nobody.

`leased_until` says when a part may be taken: while it runs, when its lease ends; while it waits
after a failure, when it is tried again; on the first part of a finished job, until when somebody
is closing it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from labelsvc.clock import now
from labelsvc.errors import LabelsvcError, PrintRefused
from labelsvc.jobs.models import Job, JobState, Part

#: How long a part may take before another worker takes it over. Workers renew while they work.
LEASE = timedelta(seconds=120)
#: A part that failed, or took its worker with it, this often ends its job.
MAX_ATTEMPTS = 3
#: How long a part waits after its first failure; twice as long after the second.
RETRY_AFTER = timedelta(seconds=5)
#: The longest that a part waits while storage is broken: twice as long each time, up to this, for ever.
LONGEST_DELAY = timedelta(minutes=10)
#: No part waits longer before it is tried again.
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True)
class Claim:
    """A leased part and what is to be done."""

    job_id: int
    number: int
    lease: str
    kind: str
    payload: dict[str, Any]
    attempt: int


def enqueue(session: Session, *, kind: str, payload: dict[str, Any], parts: int) -> Job:
    """Put a job of *parts* parts (numbered from 1) into the queue, in the caller's transaction."""
    job = Job(kind=kind, payload=payload, parts=[Part(number=n + 1) for n in range(parts)])
    session.add(job)
    session.flush()
    return job


class Due(NamedTuple):
    """A part that may be taken, and how often it was."""

    job_id: int
    number: int
    attempts: int


def due(session: Session, *, limit: int, but: str = "") -> list[Due]:
    """The oldest parts that `claim` would find now, at most *limit*; without a lock."""
    query = select(Part.job_id, Part.number, Part.attempts).where(*_free(None, but=but))
    rows = session.execute(query.order_by(Part.job_id, Part.number).limit(limit))
    return [Due(*row) for row in rows]


def is_due(session: Session, *, job_id: int | None = None, only: str = "", but: str = "") -> bool:
    """True if `claim` would find a part now, as far as can be seen without a lock."""
    query = select(Part.number).where(*_free(job_id, only=only, but=but)).limit(1)
    return session.scalars(query).first() is not None


def claim(
    session: Session,
    *,
    job_id: int | None = None,
    number: int | None = None,
    only: str = "",
    but: str = "",
) -> Claim | None:
    """Lease the oldest waiting part, or one whose lease ran out; None when nothing waits.

    An `attempt` above `MAX_ATTEMPTS` means that the workers that had the part died with it.

    :param job_id: only parts of this job.
    :param number: only this part.
    :param only: only of jobs of this kind. :param but: of any kind but this one.
    """
    query = (
        select(Part)
        .where(*_free(job_id, only=only, but=but))
        .order_by(Part.job_id, Part.number)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if number is not None:
        query = query.where(Part.number == number)
    part = session.scalars(query).first()
    if part is None:
        return None
    part.state, part.leased_until = JobState.RUNNING, now() + LEASE
    part.lease, part.attempts = str(uuid.uuid4()), part.attempts + 1
    # Compare and set: a job that somebody ended in this moment must not come back to life.
    session.execute(
        update(Job)
        .where(Job.id == part.job_id, Job.state == JobState.QUEUED)
        .values(state=JobState.RUNNING)
    )
    job = session.get_one(Job, part.job_id)
    session.flush()
    return Claim(job.id, part.number, part.lease, job.kind, dict(job.payload), part.attempts)


def renew(session: Session, claimed: Claim) -> bool:
    """Hold the lease longer; False when it was lost."""
    return _change(session, claimed, leased_until=now() + LEASE)


def finish_part(
    session: Session, claimed: Claim, *, file_key: str, sha256: str, result: dict[str, Any]
) -> bool:
    """The part is done; False when the lease was lost and the result does not count."""
    return _change(
        session, claimed, state=JobState.DONE, lease=None, leased_until=None,
        file_key=file_key, sha256=sha256, result=result, problem=None,
    )  # fmt: skip


def give_back(session: Session, claimed: Claim, problem: str) -> bool:
    """The part failed for a reason that may pass: back into the queue.

    :returns: False when it failed too often; then the caller fails the job.
    """
    _change(
        session, claimed, state=JobState.QUEUED, lease=None, problem=problem[:2000],
        leased_until=now() + RETRY_AFTER * claimed.attempt,
    )  # fmt: skip
    return claimed.attempt < MAX_ATTEMPTS


def put_off(session: Session, claimed: Claim, problem: str) -> bool:
    """Storage was broken: back into the queue, for longer each time. It does not count as an attempt,
    since nothing is wrong with the part.

    :returns: False when the lease was lost: another worker has it.
    """
    part = session.get(Part, (claimed.job_id, claimed.number), populate_existing=True)
    if part is None or part.lease != claimed.lease:
        return False
    wait = min(RETRY_AFTER * 2 ** min(part.delays, 20), LONGEST_DELAY)
    return _change(
        session, claimed, state=JobState.QUEUED, lease=None, problem=problem[:2000],
        leased_until=now() + wait, attempts=max(claimed.attempt - 1, 0), delays=part.delays + 1,
    )  # fmt: skip


def leave_close(session: Session, job_id: int) -> None:
    """Storage was broken while a finished job was put together: others may try it soon."""
    session.execute(
        update(Part)
        .where(Part.job_id == job_id, Part.number == 1, Part.state == JobState.DONE)
        .values(leased_until=now() + RETRY_AFTER * 2, delays=Part.delays + 1)
    )


def fail_job(session: Session, job_id: int, error: LabelsvcError) -> bool:
    """End the job with *error*; False when it had ended already."""
    known = error.as_json() | {"template": error.message, "fix_template": error.fix}
    return _end(session, job_id, JobState.FAILED, known)


def failure(job: Job) -> LabelsvcError:
    """Make an error of what ended a job, to be told in any language (`i18n.explain`)."""
    known = dict(job.error or {})
    message, fix = known.pop("template", "The job failed."), known.pop("fix_template", "")
    for name in ("code", "message", "fix"):
        known.pop(name, None)
    return PrintRefused(message, fix=fix, **known)


def finish_job(session: Session, job_id: int) -> bool:
    """End the job well; False when somebody else ended it."""
    return _end(session, job_id, JobState.DONE, None)


def all_parts_done(session: Session, job_id: int) -> bool:
    """True if nothing of the job is left to do but closing it."""
    open_parts = session.scalar(
        select(func.count()).where(Part.job_id == job_id, Part.state != JobState.DONE)
    )
    return open_parts == 0


def waiting_to_close(session: Session, *, job_id: int | None = None) -> Sequence[int]:
    """Jobs whose parts are all done and that nobody closes: their last worker died just then."""
    first, unfinished = aliased(Part), aliased(Part)
    query = (
        select(Job.id)
        .join(first, (first.job_id == Job.id) & (first.number == 1))
        .where(Job.state == JobState.RUNNING, first.state == JobState.DONE)
        .where(_over(first.leased_until))
        .where(~exists().where(unfinished.job_id == Job.id, unfinished.state != JobState.DONE))
    )
    if job_id is not None:
        query = query.where(Job.id == job_id)
    return session.scalars(query).all()


def claim_close(session: Session, job_id: int) -> bool:
    """Take over the closing of a finished job, for the time of a lease; False: another has it.

    Closing twice would do no harm, but putting a large file together twice takes long.
    """
    taken = session.execute(
        update(Part)
        .where(Part.job_id == job_id, Part.number == 1, Part.state == JobState.DONE)
        .where(_over(Part.leased_until))
        .values(leased_until=now() + LEASE)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _free(job_id: int | None, *, only: str = "", but: str = "") -> tuple[ColumnElement[bool], ...]:
    """Parts that may be taken now: waiting, or of a worker that is gone."""
    job = exists().where(Job.id == Part.job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
    if only:
        job = job.where(Job.kind == only)
    if but:
        job = job.where(Job.kind != but)
    free = (
        Part.state.in_((JobState.QUEUED, JobState.RUNNING)),
        or_(
            and_(Part.state == JobState.RUNNING, _over(Part.leased_until)),
            and_(Part.state == JobState.QUEUED, _over(Part.leased_until, LONGEST_WAIT)),
        ),
        job,
    )
    return free if job_id is None else (*free, Part.job_id == job_id)


def _over(
    until: InstrumentedAttribute[datetime | None], longest: timedelta | None = None
) -> ColumnElement[bool]:
    """True once *until* is past; also where it is later than anybody may have written it: the clock was
    ahead then, or is behind now. A quarter more, since clocks of machines differ.

    :param longest: how far ahead it may lie; a lease unless given.
    """
    latest = now() + (LEASE if longest is None else longest) * 1.25
    return or_(until.is_(None), until < now(), until > latest)


def _change(session: Session, claimed: Claim, **values: Any) -> bool:
    done = session.execute(
        update(Part)
        .where(
            Part.job_id == claimed.job_id,
            Part.number == claimed.number,
            Part.lease == claimed.lease,
        )
        .values(**values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _end(session: Session, job_id: int, state: JobState, error: dict[str, Any] | None) -> bool:
    done = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        .values(state=state, error=error, finished_at=now())
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]
