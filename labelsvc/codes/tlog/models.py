"""The public log in the database: leaves in their order, and how far it is published."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.sealing import Sealed


class LogLeaf(Base):
    """One leaf. Written once; only its place in the log is added later."""

    __tablename__ = "log_leaf"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Index in the log, from 0 and without gaps. None until the next publishing: what is committed
    #: first need not have the smaller id, and a gap could never be filled again.
    seq: Mapped[int | None] = mapped_column(BigInteger, unique=True)
    #: What it is about ("issue:12"): the same thing twice makes one leaf.
    subject: Mapped[str] = mapped_column(String(80), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    #: Of the lot it is about, to find it by.
    lot_id: Mapped[int | None] = mapped_column(index=True)
    #: The very bytes that are hashed and published.
    body: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    at: Mapped[datetime] = mapped_column(default=now)


class LogState(Base):
    """One row: the key of the log, and its newest checkpoint."""

    __tablename__ = "log_state"
    __sealed__ = Sealed("sealed", lambda _row: "log key")
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Name of the log in its checkpoints; it never changes, nor does the key.
    origin: Mapped[str] = mapped_column(String(200))
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Private key, encrypted as those of the codes.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: Leaves that have their place.
    next_seq: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Leaves, root and signed text of the newest checkpoint.
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    checkpoint: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class Setback(Base):
    """One row while the database is older than what it published: a copy was put back.

    Until `audit-log recover` has taken back what the copy forgot, no number is given.
    """

    __tablename__ = "setback"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    noticed_at: Mapped[datetime] = mapped_column(default=now)
    #: Leaves that are published, and those that the database had when it was noticed.
    published: Mapped[int] = mapped_column(BigInteger)
    own: Mapped[int] = mapped_column(BigInteger)
    #: How it was seen, a key of `recovery.notice.SEEN`.
    sign: Mapped[str] = mapped_column(String(12))
    #: Since when numbers may be given again; None while they may not.
    ended_at: Mapped[datetime | None]
    #: Leaves that were taken back.
    leaves: Mapped[int] = mapped_column(BigInteger, default=0)


class JournalState(Base):
    """One row: how far the journal beside the log has come (`recovery.journal`)."""

    __tablename__ = "journal_state"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Of the newest file.
    number: Mapped[int] = mapped_column(BigInteger, default=0)
    #: Leaves, entries of the audit trail and marks that files hold.
    leaves: Mapped[int] = mapped_column(BigInteger, default=0)
    entries: Mapped[int] = mapped_column(BigInteger, default=0)
    marks: Mapped[int] = mapped_column(BigInteger, default=0)
