"""Verdict: tells an inspector what the scan page says of a code, without counting a scan."""

from __future__ import annotations

from typing import Annotated

from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field

from labelsvc.codes.forms.uri import MAX_TEXT
from labelsvc.web.inspect.pages import bp
from labelsvc.web.inspect.sent import sent_as
from labelsvc.web.scan import page as scan


class Asked(BaseModel):
    """The code in question, as the path of its page."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]


@bp.post("/verdict")
def verdict() -> ResponseReturnValue:
    """The JSON document of the scan page (docs/api.md), with its status. Nothing of it is counted:
    an inspector is no anonymous visitor of a label."""
    return scan.answer(sent_as(Asked).code, "json")
