"""Journal: what leaves of the log cannot tell, sealed, in files beside it.

A leaf names a lot by its number; the row with its dates, the key that signs its codes, why a code was
withdrawn, who did what: all of that is lost with the database, and stands here. Written before the
checkpoint that names it, so whatever the world has seen can be taken back. Nothing of it is published,
and nobody reads it without the secret keys of the settings.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import KeyRecord, Mark
from labelsvc.codes.tlog.models import JournalState, LogLeaf
from labelsvc.codes.trust.models import TrustManifest
from labelsvc.db import Base, Database
from labelsvc.errors import KeyUnavailable
from labelsvc.files import Files
from labelsvc.recovery import rows
from labelsvc.sealing import seal, unseal

FOLDER: Final = "recovery"
MANIFESTS: Final = "trust/manifest"
#: Days that files stay. An older copy is completed by the log alone.
KEPT_DAYS: Final = 92
#: Of each kind in one file; where a service has no journal yet, what is older stays out.
MOST: Final = 20_000
#: Tables of one row with a sealed key that is made once: a copy may be older than the key.
KEYS: Final = ("log_state", "status_state")


@dataclass
class Journal:
    """The facts in files that are newer than the database."""

    rows: rows.Rows = field(default_factory=dict)
    #: Rows of the audit trail, in their order.
    entries: list[dict[str, Any]] = field(default_factory=list)
    #: Number of the newest file.
    number: int = 0
    #: Files that no secret key of the settings opens.
    shut: list[str] = field(default_factory=list)


def keep(database: Database, files: Files, secrets: Sequence[str], leaves: int) -> bool:
    """Write down what is new; False where nothing is. Any process may, at any time.

    :param leaves: that have their place in the log.
    """
    with database.writing() as session:
        state = _state(session)
        since = JournalState(**{name: getattr(state, name) for name in _CURSORS})
        upto = _newest(session, leaves)
        if all(getattr(upto, name) <= getattr(since, name) for name in _CURSORS):
            return False
        for name in _CURSORS:
            setattr(since, name, max(getattr(since, name), getattr(upto, name) - MOST))
        state.number += 1  # before the file is there: no two files have one number
        number = state.number
    with database.reading() as session:
        facts = _facts(session, since, upto)
        manifests = dict(session.execute(select(TrustManifest.version, TrustManifest.file)).all())
    keep_manifests(files, manifests)
    plain = zlib.compress(json.dumps(facts, ensure_ascii=False).encode())
    day = clock.now().date()
    files.put(f"{FOLDER}/{day:%Y%m%d}/{number:010}", seal(secrets, plain, purpose="journal"))
    with database.writing() as session:
        state = _state(session)
        for name in _CURSORS:
            setattr(state, name, max(getattr(state, name), getattr(upto, name)))
    _tidy(files, day)
    return True


def keep_manifests(files: Files, manifests: dict[int, bytes]) -> None:
    """Published manifests among the files: a copy must not give a number twice."""
    there = set(files.names(MANIFESTS))
    for version, file in manifests.items():
        if (name := f"{MANIFESTS}/{version}.json") not in there:
            files.put(name, file)


def newest(files: Files) -> int:
    """Number of the newest file; 0 for none."""
    for folder in reversed(files.names(FOLDER)):
        numbers = [_number(name) for name in files.names(folder)]
        if numbers:
            return max(numbers)
    return 0


def last_entry(files: Files, *, secrets: Sequence[str]) -> dict[str, Any] | None:
    """The newest entry of the audit trail that a file has; None where none has one."""
    for folder in reversed(files.names(FOLDER)):
        for name in sorted(files.names(folder), key=_number, reverse=True):
            try:
                entries = _opened(files, name, secrets)["entries"]
            except (KeyUnavailable, zlib.error, ValueError):
                continue
            if entries:
                return entries[-1]  # type: ignore[no-any-return]
    return None


def _opened(files: Files, name: str, secrets: Sequence[str]) -> dict[str, Any]:
    plain = unseal(secrets, files.get(name), purpose="journal")
    return dict(json.loads(zlib.decompress(plain)))


def known(session: Session) -> int:
    """Number of the newest file that the database knows of."""
    state = session.get(JournalState, 1)
    return state.number if state is not None else 0


def read(session: Session, files: Files, *, secrets: Sequence[str]) -> Journal:
    """Read what files tell that the database does not know; the newest word on a row counts."""
    names = list(_names(files))  # before the database: it knows of each by now, unless it is older
    since = known(session)
    found = Journal(number=since)
    by_key: dict[tuple[str, tuple[Any, ...]], dict[str, Any]] = {}
    for name in names:
        if _number(name) <= since:
            continue
        found.number = max(found.number, _number(name))
        try:
            facts = _opened(files, name, secrets)
        except (KeyUnavailable, zlib.error, ValueError):
            found.shut.append(name)
            continue
        found.entries += rows.read({"audit_entry": facts["entries"]})["audit_entry"]
        for table, of in rows.read(facts["rows"]).items():
            for row in of:
                key = table, rows.key_of(Base.metadata.tables[table], row)
                by_key[key] = row
    for (table, _), row in by_key.items():
        found.rows.setdefault(table, []).append(row)
    return found


_CURSORS: Final = ("leaves", "entries", "marks")


def _state(session: Session) -> JournalState:
    query = select(JournalState).where(JournalState.id == 1).with_for_update()
    query = query.execution_options(populate_existing=True)
    state = session.scalar(query)
    if state is None:
        try:
            with session.begin_nested():
                session.add(JournalState(id=1, number=0, leaves=0, entries=0, marks=0))
        except IntegrityError:
            pass  # another process was faster
        state = session.scalars(query).one()
    return state


def _newest(session: Session, leaves: int) -> JournalState:
    """Collect what there is now. Entries and marks are written one after another, under locks of their own:
    below the newest of them none is still to come."""
    return JournalState(
        leaves=leaves,
        entries=session.scalar(select(func.max(AuditEntry.id))) or 0,
        marks=session.scalar(select(func.max(Mark.id))) or 0,
    )


def _facts(session: Session, since: JournalState, upto: JournalState) -> dict[str, Any]:
    placed = select(LogLeaf.subject).where(LogLeaf.seq >= since.leaves, LogLeaf.seq < upto.leaves)
    trail = AuditEntry.__table__
    span = trail.c.id > since.entries, trail.c.id <= upto.entries
    entries = [
        dict(row) | {"facts": {"$j": row["facts"]}}
        for row in session.execute(select(trail).where(*span).order_by(trail.c.id)).mappings()
    ]
    marks = select(Mark.id).where(Mark.id > since.marks, Mark.id <= upto.marks)
    signing = select(KeyRecord.kid).where(KeyRecord.state.in_((KeyState.ACTIVE, KeyState.NEXT)))
    subjects = dict.fromkeys(session.scalars(placed))
    subjects |= dict.fromkeys(f"mark:{number}" for number in session.scalars(marks))
    subjects |= dict.fromkeys(str(entry["subject"]) for entry in entries)
    subjects |= dict.fromkeys(f"key:{kid}" for kid in session.scalars(signing))
    return {
        "rows": rows.told(rows.gather(session, subjects) | rows.whole(session, KEYS)),
        "entries": rows.told({"audit_entry": entries})["audit_entry"],
    }


def _names(files: Files) -> Iterator[str]:
    """Files in the order of their numbers."""
    found = [name for folder in files.names(FOLDER) for name in files.names(folder)]
    yield from sorted(found, key=_number)


def _number(name: str) -> int:
    last = name.rpartition("/")[2]
    return int(last) if last.isascii() and last.isdecimal() else 0


def _tidy(files: Files, today: date) -> None:
    oldest = f"{today - timedelta(days=KEPT_DAYS):%Y%m%d}"
    for folder in files.names(FOLDER):
        if folder.rpartition("/")[2] >= oldest:
            return
        for name in files.names(folder):
            files.delete(name)
