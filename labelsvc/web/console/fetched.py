"""Fetched: sends stored files piece by piece, so that a large one needs no memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from flask import Response

_PIECE = 1 << 16
#: Ending → content type. Commands of label printers are bytes that no browser shows.
_TYPES = {
    "pdf": "application/pdf",
    "zip": "application/zip",
}


def attachment(source: IO[bytes], name: str, length: int | None = None) -> Response:
    """An answer that the browser saves as *name*. Closes *source* when it is sent."""

    def pieces() -> Iterator[bytes]:
        with source:
            while piece := source.read(_PIECE):
                yield piece

    ending = name.rpartition(".")[2]
    answer = Response(pieces(), content_type=_TYPES.get(ending, "application/octet-stream"))
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    if length is not None:
        answer.headers["Content-Length"] = str(length)
    return answer
