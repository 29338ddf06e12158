"""Assets: serves static files under addresses with their content's hash, so that browsers keep them
for a year.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from flask import Flask, request, url_for

from labelsvc.resources import folder


@lru_cache(maxsize=256)
def _stamp(name: str) -> str:
    return hashlib.sha256((folder("static") / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """Address of the static file *name*."""
    return url_for("static", filename=name, v=_stamp(name))


def _age(_name: str | None) -> int:
    """Seconds. A module that another script imports has no hash in its address: it is asked for
    anew each time, and mostly answered with "not modified"."""
    return 365 * 24 * 3600 if request.args.get("v") else 0


def install(app: Flask) -> None:
    app.jinja_env.globals["asset"] = asset
    app.get_send_file_max_age = _age  # type: ignore[method-assign, assignment]
