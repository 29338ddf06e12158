"""Kept files: holds the files of a form for the minutes in which its sender signs in again.

Used by `resume`. A form brings its texts back by itself; a browser brings no file back, so they wait in the
file store: sealed, named by chance, an hour at most, and only so many of them.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Final

from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import FileStorage, MultiDict

from labelsvc import clock, sealing
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.settings import Settings

MAX_AGE: Final = timedelta(hours=1)
#: Files that wait at a time; the oldest go.
MOST: Final = 40
#: Files of one form that are kept.
MOST_OF_FORM: Final = 4
_FOLDER: Final = "kept"
_KEY: Final = re.compile(r"kept/(\d{14})-[0-9a-f]{32}")


def keep(settings: Settings, files: Files, sent: Iterable[tuple[str, FileStorage]]) -> str:
    """Store the files of a form; gives the ticket that brings them back, "" where there are none."""
    tickets = []
    _delete_old(files, clock.now())
    for field, file in list(sent)[:MOST_OF_FORM]:
        if not file.filename:
            continue
        file.stream.seek(0)
        key = f"{_FOLDER}/{clock.now():%Y%m%d%H%M%S}-{secrets.token_hex(16)}"
        files.put(key, sealing.seal(settings.keys, file.stream.read(), purpose="kept file"))
        tickets.append([field, file.filename[:200], file.content_type or "", key])
    return _serializer(settings).dumps(tickets) if tickets else ""


def bring_back(settings: Settings, files: Files, ticket: str) -> MultiDict[str, FileStorage]:
    """The files of a ticket, which are then kept no longer; none where it is not good any more."""
    found: MultiDict[str, FileStorage] = MultiDict()
    try:
        tickets = _serializer(settings).loads(ticket, max_age=int(MAX_AGE.total_seconds()))
        for field, name, content_type, key in tickets:
            data = sealing.unseal(settings.keys, files.get(key), purpose="kept file")
            files.delete(key)
            found.add(field, FileStorage(BytesIO(data), name, field, content_type))
    except (BadData, LabelsvcError, TypeError, ValueError):
        return MultiDict()
    return found


def _delete_old(files: Files, now: datetime) -> None:
    names = [key for key in files.names(_FOLDER) if _KEY.fullmatch(key)]
    for place, key in enumerate(sorted(names, reverse=True)):
        stamp = key.partition("/")[2][:14]
        stored = datetime.strptime(stamp, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        if now - stored > MAX_AGE or place >= MOST - MOST_OF_FORM:
            files.delete(key)


def _serializer(settings: Settings) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(settings.keys), salt="labelsvc.kept")
