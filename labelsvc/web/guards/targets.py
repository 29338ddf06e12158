"""Targets: checks the page that a form or link asks to go to next.

Used by the pages of accounts and of both consoles.
"""

from __future__ import annotations

from urllib.parse import urlsplit

#: Characters; the longest address of ours is a search with all its fields.
MAX_TARGET = 2000


def local_target(target: str | None) -> str | None:
    """*target* if it is a page of this site, else None: nobody is sent elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    # A line end would break the header, a tab is dropped by browsers: "/\t/host" is "//host" to them.
    if not target.isprintable() or len(target) > MAX_TARGET:
        return None
    try:
        parts = urlsplit(target)
    except ValueError:  # square brackets that hold no address
        return None
    return None if parts.scheme or parts.netloc or "\\" in target else target
