"""Letters: refuses NUL in addresses and forms, which no form needs and PostgreSQL does not store."""

from __future__ import annotations

from collections.abc import Iterator

from flask import abort, request

_NUL = "\0"


def check() -> None:
    """400 where the address or the form holds a NUL: told by us, and not by the database.

    What comes as JSON is a layout, and the editor leaves such letters out itself.
    """
    if any(_NUL in text for text in _texts()):
        abort(400)


def _texts() -> Iterator[str]:
    yield request.path
    for sent in (request.args, request.form):
        for name, value in sent.items(multi=True):
            yield name
            yield value
    for upload in request.files.values():
        yield upload.filename or ""
