"""Answers: reads what authenticators send and answers in JSON, for the script account/passkey.js."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Response, abort, jsonify, request
from flask.typing import ResponseReturnValue

from labelsvc import letters
from labelsvc.errors import LabelsvcError
from labelsvc.web.language import explain

#: Bytes; the largest answers, with certificates of an authenticator, have some ten thousand.
_LARGEST = 64 * 1024


def answer() -> dict[str, Any]:
    """The JSON object that was posted; anything else is refused."""
    if (request.content_length or 0) > _LARGEST:
        abort(413)
    try:
        found = request.get_json(silent=True)
    except RecursionError:
        found = None
    if not isinstance(found, dict):
        abort(400)
    letters.check_all(found)
    return cast(dict[str, Any], found)


def credential(found: dict[str, Any]) -> dict[str, Any]:
    """The authenticator's part of it."""
    inner = found.get("credential")
    return inner if isinstance(inner, dict) else {}


def options(text: str) -> Response:
    """Options of a ceremony, which `webauthn` gives as text."""
    return Response(text, mimetype="application/json")


def done(target: str) -> Response:
    """It is good: the script goes to *target*."""
    return jsonify({"next": target})


def spoken(view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """Errors of *view* as JSON whatever the browser says it accepts: a script reads them."""

    @wraps(view)
    def wrapped(**values: Any) -> ResponseReturnValue:
        try:
            return view(**values)
        except LabelsvcError as error:
            message, fix = explain(error)
            said = error.as_json() | {"message": message, "fix": fix}
            return jsonify(said), error.http_status

    return wrapped
