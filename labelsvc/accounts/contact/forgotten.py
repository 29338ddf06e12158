"""Forgotten: gives a new password to whoever reads what is sent to a proven address.

Whether somebody is known, and by what, is told to nobody: the page does the same work for every name, and
a job does the rest where nobody waits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import throttle, two_people, users
from labelsvc.accounts.contact import addresses, choices, links
from labelsvc.accounts.contact.links import LIFE, Purpose
from labelsvc.accounts.models import User
from labelsvc.accounts.names import named, normal_name
from labelsvc.accounts.throttle import Guess
from labelsvc.jobs import queue
from labelsvc.messages import outbox
from labelsvc.messages.models import Channel
from labelsvc.messages.outbox import Note

JOB_KIND = "forgotten"
#: Links that one person gets in an hour, by whatever name or address they are asked for.
MAX_LINKS: Final = 3


def ask(session: Session, name: str, *, secret: str, network: str) -> None:
    """Somebody says that they forgot the password of *name*.

    The same statements run for every name. What was typed is not kept.

    :raises TooManyTries: this name or this network asked often, whether it is known or not.
    """
    user_id = session.scalar(select(User.id).where(named(name)).order_by(User.id).limit(1))
    throttle.begin(session, Guess(secret, normal_name(name), network, kind="forgotten"))
    queue.enqueue(session, kind=JOB_KIND, payload={"user": user_id or 0}, parts=1)


def send_link(session: Session, user_id: int, *, keys: Sequence[str]) -> bool:
    """Send a link to the proven addresses of *user_id*; False where there is none, and the office helps."""
    user = session.get(User, user_id)
    if user is None or not user.active:
        return False
    if links.recent(session, Purpose.RESET, user_id, timedelta(hours=1)) >= MAX_LINKS:
        return False
    known, offered = addresses.of_user(session, user_id), session.info.get("channels") or {}
    for channel in choices.PERSONAL:
        row, kinds = known.get(channel), offered.get(channel)
        takes = channel in offered and (kinds is None or "reset" in kinds)
        if row is None or not row.verified_at or row.refused_at or not takes:
            continue
        made = links.make(session, Purpose.RESET, row, keys=keys)
        minutes = int(LIFE[Purpose.RESET].total_seconds() // 60)
        note = Note("reset", f"link:{made.token_hash[:16]}", {"link": made.id, "minutes": minutes})
        language = addresses.language(user)
        outbox.put(
            session, note, Channel(channel), user_id=user_id, address=row.address, language=language
        )
        return True
    return False


def reset(session: Session, value: str, hashed: str, *, keys: Sequence[str]) -> User:
    """Set the password by the link, end all older sign-ins and the wait after failures.

    :raises SignInFailed: the link was used, or is too old.
    """
    _, user = links.use(session, Purpose.RESET, value)
    users.set_password(session, user, hashed, actor=f"user:{user.id}")
    # Whoever has the mailbox is not yet the person: two-person acts wait as after a new account.
    two_people.hold_back(user)
    throttle.clear(session, secret=keys[0], name=user.name)
    return user
