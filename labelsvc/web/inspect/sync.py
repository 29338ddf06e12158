"""Cases of the inspector's application, sent when there is a network."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue
from pydantic import ValidationError

from labelsvc.codes.keys import load_keyring
from labelsvc.errors import LabelsvcError
from labelsvc.inspections.sync import SentCase, take
from labelsvc.web.inspect.pages import bp
from labelsvc.web.language import explain
from labelsvc.web.security import actor
from labelsvc.web.site import site

#: A form of another site cannot set it, and its scripts may not (no CORS here).
HEADER = "X-Labelsvc-Inspect"


@bp.post("/sync")
def sync() -> ResponseReturnValue:
    """One case as JSON. Sent again, it is kept once: `{"uid": …, "case": number}`.

    400 with what is wrong where it can never be taken; the application keeps it and says so.
    """
    if HEADER not in request.headers or request.mimetype != "application/json":
        abort(400)
    try:
        sent = SentCase.model_validate_json(request.get_data())
    except ValidationError as error:
        first: Any = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        return {"error": "bad_input", "message": f"{field}: {first['msg']}"}, 400
    where = site()
    settings = where.settings
    try:
        with where.database.writing() as session:
            ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
            case = take(session, where.files, ring, sent, actor=actor())
            number = case.id
    except LabelsvcError as error:
        message, fix = explain(error)
        return {"error": error.code, "message": f"{message} {fix}".strip()}, error.http_status
    return {"uid": sent.uid, "case": number}
