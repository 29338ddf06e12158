"""Printers: tables of printers, and of runs on their way to one."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.labels.models.runs import PrintRun


class Printer(Base):
    """A producer's printer: its correction (offset, scale, rotation), resolution and address."""

    __tablename__ = "printer"
    __table_args__ = (
        UniqueConstraint("producer_id", "name", name="uq_printer_producer_id_name"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    name: Mapped[str] = mapped_column(String(60))
    #: PDF (driver of an office printer), or a language of `labels.rolls.languages`.
    language: Mapped[str] = mapped_column(String(8), default="pdf")
    #: `labels.sheets.profile.Profile`.
    profile: Mapped[dict[str, Any]]
    host: Mapped[str] = mapped_column(String(120), default="")
    port: Mapped[int] = mapped_column(default=9100)
    updated_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    updated_by: Mapped[str] = mapped_column(String(60), default="")
    removed_at: Mapped[datetime | None]


class SendingState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


class Sending(Base):
    """A run on its way to a network printer, from label `from_unit` on."""

    __tablename__ = "sending"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"), index=True)
    printer_id: Mapped[int] = mapped_column(ForeignKey("printer.id"))
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    state: Mapped[str] = mapped_column(String(8), default=SendingState.QUEUED)
    from_unit: Mapped[int] = mapped_column(default=1)
    #: The last label that the printer surely took, counted in the run; 0 while there is none.
    sent_units: Mapped[int] = mapped_column(default=0)
    #: `LabelsvcError.as_json` of what stopped it.
    error: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")
    run: Mapped[PrintRun] = relationship()
    printer: Mapped[Printer] = relationship()
