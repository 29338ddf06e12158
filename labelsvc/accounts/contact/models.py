"""Models: tables of addresses, of choices, and of links that work once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


class Contact(Base):
    """An address of a person by one channel: e-mail, or telephone."""

    __tablename__ = "contact"
    __table_args__ = (
        # An address that somebody has proven is theirs alone: it signs in and resets passwords.
        Index(
            "ix_contact_address", "address", unique=True,
            sqlite_where=text("verified_at IS NOT NULL"),
            postgresql_where=text("verified_at IS NOT NULL"),
        ),
        Index("ix_contact_user_id_channel", "user_id", "channel", unique=True),
        {"info": {"volatile": True}},
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    channel: Mapped[str] = mapped_column(String(10))
    #: In the spelling of `names.normal_name`.
    address: Mapped[str] = mapped_column(String(120))
    #: When its person opened a link that was sent there.
    verified_at: Mapped[datetime | None]
    #: When the other side said that there is no such address, and its words.
    refused_at: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(String(300), default="")


class MessageChoice(Base):
    """A person wants a kind of message by a channel, or does not. Without a row the usual holds."""

    __tablename__ = "message_choice"
    __table_args__ = ({"info": {"volatile": True}},)

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    wanted: Mapped[bool]


class OneTimeLink(Base):
    """A link that was sent to somebody. The table has its SHA-256 only."""

    __tablename__ = "one_time_link"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    #: The address that it was sent to.
    contact_id: Mapped[int] = mapped_column(ForeignKey("contact.id", ondelete="CASCADE"))
    address: Mapped[str] = mapped_column(String(120))
    #: Random; with a secret key of the settings it gives the token.
    seed: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
