"""Notices: tells people what others did to their account. They read it on their page of the account.

`tell` is the one place that every such message goes through: a channel such as mail begins here.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from labelsvc.accounts.models import AccountNotice, User
from labelsvc.clock import now

_SHOWN: Final = 20


class Notice(StrEnum):
    """One kind of act that people are told of."""

    MADE = "made"
    LINK = "link"
    PASSWORD = "password"  # noqa: S105 -- a word, no secret
    RESET = "reset"
    ROLE = "role"
    OUT = "out"
    IN = "in"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"


def tell(session: Session, user: User, what: Notice, *, actor: str) -> None:
    """Write down for *user* that *actor* did *what*."""
    session.add(AccountNotice(user_id=user.id, what=str(what), actor=actor))


def of_user(session: Session, user_id: int) -> Sequence[AccountNotice]:
    """The newest first."""
    return session.scalars(
        select(AccountNotice)
        .where(AccountNotice.user_id == user_id)
        .order_by(AccountNotice.id.desc())
        .limit(_SHOWN)
    ).all()


def unseen(session: Session, user_id: int) -> bool:
    """True if others did something since the person last looked."""
    query = select(AccountNotice.id).where(
        AccountNotice.user_id == user_id,
        AccountNotice.seen_at.is_(None),
        AccountNotice.actor != f"user:{user_id}",
    )
    return session.execute(query.limit(1)).first() is not None


def seen(session: Session, user_id: int) -> None:
    """The person has looked at all of them."""
    session.execute(
        update(AccountNotice)
        .where(AccountNotice.user_id == user_id, AccountNotice.seen_at.is_(None))
        .values(seen_at=now())
    )
