"""Heads of the audit trail: writes one into the public log with each checkpoint, and compares them.

The chain of the trail finds a change by whoever cannot compute it anew; who owns the database can.
The heads of the past stand in a log that others keep the checkpoints of, so that he would have to
rewrite that as well, and be seen.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.codes.tlog import describe
from labelsvc.codes.tlog.formats.leaf import AuditHeadLeaf, parse
from labelsvc.codes.tlog.models import LogLeaf


@dataclass(frozen=True)
class Broken:
    """A day whose head does not fit the trail as it is now."""

    day: date
    #: Entry that was the newest, and how many there were up to it.
    entry: int
    count: int
    #: Hash in the log, and the one in the trail ("": there is no such entry).
    expected: str
    found: str
    #: Entries up to it that are there now.
    there: int


@dataclass(frozen=True)
class Held:
    """The outcome of comparing the trail with the log."""

    #: Days whose heads fit.
    agreed: int
    broken: tuple[Broken, ...]
    #: Entries after the newest head: nothing but their own chain holds these.
    after: int


def newest(session: Session) -> AuditHeadLeaf | None:
    """The head of the last day before today that has entries; None when a leaf tells of it."""
    today = datetime.combine(clock.today(), time.min, clock.HANOI)
    entry = session.scalar(
        select(AuditEntry).where(AuditEntry.at < today).order_by(AuditEntry.id.desc()).limit(1)
    )
    if entry is None:
        return None
    leaf = describe.audit_head(entry, _count(session, entry.id))
    later = select(LogLeaf.id).where(
        LogLeaf.kind == AuditHeadLeaf.kind, LogLeaf.subject > f"audit:{leaf.day.isoformat()}~"
    )
    if session.scalar(later.limit(1)) is not None:
        return None  # a head of a later day is in the log already
    known = session.scalar(
        select(LogLeaf.id).where(LogLeaf.subject.in_((leaf.id, f"{leaf.id}:{entry.id}")))
    )
    return leaf if known is None else None


def so_far(session: Session) -> AuditHeadLeaf | None:
    """The head as it is now, for a checkpoint; None when a leaf tells of it."""
    entry = session.scalar(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))
    if entry is None:
        return None
    last = session.scalar(
        select(LogLeaf.body)
        .where(LogLeaf.kind == AuditHeadLeaf.kind)
        .order_by(LogLeaf.id.desc())
        .limit(1)
    )
    told = parse(last) if last is not None else None
    if isinstance(told, AuditHeadLeaf) and (told.entry, told.head) == (entry.id, entry.hash):
        return None  # a trail that became shorter is told as well: outsiders see that it was cut
    leaf = describe.audit_head(entry, _count(session, entry.id), ended=False)
    if isinstance(told, AuditHeadLeaf) and leaf.day < told.day:  # the clock was ahead
        leaf = replace(leaf, day=told.day, id=f"audit:{told.day.isoformat()}:{leaf.entry}")
    return leaf


def check(session: Session) -> Held:
    """Compare every head in the log with the trail. Says nothing about the chain between them:
    `accounts.audit.verify_chain` does."""
    agreed, broken, last = 0, [], 0
    bodies = session.scalars(
        select(LogLeaf.body).where(LogLeaf.kind == AuditHeadLeaf.kind).order_by(LogLeaf.id)
    )
    for body in bodies:
        leaf = parse(body)
        if not isinstance(leaf, AuditHeadLeaf):  # pragma: no cover -- the column says its kind
            continue
        found = session.scalar(select(AuditEntry.hash).where(AuditEntry.id == leaf.entry)) or ""
        there = _count(session, leaf.entry)
        if found == leaf.head and there == leaf.count:
            agreed += 1
        else:
            broken.append(Broken(leaf.day, leaf.entry, leaf.count, leaf.head, found, there))
        last = max(last, leaf.entry)
    after = session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.id > last))
    return Held(agreed, tuple(broken), after or 0)


def _count(session: Session, entry: int) -> int:
    query = select(func.count()).select_from(AuditEntry).where(AuditEntry.id <= entry)
    return session.scalar(query) or 0
