"""Gate: opens each page for the roles that may see it, before the page runs.

Used by `app.py`; the table of pages and roles is `accounts/roles.py`.
"""

from __future__ import annotations

from flask import Flask, abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from labelsvc.accounts import roles
from labelsvc.accounts.models import Role, Stage
from labelsvc.web import csrf, letters
from labelsvc.web.signed_in import load, may, own_factors

#: Blueprints for consumers: they never look at a cookie, so they never need one.
WITHOUT_COOKIES = frozenset({"scan", "media", "report", "place", "health"})


def install(app: Flask) -> None:
    app.jinja_env.globals.update(own_factors=own_factors, may=may)
    app.before_request(_check)


def _check() -> Response | None:
    """None where the page may run; else where to go instead."""
    endpoint = request.endpoint
    if endpoint == "static" or (endpoint and endpoint.partition(".")[0] in WITHOUT_COOKIES):
        return None
    load()  # first: pages of errors and of stale forms show who is signed in
    if endpoint is None:
        return None
    protected = csrf.protect(endpoint)
    if protected or request.method in ("GET", "HEAD"):
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


def next_step(stage: Stage, target: str) -> str:
    """The page that a half sign-in goes on with; *target* is where it was going."""
    page = "account.factor" if stage is Stage.FACTOR else "account.factors"
    return url_for(page, next=target)


def _half_way(endpoint: str, stage: Stage) -> Response | None:
    """Pass for the pages that make a half sign-in whole, and for signing out."""
    if endpoint in roles.HALF_PAGES[stage]:
        return None
    if request.method != "GET":
        abort(401)
    return redirect(next_step(stage, request.full_path.rstrip("?")))
