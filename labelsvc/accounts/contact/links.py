"""Links: makes, finds and uses up links that work once. Used by forgotten passwords and checks of addresses.

The token is made from a random seed in the row and a secret key of the settings, so that the worker that
sends it can make it again: neither table nor outbox holds it, and a copy of the database opens nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from labelsvc.accounts.contact.models import Contact, OneTimeLink
from labelsvc.accounts.models import User
from labelsvc.clock import now
from labelsvc.errors import SignInFailed


class Purpose(StrEnum):
    RESET = "reset"
    ADDRESS = "address"


#: How long each works.
LIFE: Final = {Purpose.RESET: timedelta(minutes=30), Purpose.ADDRESS: timedelta(days=1)}


def make(
    session: Session, purpose: Purpose, contact: Contact, *, keys: Sequence[str]
) -> OneTimeLink:
    """A new link for the person of *contact*, to be sent there; older ones of this purpose end."""
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now() - timedelta(days=1)))
    end(session, purpose, contact.user_id)
    seed = secrets.token_hex(16)
    made = OneTimeLink(
        purpose=str(purpose), user_id=contact.user_id, contact_id=contact.id,
        address=contact.address, seed=seed, token_hash=fingerprint(derived(keys[-1], purpose, seed)),
        expires_at=now() + LIFE[purpose],
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def end(session: Session, purpose: Purpose, user_id: int) -> None:
    """Let no link of this purpose that a person was sent work any more."""
    session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose)
        .where(OneTimeLink.used_at.is_(None))
        .values(used_at=now())
    )


def token(session: Session, number: int, *, keys: Sequence[str]) -> str | None:
    """The token of link *number*; None where it works no more."""
    row = session.get(OneTimeLink, number)
    if row is None or row.used_at is not None or row.expires_at <= now():
        return None
    for key in reversed(keys):
        made = derived(key, Purpose(row.purpose), row.seed)
        if hmac.compare_digest(fingerprint(made), row.token_hash):
            return made
    return None


def find(session: Session, purpose: Purpose, value: str) -> tuple[OneTimeLink, User]:
    """The link and its person.

    :raises SignInFailed: it was used, is too old, none of ours, or of an address that was changed since.
    """
    row = session.scalars(
        select(OneTimeLink).where(
            OneTimeLink.token_hash == fingerprint(value), OneTimeLink.purpose == purpose
        )
    ).one_or_none()
    user = session.get(User, row.user_id) if row is not None else None
    open_ = row is not None and row.used_at is None and row.expires_at > now()
    if row is None or user is None or not user.active or not open_:
        raise _gone()
    contact = session.get(Contact, row.contact_id)
    if (
        contact is None or contact.address != row.address
    ):  # whoever reads there is not the person now
        raise _gone()
    return row, user


def use(session: Session, purpose: Purpose, value: str) -> tuple[OneTimeLink, User]:
    """Use a link up; of two browsers at once one is the first. Raises as `find`."""
    row, user = find(session, purpose, value)
    done = session.execute(
        update(OneTimeLink)
        .where(OneTimeLink.id == row.id, OneTimeLink.used_at.is_(None))
        .values(used_at=now())
        .returning(OneTimeLink.id)
    )
    if done.one_or_none() is None:
        raise _gone()
    return row, user


def recent(session: Session, purpose: Purpose, user_id: int, within: timedelta) -> int:
    """Count the links that were made for a person lately."""
    query = select(func.count()).where(
        OneTimeLink.user_id == user_id, OneTimeLink.purpose == purpose,
        OneTimeLink.created_at > now() - within,
    )  # fmt: skip
    return session.scalar(query) or 0


def _gone() -> SignInFailed:
    return SignInFailed(
        "This link does not work any more: it was used, or it is too old.", fix="Ask for a new one."
    )


def derived(key: str, purpose: str, seed: str) -> str:
    """The token of a row with this *seed*: whoever has the key makes it again."""
    made = hmac.digest(key.encode(), f"one-time link {purpose} {seed}".encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def fingerprint(value: str) -> str:
    """Give what a row keeps of a token."""
    return hashlib.sha256(value.encode()).hexdigest()
