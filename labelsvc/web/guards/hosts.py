"""Hosts: refuses names that this service does not have, and keeps redirects on the name that was asked.

The header `Host` is written by who asks. A page made with the name of another, kept by a cache, would send
the next readers there. So an unknown name gets 400, and no address that we send says a host. Load balancers
ask for the health of a machine by its address: those pages answer to every name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, g, redirect, request
from werkzeug.wrappers import Response as Answer

from labelsvc.settings import Settings

#: Names of the machine itself: nobody else is reached by them.
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
#: Endpoints that answer to every name.
_EVERY = "health."
#: Endpoints of who signs in, which move with the name: passwords and sessions belong to one. All others answer under
#: a name of before too, since pictures and forms of a page must stay on the host of the page.
_MOVED = ("account.", "producer.", "office.")
_HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?", re.IGNORECASE | re.ASCII)


class Names:
    """The names that requests may come to, in lower case and without ports."""

    def __init__(self, settings: Settings) -> None:
        asked = (settings.host, *settings.trusted_hosts, *settings.former_hosts)
        self._former = {_bare(host) for host in settings.former_hosts} - {_bare(settings.host)}
        self._names = LOOPBACK | {name for host in asked if (name := _bare(host))}

    def is_former(self, environ: Mapping[str, Any]) -> bool:
        """True for a request to a name that the service had before."""
        return _bare(environ.get("HTTP_HOST", "")) in self._former

    def trusts(self, environ: Mapping[str, Any]) -> bool:
        """True for a request (PEP 3333) to one of the names, or to none: HTTP/1.0 need not say one."""
        host = environ.get("HTTP_HOST")
        return host is None or host in self._names or _bare(host) in self._names


def _bare(host: str) -> str:
    """*host* without port and last dot, in lower case; empty for what is no host."""
    found = _HOST.fullmatch(host)
    return found[1].lower().removesuffix(".") if found else ""


def relative(location: str) -> str:
    """*location* without scheme and host; what would be read as a host is none after that."""
    parts = urlsplit(location)
    if not parts.netloc and not parts.scheme:
        return location
    path = "/" + parts.path.lstrip("/\\")
    return parts._replace(scheme="", netloc="", path=path).geturl()


def install(app: Flask) -> None:
    """Look at the name before anything else; make every redirect relative and kept by no cache."""
    settings: Settings = app.extensions["labelsvc"].settings
    names = app.extensions["labelsvc.hosts"] = Names(settings)

    @app.before_request
    def known() -> None:
        if not names.trusts(request.environ) and not (request.endpoint or "").startswith(_EVERY):
            abort(400)

    @app.before_request
    def moved() -> Answer | None:
        """Send people from a name of before to ours, in one hop; codes are answered where they are asked."""
        asked = request.method in ("GET", "HEAD") and names.is_former(request.environ)
        if not asked or not (request.endpoint or "").startswith(_MOVED):
            return None
        g.moved = True
        return redirect(
            settings.base_url + "/" + request.full_path.removesuffix("?").lstrip("/\\"), 301
        )

    @app.after_request
    def stay(answer: Response) -> Response:
        if g.get("moved"):  # the one address of ours that names a host: this service's own
            answer.headers["Cache-Control"] = "no-store"
        elif "Location" in answer.headers:
            answer.headers["Location"] = relative(answer.headers["Location"])
            answer.headers["Cache-Control"] = "no-store"
        return answer
