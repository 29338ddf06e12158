"""Models: tables of users, second factors, sign-ins, and the append-only audit trail."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.i18n import fold
from labelsvc.sealing import Sealed


class Role(StrEnum):
    PRODUCER = "producer"
    OFFICE = "office"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"
    #: Looks at the pages of the office, and changes nothing.
    VIEWER = "viewer"


class User(Base):
    """A person who signs in. A producer's user belongs to exactly one producer (its tenant)."""

    __tablename__ = "user"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Sign-in name, lower case: an e-mail address or a phone number.
    name: Mapped[str] = mapped_column(String(120), unique=True)
    full_name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(12))
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    #: What the person chose; empty follows the browser.
    language: Mapped[str] = mapped_column(String(2), default="")
    active: Mapped[bool] = mapped_column(default=True)
    #: `i18n.fold` of both names: neither database folds Vietnamese marks, and SQLite no capital Đ.
    search_key: Mapped[str] = mapped_column(String(250), default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    #: When somebody else made, reset or promoted it: for a while it confirms nothing (`two_people`).
    renewed_at: Mapped[datetime | None]

    @validates("name", "full_name")
    def _name_changed(self, key: str, value: str) -> str:
        name = value if key == "name" else (self.name or "")
        full_name = value if key == "full_name" else (self.full_name or "")
        self.search_key = fold(f"{full_name} {name}")
        return value


class Stage(StrEnum):
    """The stage that a sign-in has reached. Only a full one opens pages."""

    FULL = "full"
    #: The password was right; the second factor is still to come.
    FACTOR = "factor"
    #: The password was right; the role needs a second factor and the user has none yet.
    ENROL = "enrol"


class Factor(StrEnum):
    """A factor that somebody proved beside the password."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY = "recovery"


class Totp(Base):
    """The authenticator app of a user (RFC 6238). The secret is sealed."""

    __tablename__ = "totp"
    __sealed__ = Sealed("sealed", lambda row: f"totp {row.user_id}")
    __table_args__ = ({"info": {"volatile": True}},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    sealed: Mapped[bytes]
    #: The 30-second step of the newest code that was taken: it and all before are used up.
    last_step: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential of a user. Public keys only: a copy of the table signs nobody in."""

    __tablename__ = "passkey"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    #: COSE key.
    public_key: Mapped[bytes]
    #: The authenticator's counter; 0 for those that keep none, as synchronised ones.
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]] = mapped_column(default=list)
    #: As its owner calls it: "Điện thoại của tôi".
    name: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime] = mapped_column(default=now)
    used_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """One of the codes on paper. The selector finds the row, the rest is hashed as passwords are."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("user_id", "selector"), {"info": {"volatile": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    selector: Mapped[str] = mapped_column(String(4))
    hash: Mapped[str] = mapped_column(String(200))
    used_at: Mapped[datetime | None]


class Challenge(Base):
    """A question that a browser was asked and has not answered yet. An answer takes it away: single use."""

    __tablename__ = "challenge"
    #: The offer of an authenticator app, twenty minutes old at most.
    __sealed__ = Sealed("body", None, only=lambda row: row.purpose == "totp")
    __table_args__ = ({"info": {"volatile": True}},)

    #: SHA-256 of what the browser alone holds: its sign-in token, or a value in a signed cookie.
    browser: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12), primary_key=True)
    body: Mapped[bytes]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignIn(Base):
    """One signed-in browser. The cookie holds a random token, the row only its SHA-256."""

    __tablename__ = "sign_in"
    __table_args__ = ({"info": {"volatile": True}},)

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    stage: Mapped[str] = mapped_column(String(8), default=Stage.FULL)
    #: The second factor that was given, empty for none.
    factor: Mapped[str] = mapped_column(String(10), default="")
    #: Last time the factor, or without one the password, was given again (step-up for withdrawal,
    #: keys and roles). Never for a sign-in by password alone.
    confirmed_at: Mapped[datetime | None]
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


class AccountProposal(Base):
    """An act on an account of an official that a second person confirms, or refuses."""

    __tablename__ = "account_proposal"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    #: None for an account that is to be made.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120), default="")
    full_name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(12), default="")
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"))
    state: Mapped[str] = mapped_column(String(10), index=True)
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    link_shown_at: Mapped[datetime | None]


class AccountNotice(Base):
    """One act of somebody on an account, for its person to read."""

    __tablename__ = "account_notice"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    what: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(60))
    seen_at: Mapped[datetime | None]


class AuditEntry(Base):
    """An entry for one act. Rows are only ever added; each holds the hash of the one before."""

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
