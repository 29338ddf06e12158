"""Sent: reads the JSON that the inspector's application posts, and refuses that of other sites."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import abort, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ValidationError

Sent = TypeVar("Sent", bound=BaseModel)

#: A form of another site cannot set it, and its scripts may not (no CORS here).
HEADER = "X-Labelsvc-Inspect"


def sent_as(model: type[Sent]) -> Sent:
    """What the application sent. Aborts with 400 unless it was the application.

    :raises ValidationError: it is not what the application sends.
    """
    if HEADER not in request.headers or request.mimetype != "application/json":
        abort(400)
    return model.model_validate_json(request.get_data())


def wrong(error: ValidationError) -> ResponseReturnValue:
    first: Any = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"])
    return {"error": "bad_input", "message": f"{field}: {first['msg']}"}, 400
