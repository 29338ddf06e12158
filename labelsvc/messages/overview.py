"""Overview: counts, finds and forgets messages. Used by the office's page, doctor, the command line, workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.messages.models import Message, MessageState

#: A message that waited so long past its time is stuck: no worker takes it.
PATIENCE: Final = timedelta(minutes=15)
#: How long address and facts of a message are kept, and how long its key, which keeps it from coming twice.
FORGET: Final = timedelta(days=30)
DELETE: Final = timedelta(days=400)


class Standing(NamedTuple):
    """Counts of the outbox by state."""

    waiting: int = 0
    failed: int = 0
    sent: int = 0
    #: Waited longer than `PATIENCE` past its time.
    stuck: int = 0
    #: Messages that may have arrived twice.
    doubtful: int = 0


def standing(session: Session) -> Standing:
    """Count the messages of the last thirty days."""
    recent = select(Message.state, func.count()).where(Message.created_at > now() - FORGET)
    by_state = {state: count for state, count in session.execute(recent.group_by(Message.state))}
    doubtful = select(func.count()).where(Message.doubtful > 0, Message.created_at > now() - FORGET)
    return Standing(
        waiting=by_state.get(MessageState.WAITING, 0) + by_state.get(MessageState.SENDING, 0),
        failed=by_state.get(MessageState.FAILED, 0) + by_state.get(MessageState.REFUSED, 0),
        sent=by_state.get(MessageState.SENT, 0),
        stuck=stuck(session),
        doubtful=session.scalar(doubtful) or 0,
    )


def stuck(session: Session) -> int:
    """Messages whose time came long ago, and that nobody took."""
    query = select(func.count()).where(
        Message.state.in_((MessageState.WAITING, MessageState.SENDING)),
        Message.next_at < now() - PATIENCE,
    )
    return session.scalar(query) or 0


def query(*, state: str = "") -> Select[Any]:
    """Messages, newest first; of one state, "waiting" with those that are being sent, "failed" with refused."""
    found = select(Message).order_by(Message.id.desc())
    together = {
        "waiting": (MessageState.WAITING, MessageState.SENDING),
        "failed": (MessageState.FAILED, MessageState.REFUSED),
    }
    return found.where(Message.state.in_(together.get(state, (state,)))) if state else found


def forget(session: Session) -> int:
    """Take addresses and facts out of what is over, and delete what is very old. How many were emptied."""
    over = Message.state.not_in((MessageState.WAITING, MessageState.SENDING))
    session.execute(delete(Message).where(over, Message.created_at < now() - DELETE))
    done = session.execute(
        update(Message)
        .where(over, Message.created_at < now() - FORGET, Message.address != "")
        .values(address="", facts={}, problem="")
        .returning(Message.id)
    )
    return len(done.all())
