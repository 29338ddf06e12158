"""Withdrawn: what leaves say is no longer good is no longer good here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.catalogue.recognition import Recognition
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import KeyRecord, Mark, MarkState
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import find_issue
from labelsvc.codes.register.keys import freeze, lock_counter, revoke_key
from labelsvc.codes.tlog.formats import same
from labelsvc.codes.tlog.formats.leaf import Leaf, RecognitionLeaf, WithdrawalLeaf
from labelsvc.db import Base
from labelsvc.recovery import ids

#: Who did it, in rows that are made from leaves.
ACTOR = "log"
#: Stands on pages of the codes: the log tells no reasons, and the copy does not know them.
REASON = "Theo sổ công khai; lý do không có trong bản sao đã khôi phục."
_STATES = {"void": (MarkState.VOID, MarkState.WITHDRAWN), "withdrawn": (MarkState.WITHDRAWN,)}


@dataclass
class Applied:
    """The facts that were applied, and those that could not be."""

    #: Kind of fact → how often it was applied.
    done: dict[str, int] = field(default_factory=dict)
    #: Subject of a leaf → why it could not be applied.
    left: dict[str, str] = field(default_factory=dict)

    def count(self, kind: str) -> None:
        self.done[kind] = self.done.get(kind, 0) + 1


def apply(session: Session, leaves: Iterable[Leaf], *, secrets: Sequence[str]) -> Applied:
    """Let every withdrawal of *leaves* hold, in their order. Twice does nothing more."""
    found = Applied()
    lock_counter(session)
    for leaf in leaves:
        if isinstance(leaf, RecognitionLeaf):
            _recognition(session, leaf, found)
        elif isinstance(leaf, WithdrawalLeaf):
            if leaf.kid is not None:
                _key(session, leaf, found, secrets)
            elif leaf.state == "recalled":
                _recall(session, leaf, found)
            else:
                _mark(session, leaf, found)
    session.flush()
    return found


def is_of(lot: Lot, leaf_code: str | None) -> bool:
    """True if *lot* is the one that a leaf names so, and not another that got its id."""
    return " ".join(lot.code.split()) == (leaf_code or "")


def _mark(session: Session, leaf: WithdrawalLeaf, found: Applied) -> None:
    first, last = leaf.first or 0, (leaf.first or 0) + (leaf.count or 1) - 1
    issue = find_issue(session, first)
    if issue is None or issue.lot_id != leaf.lot or last > issue.last:
        found.left[leaf.id] = "its numbers are not known here"
        return
    held = [
        (max(low, first), min(high, last))
        for low, high, state in revoke.ruled(session, issue)
        if state in _STATES[leaf.state] and low <= last and high >= first
    ]
    if sum(high - low + 1 for low, high in held) == last - first + 1:
        return
    number = int(same.subject(leaf).partition(":")[2])
    newest = session.scalar(select(func.max(Mark.id))) or 0
    session.add(
        Mark(
            # Its own number where that is still the newest, which rules: it then has its leaf.
            id=number if number > newest else None,
            issue_id=issue.id, first=first, last=last, state=leaf.state,
            reason=REASON, actor=ACTOR, at=leaf.at,
        )
    )  # fmt: skip
    session.flush()
    ids.raise_one(session, Base.metadata.tables["mark"])
    found.count(leaf.state)


def _recall(session: Session, leaf: WithdrawalLeaf, found: Applied) -> None:
    lot = session.get(Lot, leaf.lot)
    if lot is None or not is_of(lot, leaf.lot_code):
        found.left[leaf.id] = "its lot is not known here"
    elif lot.recalled_at is None:
        lot.recalled_at, lot.recall_reason = leaf.at, REASON
        found.count("recalled")


def _key(session: Session, leaf: WithdrawalLeaf, found: Applied, secrets: Sequence[str]) -> None:
    record = session.get(KeyRecord, leaf.kid, populate_existing=True)
    if record is None:
        found.left[leaf.id] = "its key is not known here"
    elif record.state not in (leaf.state, KeyState.REVOKED):
        verb = freeze if leaf.state == KeyState.FROZEN else revoke_key
        verb(session, record.kid, secrets=secrets)
        found.count(leaf.state)


def _recognition(session: Session, leaf: RecognitionLeaf, found: Applied) -> None:
    row = session.get(Recognition, leaf.recognition)
    if row is None or (row.stars, row.decision_date) != (leaf.stars, leaf.decided_on):
        found.left[leaf.id] = "its recognition is not known here"
    elif leaf.event == "withdrawn" and row.withdrawn_on is None:
        row.withdrawn_on = leaf.withdrawn_on
        row.withdrawal_decision = leaf.withdrawal_decision or ""
        row.withdrawal_reason = REASON
        found.count("stars")
    elif leaf.event == "extended" and (row.extended_to or row.valid_to) < (
        leaf.extended_to or row.valid_to
    ):
        row.extended_to = leaf.extended_to
        found.count("stars")
