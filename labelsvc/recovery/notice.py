"""Notice: sees that the database is older than what it published, and lets withdrawals hold at once.

A backup, a file that was put back by hand, the snapshot of a virtual machine: whatever it was, the
signed checkpoint and the journal lie among the files. Scans go on, with what the log withdrew; numbers
are given again once `complete.complete` has taken back what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.tlog import log as public_log
from labelsvc.codes.tlog import recovery, setback
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.models import JournalState, LogState, Setback
from labelsvc.db import Database
from labelsvc.errors import BadLog, FileMissing, LabelsvcError
from labelsvc.files import Files
from labelsvc.recovery import adopt, journal, lists, withdrawn
from labelsvc.settings import Settings

#: How it was seen → in words.
SEEN: Final = {
    "log": "the public log has more entries",
    "another": "the public log is of another database",
    "journal": "the journal beside the log is newer",
    "restore": "a restore replaced a newer database and did not end",
}


@dataclass(frozen=True)
class Older:
    """The state of the world, and the older state of the database."""

    sign: str
    published: int
    own: int


@dataclass(frozen=True)
class World:
    """The state of the files: what a database must know that is read after them."""

    #: As published; empty where nothing is.
    checkpoint: bytes
    #: Number of the newest file of the journal.
    journal: int

    @classmethod
    def of(cls, files: Files) -> World:
        try:
            return cls(public_log.published(files), journal.newest(files))
        except FileMissing:
            return cls(b"", journal.newest(files))


@dataclass(frozen=True)
class Noticed:
    """A setback that lasts, and what stood against applying what was withdrawn."""

    row: Setback
    fault: LabelsvcError | None = None


def look(database: Database, files: Files, settings: Settings) -> Noticed | None:
    """At every start: is the database older than what it published? None where it is not.

    Withdrawals of the log are applied, and `setback.refuse` holds from here on. What stands against
    that is told and not raised: scans go on in any case.
    """
    world = World.of(files)  # before the database: what is published meanwhile is in that already
    with database.reading() as session:
        known = setback.found(session)
        older = seen(session, world)
    if older is None:
        return Noticed(known) if known is not None else None
    with database.writing() as session:
        row = record_setback(session, older)
    try:
        with database.writing() as session:
            written = journal.read(session, files, secrets=settings.keys)
            adopt.adopt(session, files, written.rows)
            state = session.get(LogState, 1)
            if state is not None:
                lost = recovery.forgotten(session, files, state)
                withdrawn.apply(session, [leaf for _, leaf in lost.leaves], secrets=settings.keys)
                ring = keyring_of(session, settings)
                kids = [key.kid for key in ring.keys]
                lists.apply(session, files, ring, found=withdrawn.Applied(), kids=kids)
            lists.forget_head(session)
    except LabelsvcError as error:
        return Noticed(row, fault=error)
    return Noticed(row)


def seen(session: Session, world: World) -> Older | None:
    """Look for signs that the database is older than its files; None where there are none."""
    state = session.get(LogState, 1)
    own = state.size if state is not None else 0
    data = world.checkpoint
    if data:
        if state is None:
            return Older("log", _size(data), 0)
        try:
            there, _ = read(data, public_log.key_of(state))
        except BadLog:
            return Older("another", _size(data), own)
        if there.size > own or (there.size == own and there.root != state.root):
            return Older("log", there.size, own)
    journals = session.get(JournalState, 1)
    if world.journal > (journals.number if journals is not None else 0):
        return Older("journal", own, own)
    return None


def record_setback(session: Session, older: Older) -> Setback:
    """Write down that the database is older: numbers are refused from here on."""
    row = session.get(Setback, 1, with_for_update=True)
    if row is None:
        row = Setback(id=1, published=older.published, own=older.own, sign=older.sign, leaves=0)
        session.add(row)
    elif row.ended_at is not None:
        row.noticed_at, row.ended_at, row.leaves = now(), None, 0
        row.own = older.own
    row.published, row.sign = max(older.published, older.own), older.sign
    session.flush()
    return row


def _size(data: bytes) -> int:
    """Leaves that a checkpoint claims which we cannot check; 0 for no checkpoint."""
    lines = data.split(b"\n")
    return int(lines[1]) if len(lines) > 1 and lines[1].isdigit() and len(lines[1]) < 16 else 0
