"""Ledger: the table of what became of labels."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


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
