"""Problems: shows errors as pages or as JSON, in the reader's language."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import structlog
from flask import Flask, current_app, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from labelsvc import breakdown
from labelsvc.errors import LabelsvcError
from labelsvc.web.browsers import resume
from labelsvc.web.language import explain, gettext
from labelsvc.web.signed_in import start_page

logger = structlog.get_logger()

#: Bytes of a body that is too large; of more the connection is closed in the middle.
_MAX_DRAINED = 100 * 1024 * 1024
_WORDS = {
    400: ("This request cannot be understood.", "Go back and try again."),
    401: ("You are not signed in.", "Sign in and try again."),
    403: (
        "You may not open this page.",
        "Sign in with another account, or ask the programme office.",
    ),
    404: ("There is no such page.", "Check the address, or go to the first page."),
    405: ("This address does not take that.", "Go back and use the form."),
    410: (
        "What stood here was removed from the register.",
        "It was entered by mistake. Search the register for what you look for.",
    ),
    413: ("The file is too large.", "Choose a smaller file."),
    429: ("Too many requests.", "Wait a minute and try again."),
    500: (
        "Something went wrong on our side.",
        "Try again. If it stays so, tell the programme office.",
    ),
}


def install(app: Flask) -> None:
    app.register_error_handler(LabelsvcError, _ours)
    app.register_error_handler(CSRFError, _stale_form)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def wants_json() -> bool:
    """True if JSON was asked for, by `?format=json` or by `Accept`."""
    if request.args.get("format") == "json":
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        best == "application/json"
        and request.accept_mimetypes[best] > request.accept_mimetypes["text/html"]
    )


def _ours(error: LabelsvcError) -> ResponseReturnValue:
    message, fix = explain(error)
    if wants_json():
        return jsonify(error.as_json() | {"message": message, "fix": fix}), error.http_status
    return _page(error.http_status, message, fix)


def _stale_form(error: CSRFError) -> ResponseReturnValue:
    g.stale_form = True  # for `incidents`: a form of another site looks the same
    if resume.own_page() and resume.possible() and not wants_json():
        # Its token is of an earlier sign-in, or the browser was closed: what was typed need not be lost.
        return resume.page(status=400 if g.get("user") is not None else 401)
    return _page(
        400,
        gettext("The form was open too long."),
        gettext("Go back, reload the page and send it again."),
    )


def _http(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if status == 404 and (plain := _without_slash()) is not None:
        return redirect(plain, 301)
    if status == 413:
        _drain()
    message, fix = _WORDS.get(status, _WORDS[400 if status < 500 else 500])
    if wants_json():
        return jsonify(
            {"code": f"http_{status}", "message": gettext(message), "fix": gettext(fix)}
        ), status
    return _page(status, gettext(message), gettext(fix))


def _without_slash() -> str | None:
    """The address without the slash behind it, where a page has that one and none has this: "/products/".

    A code with a slash is answered by its own page, and a page that looked and found nothing stays 404.
    """
    sought = request.url_rule is None or (request.endpoint or "").startswith("scan.")
    if request.method not in ("GET", "HEAD") or not request.path.endswith("/") or not sought:
        return None
    plain = "/" + request.path.strip("/")  # of this host, whatever stands there
    adapter = current_app.create_url_adapter(request)
    try:
        endpoint = str(adapter.match(plain, method="GET")[0]) if adapter is not None else "scan."
    except HTTPException:
        return None
    query = request.query_string.decode("latin-1")
    return None if endpoint.startswith("scan.") else plain + (f"?{query}" if query else "")


def _drain() -> None:
    """Read the rest of a body that is too large: who still sends it when the connection closes sees a broken
    one instead of the page that says why."""
    left, source = min(request.content_length or 0, _MAX_DRAINED), request.environ["wsgi.input"]
    with suppress(OSError):  # it hung up, or took too long
        while left > 0 and (piece := source.read(min(left, 1 << 16))):
            left -= len(piece)


def _unexpected(error: Exception) -> ResponseReturnValue:
    broken = breakdown.of(error)
    if broken is not None:
        # A line, no traceback: while the disk is full every page that writes comes here.
        logger.error("storage", kind=broken.kind, reason=_first_line(error), **_where())
        return _ours(broken)
    logger.exception("unexpected error", method=request.method, **_where())
    return _page(500, *(gettext(words) for words in _WORDS[500]))


def _first_line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return str(cause).partition("\n")[0]


def _where() -> dict[str, str]:
    """Name the page that failed, with a short hash by which two failures of one address are known as one.

    Never the path itself: many pages carry a whole code in it, and who has the code has the label.
    """
    rule = request.url_rule
    return {
        "route": rule.rule if rule is not None else "",
        "path_hash": hashlib.sha256(request.path.encode()).hexdigest()[:12],
    }


def _page(status: int, message: str, fix: str) -> ResponseReturnValue:
    # Who is signed in goes back to the own pages, not out to those of the public.
    start = start_page(g.user) if g.get("user") is not None else ""
    page = render_template(
        "errors/problem.html",
        status=status,
        message=message,
        fix=fix,
        start=start,
        office_waiting=None,  # the counts of the menu are read from the database, which may be what failed
    )
    return page, status
