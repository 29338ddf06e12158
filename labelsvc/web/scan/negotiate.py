"""Negotiate: reads language, kind and compression of a scan page from the header lines alone."""

from __future__ import annotations

from functools import lru_cache

from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.http import parse_accept_header

_KINDS = {"text/html": "html", "application/json": "json", "text/plain": "text"}


@lru_cache(maxsize=1000)
def kind_of(accept: str) -> str:
    """html, json or text, by the line `Accept`."""
    if "application/json" not in accept and "text/plain" not in accept:
        return "html"
    best = parse_accept_header(accept, MIMEAccept).best_match(list(_KINDS))
    return _KINDS[best or "text/html"]


@lru_cache(maxsize=1000)
def packs(offered: str) -> bool:
    """True if who sends this line `Accept-Encoding` takes gzip."""
    if "gzip" not in offered:
        return False
    return ";" not in offered or bool(parse_accept_header(offered, Accept)["gzip"])
