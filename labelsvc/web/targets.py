"""Targets: checks the page that a form or link asks to go to next.

Used by the pages of accounts and of both consoles.
"""

from __future__ import annotations

from urllib.parse import urlsplit


def local_target(target: str | None) -> str | None:
    """*target* if it is a page of this site, else None: nobody is sent elsewhere."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or "\\" in target else target
