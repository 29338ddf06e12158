"""Throttle: slows guessing down by counting failed sign-ins per name and network, in the database,
so that several processes count together. A keyed hash is stored, no name and no address.

Codes of second factors are counted per user and for a whole day: six digits are a million, three of
them are right at any time, and whoever tries them has the password already.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import SignInTry
from labelsvc.clock import now
from labelsvc.errors import TooManyTries

#: Failures within this time count.
WINDOW = timedelta(minutes=30)
#: Free failures per name and per network; after that the wait doubles from 15 s on.
FREE_NAME, FREE_NETWORK, FREE_CODE = 5, 30, 5
#: With the waits below this leaves some 30 guesses a day, a chance of 1 in 10 000.
CODE_WINDOW = timedelta(hours=24)
_FIRST_WAIT = 15.0


@dataclass(frozen=True)
class _Limit:
    free: int
    window: timedelta
    #: Seconds.
    longest: float
    fix: str


_PASSWORD = "Ask the programme office for a new password if you have forgotten yours."  # noqa: S105
_LIMITS = {
    "name": _Limit(FREE_NAME, WINDOW, 900.0, _PASSWORD),
    "network": _Limit(FREE_NETWORK, WINDOW, 900.0, _PASSWORD),
    "code": _Limit(
        FREE_CODE, CODE_WINDOW, 3600.0,
        "Use a passkey, or ask the programme office to reset your second factors.",
    ),
}  # fmt: skip


def check(session: Session, *, secret: str, name: str, network: str, kind: str = "name") -> None:
    """:raises TooManyTries: with the seconds to wait, for this name or this network.

    :param kind: what *name* is: the "name" of a password's owner, or the user of a "code".
    """
    for key, limit in _keys(secret, kind, name, network):
        count, last = session.execute(
            select(func.count(), func.max(SignInTry.at)).where(
                SignInTry.key == key, SignInTry.at > now() - limit.window
            )
        ).one()
        if count < limit.free:
            continue
        wait = min(limit.longest, _FIRST_WAIT * 2 ** min(count - limit.free, 10))
        left = wait - (now() - last).total_seconds()
        if left > 0:
            raise TooManyTries(
                "Too many failed sign-ins. Try again in {seconds} seconds.",
                fix=limit.fix,
                seconds=math.ceil(left),
            )


def failed(session: Session, *, secret: str, name: str, network: str, kind: str = "name") -> None:
    """Count a failure."""
    session.execute(delete(SignInTry).where(SignInTry.at < now() - CODE_WINDOW))
    session.add_all([SignInTry(key=key) for key, _ in _keys(secret, kind, name, network)])


def succeeded(session: Session, *, secret: str, name: str, kind: str = "name") -> None:
    """A good sign-in clears the name; the network keeps its count."""
    key = _key(secret, kind, name)
    session.execute(delete(SignInTry).where(SignInTry.key == key))


def _keys(secret: str, kind: str, name: str, network: str) -> list[tuple[str, _Limit]]:
    return [
        (_key(secret, kind, name), _LIMITS[kind]),
        (_key(secret, "network", network), _LIMITS["network"]),
    ]


def _key(secret: str, kind: str, value: str) -> str:
    message = f"throttle {kind} {value}".encode()
    return hmac.digest(secret.encode(), message, hashlib.sha256).hex()
