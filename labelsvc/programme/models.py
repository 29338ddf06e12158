"""Models: merges of two producers or two products, and pages of what was removed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


class MergeKind(StrEnum):
    PRODUCER = "producer"
    PRODUCT = "product"


class MergeState(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    REFUSED = "refused"
    #: Taking it back is proposed.
    UNDOING = "undoing"
    UNDONE = "undone"


class Merge(Base):
    """One merge: which stays, which leads there from now on, who said so, and what was moved."""

    __tablename__ = "merge"
    __table_args__ = (
        Index("ix_merge_kind_gone_id", "kind", "gone_id"),
        Index("ix_merge_kind_kept_id", "kind", "kept_id"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    # Plain numbers: a later merge must not rewrite the history of this one.
    kept_id: Mapped[int]
    gone_id: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")
    #: `fields`: those taken from the one that goes; `products`: pairs [kept, gone] merged with it.
    choices: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: What the two were when it was proposed: confirming is refused once they changed.
    seen: Mapped[str] = mapped_column(String(64), default="")
    state: Mapped[str] = mapped_column(String(8))
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    #: Why it was refused.
    answer: Mapped[str] = mapped_column(Text, default="")
    undo_by: Mapped[str] = mapped_column(String(60), default="")
    undo_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(60), default="")
    undone_at: Mapped[datetime | None]
    #: Every row that was changed, with its old values (moving.py); empty until it is done.
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)


class RemovedPage(Base):
    """The address of a row that was deleted: its page says so for ever, or leads to what took its place."""

    __tablename__ = "removed_page"
    __table_args__ = ({"info": {"volatile": True}},)

    #: First part of the address: "product", "producer", "village", "outlet".
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(default=now)
    #: Number of the row of the same kind that took its place.
    into: Mapped[int | None]
