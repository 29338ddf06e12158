"""Models: tables of what printing leaves behind; runs and rolls, their ledger, printers, a producer's own layouts.

A run says what was to be printed, for which lot, by whom, and whether it was released; the ledger
says what came out of the printer.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Blank, Issue
from labelsvc.codes.register import blank
from labelsvc.codes.register.issue import codes_of
from labelsvc.db import Base
from labelsvc.jobs.models import Job


class RunState(StrEnum):
    QUEUED = "queued"
    RENDERING = "rendering"
    RELEASED = "released"
    FAILED = "failed"
    VOID = "void"


class Rendered:
    """A file of labels: of which layout and content, for which printer, and how far it is."""

    id: Mapped[int] = mapped_column(primary_key=True)
    layout_name: Mapped[str] = mapped_column(String(61))
    #: The layout as it was, so that the same bytes can be made again after it changed.
    layout_toml: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(String(8))
    count: Mapped[int]
    #: 1-based cell of the first sheet where printing starts.
    start_at: Mapped[int] = mapped_column(default=1)
    #: Cells of the first sheet that are used up, how the cells are filled, labels of each code
    #: and their order, labels without a code at the end: `labels.sheets.imprint.Imprint`.
    imprint: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    #: PDF, or a language of `labels.rolls.languages`.
    output: Mapped[str] = mapped_column(String(8), default="pdf", server_default="pdf")
    #: The printer as it was set up: `labels.sheets.profile.Profile`.
    profile: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
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

    @property
    def name_on_labels(self) -> str:
        """The words before the number of each label, so that no two of a lot read the same.

        Empty in runs that were made before labels had it: they are drawn as they were printed.
        """
        return str((self.content or {}).get("mark", ""))

    @declared_attr
    def printer_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("printer.id"))

    @declared_attr
    def job_id(cls) -> Mapped[int | None]:
        return mapped_column(ForeignKey("job.id"))

    @declared_attr
    def job(cls) -> Mapped[Job | None]:
        return relationship(Job)


class PrintRun(Rendered, Base):
    """One run: a range of codes on one layout. Released only when every symbol was read back."""

    __tablename__ = "print_run"
    # The pages that are kept in memory tell of codes, not of how they were printed.
    __table_args__ = ({"info": {"volatile": True}},)

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), unique=True)
    #: The run whose spoiled labels this one replaces, and why.
    reprint_of: Mapped[int | None] = mapped_column(ForeignKey("print_run.id"), index=True)
    reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    lot: Mapped[Lot] = relationship()
    issue: Mapped[Issue] = relationship()

    @property
    def folder(self) -> str:
        """The folder of its files."""
        return f"runs/{self.id}"

    @property
    def record(self) -> str:
        """The name that messages and file names give it."""
        return self.lot.code

    def codes(self, keyring: Keyring, *, offset: int = 0, count: int | None = None) -> list[str]:
        """Texts of its symbols."""
        return codes_of(self.issue, keyring, offset=offset, count=count)

    def touch(self) -> None:
        """Load what rendering needs, so that it holds no transaction."""
        _ = self.lot.product, self.issue.lot


class SentAct(Base):
    """A lot opened and printed by one act of a telephone, which may send it again until it is answered.

    The `uid` was made by the telephone and is its sender's: the same word of somebody else is another act.
    """

    __tablename__ = "sent_act"
    __table_args__ = ({"info": {"volatile": True}},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True
    )
    uid: Mapped[str] = mapped_column(String(64), primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    run: Mapped[PrintRun] = relationship()


class BlankRoll(Rendered, Base):
    """Labels of codes that belong to no lot yet: they are bound when the roll is used."""

    __tablename__ = "blank_roll"
    __table_args__ = ({"info": {"volatile": True}},)

    blank_id: Mapped[int] = mapped_column(ForeignKey("blank.id"), unique=True)
    blank: Mapped[Blank] = relationship()

    @property
    def folder(self) -> str:
        return f"blanks/{self.id}"

    @property
    def record(self) -> str:
        return f"TRANG-{self.id}"

    def codes(self, keyring: Keyring, *, offset: int = 0, count: int | None = None) -> list[str]:
        """Texts of its symbols."""
        return blank.codes_of(self.blank, keyring, offset=offset, count=count)

    def touch(self) -> None:
        _ = self.blank.count


class RunFile(Base):
    """A released run in another shape: for the print shop, as data for its press, for an archive.

    Its codes are those of the run: no number is taken. State and error are those of the job.
    """

    __tablename__ = "run_file"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("print_run.id"), index=True)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    #: press, variable or archive.
    kind: Mapped[str] = mapped_column(String(10))
    #: What was asked for: `labels.runs.extra_files.Wish`.
    wish: Mapped[dict[str, Any]]
    file_key: Mapped[str | None] = mapped_column(String(200))
    #: The sheet for the print shop (PDF).
    report_key: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str | None] = mapped_column(String(64))
    bytes: Mapped[int | None]
    #: Figures and findings of the preflight.
    report: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")
    run: Mapped[PrintRun] = relationship()
    job: Mapped[Job | None] = relationship()


class Entry(StrEnum):
    """An event in the life of labels of a run after it was released."""

    PRINTED = "printed"
    UNPRINTED = "unprinted"  # a printer took them, and they did not come out
    SPOILED = "spoiled"
    VOIDED = "voided"  # by earlier versions: today they are spoiled
    REPRINTED = "reprinted"
    ACTIVATED = "activated"  # on its goods
    SOLD = "sold"


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


class Artwork(Base):
    """A picture that stands on labels: the certification mark of the programme, or the logo of a
    producer. Rows stay, so that the trail and old runs can name the picture; the newest that is not
    removed is in use."""

    __tablename__ = "artwork"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `image` of the layout language: mark, logo.
    name: Mapped[str] = mapped_column(String(20))
    #: Of a logo.
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    transparent: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")
    removed_at: Mapped[datetime | None]


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
