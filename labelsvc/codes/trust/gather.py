"""Status sets: gathers withdrawn units from marks and recalls in the database."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms.units import LAST_LOT, LAST_UNIT
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue, KeyRecord, Mark, MarkState
from labelsvc.codes.register.revoke import laid_over
from labelsvc.codes.trust.formats.body import WHOLE, Listed, Whole
from labelsvc.codes.trust.formats.issued import blocks
from labelsvc.codes.trust.formats.status import Purpose
from labelsvc.codes.trust.models import TrustManifest

#: Which list a mark puts a unit into.
_PURPOSE = {
    MarkState.VOID: Purpose.WITHDRAWN,
    MarkState.WITHDRAWN: Purpose.WITHDRAWN,
    MarkState.SOLD: Purpose.SOLD,
}


def made_of(session: Session) -> str:
    """Sum up what tells whether anything changed since: newest mark, issue, key, lot, recall, manifest,
    states of the keys, what lots declare.
    """
    states = " ".join(f"{kid} {state}" for kid, state in idle_keys(session))
    recalls = select(func.count(Lot.recalled_at), func.max(Lot.recalled_at), func.max(Lot.id))
    row = session.execute(recalls.add_columns(func.sum(Lot.declared))).one()
    states += f" declared {row[3]}"
    parts = [
        session.scalar(select(func.max(Mark.id))) or 0,
        session.scalar(select(func.max(Issue.id))) or 0,
        session.scalar(select(func.max(KeyRecord.kid))) or 0,
        row[0], row[1].isoformat() if row[1] else "-", row[2] or 0,
        newest_manifest(session), hashlib.sha256(states.encode()).hexdigest()[:16],
    ]  # fmt: skip
    return " ".join(str(part) for part in parts)


def newest_manifest(session: Session) -> int:
    """Version of the published manifest; 0 before the first ceremony."""
    return session.scalar(select(func.max(TrustManifest.version))) or 0


def idle_keys(session: Session) -> tuple[tuple[int, KeyState], ...]:
    """Keys that are not active, and their states."""
    query = select(KeyRecord.kid, KeyRecord.state).where(KeyRecord.state != KeyState.ACTIVE)
    return tuple(
        (kid, KeyState(state)) for kid, state in session.execute(query.order_by(KeyRecord.kid))
    )


def lots_covered(session: Session) -> int:
    """Highest number of a lot, and 1."""
    return (session.scalar(select(func.max(Lot.id))) or 0) + 1


def signing_keys(session: Session) -> list[int]:
    """Keys that a verifier may meet, so each needs lists: all but those that never signed."""
    query = select(KeyRecord.kid).where(KeyRecord.first_number.is_not(None))
    return list(session.scalars(query.order_by(KeyRecord.kid)))


def gather(session: Session, ring: Keyring, kid: int) -> dict[Purpose, Listed]:
    """Units with offline codes of key *kid* that are withdrawn, those that are sold, and how far units of
    each lot were issued.

    A recalled lot is listed whole: no label is printed for it any more.
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
    for (purpose, lot), listed in units.items():
        found[purpose][lot] = tuple(sorted(listed))
    found[Purpose.ISSUED] = _issued(session, kid)
    return {purpose: dict(sorted(listed.items())) for purpose, listed in found.items()}


def _issued(session: Session, kid: int) -> dict[int, tuple[int, ...] | Whole]:
    """Tell how far units of each lot were issued with offline codes of key *kid*, and how far they may be
    before the next list: no further, but for the key that signs, and for lots that still get labels. A
    lot never gets more labels than it declared and those that were made void.
    """
    own = (Issue.kid == kid, Issue.form == Form.OFFLINE)
    last = func.max(Issue.first_in_lot + Issue.count)
    stops = {lot: int(stop) for lot, stop in session.execute(
        select(Issue.lot_id, last).where(*own).group_by(Issue.lot_id))}  # fmt: skip
    room: dict[int, int] = {}
    if session.scalar(select(KeyRecord.state).where(KeyRecord.kid == kid)) == KeyState.ACTIVE:
        open_lots = select(Lot.id, Lot.declared, last).outerjoin(
            Issue, (Issue.lot_id == Lot.id) & (Issue.form != Form.LOT)
        )
        goes_on = Lot.expires_on.is_(None) | (Lot.expires_on >= clock.today())
        for lot, declared, stop in session.execute(
            open_lots.where(Lot.recalled_at.is_(None), goes_on).group_by(Lot.id, Lot.declared)
        ):
            room[lot] = min(declared + int(stop or 0), LAST_UNIT)
    return {
        lot: (blocks(stops.get(lot, 0)), blocks(max(stops.get(lot, 0), room.get(lot, 0))))
        for lot in {*stops, *room}
        if lot < LAST_LOT
    }


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
