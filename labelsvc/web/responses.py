"""Responses: the security headers of each, and responses that are sent whole.

Used by `app.py`, and by the scan pages, which write all header lines themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, g

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


class Sent(Response):
    """A whole response: bytes, and every header line but the length.

    A page that is asked for a thousand times a second has the same dozen lines each time; checking
    and copying them three times over was a fifth of its cost.
    """

    def __init__(self, body: bytes, status: int, lines: list[tuple[str, str]]) -> None:
        super().__init__(body, status)
        self._lines = [*lines, ("Content-Length", str(len(body)))]
        self._whole = body

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(self.status, list(self._lines))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [self._whole]


def install(app: Flask) -> None:
    """Add the headers to each response; pages of a signed-in person are kept by no cache."""
    https = app.extensions["labelsvc"].settings.https

    @app.after_request
    def headers(answer: Response) -> Response:
        if isinstance(answer, Sent):
            return answer
        for name, value in HEADERS.items():
            answer.headers.setdefault(name, value)
        answer.headers.setdefault("Content-Security-Policy", CSP)
        if answer.status_code in (429, 503) and g.get("retry_after"):
            answer.headers.setdefault("Retry-After", str(g.retry_after))
        if https:
            answer.headers.setdefault(*STRICT_TRANSPORT)
        if g.get("user") is not None or g.get("half") is not None:
            answer.headers["Cache-Control"] = "no-store"
        return answer
