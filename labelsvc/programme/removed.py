"""Removed: keeps the addresses of rows that are deleted, so that their pages say so. Used by `undoing`."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.programme.models import RemovedPage


def remember(
    session: Session, kind: str, numbers: Iterable[int], *, into: int | None = None
) -> None:
    """Keep that the pages *numbers* of *kind* are gone, in the transaction that deletes their rows.

    :param kind: first part of the address: "product", "producer", "village", "outlet".
    :param into: the row of the same kind that took their place.
    """
    wanted = set(numbers)
    known = {row.number: row for row in _of(session, kind, wanted)}
    for number in sorted(wanted):
        row = known.get(number)
        if row is None:
            session.add(RemovedPage(kind=kind, number=number, at=now(), into=into))
        else:
            row.into = into
    session.flush()


def removed(session: Session, kind: str, number: int) -> RemovedPage | None:
    """The deletion of the row *number*; None where it was never deleted."""
    return session.get(RemovedPage, (kind, number))


def _of(session: Session, kind: str, numbers: set[int]) -> Iterable[RemovedPage]:
    found = select(RemovedPage).where(RemovedPage.kind == kind)
    return [row for row in session.scalars(found) if row.number in numbers]
