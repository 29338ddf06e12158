"""Who is asking, may they, and the headers of every answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, redirect, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from labelsvc.accounts import roles, sessions
from labelsvc.accounts.models import Role, SignIn, User
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
#: Rooms whose forms bring their own signed token: they set no cookie.
_OWN_TOKENS = ("report.",)


def cookie_name() -> str:
    """`__Host-` binds the cookie to this host and to https; browsers refuse it without https."""
    return "__Host-session" if _https() else "session"


def _https() -> bool:
    return urlsplit(site().settings.base_url).scheme == "https"


def network() -> str:
    """The asker's network: /24 or /48, for throttling only, never stored."""
    address = request.remote_addr or ""
    if ":" in address:
        return ":".join(address.split(":")[:3])
    return ".".join(address.split(".")[:3])


def current_user() -> User:
    """The user of a page that needs one."""
    return cast(User, g.user)


def actor() -> str:
    """The user as the audit trail names them."""
    return f"user:{current_user().id}"


def token() -> str:
    """The sign-in cookie."""
    return request.cookies.get(cookie_name(), "")


def remember(answer: AnyResponse, value: str) -> None:
    """Put the sign-in token into a cookie; without an end, it dies with the browser."""
    answer.set_cookie(
        cookie_name(), value, httponly=True, secure=_https(), samesite="Lax", path="/"
    )


def forget(answer: AnyResponse) -> None:
    answer.delete_cookie(cookie_name(), httponly=True, secure=_https(), samesite="Lax", path="/")


def confirmed() -> bool:
    """Whether the password was given within the last minutes (step-up)."""
    row = cast(SignIn | None, g.get("sign_in"))
    return row is not None and sessions.recently_confirmed(row)


def confirm(password: str) -> None:
    """The password once more (step-up): holds for some minutes.

    :raises SignInFailed: it is wrong. :raises TooManyTries: too often.
    """
    where = site()
    sessions.confirm(
        where.database, token(), password, secret=where.settings.keys[0], network=network()
    )


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
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]

    @app.before_request
    def check() -> AnyResponse | None:
        endpoint = request.endpoint
        if endpoint is None or endpoint == "static" or _cookieless(endpoint):
            return None
        _load_user()  # first: the page that refuses a stale form shows who is signed in
        if request.method not in ("GET", "HEAD", "OPTIONS") and not endpoint.startswith(
            _OWN_TOKENS
        ):
            csrf.protect()
        if roles.is_public(endpoint):
            return None
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
        if g.get("user") is not None:
            answer.headers["Cache-Control"] = "no-store"
        return answer


def _cookieless(endpoint: str) -> bool:
    """Pages for consumers never look at a cookie, so they never need one."""
    return endpoint.partition(".")[0] in ("scan", "resolver", "media", "report", "health")


def _load_user() -> None:
    g.user = g.sign_in = None
    value = token()
    if not value:
        return
    where = site()
    with where.database.reading() as session:
        row = sessions.find(session, value)
    if row is None:
        return
    g.user, g.sign_in = row.user, row
    if sessions.needs_touch(row):
        with where.database.writing() as session:
            sessions.touch(session, value, hours=where.settings.session_hours)
