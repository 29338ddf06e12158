"""Who is asking, may they, and the headers of every answer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask, Request, Response, abort, g, redirect, request, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect
from werkzeug.wrappers import Response as AnyResponse

from labelsvc.accounts import roles
from labelsvc.accounts.models import Role, Stage
from labelsvc.web import letters
from labelsvc.web.responses import CSP, HEADERS, STRICT_TRANSPORT, Sent
from labelsvc.web.signed_in import _load_user, may, own_factors

if TYPE_CHECKING:
    pass

#: Rooms whose forms bring their own signed token and set no cookie; the inspector's application has a
#: header instead, which no form of another site can send (`web/inspect/sent.py`).
_OWN_TOKENS = ("report.", "inner.", "place.", "inspect.")


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
