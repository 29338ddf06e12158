"""Notices of withdrawals: sends them to producers, and lists unread ones."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from labelsvc.accounts import notices
from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import Blank, Issue, Scope, Withdrawal, WithdrawalState
from labelsvc.messages.kinds import ALL_OF_A_KEY
from labelsvc.messages.outbox import Note


def send(session: Session, withdrawal: Withdrawal) -> None:
    """Send word of what was withdrawn to its producer; what concerns no producer goes nowhere."""
    if withdrawal.producer_id is None:
        return
    lot = session.get(Lot, withdrawal.lot_id) if withdrawal.lot_id is not None else None
    product = session.get(Product, withdrawal.product_id) if withdrawal.product_id else None
    named = [product.name if product else "", lot.code if lot else ""]
    facts = {"goods": ", ".join(filter(None, named)) or ALL_OF_A_KEY, "page": "/console/"}
    note = Note("withdrawn", f"withdrawal:{withdrawal.id}", facts)
    notices.tell_producer(session, withdrawal.producer_id, note)


def tell_of_key(session: Session, withdrawal: Withdrawal) -> None:
    """One notice to each producer with labels or blank rolls of the revoked key.

    A notice is a row like the withdrawal, with the producer in it, so each says for itself that it
    was read.
    """
    of_lots = select(Product.producer_id).join(Lot).join(Issue)
    rolls = select(Blank.producer_id).where(Blank.kid == withdrawal.kid)
    told = of_lots.where(Issue.kid == withdrawal.kid).union(rolls)
    rows = [
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
    ]
    session.add_all(rows)
    session.flush()
    for row in rows:
        send(session, row)


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
    """List withdrawals of a producer's goods that they have not said they read, newest first."""
    return session.scalars(
        select(Withdrawal)
        .where(
            Withdrawal.producer_id == producer_id,
            Withdrawal.state == WithdrawalState.DONE,
            Withdrawal.read_at.is_(None),
        )
        .order_by(Withdrawal.id.desc())
    ).all()
