"""Sign-in cookie: its name, its value in a request, setting and deleting it.

Used by `signed_in.py` and the pages of accounts.
"""

from __future__ import annotations

from flask import request
from werkzeug.wrappers import Response

from labelsvc.web.site import site


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it without https."""
    return "__Host-session" if site().settings.https else "session"


def token() -> str:
    """The sign-in token of this request; "" where there is none."""
    return request.cookies.get(cookie_name(), "")


def remember(answer: Response, value: str) -> None:
    """Put the sign-in token into a cookie; without an end, it dies with the browser."""
    answer.set_cookie(
        cookie_name(), value, httponly=True, secure=site().settings.https, samesite="Lax", path="/"
    )


def forget(answer: Response) -> None:
    """Delete the cookie."""
    answer.delete_cookie(
        cookie_name(), httponly=True, secure=site().settings.https, samesite="Lax", path="/"
    )
