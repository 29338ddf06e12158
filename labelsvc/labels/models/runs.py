"""Runs: tables of print runs, rolls of blank labels, further files, and acts of a telephone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, Text
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
