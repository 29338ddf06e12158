"""Fast path: sends cached scan pages before Flask makes a request. Installed inside ProxyFix.

A scan whose page is in memory needs none of what Flask prepares for a page: no route, no session,
no context. What this door does not answer itself goes on to the application, which answers every
code the same way (`web/scan/page.py`), only more slowly: the door holds no rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Flask

from labelsvc.codes.forms import gs1, uri
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.errors import LabelsvcError
from labelsvc.scans import lookup
from labelsvc.scans.verdict import SHOWN
from labelsvc.web import language
from labelsvc.web.guards.hosts import Names
from labelsvc.web.scan import negotiate
from labelsvc.web.scan.agents import Agent, agent_of
from labelsvc.web.scan.cache import fill
from labelsvc.web.scan.state import ScanSite

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


_STATUS = {
    verdict: f"{shown.status} {HTTPStatus(shown.status).phrase}" for verdict, shown in SHOWN.items()
}


class Door:
    """Wraps the application; behind what mends the address of who asks (`ProxyFix`)."""

    def __init__(self, app: Flask) -> None:
        self._app: WSGIApplication = app.wsgi_app
        self._own = ScanSite.of(app)
        self._names: Names = app.extensions["labelsvc.hosts"]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        plain = _plain_visit(environ) and self._names.trusts(environ)
        found = self._kept(environ) if plain else None
        if found is None:
            return self._app(environ, start_response)
        status, lines, body = found
        start_response(status, lines)
        return [body]

    def _kept(self, environ: WSGIEnvironment) -> tuple[str, list[tuple[str, str]], bytes] | None:
        own, database = self._own, self._own.where.database
        target = str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or environ["PATH_INFO"])
        try:
            parsed = uri.parse(target, host=own.host, former=own.former)
            if isinstance(parsed, gs1.Gs1Link | CartonCode):
                return None
            number = own.number(parsed)
        except LabelsvcError:
            return None
        peek = lookup.peek(database, number) if number is not None else None
        if peek is None or not lookup.fits(parsed, peek.form) or own.outdated(peek.revision):
            return None
        kind = negotiate.kind_of(environ.get("HTTP_ACCEPT", ""))
        if kind == "html" and agent_of(environ) is Agent.PREVIEW:
            return None
        lang = language.of_header(environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        kept = own.pages.get(peek, kind, lang)
        packed = negotiate.packs(environ.get("HTTP_ACCEPT_ENCODING", ""))
        lines = own.headers.get((kind, packed, lang))
        if kept is None or lines is None:
            return None
        body = fill(
            kept, parsed.canonical, peek,
            kind=kind, lang=lang, packed=packed, rules=own.where.settings,
        )  # fmt: skip
        own.note(environ, lang, kept.verdict, peek.number, peek.issue_id, peek.form)
        return _STATUS[kept.verdict], [*lines, ("Content-Length", str(len(body)))], body


def _plain_visit(environ: WSGIEnvironment) -> bool:
    """A page of one part after the host or of GS1, asked for by a browser that brings nothing else."""
    path = environ.get("PATH_INFO", "")
    return (
        environ["REQUEST_METHOD"] == "GET"
        and not environ.get("QUERY_STRING")
        and "HTTP_COOKIE" not in environ
        and (path.count("/") == 1 or path.startswith("/01/"))
    )


def install(app: Flask) -> None:
    app.wsgi_app = Door(app)  # type: ignore[method-assign]
