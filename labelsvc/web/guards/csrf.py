"""CSRF: form tokens, and the cookie that they are bound to.

Used by `gate.py` for each request that may change something.
"""

from __future__ import annotations

from flask import Flask, Request, request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask_wtf.csrf import CSRFProtect

#: Blueprints whose forms bring a signed token of their own and set no cookie; the inspector's
#: application has a header that no form of another site can send (`inspect/sent.py`).
WITH_OWN_TOKENS = frozenset({"report", "inner", "place", "inspect"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_protection = CSRFProtect()


class _LazySessions(SecureCookieSessionInterface):
    """Builds its signer only for a request with a cookie: a tenth of the cost of a scan otherwise."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        if self.get_cookie_name(app) not in request.cookies:
            return self.session_class()
        return super().open_session(app, request)


def install(app: Flask) -> None:
    https = app.extensions["labelsvc"].settings.https
    app.session_interface = _LazySessions()
    app.config.update(
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # Lax cookies and the token are the defence; pages send no referrer
        WTF_CSRF_CHECK_DEFAULT=False,
        SESSION_COOKIE_NAME="__Host-csrf" if https else "csrf",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    _protection.init_app(app)


def protect(endpoint: str) -> bool:
    """Check the token of a request that may change something; gives whether it was looked for.

    :raises flask_wtf.csrf.CSRFError: it is missing, or of another session.
    """
    if request.method in _SAFE or endpoint.partition(".")[0] in WITH_OWN_TOKENS:
        return False
    _protection.protect()
    return True
