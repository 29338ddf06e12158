"""Breakdown: tells faults of disk, file store and database, which may pass, from defects of the program.

Used by pages, which say one plain sentence, and by workers, which try again instead of giving up.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from labelsvc.errors import DatabaseGone, StorageFault

FULL, READ_ONLY, GONE, DAMAGED, AWAY = "full", "read_only", "gone", "damaged", "away"
_SQLITE: Final = {
    "SQLITE_FULL": FULL,
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
    "SQLITE_IOERR": AWAY,
    "SQLITE_CANTOPEN": AWAY,
    "SQLITE_BUSY": AWAY,
    "SQLITE_LOCKED": AWAY,
    "SQLITE_PROTOCOL": AWAY,
}
#: States of PostgreSQL (appendix A), whole or by their class: full disk, only reading, damaged, and
#: no connection, no room, shutting down, disk error.
_STATES: Final = {
    "53100": FULL,
    "25006": READ_ONLY,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
    "08": AWAY,
    "53": AWAY,
    "57P": AWAY,
    "58": AWAY,
}
_ERRNOS: Final = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}
#: Of the operating system, and no fault of storage: what is asked for is not there, or is something else.
_OURS: Final = (FileNotFoundError, FileExistsError, IsADirectoryError, NotADirectoryError)
#: Of object stores, which give no number.
_NAMELESS: Final = (PermissionError, ConnectionError, TimeoutError)
#: Libraries of object stores have errors of their own.
_CLIENTS: Final = ("botocore", "aiobotocore", "aiohttp")


def of(error: BaseException) -> StorageFault | None:
    """Name what is broken, for the person at a page; None for what may be a defect, or is no fault at all."""
    for found in _chain(error):
        if isinstance(found, StorageFault):
            return found
        if kind := _kind(found):
            return told(kind)
    return None


def told(kind: str) -> StorageFault:
    """The sentence for people: no path, no host, no word of a library."""
    wait = "Try again in a minute. If it stays so, tell the programme office."
    tell = "Tell the programme office. What was saved before is safe, and labels can be scanned."
    if kind == FULL:
        return StorageFault(
            "The disk of the service is full: nothing was saved.", fix=tell, kind=kind
        )
    if kind == READ_ONLY:
        return StorageFault(
            "The service may only read its disk now: nothing was saved.", fix=tell, kind=kind
        )
    if kind == GONE:
        return StorageFault(
            "The database of the service was taken away while it ran: nothing was saved.",
            fix="Tell the programme office.",
            kind=kind,
        )
    if kind == DAMAGED:
        return StorageFault(
            "The database of the service is damaged: nothing was saved.",
            fix="Tell the programme office.",
            kind=kind,
        )
    return StorageFault(
        "The storage of the service does not answer: nothing was saved.", fix=wait, kind=kind
    )


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what a library wrapped in it, and what it came of."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        found = waiting.pop(0)
        if found is None or id(found) in seen:
            continue
        seen.add(id(found))
        yield found
        waiting += [getattr(found, "orig", None), found.__cause__]


def _kind(error: BaseException) -> str:
    if isinstance(error, DatabaseGone):
        return GONE
    if isinstance(error, sqlite3.Error):
        name = getattr(error, "sqlite_errorname", "") or ""
        return next((kind for start, kind in _SQLITE.items() if name.startswith(start)), "")
    if isinstance(error, OSError):
        if isinstance(error, _OURS) or not (error.errno or isinstance(error, _NAMELESS)):
            return ""  # libraries of pictures use it for what they cannot read
        return _ERRNOS.get(error.errno or 0, AWAY)
    if isinstance(error, PoolTimeout):
        return AWAY
    if isinstance(error, DBAPIError) and not isinstance(error.orig, sqlite3.Error):
        state = getattr(error.orig, "sqlstate", None) or ""
        for known in (state, state[:3], state[:2]):
            if known in _STATES:
                return _STATES[known]
        lost = isinstance(error, OperationalError | InterfaceError) and not state
        return AWAY if lost or error.connection_invalidated else ""
    return AWAY if type(error).__module__.partition(".")[0] in _CLIENTS else ""
