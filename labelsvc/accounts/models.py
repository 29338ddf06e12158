"""Users, their sign-ins, and the append-only audit trail."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.clock import now
from labelsvc.db import Base


class Role(StrEnum):
    PRODUCER = "producer"
    OFFICE = "office"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"


class User(Base):
    """A person who signs in. A producer's user belongs to exactly one producer (its tenant)."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Sign-in name, lower case: an e-mail address or a phone number.
    name: Mapped[str] = mapped_column(String(120), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(12))
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    language: Mapped[str] = mapped_column(String(2), default="vi")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class SignIn(Base):
    """One signed-in browser. The cookie holds a random token, the row only its SHA-256."""

    __tablename__ = "sign_in"
    __table_args__ = ({"info": {"volatile": True}},)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    #: Last time the password was given again (step-up for withdrawal, keys and roles).
    confirmed_at: Mapped[datetime] = mapped_column(default=now)
    #: Browser family only ("Chrome on Android"), so that a person knows the sign-in again.
    device: Mapped[str] = mapped_column(String(60), default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    user: Mapped[User] = relationship()


class SignInTry(Base):
    """A failed sign-in, for throttling. Keys are keyed hashes, not names or addresses."""

    __tablename__ = "sign_in_try"
    __table_args__ = (Index("ix_sign_in_try_key_at", "key", "at"), {"info": {"volatile": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)


class AuditEntry(Base):
    """What somebody did. Rows are only ever added; each holds the hash of the one before."""

    __tablename__ = "audit_entry"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    #: "user:12", "cli", "worker"; never a name, which can change.
    actor: Mapped[str] = mapped_column(String(60))
    #: Verb and thing: "recognition.withdraw", "print_run.create".
    action: Mapped[str] = mapped_column(String(60), index=True)
    #: What it was done to: "recognition:31".
    subject: Mapped[str] = mapped_column(String(80), index=True)
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
