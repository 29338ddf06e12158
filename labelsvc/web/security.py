"""Who is asking, may they, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, redirect, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from labelsvc.accounts import factors, roles, sessions
from labelsvc.accounts.models import Role, SignIn, Stage, User
from labelsvc.clock import now
from labelsvc.errors import SignInFailed, StepUpNeeded
from labelsvc.scans.day_key import network_of
from labelsvc.web import letters
from labelsvc.web.site import site

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=63072000")
#: Rooms whose forms bring their own signed token and set no cookie; the inspector's application has a
#: header instead, which no form of another site can send (`web/inspect/sent.py`).
_OWN_TOKENS = ("report.", "inner.", "place.", "inspect.")


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


class Sent(Response):
    """An answer that is whole: bytes, and every header line of it but the length.

    A page that is asked for a thousand times a second has the same dozen lines each time; checking
    and copying them three times over was a fifth of what it cost.
    """

    def __init__(self, body: bytes, status: int, lines: list[tuple[str, str]]) -> None:
        super().__init__(body, status)
        self._lines = [*lines, ("Content-Length", str(len(body)))]
        self._whole = body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, list(self._lines))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self._whole]


class _LazySessions(SecureCookieSessionInterface):
    """Builds its signer only for who brings a cookie: a tenth of what a scan costs otherwise."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def install(app: Flask) -> None:
    app.session_interface = _LazySessions()
    settings = app.extensions["labelsvc"].settings
    https = urlsplit(settings.base_url).scheme == "https"
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # Lax cookies and the token are the defence; pages send no referrer
        SESSION_COOKIE_NAME="__Host-csrf" if https else "csrf",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    csrf = CSRFProtect()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False
    csrf.init_app(app)
    app.jinja_env.globals.update(own_factors=own_factors, may=may)

    @app.before_request
    def check() -> AnyResponse | None:
        endpoint = request.endpoint
        if endpoint == "static" or (endpoint and _cookieless(endpoint)):
            return None
        if endpoint is None:  # no such page: who is signed in keeps the way back
            _load_user()
            return None
        _load_user()  # first: the page that refuses a stale form shows who is signed in
        if request.method not in ("GET", "HEAD", "OPTIONS") and not endpoint.startswith(
            _OWN_TOKENS
        ):
            csrf.protect()
            letters.check()
        elif request.method in ("GET", "HEAD"):
            letters.check()
        if roles.is_public(endpoint):
            return None
        if g.half is not None:
            return _half_way(endpoint, Stage(g.half.stage))
        if g.user is None:
            if request.method != "GET":
                abort(401)
            return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
        if Role(g.user.role) not in roles.allowed(endpoint):
            abort(403)
        return None

    @app.after_request
    def headers(answer: Response) -> Response:
        if isinstance(answer, Sent):
            return answer
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Content-Security-Policy", CSP)
        if https:
            answer.headers.setdefault(*STRICT_TRANSPORT)
        if g.get("user") is not None or g.get("half") is not None:
            answer.headers["Cache-Control"] = "no-store"
        return answer


def next_step(stage: Stage, target: str) -> str:
    """The page that a half sign-in goes on with; *target* is where it was going."""
    page = "account.factor" if stage is Stage.FACTOR else "account.factors"
    return url_for(page, next=target)


def may(endpoint: str) -> bool:
    """Whether the page opens for who is signed in: links to pages that say no are not shown."""
    if roles.is_public(endpoint):
        return True
    return g.get("user") is not None and Role(g.user.role) in roles.allowed(endpoint)


def _half_way(endpoint: str, stage: Stage) -> AnyResponse | None:
    """What a half sign-in opens: the pages that make it whole, and the way out."""
    if endpoint in roles.HALF_PAGES[stage]:
        return None
    if request.method != "GET":
        abort(401)
    return redirect(next_step(stage, request.full_path.rstrip("?")))


def _cookieless(endpoint: str) -> bool:
    """Pages for consumers never look at a cookie, so they never need one."""
    return endpoint.partition(".")[0] in ("scan", "resolver", "media", "report", "place", "health")


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
