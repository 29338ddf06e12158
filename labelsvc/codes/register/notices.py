"""Notices of withdrawals: lists unread ones of a producer and marks them read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import Blank, Issue, Scope, Withdrawal, WithdrawalState


def tell_of_key(session: Session, withdrawal: Withdrawal) -> None:
    """One notice to each producer with labels or blank rolls of the revoked key.

    A notice is a row like the withdrawal, with the producer in it, so each says for itself that it
    was read.
    """
    of_lots = select(Product.producer_id).join(Lot).join(Issue)
    rolls = select(Blank.producer_id).where(Blank.kid == withdrawal.kid)
    told = of_lots.where(Issue.kid == withdrawal.kid).union(rolls)
    session.add_all(
        Withdrawal(
            scope=Scope.KEY,
            producer_id=producer_id,
            kid=withdrawal.kid,
            reason=withdrawal.reason,
            state=WithdrawalState.DONE,
            proposed_by=withdrawal.proposed_by,
            proposed_at=withdrawal.proposed_at,
            decided_by=withdrawal.decided_by,
            decided_at=withdrawal.decided_at,
        )
        for producer_id in sorted(session.scalars(told))
    )
    session.flush()


def decided() -> ColumnElement[bool]:
    """The withdrawals themselves, without the notices of a key."""
    return or_(Withdrawal.scope != Scope.KEY, Withdrawal.producer_id.is_(None))


def of_key(session: Session, withdrawal: Withdrawal) -> Sequence[Withdrawal]:
    """The notices that the withdrawal of a key led to, by producer."""
    if withdrawal.scope != Scope.KEY:
        return []
    query = select(Withdrawal).where(
        Withdrawal.scope == Scope.KEY,
        Withdrawal.kid == withdrawal.kid,
        Withdrawal.producer_id.is_not(None),
    )
    return session.scalars(query.order_by(Withdrawal.producer_id)).all()


def unread(session: Session, producer_id: int) -> Sequence[Withdrawal]:
    """What was withdrawn of a producer's goods and they have not said they read, newest first."""
    return session.scalars(
        select(Withdrawal)
        .where(
            Withdrawal.producer_id == producer_id,
            Withdrawal.state == WithdrawalState.DONE,
            Withdrawal.read_at.is_(None),
        )
        .order_by(Withdrawal.id.desc())
    ).all()
