"""Numbers: looks whether the ranges that were given fit the counter, the keys and each other. Used by doctor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from labelsvc.codes.models import CODE_COUNTER, Blank, Counter, Issue, KeyRecord
from labelsvc.codes.register.keys import lock_counter


class Overlap(NamedTuple):
    """Two ranges with the same numbers, as "issue:12" or "blank:3"."""

    one: str
    other: str
    first: int
    last: int


def overlaps(session: Session) -> list[Overlap]:
    """Ranges that have numbers in common. Issues lie inside the blank roll that they were bound from."""
    found = []
    for name, table in (("issue", Issue), ("blank", Blank)):
        rows = session.execute(select(table.id, table.first, table.count).order_by(table.first))
        found += list(_crossing((f"{name}:{row[0]}", row[1], row[1] + row[2] - 1) for row in rows))
    half_in = select(Issue.id, Issue.first, Issue.count, Blank.id, Blank.first, Blank.count).where(
        Issue.first < Blank.first + Blank.count,
        Issue.first + Issue.count > Blank.first,
        (Issue.first < Blank.first)
        | (Issue.first + Issue.count > Blank.first + Blank.count)
        | (Issue.kid != Blank.kid),
    )
    for issue, first, count, roll, start, length in session.execute(half_in):
        last = min(first + count, start + length) - 1
        found.append(Overlap(f"issue:{issue}", f"blank:{roll}", max(first, start), last))
    return found


def largest(session: Session) -> int:
    """The largest number that was ever given; 0 where none was."""
    ends = (
        session.scalar(select(func.max(table.first + table.count - 1))) for table in (Issue, Blank)
    )
    return max(end or 0 for end in ends)


def behind(session: Session) -> int:
    """Tell how many numbers the counter would give a second time."""
    following = session.scalar(select(Counter.next).where(Counter.name == CODE_COUNTER)) or 1
    return max(largest(session) + 1 - following, 0)


def raise_counter(session: Session) -> int:
    """Let the counter go on after the largest number that was given. Gives by how many."""
    lock_counter(session)
    missing = behind(session)
    if missing:
        session.execute(
            update(Counter)
            .where(Counter.name == CODE_COUNTER)
            .values(next=largest(session) + 1)
            .execution_options(synchronize_session=False)
        )
    return missing


def keys_lost(session: Session) -> list[int]:
    """Keys that signed labels and are not in the database."""
    there = select(KeyRecord.kid)
    found = set(session.scalars(select(Issue.kid).where(Issue.kid.not_in(there)).distinct()))
    found |= set(session.scalars(select(Blank.kid).where(Blank.kid.not_in(there)).distinct()))
    return sorted(found)


def _crossing(ranges: Iterator[tuple[str, int, int]]) -> Iterator[Overlap]:
    before: tuple[str, int, int] | None = None
    for here in ranges:
        if before is not None and here[1] <= before[2]:
            yield Overlap(before[0], here[0], here[1], min(before[2], here[2]))
        if before is None or here[2] > before[2]:
            before = here
