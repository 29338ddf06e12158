"""What printing leaves behind: runs, their ledger, printers, and a producer's own layouts and sheets.

A run says what was to be printed, for which lot, by whom, and whether it was released; the ledger
says what came out of the printer.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
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
    #: Cells of the first sheet that are used up, how the cells are filled, labels of each code
    #: and their order, labels without a code at the end: `labels.imprint.Imprint`.
    imprint: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    #: pdf, zpl or tspl.
    output: Mapped[str] = mapped_column(String(8), default="pdf", server_default="pdf")
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id"))
    #: The printer as it was set up: `labels.printers.Profile`.
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    #: The run whose spoiled labels this one replaces, and why.
    reprint_of: Mapped[int | None] = mapped_column(ForeignKey("print_run.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
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


class Entry(StrEnum):
    """What happened to labels of a run after it was released."""

    PRINTED = "printed"
    SPOILED = "spoiled"
    VOIDED = "voided"
    REPRINTED = "reprinted"
    ACTIVATED = "activated"  # on its goods


class LedgerEntry(Base):
    """Labels `first` to `last` of a run (from 1, as printed on them): what, when, by whom, why."""

    __tablename__ = "print_ledger"
    __table_args__ = (
        CheckConstraint('"last" >= "first" AND "first" > 0', name="range"),
        Index("ix_print_ledger_run_id_kind", "run_id", "kind"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"))
    kind: Mapped[str] = mapped_column(String(10))
    first: Mapped[int]
    last: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    printer_id: Mapped[int | None] = mapped_column(ForeignKey("printer.id"))
    #: The run that replaces these labels, for `reprinted`.
    other_run_id: Mapped[int | None] = mapped_column(ForeignKey("print_run.id"))
    actor: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(default=now)

    @property
    def count(self) -> int:
        return self.last - self.first + 1


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
    #: pdf (driver of an office printer), zpl or tspl.
    language: Mapped[str] = mapped_column(String(8), default="pdf")
    #: `labels.printers.Profile`.
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


class OwnLayout(Base):
    """A layout that a producer made. Runs keep their own copy: changing it changes no old run."""

    __tablename__ = "own_layout"
    __table_args__ = (
        UniqueConstraint("producer_id", "name", name="uq_own_layout_producer_id_name"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    name: Mapped[str] = mapped_column(String(61))
    title: Mapped[str] = mapped_column(String(120))
    toml: Mapped[str] = mapped_column(Text)
    #: Grows with each save, so that a second window does not overwrite unseen.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(60), default="")


class OwnSheet(Base):
    """A sheet or roll that a producer measured: `layout.Article` as JSON."""

    __tablename__ = "own_sheet"
    __table_args__ = (
        UniqueConstraint("producer_id", "name", name="uq_own_sheet_producer_id_name"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    name: Mapped[str] = mapped_column(String(61))
    title: Mapped[str] = mapped_column(String(120))
    article: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(60), default="")
