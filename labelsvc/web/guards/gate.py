"""Gate: opens each page for the roles that may see it, before the page runs.

Used by `app.py`; the table of pages and roles is `accounts/roles.py`.
"""

from __future__ import annotations

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from labelsvc.accounts import roles
from labelsvc.accounts.models import Role, Stage
from labelsvc.web.browsers import resume
from labelsvc.web.guards import csrf, letters
from labelsvc.web.problems import wants_json
from labelsvc.web.signed_in import load, may, own_factors

#: Blueprints for consumers: they never look at a cookie, so they never need one.
WITHOUT_COOKIES = frozenset({"scan", "media", "report", "place", "health"})


def install(app: Flask) -> None:
    app.jinja_env.globals.update(own_factors=own_factors, may=may)
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
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
    if resume.came_back() and (answer := resume.go_on()) is not None:
        return answer
    if g.half is not None:
        return _half_way(endpoint, Stage(g.half.stage))
    if g.user is None:
        if request.method != "GET":
            return _form_kept()
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    if Role(g.user.role) not in roles.allowed(endpoint):
        abort(403)
    resume.note()
    return None


def _form_kept() -> ResponseReturnValue:
    """Ask for the sign-in with the form in the page; programs, and what is no form, get the bare refusal."""
    if wants_json() or not resume.possible():
        abort(401)
    return resume.page()


def next_step(stage: Stage, target: str) -> str:
    """The page that a half sign-in goes on with; *target* is where it was going."""
    page = "account.factor" if stage is Stage.FACTOR else "account.factors"
    return url_for(page, next=target)


def _half_way(endpoint: str, stage: Stage) -> ResponseReturnValue | None:
    """Pass for the pages that make a half sign-in whole, and for signing out."""
    if endpoint in roles.HALF_PAGES[stage]:
        return None
    if request.method != "GET":
        return _form_kept()
    return redirect(next_step(stage, request.full_path.rstrip("?")))
