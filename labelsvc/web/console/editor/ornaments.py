"""Ornaments: takes a drawing or a picture from the editor and gives the paths that it becomes."""

from __future__ import annotations

import math
from typing import Any, Final

from flask import jsonify, request
from flask.typing import ResponseReturnValue

from labelsvc.catalogue import photos
from labelsvc.errors import BadInput
from labelsvc.labels.layouts.elements import PathElement
from labelsvc.labels.ornaments import svg_file
from labelsvc.labels.ornaments.trace import trace
from labelsvc.web.console.producer_scope import bp
from labelsvc.web.language import gettext

#: Bytes of the form, and pixels of a picture on each side.
_MOST: Final = 8_200_000
_LEAST_PIXELS, _MOST_PIXELS = 24, 1200
#: Millimetres of the box that the shapes are fitted into.
_ROOM: Final = (1.0, 300.0)


@bp.post("/layouts/ornament")
def take_ornament() -> ResponseReturnValue:
    """`file`, `w`, `h` (mm), `one_colour` → `{elements, said}`. The path of each begins at 0, 0.

    Errors are JSON as everywhere (`BadInput`, `PhotoRefused`).
    """
    request.max_content_length = _MOST
    upload = request.files.get("file")
    data = upload.read(_MOST + 1) if upload else b""
    if not data:
        raise BadInput("No file was chosen.", fix="Choose an SVG, PNG or JPEG file.", field="file")
    box = {"x": 0.0, "y": 0.0, "w": _length("w"), "h": _length("h")}
    said = ""
    if _is_svg(data):
        found = svg_file.read(data, **box)
        paths = found.paths
        if found.left_out:
            said = gettext(
                "Words and pictures inside of the drawing were left out: turn words into paths."
            )
    else:
        picture = photos.decoded(data, least=_LEAST_PIXELS, most=_MOST_PIXELS)
        paths = [trace(picture, **box)]
    if request.form.get("one_colour"):
        paths = [_black(path) for path in paths]
    made = [PathElement.model_validate(path).model_dump(mode="json") for path in paths]
    return jsonify({"elements": made, "said": said})


def _is_svg(data: bytes) -> bool:
    head = data[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and b"<svg" in data[:20_000].lower()


def _length(name: str) -> float:
    least, most = _ROOM
    try:
        length = float(request.form.get(name, ""))
    except ValueError:
        return 10.0
    return min(max(length, least), most) if math.isfinite(length) else 10.0


def _black(path: dict[str, Any]) -> dict[str, Any]:
    """*path* for a printer of one colour: white stays paper, every other colour is ink."""
    return path | {
        key: "#000000" for key in ("fill", "stroke") if path.get(key) not in (None, "#ffffff")
    }
