"""Picture: answers with the picture of a layout, or with one that says why it cannot be drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Response, render_template

from labelsvc.errors import LabelsvcError, NoSuchLayout
from labelsvc.web.language import explain

Found = TypeVar("Found")

_CSP = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def picture(find: Callable[[], Found], draw: Callable[[Found], str]) -> Response:
    """Send what *draw* makes (SVG) of what *find* gives; a page shows the reason in its place all the same.

    404 where there is no such layout, 422 where it cannot be read; 200 where it can and does not fit,
    for that is what there is to see.
    """
    status = 422
    try:
        found = find()
        status = 200
        svg = draw(found)
    except LabelsvcError as error:
        if isinstance(error, NoSuchLayout):
            status = 404
        svg = render_template("console/producer/problem.svg", words=explain(error)[0])
    answer = Response(svg, status, content_type="image/svg+xml; charset=utf-8")
    answer.headers["Content-Security-Policy"] = _CSP
    return answer
