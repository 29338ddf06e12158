"""Models: the table of messages. One row is one message to one address by one channel."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


class Channel(StrEnum):
    MAIL = "mail"
    PHONE = "phone"
    WEBHOOK = "webhook"


class MessageState(StrEnum):
    WAITING = "waiting"
    #: A worker has it, until its lease ends.
    SENDING = "sending"
    SENT = "sent"
    #: Nobody took it, for a reason that does not pass.
    FAILED = "failed"
    #: The other side does not know the address.
    REFUSED = "refused"
    #: What it led to holds no more: a link that was used or is too old.
    DROPPED = "dropped"


class Message(Base):
    """A message that is written in the transaction of the act that it tells of."""

    __tablename__ = "message"
    __table_args__ = (
        Index("ix_message_state_next_at", "state", "next_at"),
        Index("ix_message_user_id_created_at", "user_id", "created_at"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(10))
    #: None for the webhook.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    #: Empty for the webhook, whose address stands in the settings, and once it is forgotten.
    address: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2))
    #: What the sentences of the kind are filled with, and no more.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: The same act tells the same person once by one channel.
    key: Mapped[str] = mapped_column(String(160), unique=True)
    #: 0 goes first: somebody waits for it before a screen.
    rank: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(10), default=MessageState.WAITING)
    tries: Mapped[int] = mapped_column(default=0)
    #: When it may be taken; while it is being sent, when the lease ends.
    next_at: Mapped[datetime] = mapped_column(default=now)
    lease: Mapped[str | None] = mapped_column(String(36))
    #: How often a worker was gone before it wrote down what came of it: it may have arrived as often.
    doubtful: Mapped[int] = mapped_column(default=0)
    #: What the other side said last.
    problem: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
