"""Outbox: puts messages in, leases them, and writes down what came of each. The caller owns the transaction.

A worker that dies between the other side's "yes" and its own commit leaves a message that may have
arrived. It is sent again: lost is worse than double. The second one has the same Message-ID, the number
of the row, and the row counts how often that happened (`doubtful`).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.errors import Conflict
from labelsvc.messages.kinds import KINDS
from labelsvc.messages.models import Channel, Message, MessageState

#: How long sending one may take before another worker sends it: more than all waits of a channel together.
LEASE: Final = timedelta(minutes=5)
#: Waits after the first, second … refusal that may pass; the last one repeats.
WAITS: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360))
#: How long an ordinary message is tried; one with a link is dropped when the link is too old.
LONGEST: Final = timedelta(days=3)
#: What may be taken is never later than this, unless a clock was ahead when it was written.
_LATEST: Final = max(WAITS) * 2


@dataclass(frozen=True)
class Note:
    """One thing to tell: a kind of `KINDS`, the facts of its sentences, the act that it tells of."""

    kind: str
    #: "case:12:opened": the act, the same however often it is told.
    act: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def put(
    session: Session, note: Note, channel: Channel, *, user_id: int | None = None,
    address: str = "", language: str = "vi",
) -> bool:  # fmt: skip
    """Put a message in; False where this act told this person by this channel already."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {
        "kind": note.kind, "channel": str(channel), "user_id": user_id, "address": address,
        "language": language, "facts": dict(note.facts), "rank": 0 if KINDS[note.kind].urgent else 1,
        "key": f"{note.kind}:{note.act}:{user_id or ''}:{channel}",
    }  # fmt: skip
    made = session.execute(
        make(Message)
        .values(values)
        .on_conflict_do_nothing(index_elements=[Message.key])
        .returning(Message.id)
    )
    return made.one_or_none() is not None


def is_due(session: Session, *, resting: frozenset[str] = frozenset()) -> bool:
    """True if `claim` would find a message now; without a lock."""
    query = select(Message.id).where(_due(now()), Message.channel.not_in(resting))
    return session.scalars(query.limit(1)).first() is not None


def claim(session: Session, *, resting: frozenset[str] = frozenset()) -> Message | None:
    """Lease the next message: those with a waiting person first, then the oldest.

    :param resting: channels that do not answer at the moment.
    """
    query = select(Message).where(_due(now()), Message.channel.not_in(resting))
    query = query.order_by(Message.rank, Message.id).limit(1).with_for_update(skip_locked=True)
    found = session.scalars(query).first()
    if found is None:
        return None
    if found.state == MessageState.SENDING:
        found.doubtful += 1
    found.state, found.lease, found.tries = MessageState.SENDING, str(uuid.uuid4()), found.tries + 1
    found.next_at = now() + LEASE
    session.flush()
    return found


def _due(at: datetime) -> Any:
    return Message.state.in_((MessageState.WAITING, MessageState.SENDING)) & or_(
        Message.next_at <= at, Message.next_at > at + _LATEST
    )


def sent(session: Session, message: Message) -> bool:
    """The other side took it; False when another worker has it by now."""
    return _change(session, message, state=MessageState.SENT, sent_at=now(), problem="")


def ended(session: Session, message: Message, state: MessageState, problem: str) -> bool:
    """It is not sent, and will not be by itself."""
    return _change(session, message, state=state, problem=problem[:300])


def later(session: Session, message: Message, problem: str) -> bool:
    """The other side said no for now: again after a while, for three days."""
    if message.created_at < now() - LONGEST:
        return ended(session, message, MessageState.FAILED, problem)
    wait = WAITS[min(message.tries, len(WAITS)) - 1]
    return _change(
        session, message, state=MessageState.WAITING, next_at=now() + wait, problem=problem[:300]
    )


def give_back(session: Session, message: Message, problem: str, wait: timedelta) -> bool:
    """The channel itself is away: that is no fault of the message, and no try of it."""
    if message.created_at < now() - LONGEST:
        return ended(session, message, MessageState.FAILED, problem)
    return _change(
        session, message, state=MessageState.WAITING, next_at=now() + wait, problem=problem[:300],
        tries=message.tries - 1,
    )  # fmt: skip


def _change(session: Session, message: Message, **values: Any) -> bool:
    """Only whoever holds the lease writes."""
    done = session.execute(
        update(Message)
        .where(Message.id == message.id, Message.lease == message.lease)
        .values(lease=None, **values)
        .returning(Message.id)
    )
    return done.one_or_none() is not None


def again(session: Session, message: Message) -> None:
    """A person wants it sent once more. :raises Conflict: it waits already, or nothing is left of it."""
    session.refresh(message, with_for_update=True)
    if message.state in (MessageState.WAITING, MessageState.SENDING):
        raise Conflict("This message waits already.", fix="It is sent by itself.")
    if not message.address and message.channel != Channel.WEBHOOK:
        raise Conflict(
            "The address and the facts of this message are forgotten.",
            fix="Tell the person in another way.",
        )
    message.state, message.next_at, message.tries = MessageState.WAITING, now(), 0
    message.created_at, message.problem = now(), ""
    session.flush()


def stop(session: Session, problem: str) -> int:
    """End what waits: after an old copy came back it may have been sent. Gives how many."""
    done = session.execute(
        update(Message)
        .where(Message.state.in_((MessageState.WAITING, MessageState.SENDING)))
        .values(state=MessageState.FAILED, problem=problem[:300], lease=None)
        .returning(Message.id)
    )
    return len(done.all())
