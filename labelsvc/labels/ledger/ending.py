"""Ending: ends lots that nothing more is printed for, and removes wrong ones of which nothing was printed.

Used by the pages of producers.
"""

from __future__ import annotations

from sqlalchemy import delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.models import InnerLot, Issue, Withdrawal
from labelsvc.errors import Conflict, Refused
from labelsvc.events.models import Event


def end(session: Session, lot: Lot, *, actor: str) -> None:
    """End *lot*: its labels stay good, and no more are printed. :raises Conflict: it is ended already."""
    if lot.ended_at is not None:
        raise Conflict("Lot {lot} is ended already.", lot=lot.code)
    lot.ended_at = now()
    _record(session, lot, "lot.end", actor)


def go_on(session: Session, lot: Lot, *, actor: str) -> None:
    """Take *lot* up again. :raises Conflict: it is not ended."""
    if lot.ended_at is None:
        raise Conflict("Lot {lot} is not ended.", lot=lot.code)
    lot.ended_at = None
    _record(session, lot, "lot.go_on", actor)


def removable(session: Session, lot: Lot) -> bool:
    """True while no code was ever given to *lot* and nobody withdrew it: then it is on no label."""
    if lot.recalled_at is not None:
        return False
    issued = exists().where(Issue.lot_id == lot.id)
    withdrawn = exists().where(Withdrawal.lot_id == lot.id)
    return not session.scalar(select(issued | withdrawn))


def remove(session: Session, lot: Lot, *, actor: str) -> None:
    """Remove *lot* with its journey, as if it had never been opened; the trail keeps what it was.

    :raises Refused: codes of it were issued, or a case or a withdrawal speaks of it.
    """
    session.execute(
        select(Lot.id).where(Lot.id == lot.id).with_for_update()
    )  # a run that begins waits
    if not removable(session, lot):
        raise _on_labels(lot)
    facts = {"product": lot.product_id, "code": lot.code, "declared": lot.declared}
    session.execute(delete(InnerLot).where(InnerLot.lot_id == lot.id))
    for event in session.scalars(select(Event).where(Event.lot_id == lot.id)):
        session.delete(event)
    session.flush()
    code, number = lot.code, lot.id
    try:
        with session.begin_nested():
            session.delete(lot)
    except IntegrityError:  # a case of an inspector names it
        raise Refused(
            "Lot {lot} is named in a case and stays.", fix="End the lot instead.", lot=code
        ) from None
    audit.record(session, actor=actor, action="lot.remove", subject=f"lot:{number}", facts=facts)


def _on_labels(lot: Lot) -> Refused:
    return Refused(
        "Codes of lot {lot} were issued: it stays.",
        fix="End the lot, and make labels that are not used void.",
        lot=lot.code,
    )


def _record(session: Session, lot: Lot, action: str, actor: str) -> None:
    session.flush()
    audit.record(session, actor=actor, action=action, subject=f"lot:{lot.id}")
