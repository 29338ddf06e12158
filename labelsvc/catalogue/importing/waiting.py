"""Waiting lists: uploads that nobody has taken over yet, and the job that works on each.

Used by the pages of imports and by the worker. The bytes are in the file store (`staging`).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from labelsvc import clock
from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.staging import MAX_AGE
from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.errors import Conflict, FileMissing
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job, JobState

#: Kind of the jobs that read a list or take it over.
JOB_KIND = "list"
#: Bytes of text above which a list is read by a worker: about a second of work.
LARGE = 150_000
#: Bytes of a workbook's XML that say as much as one byte of a text file.
_XML = 5


class Doing(StrEnum):
    """The work that the job of a list does."""

    NOTHING = ""
    PLAN = "plan"
    TAKE = "take"


class StagedList(Base):
    """An upload on its way."""

    __tablename__ = "staged_list"
    __table_args__ = ({"info": {"volatile": True}},)

    token: Mapped[str] = mapped_column(String(50), primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    uploaded_by: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(default=now)
    #: Too long for a request: a worker reads it.
    large: Mapped[bool]
    doing: Mapped[str] = mapped_column(String(8), default=Doing.NOTHING)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    job: Mapped[Job | None] = relationship(lazy="selectin")

    @property
    def busy(self) -> bool:
        """True while its job is not ended."""
        return self.job is not None and self.job.state in (JobState.QUEUED, JobState.RUNNING)


def is_large(data: bytes) -> bool:
    """True if reading a list takes longer than somebody should wait for a page."""
    if not data.startswith(b"PK"):
        return len(data) > LARGE
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return sum(one.file_size for one in archive.infolist()) > _XML * LARGE
    except (zipfile.BadZipFile, ValueError):
        return False  # it is refused at once


def keep(session: Session, token: str, *, file_name: str, actor: str, large: bool) -> StagedList:
    """Note an upload; forget those that are too old."""
    session.execute(delete(StagedList).where(StagedList.at < clock.now() - MAX_AGE))
    made = StagedList(token=token, file_name=file_name[:200], uploaded_by=actor, large=large)
    session.add(made)
    session.flush()
    return made


def find(session: Session, token: str) -> StagedList | None:
    return session.get(StagedList, token)


def forget(session: Session, token: str) -> None:
    """An upload was taken over or thrown away."""
    session.execute(delete(StagedList).where(StagedList.token == token))


def all_waiting(session: Session) -> Sequence[StagedList]:
    """Uploads that can still be taken over, the newest first."""
    ended = select(Job.id).where(Job.state == JobState.DONE).scalar_subquery()
    taken = (StagedList.doing == Doing.TAKE) & StagedList.job_id.in_(ended)
    return session.scalars(
        select(StagedList)
        .where(StagedList.at >= clock.now() - MAX_AGE, ~taken | StagedList.job_id.is_(None))
        .order_by(StagedList.at.desc())
        .limit(50)
    ).all()


def begin(
    session: Session, token: str, doing: Doing, *, actor: str, choices: Choices | None = None
) -> Job:
    """Put the reading or the taking over of an upload into the queue.

    :raises FileMissing: it does not wait. :raises Conflict: a worker is at it.
    """
    held = session.get(StagedList, token, with_for_update=True, populate_existing=True)
    if held is None:
        raise FileMissing("The list is no longer there.", fix="Upload it again: it waits for one day, and until it is taken over.")  # fmt: skip
    if held.busy:
        raise Conflict("The list is being read just now.", fix="Wait until it is done.")
    payload: dict[str, Any] = {
        "token": token, "doing": str(doing), "actor": actor, "file": held.file_name,
        "choices": choices.as_json() if choices is not None else None,
    }  # fmt: skip
    job = queue.enqueue(session, kind=JOB_KIND, payload=payload, parts=1)
    held.job, held.doing = job, doing
    session.flush()
    return job
