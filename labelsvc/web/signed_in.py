"""The person behind a request: sign-in cookie, user, step-up, pages that may open."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlsplit

from flask import (
    g,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from labelsvc.accounts import factors, roles, sessions
from labelsvc.accounts.models import Role, SignIn, Stage, User
from labelsvc.clock import now
from labelsvc.errors import SignInFailed, StepUpNeeded
from labelsvc.scans.day_key import network_of
from labelsvc.web.site import site

#: First page of each role that does not begin at the office's.
_STARTS = {Role.PRODUCER: "producer.dashboard", Role.INSPECTOR: "inspect.shell"}


def start_page(user: User) -> str:
    """Where a user begins."""
    return url_for(_STARTS.get(Role(user.role), "office.dashboard"))


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it without https."""
    return "__Host-session" if _https() else "session"


def _https() -> bool:
    return urlsplit(site().settings.base_url).scheme == "https"


def network() -> str:
    """The asker's network: /24 or /48, for throttling only, never stored."""
    return network_of(request.remote_addr or "")


def current_user() -> User:
    """The user of a page that needs one."""
    return cast(User, g.user)


def actor() -> str:
    """The user as the audit trail names them."""
    return f"user:{current_user().id}"


def token() -> str:
    """The sign-in cookie."""
    return request.cookies.get(cookie_name(), "")


def official() -> bool:
    """Whether an inspector, the office or an auditor asks, signed in as a whole; also on pages for
    consumers, which look at no cookie else. What they do by their office is no sign of what the public
    meets.
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


def remember(answer: AnyResponse, value: str) -> None:
    """Put the sign-in token into a cookie; without an end, it dies with the browser."""
    answer.set_cookie(
        cookie_name(), value, httponly=True, secure=_https(), samesite="Lax", path="/"
    )


def forget(answer: AnyResponse) -> None:
    answer.delete_cookie(cookie_name(), httponly=True, secure=_https(), samesite="Lax", path="/")


def half() -> SignIn | None:
    """The half sign-in of this browser: the password was right, the second factor is to come."""
    return cast(SignIn | None, g.get("half"))


def person() -> User:
    """The user of a page that a half sign-in may open as well."""
    row = half()
    return row.user if row is not None else current_user()


def confirmed() -> bool:
    """Whether the factor or password was given within the last minutes (step-up)."""
    row = cast(SignIn | None, g.get("sign_in"))
    return row is not None and sessions.recently_confirmed(row)


def confirm(password: str) -> None:
    """Step up by what was typed: holds for some minutes.

    :param password: the password; of who has a second factor the app's code or a recovery code.
    :raises SignInFailed: it is wrong. :raises TooManyTries: too often.
    """
    where = site()
    if not own_factors():
        secret = where.settings.keys[0]
        sessions.confirm(where.database, token(), password, secret=secret, network=network())
    else:
        factor = factors.check_code(
            where.database, current_user().id, password, keys=where.settings.keys, network=network()
        )
        if factor is None:
            raise SignInFailed(
                "The code is not right.",
                fix="Type the code that your app shows now, or a recovery code.",
                field="password",
            )
        sessions.confirmed(where.database, token())
    step_up_holds()


def step_up_holds() -> None:
    """This request knows as well that the step-up was just made."""
    g.sign_in.confirmed_at = now()


def require_step_up() -> None:
    """For pages and actions that want the factor or password of the last minutes.

    Who has not given it is led to the page that asks for it, and back; programs get the error.

    :raises StepUpNeeded: it was not given.
    """
    if not confirmed():
        raise StepUpNeeded(
            "Confirm first that it is you.", fix="Then do it again.", field="password"
        )


def own_factors() -> factors.Held:
    """The second factors of who is signed in, asked for once in a request."""
    if g.get("factors") is None:
        with site().database.reading() as session:
            g.factors = factors.held(session, person().id)
    return cast(factors.Held, g.factors)


def may(endpoint: str) -> bool:
    """Whether the page opens for who is signed in: links to pages that say no are not shown."""
    if roles.is_public(endpoint):
        return True
    return g.get("user") is not None and Role(g.user.role) in roles.allowed(endpoint)


def _load_user() -> None:
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
