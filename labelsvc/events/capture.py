"""Capture: adds events to the journey of a lot. Used by the pages of producers and the demo."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """An event in the life of a lot: a step of the vocabulary, when, where, and words for both pages."""

    step: str
    at: datetime
    place: str = ""
    note: str = ""
    note_en: str = ""


def add_event(session: Session, lot: Lot, what: Happening, *, actor: str) -> Event:
    """Write down *what* happened to *lot*.

    :raises BadInput: no such step, or a time in the future or long past.
    """
    step, at = what.step, what.at
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
        place=nfc(what.place).strip()[:200],
        note=nfc(what.note).strip()[:2000],
        note_en=nfc(what.note_en).strip()[:2000],
        recorded_by=actor,
    )
    session.add(event)
    session.flush()
    audit.record(
        session, actor=actor, action="event.add", subject=f"lot:{lot.id}", facts={"step": step}
    )
    return event
