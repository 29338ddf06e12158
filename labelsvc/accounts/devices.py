"""Devices: tells the browser from which somebody signed in before, so that others' failures do not slow it.

The browser keeps a sealed word and the ids of who signed in with it; the server keeps nothing. It opens
nothing: it only decides with whose failures a try is counted (`throttle`).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Final, NamedTuple

from itsdangerous import BadData, URLSafeTimedSerializer

#: A year: who signs in once a season is still known.
LIFETIME_SECONDS: Final = 366 * 24 * 3600
#: People of one browser; the oldest is forgotten.
MAX_USERS: Final = 12


class Device(NamedTuple):
    """A random word, and the users who have signed in wholly beside it."""

    word: str = ""
    users: tuple[int, ...] = ()

    def of(self, user_id: int) -> str:
        """The word where this user is known here, else ""."""
        return self.word if user_id in self.users else ""


UNKNOWN: Final = Device()


def read(value: str, *, keys: Sequence[str]) -> Device:
    """The device behind a cookie; `UNKNOWN` for none, and for one that we did not make."""
    try:
        word, users = _serializer(keys).loads(value, max_age=LIFETIME_SECONDS)
        return Device(str(word), tuple(int(user) for user in users))
    except (BadData, TypeError, ValueError):
        return UNKNOWN


def write(device: Device, user_id: int, *, keys: Sequence[str]) -> str:
    """The cookie's value once *user_id* has signed in wholly."""
    users = [*(user for user in device.users if user != user_id), user_id][-MAX_USERS:]
    return _serializer(keys).dumps([device.word or secrets.token_urlsafe(16), users])


def _serializer(keys: Sequence[str]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(keys), salt="labelsvc.device")
