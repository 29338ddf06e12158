"""Ending: finds what producers are to be told of stars that end, 180, 120 and 30 days before. Used by the
worker, every hour.

The law opens the renewal 180 days before the end and closes it 120 days before (art. 7.6a).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import notices
from labelsvc.catalogue.recognition import RENEWAL_CLOSES_DAYS, RENEWAL_OPENS_DAYS
from labelsvc.catalogue.stars.certify import ending_within
from labelsvc.i18n import day
from labelsvc.messages.models import Message
from labelsvc.messages.outbox import Note

KIND: Final = "stars_ending"
#: Days before the end, the last first.
STEPS: Final = (30, RENEWAL_CLOSES_DAYS, RENEWAL_OPENS_DAYS)


def waiting(session: Session, on: date) -> list[tuple[int, Note]]:
    """Producers and what they are to be told on the day *on*; nothing that was told before.

    A step that was missed, since nothing ran or no channel was set, is made up for until the next one.
    """
    told = {
        key.rsplit(":", 2)[0]
        for key in session.scalars(select(Message.key).where(Message.kind == KIND))
    }
    found, reached = [], notices.reached_producers(session)
    for row in ending_within(session, STEPS[-1], on=on):
        product, left = row.product, (row.valid_to - on).days
        if row.extended_to or product.merged_into_id or product.producer_id not in reached:
            continue
        step = next(step for step in STEPS if left <= step)
        facts = {
            "product": product.name, "day": day(row.valid_to), "count": left,
            "page": f"/console/products/{product.id}",
        }  # fmt: skip
        note = Note(KIND, f"recognition:{row.id}:{row.valid_to}:{step}", facts)
        if f"{KIND}:{note.act}" not in told:
            found.append((product.producer_id, note))
    return found
