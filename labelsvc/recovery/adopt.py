"""Adopt: the keys of log and lists, where a copy is older than they are.

Both are made once, on first use, and sign for ever. A copy from before would make others, and nobody
could believe what it publishes beside what is out.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from labelsvc.codes.tlog import log, setback
from labelsvc.codes.tlog.formats import merkle
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.formats.note import NoteKey
from labelsvc.codes.tlog.models import LogState
from labelsvc.codes.trust.models import StatusState
from labelsvc.errors import BadLog, FileMissing
from labelsvc.files import Files
from labelsvc.recovery.rows import Rows

#: Nothing is published with it yet, as far as the copy knows.
_FRESH: dict[str, Any] = {
    "next_seq": 0, "size": 0, "root": merkle.EMPTY_ROOT, "checkpoint": "",
}  # fmt: skip


def adopt(session: Session, files: Files, lost: Rows) -> None:
    """Take the keys of *lost* where the copy has none, and nothing was signed with one of its own.

    :raises LogForked: the published log is of a key that neither the copy nor *lost* has.
    """
    _log(session, files, lost.get("log_state", []))
    known = session.get(StatusState, 1)
    for row in lost.get("status_state", []):
        if known is None:
            session.execute(insert(StatusState).values(row | {"made_of": "", "head": ""}))
        elif known.public != row["public"] and not known.head:
            values = {name: row[name] for name in ("name", "public", "sealed")}
            session.execute(update(StatusState).values(values))
    session.expire_all()


def _log(session: Session, files: Files, lost: list[dict[str, Any]]) -> None:
    try:
        data = log.published(files)
    except FileMissing:
        return
    known = session.get(LogState, 1)
    if known is not None and _signed(data, known.origin, known.public):
        return
    for row in lost:
        if not _signed(data, row["origin"], row["public"]) or (known is not None and known.size):
            continue
        if known is None:
            session.execute(insert(LogState).values(row | _FRESH))
        else:
            session.execute(update(LogState).values(row | _FRESH))
        return
    raise setback.another()


def _signed(data: bytes, origin: str, public: bytes) -> bool:
    try:
        read(data, NoteKey(origin, public))
    except BadLog:
        return False
    return True
