"""Own: the rows of this database against the leaves of its log, one by one, in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import Blank, Issue, KeyRecord, Mark, MarkState
from labelsvc.codes.tlog import describe
from labelsvc.codes.tlog.formats import same
from labelsvc.codes.tlog.formats.leaf import Leaf, PrintRunLeaf, WithdrawalLeaf, parse
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.errors import BadLog

#: Within which withdrawals are entered: the worker does so every half minute.
_LATE = timedelta(minutes=5)
_ENDS = (MarkState.VOID, MarkState.WITHDRAWN)


def differences(session: Session) -> Iterator[BadLog]:
    """Yield what the log does not tell of the database, and what it tells that the database does not know."""
    facts: dict[str, set[tuple[object, ...]]] = {}
    runs: list[PrintRunLeaf] = []
    kinds = (PrintRunLeaf.kind, WithdrawalLeaf.kind)
    for body in session.scalars(select(LogLeaf.body).where(LogLeaf.kind.in_(kinds))):
        leaf = parse(body)
        facts.setdefault(same.subject(leaf), set()).add(same.fact(leaf))
        if isinstance(leaf, PrintRunLeaf):
            runs.append(leaf)
    rows = {same.fact(leaf): leaf for leaf in _ranges(session)}
    for leaf in [*rows.values(), *_ended(session)]:
        if same.fact(leaf) not in facts.get(leaf.id, ()):
            yield BadLog("{subject} is in the database, and no entry of the log tells of it.", subject=leaf.id)  # fmt: skip
    for leaf in runs:
        if same.fact(leaf) not in rows and not leaf.id.startswith("lost:"):
            yield BadLog("The log tells of {subject}, which the database does not know.", subject=leaf.id)  # fmt: skip
    yield from _overlaps(session)


def _ranges(session: Session) -> Iterator[PrintRunLeaf]:
    yield from map(describe.blank, session.scalars(select(Blank)))
    query = select(Issue).options(joinedload(Issue.lot).joinedload(Lot.product))
    yield from map(describe.issue, session.scalars(query))


def _ended(session: Session) -> Iterator[Leaf]:
    before = now() - _LATE
    for mark in session.scalars(select(Mark).where(Mark.state.in_(_ENDS), Mark.at < before)):
        yield describe.mark(session, mark)
    for lot in session.scalars(select(Lot).where(Lot.recalled_at < before)):
        yield describe.recall(lot)
    stopped = KeyRecord.state.in_((KeyState.FROZEN, KeyState.REVOKED))
    yield from map(describe.key, session.scalars(select(KeyRecord).where(stopped)))


def _overlaps(session: Session) -> Iterator[BadLog]:
    for table, word in ((Issue, "issue"), (Blank, "blank")):
        ranges = session.execute(select(table.first, table.count, table.id).order_by(table.first))
        for (first, count, one), (following, _, other) in pairwise(ranges.all()):
            if first + count > following:
                yield BadLog(
                    "The numbers of {one} and {other} overlap.",
                    one=f"{word}:{one}",
                    other=f"{word}:{other}",
                )
