"""Jobs and their parts: the database holds the truth, whatever process dies.

A job is cut into parts. A worker leases a part until a moment, renders it, and marks it done with
the hash of its file; a lease that ran out goes back into the queue. Parts are idempotent: the
same part gives the same bytes, so doing one twice is harmless.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.clock import now
from labelsvc.db import Base


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """One piece of long work. `kind` names the function of worker/tasks.py that does its parts."""

    __tablename__ = "job"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12), default=JobState.QUEUED, index=True)
    #: Machine code and parameters of the error that ended it (`LabelsvcError.as_json`).
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    parts: Mapped[list[Part]] = relationship(
        back_populates="job", order_by="Part.number", cascade="all, delete-orphan"
    )

    @property
    def progress(self) -> tuple[int, int]:
        """Finished and all parts."""
        return sum(p.state == JobState.DONE for p in self.parts), len(self.parts)


class Part(Base):
    """One leasable piece of a job."""

    __tablename__ = "job_part"
    __table_args__ = (
        Index("ix_job_part_state_leased_until", "state", "leased_until"),
        {"info": {"volatile": True}},
    )

    job_id: Mapped[int] = mapped_column(ForeignKey("job.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(12), default=JobState.QUEUED)
    leased_until: Mapped[datetime | None]
    #: Who holds the lease; a late worker whose lease was taken over must not write.
    lease: Mapped[str | None] = mapped_column(String(36))
    attempts: Mapped[int] = mapped_column(default=0)
    #: How often it was put off because storage was broken; this does not count as an attempt.
    delays: Mapped[int] = mapped_column(default=0, server_default="0")
    sha256: Mapped[str | None] = mapped_column(String(64))
    file_key: Mapped[str | None] = mapped_column(String(200))
    #: Facts the part found out (read-back report, bytes, seconds).
    result: Mapped[dict[str, Any] | None]
    problem: Mapped[str | None] = mapped_column(Text)
    job: Mapped[Job] = relationship(back_populates="parts")
