"""Product photos: public, immutable, and nothing else of the file store."""

from __future__ import annotations

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from labelsvc.errors import FileMissing
from labelsvc.web.site import site

bp = Blueprint("media", __name__, url_prefix="/media")

_TYPES = {"jpg": "image/jpeg", "webp": "image/webp"}


@bp.get("/photos/<name>.<ending>")
def photo(name: str, ending: str) -> ResponseReturnValue:
    if ending not in _TYPES:
        abort(404)
    try:
        data = site().files.get(f"photos/{name}.{ending}")
    except FileMissing:
        abort(404)
    answer = Response(data, content_type=_TYPES[ending])
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer
