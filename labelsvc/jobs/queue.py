"""The table as a queue: put in, lease, finish, give back. The caller owns the transaction.

A lease is a random word with an end. Whoever finishes a part must still hold its lease: a worker
that slept through its own lease finds the part taken over and throws its result away. On
PostgreSQL workers skip rows that others look at; on SQLite the writing door lets in one at a time.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.errors import LabelsvcError
from labelsvc.jobs.models import Job, JobState, Part

#: How long a part may take before another worker takes it over. Workers renew while they work.
LEASE = timedelta(seconds=120)
#: A part that failed this often for reasons unknown ends its job.
MAX_ATTEMPTS = 3


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


def claim(
    session: Session, *, job_id: int | None = None, number: int | None = None
) -> Claim | None:
    """Lease the oldest waiting part, or one whose lease ran out; None when nothing waits.

    :param job_id: only parts of this job.
    :param number: only this part.
    """
    moment = now()
    free = or_(
        Part.state == JobState.QUEUED,
        (Part.state == JobState.RUNNING) & (Part.leased_until < moment),
    )
    query = (
        select(Part)
        .join(Job)
        .where(free, Job.state.in_((JobState.QUEUED, JobState.RUNNING)))
        .order_by(Part.job_id, Part.number)
        .limit(1)
        .with_for_update(skip_locked=True, of=Part)
    )
    if job_id is not None:
        query = query.where(Part.job_id == job_id)
    if number is not None:
        query = query.where(Part.number == number)
    part = session.scalars(query).first()
    if part is None:
        return None
    part.state, part.leased_until = JobState.RUNNING, moment + LEASE
    part.lease, part.attempts = str(uuid.uuid4()), part.attempts + 1
    job = session.get_one(Job, part.job_id)
    job.state = JobState.RUNNING
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
        session, claimed, state=JobState.QUEUED, lease=None, leased_until=None,
        problem=problem[:2000],
    )  # fmt: skip
    return claimed.attempt < MAX_ATTEMPTS


def fail_job(session: Session, job_id: int, error: LabelsvcError) -> bool:
    """End the job with *error*; False when it had ended already."""
    return _end(session, job_id, JobState.FAILED, error.as_json())


def finish_job(session: Session, job_id: int) -> bool:
    """End the job well; False when somebody else ended it."""
    return _end(session, job_id, JobState.DONE, None)


def all_parts_done(session: Session, job_id: int) -> bool:
    """Whether nothing of the job is left to do but closing it."""
    open_parts = session.scalar(
        select(func.count()).where(Part.job_id == job_id, Part.state != JobState.DONE)
    )
    return open_parts == 0


def waiting_to_close(session: Session) -> Sequence[int]:
    """Jobs whose parts are all done and that nobody closed: their last worker died just then."""
    still = select(Part.job_id).where(Part.state != JobState.DONE)
    return session.scalars(
        select(Job.id).where(Job.state == JobState.RUNNING, Job.id.not_in(still))
    ).all()


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
