"""Print runs: what was printed, how many, for which lot, by whom, and whether it was released."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.models import Issue
from labelsvc.db import Base
from labelsvc.jobs.models import Job


class RunState(StrEnum):
    QUEUED = "queued"
    RENDERING = "rendering"
    RELEASED = "released"
    FAILED = "failed"
    VOID = "void"


class PrintRun(Base):
    """One run: a range of codes on one layout. Released only when every symbol was read back."""

    __tablename__ = "print_run"
    # The pages that are kept in memory tell of codes, not of how they were printed.
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), unique=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    layout_name: Mapped[str] = mapped_column(String(60))
    #: The layout as it was, so that the same bytes can be made again after it changed.
    layout_toml: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(String(8))
    count: Mapped[int]
    #: 1-based cell of the first sheet where printing starts.
    start_at: Mapped[int] = mapped_column(default=1)
    #: Host in the symbols.
    base_url: Mapped[str] = mapped_column(String(120))
    #: Values of the layout's variables at the time of printing (label as issued).
    content: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12), default=RunState.QUEUED, index=True)
    file_key: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes: Mapped[int | None]
    pages: Mapped[int | None]
    #: Read-back report: decoded, module in mm and dots, dpi, seconds.
    report: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")
    released_at: Mapped[datetime | None]
    lot: Mapped[Lot] = relationship()
    issue: Mapped[Issue] = relationship()
    job: Mapped[Job | None] = relationship()
