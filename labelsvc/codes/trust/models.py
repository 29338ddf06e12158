"""Trust in the database: published manifests, and the state of status lists."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.sealing import Sealed


class TrustManifest(Base):
    """A published trust manifest, as the roots signed it. All versions stay."""

    __tablename__ = "trust_manifest"
    __table_args__ = ({"info": {"volatile": True}},)

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    file: Mapped[bytes] = mapped_column(LargeBinary)
    published_at: Mapped[datetime] = mapped_column(default=now)


class StatusState(Base):
    """One row: the key that signs status heads and lists, and the newest head."""

    __tablename__ = "status_state"
    __sealed__ = Sealed("sealed", lambda _row: "status key")
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    #: Name of the key in its notes; it never changes, nor does the key.
    name: Mapped[str] = mapped_column(String(200))
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    #: Private key, encrypted as those of the codes.
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    #: What the lists were made of (`gather.mark_of`): the same again makes no new list.
    made_of: Mapped[str] = mapped_column(String(120), default="")
    head: Mapped[str] = mapped_column(Text, default="")
    #: The same in the format of before, for verifiers that do not read the newer one.
    old_head: Mapped[str] = mapped_column(Text, default="", server_default="")
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


class StatusListRecord(Base):
    """The newest list of one issuing key and purpose."""

    __tablename__ = "status_list"
    __table_args__ = ({"info": {"volatile": True}},)

    kid: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    purpose: Mapped[str] = mapped_column(String(10), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    #: Newest number that was ever given to somebody who publishes: none is used twice.
    taken: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    #: SHA-256 of the file, hex.
    sha256: Mapped[str] = mapped_column(String(64))
    #: SHA-256 of what it lists: the same again needs no new list.
    listed: Mapped[str] = mapped_column(String(64))
    lots: Mapped[int]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
