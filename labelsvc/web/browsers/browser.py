"""Browser: tells the network, the name and the earlier sign-ins of the browser behind a request.

Used by the pages of accounts, and where somebody signs in on the page that they were on.
"""

from __future__ import annotations

from flask import request

from labelsvc.accounts import sessions
from labelsvc.web import signed_in
from labelsvc.web.browsers import device_cookie, sign_in_cookie


def browser() -> sessions.Browser:
    """The browser of this request."""
    return sessions.Browser(
        signed_in.network(), device(), sign_in_cookie.token(), device_cookie.read()
    )


def device() -> str:
    """Browser family and system, so that a person knows the sign-in again."""
    agent = request.headers.get("User-Agent", "")
    browsers = ("Edg", "OPR", "SamsungBrowser", "Firefox", "Chrome", "Safari")
    systems = ("Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux")
    name = next((name for name in browsers if name in agent), "?")
    return f"{name} / {next((name for name in systems if name in agent), '?')}"
