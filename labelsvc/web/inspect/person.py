"""Person: tells the inspector's application who is signed in on the device, and signs out."""

from __future__ import annotations

from flask import Response, jsonify
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict

from labelsvc.accounts import sessions
from labelsvc.web.browsers import sign_in_cookie
from labelsvc.web.inspect.pages import bp
from labelsvc.web.inspect.sent import sent_as
from labelsvc.web.signed_in import current_user
from labelsvc.web.site import site


class Nothing(BaseModel):
    """An empty object: what is asked needs no facts."""

    model_config = ConfigDict(extra="forbid")


@bp.get("/who")
def who() -> ResponseReturnValue:
    """`{"name": …}`. Not signed in: the gate answers, as for goods."""
    answer = jsonify({"name": current_user().full_name})
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.post("/leave")
def leave() -> ResponseReturnValue:
    """End the sign-in of this device; `leaving` clears what it keeps."""
    sent_as(Nothing)
    with site().database.writing() as session:
        sessions.end(session, sign_in_cookie.token())
    answer = Response(status=204)
    sign_in_cookie.forget(answer)
    return answer
