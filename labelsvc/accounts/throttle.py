"""Throttle: slows guessing down by counting tries per name and network, in the database, so that several
processes count together. A keyed hash is stored, no name and no address.

A try is counted before the secret is looked at and taken back when it was good: tries that are sent at
once slow each other. A device from which the person signed in before counts by itself, beside name and
network: nobody without it can delay it. Passkeys are not counted at all, they cannot be guessed.

Codes of second factors are counted per user and for a whole day: six digits are a million, three of
them are right at any time, and whoever tries them has the password already.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import SignInTry
from labelsvc.accounts.names import normal_name
from labelsvc.clock import now
from labelsvc.db import take_turn
from labelsvc.errors import TooManyTries

#: Failures within this time count.
WINDOW = timedelta(minutes=30)
#: Free failures per name and per network; after that the wait doubles from 15 s on.
FREE_NAME, FREE_NETWORK, FREE_CODE = 5, 30, 5
#: Links for a new password that are asked for without waiting, by one name and by one network.
FREE_LINKS, FREE_NETWORK_LINKS = 3, 20
#: With the waits below this leaves some 30 guesses a day, a chance of 1 in 10 000.
CODE_WINDOW = timedelta(hours=24)
_FIRST_WAIT = 15.0
#: First part of the PostgreSQL advisory lock; the second is the key's.
_LOCK: Final = 1_802_201_963


@dataclass(frozen=True)
class _Limit:
    free: int
    window: timedelta
    #: Seconds.
    longest: float
    fix: str


_PASSWORD = (
    "Without waiting: a passkey, or a device from which you signed in before. If you forgot the "  # noqa: S105
    "password, ask the programme office for a new link; it also ends the wait."
)
_LINK = (
    "If a link was sent it is in the mailbox, perhaps under spam. The programme office helps too."
)
_LIMITS = {
    "name": _Limit(FREE_NAME, WINDOW, 900.0, _PASSWORD),
    "network": _Limit(FREE_NETWORK, WINDOW, 900.0, _PASSWORD),
    "forgotten": _Limit(FREE_LINKS, WINDOW, 900.0, _LINK),
    "network of forgotten": _Limit(FREE_NETWORK_LINKS, WINDOW, 900.0, _LINK),
    "code": _Limit(
        FREE_CODE, CODE_WINDOW, 3600.0,
        "Use a passkey, or ask the programme office to reset your second factors.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Guess:
    """Somebody tries a secret: keyed by *secret*, of which *name*, from which *network*."""

    secret: str
    name: str
    network: str
    #: The word of a device that is known for this person (`devices.Device.of`), or "".
    device: str = ""
    #: What *name* is: the "name" of a password's owner, or of a "forgotten" one, or the user of a "code".
    kind: str = "name"

    def keys(self) -> list[tuple[str, _Limit]]:
        """The counts that this try belongs to, whose it is first."""
        own = (self.own_key(), _LIMITS[self.kind])
        if self.device:
            return [own]
        network = "network of forgotten" if self.kind == "forgotten" else "network"
        return [own, (self._key(network, self.network), _LIMITS[network])]

    def own_key(self) -> str:
        if self.device:
            return self._key(f"device {self.kind}", f"{self.device} {self.name}")
        return self._key(self.kind, self.name)

    def _key(self, kind: str, value: str) -> str:
        message = f"throttle {kind} {value}".encode()
        return hmac.digest(self.secret.encode(), message, hashlib.sha256).hex()


def begin(session: Session, guess: Guess) -> list[int]:
    """Count a try before the secret is looked at; gives its rows, for `succeeded` and `take_back`.

    :raises TooManyTries: with the seconds to wait, for this person or this network.
    """
    keys = guess.keys()
    _lock(session, [key for key, _ in keys])
    for key, limit in keys:
        _check(session, key, limit)
    session.execute(delete(SignInTry).where(SignInTry.at < now() - CODE_WINDOW))
    rows = [SignInTry(key=key) for key, _ in keys]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def _check(session: Session, key: str, limit: _Limit) -> None:
    count, last = session.execute(
        select(func.count(), func.max(SignInTry.at)).where(
            SignInTry.key == key, SignInTry.at > now() - limit.window
        )
    ).one()
    if count < limit.free:
        return
    wait = min(limit.longest, _FIRST_WAIT * 2 ** min(count - limit.free, 10))
    left = wait - (now() - last).total_seconds()
    if left > 0:
        raise TooManyTries(
            "Too many tries. Try again in {seconds} seconds."
            if limit.fix == _LINK
            else "Too many failed sign-ins. Try again in {seconds} seconds.",
            fix=limit.fix,
            seconds=math.ceil(left),
        )


def _lock(session: Session, keys: list[str]) -> None:
    """Let tries of one person take turns."""
    for number in sorted(int(key[:7], 16) for key in keys):
        take_turn(session, _LOCK, number)


def take_back(session: Session, tried: list[int]) -> None:
    """The secret was not looked at after all: the try counts nowhere."""
    session.execute(delete(SignInTry).where(SignInTry.id.in_(tried)))


def succeeded(session: Session, guess: Guess, tried: list[int]) -> None:
    """A good sign-in clears the person's count, here or elsewhere; the network keeps the others'."""
    take_back(session, tried)
    session.execute(delete(SignInTry).where(SignInTry.key == guess.own_key()))


def clear(session: Session, *, secret: str, name: str) -> None:
    """A new password was set by a link: the wait for the old one is over."""
    key = Guess(secret, normal_name(name), "").own_key()
    session.execute(delete(SignInTry).where(SignInTry.key == key))
