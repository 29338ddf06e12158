"""Trust: serves manifest, status head and lists to verifiers, also to pages of other sites."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from labelsvc.codes.trust import publish, store
from labelsvc.codes.trust.formats.status import Purpose
from labelsvc.codes.trust.models import StatusState
from labelsvc.errors import FileMissing, NotFound
from labelsvc.web.site import site

bp = Blueprint("trust", __name__)

#: Of a list: without leading zeros, so that each has one address.
_NUMBER = re.compile("0|[1-9][0-9]{0,17}")
_FOR_EVER = "public, max-age=31536000, immutable"
#: A withdrawal must reach verifiers within a minute or so of being published.
_SOON = "public, max-age=30"


@bp.get("/.well-known/labelsvc-trust.json")
def manifest() -> ResponseReturnValue:
    """The newest trust manifest."""
    return _manifest(None, _SOON)


@bp.get("/trust/manifest/<int:version>.json")
def manifest_version(version: int) -> ResponseReturnValue:
    """An earlier one: who holds version 3 and meets 6 reads those between."""
    return _manifest(version, _FOR_EVER)


@bp.get("/trust/head")
def head() -> ResponseReturnValue:
    """The status head: which manifest and lists are the newest, and which keys are not active."""
    with site().database.reading() as session:
        state = session.get(StatusState, 1)
        text = state.head if state is not None else ""
    return _note(text)


@bp.get("/trust/status")
def old_head() -> ResponseReturnValue:
    """The same for verifiers of releases before that: the lists alone."""
    with site().database.reading() as session:
        state = session.get(StatusState, 1)
        text = (state.old_head or state.head) if state is not None else ""
    return _note(text)


def _note(text: str) -> Response:
    if not text:
        abort(404)
    return _open(Response(text, content_type="text/plain; charset=utf-8"), _SOON)


@bp.get("/trust/status/<int:kid>/<purpose>/<name>")
def status_list(kid: int, purpose: str, name: str) -> ResponseReturnValue:
    """A list (`17`) or what is new since the one before (`16-17`)."""
    words = name.split("-")
    if purpose not in list(Purpose) or len(words) > 2 or not all(map(_NUMBER.fullmatch, words)):
        abort(404)
    base, number = (int(words[0]), int(words[1])) if len(words) == 2 else (0, int(words[0]))
    try:
        data = site().files.get(publish.path_of(kid, purpose, number, base))
    except FileMissing:
        abort(404)
    return _open(Response(data, content_type="application/octet-stream"), _FOR_EVER)


def _manifest(version: int | None, caching: str) -> Response:
    with site().database.reading() as session:
        try:
            data = store.file_of(session, version)
        except NotFound:
            abort(404)
    return _open(Response(data, content_type="application/json"), caching)


def _open(answer: Response, caching: str) -> Response:
    answer.headers["Cache-Control"] = caching
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer
