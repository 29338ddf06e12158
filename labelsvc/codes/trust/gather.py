"""From marks and recalls in the database to the units that a status list names."""

from __future__ import annotations

from collections.abc import Container, Iterator
from itertools import groupby
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.key import KeyState
from labelsvc.codes.keyring import Keyring
from labelsvc.codes.models import Form, Issue, KeyRecord, Mark, MarkState
from labelsvc.codes.revoke import laid_over
from labelsvc.codes.trust.body import WHOLE, Listed, Whole
from labelsvc.codes.trust.status import Purpose
from labelsvc.codes.units import block_stop

#: Places never issued that the list of a frozen key names, newest lots first: some 130 kB at most,
#: and a second to write. What goes beyond is believed without a network.
MOST_STRANGE: Final = 1 << 18
#: Which list a mark puts a unit into.
_PURPOSE = {
    MarkState.VOID: Purpose.WITHDRAWN,
    MarkState.WITHDRAWN: Purpose.WITHDRAWN,
    MarkState.SOLD: Purpose.SOLD,
}


def made_of(session: Session) -> str:
    """What tells whether anything changed since: newest mark, issue, lot, recall, frozen keys."""
    recalls = select(func.count(Lot.recalled_at), func.max(Lot.recalled_at), func.max(Lot.id))
    row = session.execute(recalls).one()
    frozen = select(func.count()).where(KeyRecord.state == KeyState.FROZEN)
    parts = [
        session.scalar(select(func.max(Mark.id))) or 0,
        session.scalar(select(func.max(Issue.id))) or 0,
        session.scalar(select(func.max(KeyRecord.kid))) or 0,
        row[0], row[1].isoformat() if row[1] else "-", row[2] or 0, session.scalar(frozen),
    ]  # fmt: skip
    return " ".join(str(part) for part in parts)


def lots_covered(session: Session) -> int:
    """Highest number of a lot, and 1."""
    return (session.scalar(select(func.max(Lot.id))) or 0) + 1


def signing_keys(session: Session) -> list[int]:
    """Keys that a verifier may meet, so each needs lists: all but those that never signed."""
    query = select(KeyRecord.kid).where(KeyRecord.first_number.is_not(None))
    return list(session.scalars(query.order_by(KeyRecord.kid)))


def gather(session: Session, ring: Keyring, kid: int) -> dict[Purpose, Listed]:
    """Units with offline codes of key *kid* that are withdrawn, and those that are sold.

    A recalled lot is listed whole: no label is printed for it any more. Of a frozen key the places
    that it never signed are listed too: its ranges in the manifest are whole blocks of the shuffle,
    and whoever stole it can sign the gaps in them.
    """
    recalled = set(
        session.scalars(
            select(Issue.lot_id)
            .join(Lot)
            .where(Issue.kid == kid, Issue.form == Form.OFFLINE, Lot.recalled_at.is_not(None))
        )
    )
    found: dict[Purpose, dict[int, tuple[int, ...] | Whole]] = {
        Purpose.WITHDRAWN: dict.fromkeys(recalled, WHOLE),
        Purpose.SOLD: {},
    }
    units: dict[tuple[Purpose, int], set[int]] = {}
    for issue, purpose, first, last in _ruling(session, kid):
        if purpose is Purpose.WITHDRAWN and issue.lot_id in recalled:
            continue
        index = issue.first_in_lot + first - issue.first
        printed = ring.units.printed_many(issue.lot_id, index, last - first + 1)
        units.setdefault((purpose, issue.lot_id), set()).update(printed)
    key = session.get(KeyRecord, kid)
    if key is not None and key.state == KeyState.FROZEN:
        for lot, first, count in strange(session, kid, without=recalled):
            strangers = ring.units.printed_many(lot, first, count)
            units.setdefault((Purpose.WITHDRAWN, lot), set()).update(strangers)
    for (purpose, lot), listed in units.items():
        found[purpose][lot] = tuple(sorted(listed))
    return {purpose: dict(sorted(listed.items())) for purpose, listed in found.items()}


def strange(
    session: Session, kid: int, *, without: Container[int] = (), most: int = MOST_STRANGE
) -> Iterator[tuple[int, int, int]]:
    """Lot, first index and count of units that key *kid* did not sign, inside the blocks of the
    shuffle that it did sign some of; up to *most* of them.
    """
    rows = session.execute(
        select(Issue.lot_id, Issue.first_in_lot, Issue.count)
        .where(Issue.kid == kid, Issue.form == Form.OFFLINE)
        .order_by(Issue.lot_id.desc(), Issue.first_in_lot)
    )
    for lot, issues in groupby(rows, key=lambda row: row[0]):
        if lot in without:
            continue
        gaps, at = [], 0
        for _, first, count in issues:
            if at < first:
                gaps.append((lot, at, first - at))
            at = max(at, first + count)
        if at < block_stop(at - 1):
            gaps.append((lot, at, block_stop(at - 1) - at))
        cost = sum(count for _, _, count in gaps)
        if cost <= most:
            most -= cost
            yield from gaps


def _ruling(session: Session, kid: int) -> Iterator[tuple[Issue, Purpose, int, int]]:
    """Ranges of numbers with the purpose that their newest mark gives them."""
    rows = session.execute(
        select(Issue, Mark.state, Mark.first, Mark.last)
        .join(Mark, Mark.issue_id == Issue.id)
        .where(Issue.kid == kid, Issue.form == Form.OFFLINE)
        .order_by(Issue.id, Mark.id)
    )
    current: Issue | None = None
    ranges: list[tuple[int, int, Purpose | None]] = []
    for issue, state, first, last in rows:
        if current is not None and issue is not current:
            yield from _listed(current, ranges)
            ranges = []
        current = issue
        ranges = laid_over(ranges, (first, last, _PURPOSE.get(MarkState(state))))
    if current is not None:
        yield from _listed(current, ranges)


def _listed(
    issue: Issue, ranges: list[tuple[int, int, Purpose | None]]
) -> Iterator[tuple[Issue, Purpose, int, int]]:
    for first, last, purpose in ranges:
        if purpose is not None:
            yield issue, purpose, first, last
