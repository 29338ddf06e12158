"""Sent: reads the JSON that the inspector's application posts, and refuses that of other sites."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError

from labelsvc import letters
from labelsvc.errors import LabelsvcError
from labelsvc.web.inspect.pages import bp
from labelsvc.web.language import explain

Sent = TypeVar("Sent", bound=BaseModel)

#: A form of another site cannot set it, and its scripts may not (no CORS here).
HEADER = "X-Labelsvc-Inspect"
#: What a camera read may hold anything; it is kept by its ends, with spaces for what is no letter.
_READ = frozenset({"code"})


def sent_as(model: type[Sent]) -> Sent:
    """Read what the application sent. Aborts with 400 unless it was the application.

    :raises ValidationError: it is not what the application sends.
    :raises BadInput: a text holds characters that no text of ours may hold.
    """
    if HEADER not in request.headers or request.mimetype != "application/json":
        abort(400)
    sent = model.model_validate_json(request.get_data())
    letters.check_all(sent.model_dump(), but=_READ)
    return sent


@bp.errorhandler(ValidationError)
def wrong(error: ValidationError) -> ResponseReturnValue:
    """400 with the first thing that is wrong and its place."""
    first: Any = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return {"error": "bad_input", "message": f"{field}: {first['msg']}"}, 400


@bp.errorhandler(LabelsvcError)
def refused(error: LabelsvcError) -> ResponseReturnValue:
    """Tell what is wrong as JSON, whatever the browser says it accepts: a script reads it."""
    message, fix = explain(error)
    facts = {"error": error.code, "message": f"{message} {fix}".strip()}
    return facts | {
        name: str(error.params[name]) for name in ("field", "uid") if name in error.params
    }, error.http_status
