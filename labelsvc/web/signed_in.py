"""Signed in: the person behind a request, their role, and the pages that open for them.

Used by the gate and by pages behind it.
"""

from __future__ import annotations

from typing import cast

from flask import g, request, url_for

from labelsvc.accounts import factors, roles, sessions
from labelsvc.accounts.models import Role, SignIn, Stage, User
from labelsvc.scans.day_key import network_of
from labelsvc.web.browsers.sign_in_cookie import token
from labelsvc.web.site import site

#: First page of each role that does not begin at the office's.
_STARTS = {Role.PRODUCER: "producer.dashboard", Role.INSPECTOR: "inspect.shell"}


def start_page(user: User) -> str:
    """The first page of a user."""
    return url_for(_STARTS.get(Role(user.role), "office.dashboard"))


def network() -> str:
    """Network of the client, /24 or /48: for throttling only, never stored."""
    return network_of(request.remote_addr or "")


def current_user() -> User:
    """The user of a page that needs one."""
    return cast(User, g.user)


def actor() -> str:
    """The user as the audit trail names them."""
    return f"user:{current_user().id}"


def official() -> bool:
    """True for inspectors, office and auditors, signed in as a whole; also on pages for consumers.

    Their scans are no sign of what the public meets.
    """
    value = token()
    if not value:
        return False
    where = site()
    with where.database.reading() as session:
        row = sessions.find(session, value)
    if row is None or Role(row.user.role) not in roles.STAFF:
        return False
    return sessions.stage_of(row, second_factor=where.settings.asks_second_factor) is Stage.FULL


def half() -> SignIn | None:
    """The half sign-in of this browser: the password was right, the second factor is to come."""
    return cast(SignIn | None, g.get("half"))


def person() -> User:
    """The user of a page that a half sign-in may open as well."""
    row = half()
    return row.user if row is not None else current_user()


def own_factors() -> factors.Held:
    """Second factors of the user, read once in a request."""
    if g.get("factors") is None:
        with site().database.reading() as session:
            g.factors = factors.held(session, person().id)
    return cast(factors.Held, g.factors)


def may(endpoint: str) -> bool:
    """True where the page opens for the user; links to other pages are not shown."""
    if roles.is_public(endpoint):
        return True
    return g.get("user") is not None and Role(g.user.role) in roles.allowed(endpoint)


def load() -> None:
    """Read the sign-in of this request into `g.user`, `g.sign_in` and `g.half`."""
    g.user = g.sign_in = g.half = None
    value = token()
    if not value:
        return
    where = site()
    with where.database.reading() as session:
        row = sessions.find(session, value)
    if row is None:
        return
    stage = sessions.stage_of(row, second_factor=where.settings.asks_second_factor)
    if stage is not Stage.FULL:
        g.half = row if stage is not None else None
        return
    g.user, g.sign_in = row.user, row
    if sessions.needs_touch(row):
        with where.database.writing() as session:
            sessions.touch(session, value, hours=where.settings.session_hours)
