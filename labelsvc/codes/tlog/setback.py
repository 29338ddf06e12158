"""Setback: what is refused while the database is older than the log that it published."""

from __future__ import annotations

from sqlalchemy.orm import Session

from labelsvc.codes.tlog.models import Setback
from labelsvc.errors import LogForked

_FIX = "Run: labelsvc audit-log recover"
_FIX_ANOTHER = (
    "Restore the database that belongs to these files (labelsvc restore FILE). If it is lost for ever, "
    "move the folders log and recovery of the files away, then run: labelsvc audit-log recover"
)


def found(session: Session) -> Setback | None:
    """The setback that lasts; None where the database knows all that was published."""
    row = session.get(Setback, 1)
    return row if row is not None and row.ended_at is None else None


def refuse(session: Session) -> None:
    """For whoever gives numbers or prints them.

    :raises LogForked: the database is older than what was published, so they may be on the market.
    """
    row = found(session)
    if row is not None:
        raise error(row)


def error(row: Setback) -> LogForked:
    """Make the error that `refuse` raises."""
    return LogForked(
        "The database is older than what it published ({own} of {published} entries of the public "
        "log): an old copy was put back. No codes are issued or printed until it is completed.",
        fix=_FIX_ANOTHER if row.sign == "another" else _FIX,
        own=row.own,
        published=row.published,
    )


def another() -> LogForked:
    """The error where the published log is of a database that is not this one."""
    return LogForked(
        "The published log is not signed by the key of this database: its files are of another one.",
        fix=_FIX_ANOTHER,
    )


def taken(subject: str) -> LogForked:
    """The error where the log tells another run of *subject*."""
    return LogForked(
        "The public log tells of another print run with the number {subject}: an old copy of the "
        "database was put back.",
        fix=_FIX,
        subject=subject,
    )


def overlap(first: int, last: int) -> LogForked:
    """The error where numbers were given before."""
    return LogForked(
        "Numbers {first} to {last} were given before: an old copy of the database was put back, or "
        "somebody changed it.",
        fix=_FIX,
        first=first,
        last=last,
    )


def forked(published_size: int, own: int) -> LogForked:
    """The error where the published log is not the beginning of ours; sizes in leaves."""
    return LogForked(
        "The published log ({published} leaves) is not the beginning of the log in the database "
        "({own} leaves).",
        fix="If a backup was restored, run: labelsvc audit-log recover. If not, somebody changed "
        "the files: put the folder back from a backup.",
        published=published_size,
        own=own,
    )
