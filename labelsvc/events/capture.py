"""Adding events to the journey of a lot."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.errors import BadInput
from labelsvc.events.models import Event
from labelsvc.events.vocabulary import STEPS
from labelsvc.i18n import nfc

#: A lot's journey begins at most this long before it was entered.
_OLDEST = timedelta(days=10 * 365)


def add_event(
    session: Session,
    *,
    lot: Lot,
    step: str,
    at: datetime,
    place: str = "",
    note: str = "",
    note_en: str = "",
    actor: str,
) -> Event:
    """Write down that *step* happened to *lot*.

    :raises BadInput: no such step, or a time in the future or long past.
    """
    if step not in STEPS:
        raise BadInput(
            "There is no step “{step}”.",
            fix="Choose one of the list.",
            step=step[:40],
            field="step",
        )
    if not clock.now() - _OLDEST < at <= clock.now() + timedelta(minutes=5):
        raise BadInput("The time {at} cannot be right.", fix="Events are entered after they happened.", at=f"{clock.local(at):%d/%m/%Y %H:%M}", field="at")  # fmt: skip
    event = Event(
        lot_id=lot.id,
        step=step,
        at=at,
        place=nfc(place).strip()[:200],
        note=nfc(note).strip()[:2000],
        note_en=nfc(note_en).strip()[:2000],
        recorded_by=actor,
    )
    session.add(event)
    session.flush()
    audit.record(
        session, actor=actor, action="event.add", subject=f"lot:{lot.id}", facts={"step": step}
    )
    return event
