"""Slows down guessing: failed sign-ins are counted per name and per network, in the database, so
that several processes count together. What is kept is a keyed hash, no name and no address.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import SignInTry
from labelsvc.clock import now
from labelsvc.errors import TooManyTries

#: Failures within this time count.
WINDOW = timedelta(minutes=30)
#: Free failures per name and per network; after that the wait doubles from 15 s on.
FREE_NAME, FREE_NETWORK = 5, 30
_FIRST_WAIT, _LONGEST_WAIT = 15.0, 900.0


def check(session: Session, *, secret: str, name: str, network: str) -> None:
    """:raises TooManyTries: with the seconds to wait, for this name or this network."""
    for key, free in _keys(secret, name, network):
        count, last = session.execute(
            select(func.count(), func.max(SignInTry.at)).where(
                SignInTry.key == key, SignInTry.at > now() - WINDOW
            )
        ).one()
        if count < free:
            continue
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(count - free, 10))
        left = wait - (now() - last).total_seconds()
        if left > 0:
            raise TooManyTries(
                "Too many failed sign-ins. Try again in {seconds} seconds.",
                fix="Ask the programme office for a new password if you have forgotten yours.",
                seconds=math.ceil(left),
            )


def failed(session: Session, *, secret: str, name: str, network: str) -> None:
    """Count a failure."""
    session.execute(delete(SignInTry).where(SignInTry.at < now() - 2 * WINDOW))
    session.add_all([SignInTry(key=key) for key, _ in _keys(secret, name, network)])


def succeeded(session: Session, *, secret: str, name: str) -> None:
    """A good sign-in clears the name; the network keeps its count."""
    key = _key(secret, "name", name)
    session.execute(delete(SignInTry).where(SignInTry.key == key))


def _keys(secret: str, name: str, network: str) -> list[tuple[str, int]]:
    return [
        (_key(secret, "name", name), FREE_NAME),
        (_key(secret, "network", network), FREE_NETWORK),
    ]


def _key(secret: str, kind: str, value: str) -> str:
    message = f"throttle {kind} {value}".encode()
    return hmac.digest(secret.encode(), message, hashlib.sha256).hex()
