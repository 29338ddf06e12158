"""Lots with inner codes: switches them on, once and for good. Used by the console."""

from __future__ import annotations

from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.codes.models import InnerLot


def asked_for(session: Session, lot_id: int) -> bool:
    """True if packs of the lot carry inner codes."""
    return session.get(InnerLot, lot_id) is not None


def switch_on(session: Session, lot_id: int, *, actor: str) -> None:
    """Packs of the lot carry inner codes from now on. It stays so: they are on the packs."""
    if asked_for(session, lot_id):
        return
    session.add(InnerLot(lot_id=lot_id, actor=actor))
    audit.record(session, actor=actor, action="lot.inner", subject=f"lot:{lot_id}")
