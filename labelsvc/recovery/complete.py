"""Complete: takes back what a copy forgot, from the log, the journal, lists and manifests among the files.

All in one transaction: breaking off anywhere leaves the copy as it was, and it is begun again. What
cannot be taken back is named; codes of it are not served as good.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.accounts.models import SignIn, User
from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import CODE_COUNTER, COPY_COUNTER, Counter, KeyRecord
from labelsvc.codes.register.keys import (
    create_keys,
    keyring_of,
    largest_kid,
    lock_counter,
    reserve,
    rotate,
)
from labelsvc.codes.tlog import log as public_log
from labelsvc.codes.tlog import recovery
from labelsvc.codes.tlog.formats.leaf import PrintRunLeaf
from labelsvc.codes.tlog.models import JournalState, Setback
from labelsvc.db import Base, Database
from labelsvc.errors import NotFound
from labelsvc.files import Files
from labelsvc.recovery import adopt, ids, journal, lists, rows, runs, trail, withdrawn
from labelsvc.recovery.withdrawn import Applied
from labelsvc.settings import Settings

#: From where a key comes to where it goes and never back.
_COURSE = [str(state) for state in (KeyState.NEXT, KeyState.ACTIVE, KeyState.RETIRED, KeyState.FROZEN, KeyState.REVOKED)]  # fmt: skip


@dataclass(frozen=True)
class Before:
    """The numbers that a database had given that a copy replaces; nothing where it is gone."""

    next: int = 1
    kid: int = 0
    #: Table → largest id.
    ids: Mapping[str, int] = field(default_factory=dict)


@dataclass
class Completed:
    """The outcome of completing: what came back, and what did not."""

    leaves: int = 0
    entries: int = 0
    #: Codes that the copy did not know; of those, codes of which nothing is known now.
    codes: int = 0
    lost: int = 0
    applied: Applied = field(default_factory=Applied)
    manifests: list[int] = field(default_factory=list)
    #: Action → subjects of what was done after the copy and has to be done again.
    to_do: dict[str, list[str]] = field(default_factory=dict)
    #: Files of the journal that no secret key opens.
    shut: list[str] = field(default_factory=list)


def given(session: Session) -> Before:
    """Collect what the database at hand has given."""
    return Before(
        session.scalar(select(Counter.next).where(Counter.name == CODE_COUNTER)) or 1,
        largest_kid(session),
        ids.newest(session),
    )


def complete(
    database: Database, files: Files, settings: Settings, *, before: Before | None = None
) -> Completed:
    """Take back what the database forgot, and let numbers be given again. Twice does nothing more.

    :param before: what the database had given that this one replaced.
    :raises LogForked: the database and the published log differ in what both have.
    """
    with database.writing() as session:
        return _complete(session, files, settings, before or Before())


def _complete(session: Session, files: Files, settings: Settings, before: Before) -> Completed:
    origin = public_log.origin_of(settings.host)
    if session.get(Counter, CODE_COUNTER) is None:
        create_keys(session, secrets=settings.keys)
    counted = lock_counter(session)  # before the log: as those who issue
    own = session.get(Counter, COPY_COUNTER)  # of one that was raised as it was loaded
    known = min(own.next, counted) if own is not None else counted
    written = journal.read(session, files, secrets=settings.keys)
    adopt.adopt(session, files, written.rows)
    state = public_log.open_log(session, origin=origin, secrets=settings.keys)
    found = Completed()
    try:
        lost = recovery.forgotten(session, files, state)
    except NotFound:
        lost = None
    found.shut = written.shut
    leaves = [leaf for _, leaf in lost.leaves] if lost is not None else []
    entries = trail.take_back(session, written.entries)
    found.entries, found.to_do = len(entries), trail.to_do(entries)
    subjects = [str(entry["subject"]) for entry in written.entries]
    taken = ids.largest(before.ids, ids.named(leaves, subjects, files))
    _take_rows(session, written.rows, found.applied)
    if lost is not None:
        found.leaves = recovery.take_back(session, state, lost)
    runs.activate(session, leaves)
    runs.apply(session, leaves, found.applied)
    ids.raise_above(session, taken)  # from here on rows get new ids
    withdrawals = withdrawn.apply(session, leaves, secrets=settings.keys)
    found.applied.left |= withdrawals.left
    for kind, count in withdrawals.done.items():
        found.applied.done[kind] = found.applied.done.get(kind, 0) + count
    found.manifests = lists.take_manifests(session, files, settings.host)
    after = max(
        [before.next, counted, *(r.first + r.count for r in leaves if isinstance(r, PrintRunLeaf))]
    )
    found.codes = after - known
    older = bool(leaves or entries or found.codes or written.number > journal.known(session))
    record = _new_key(session, settings, before, leaves, after if older else 0)
    _apply_lists(session, files, settings, found.applied)
    if older:
        runs.note_own(session)
    if record is not None:
        found.lost = runs.note_gaps(session, after, record)
    if older:
        session.execute(delete(SignIn))  # one that was ended after the copy must not come back
        lists.forget_head(session)
    _end(session, written, found, known)
    if own is not None:
        session.delete(own)
    return found


def _take_rows(session: Session, lost: rows.Rows, found: Applied) -> None:
    """Rows that are missing; of those that are there, what must not be undone."""
    for table in Base.metadata.sorted_tables:
        if table.name in journal.KEYS:
            continue
        for row in lost.get(table.name, ()):
            there = (
                session.execute(select(table).where(*rows.same_key(table, row))).mappings().first()
            )
            if there is not None:
                _bring_up(session, table.name, dict(there), row, found)
                continue
            try:
                with session.begin_nested():
                    session.execute(insert(table).values(row))
                found.count(table.name)
            except IntegrityError:
                found.left[f"{table.name}:{row.get('id', '')}"] = "what it points to, or a number or name of it, is taken or not known here"  # fmt: skip
    session.expire_all()
    _one_active(session)


def _bring_up(
    session: Session, name: str, there: Mapping[str, Any], row: Mapping[str, Any], found: Applied
) -> None:
    """Keys go on in their course, accounts stay shut, lots recalled."""
    changes: dict[str, Any] = {}
    table: Any = Base.metadata.tables[name]
    if name == KeyRecord.__tablename__ and there["public"] == row["public"]:
        if _COURSE.index(row["state"]) > _COURSE.index(there["state"]):
            names = ("state", "first_number", "activated_at", "retired_at", "lots_before")
            changes = {column: row[column] for column in names}
    elif name == Lot.__tablename__ and there["recalled_at"] is None and row["recalled_at"]:
        changes = {column: row[column] for column in ("recalled_at", "recall_reason")}
    elif name == User.__tablename__ and there["name"] == row["name"]:
        lasts = ("active", "password_hash", "role", "producer_id")
        changes = {c: row[c] for c in lasts if row[c] != there[c]}
    elif name == "withdrawal" and there["state"] == "proposed" != row["state"]:
        changes = {c: row[c] for c in ("state", "decided_by", "decided_at", "answer")}
    elif name == "range_claim" and there["state"] == "proposed" != row["state"]:
        changes = {c: row[c] for c in ("state", "decided_by", "decided_at", "answer", "sealed")}
    if changes:
        session.execute(update(table).where(*rows.same_key(table, row)).values(changes))
        found.count(name)


def _one_active(session: Session) -> None:
    """Retire the older key where one was rotated after the copy."""
    active = (
        select(KeyRecord).where(KeyRecord.state == KeyState.ACTIVE).order_by(KeyRecord.kid.desc())
    )
    for record in session.scalars(active).all()[1:]:
        record.state, record.retired_at = KeyState.RETIRED, record.retired_at or now()
    session.flush()


def _new_key(
    session: Session, settings: Settings, before: Before, leaves: Sequence[object], after: int
) -> int | None:
    """A key signs from here on that never signed before; None where no code can be lost.

    The place of a unit inside its lot is counted from the issues, and some may be gone: the code of
    a place that is given again still differs from the lost one. Numbers of keys that the world may
    know are not given to others.
    """
    newest = session.scalar(select(func.max(KeyRecord.kid))) or 0
    signed = max([leaf.kid for leaf in leaves if isinstance(leaf, PrintRunLeaf)], default=0)
    lost = max(before.kid, largest_kid(session), signed + 1 if signed >= newest else 0)
    if lost > newest:
        reserve(session, secrets=settings.keys, above=lost)
    if not after:
        return None
    known = session.scalar(select(Counter.next).where(Counter.name == CODE_COUNTER)) or 1
    session.execute(
        update(Counter).where(Counter.name == CODE_COUNTER).values(next=max(known, after))
    )
    record = rotate(session, secrets=settings.keys)
    while record.kid <= max(newest, lost):
        record = rotate(session, secrets=settings.keys)
    return record.kid


def _apply_lists(session: Session, files: Files, settings: Settings, found: Applied) -> None:
    ring = keyring_of(session, settings)
    kids = [key.kid for key in ring.keys]
    lists.apply(session, files, ring, found=found, kids=kids)


def _end(session: Session, written: journal.Journal, found: Completed, known: int) -> None:
    state = session.get(JournalState, 1)
    if state is not None:
        state.number = max(state.number, written.number)
    elif written.number:
        session.add(JournalState(id=1, number=written.number, leaves=0, entries=0, marks=0))
    row = session.get(Setback, 1)
    if row is not None and row.ended_at is None:
        row.ended_at, row.leaves = now(), row.leaves + found.leaves
    if found.codes or found.leaves or found.entries:
        audit.record(
            session, actor="cli", action="log.complete", subject="log",
            facts={
                "leaves": found.leaves, "entries": found.entries, "unknown_from": known,
                "codes": found.codes, "lost": found.lost, "applied": found.applied.done,
                "left": found.applied.left, "to_do": found.to_do,
            },
        )  # fmt: skip
