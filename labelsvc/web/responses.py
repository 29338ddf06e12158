"""Headers of every answer, and answers that are sent whole."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Response

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
