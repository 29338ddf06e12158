"""Device cookie: remembers who signed in from this browser before (`accounts/devices.py`).

Used by the pages of accounts, and sent to them only: who scans a code from the same browser sends none.
"""

from __future__ import annotations

from typing import TypeVar

from flask import request
from werkzeug.wrappers import Response

from labelsvc.accounts import devices
from labelsvc.web.site import site

Answer = TypeVar("Answer", bound=Response)


def read() -> devices.Device:
    """The device of this request."""
    return devices.read(request.cookies.get(_name(), ""), keys=site().settings.keys)


def give(answer: Answer, user_id: int) -> Answer:
    """Put *user_id* into the cookie, after a whole sign-in: the password alone makes no known device."""
    answer.set_cookie(
        _name(),
        devices.write(read(), user_id, keys=site().settings.keys),
        max_age=devices.LIFETIME_SECONDS,
        httponly=True,
        secure=site().settings.https,
        samesite="Strict",
        path="/account",
    )
    return answer


def _name() -> str:
    return "__Secure-device" if site().settings.https else "device"
