"""Ending: tells producers of stars that end, 180, 120 and 30 days before. Used by the worker, every hour.

The law opens the renewal 180 days before the end and closes it 120 days before (art. 7.6a).
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from labelsvc.accounts import notices
from labelsvc.catalogue.certify import ending_within
from labelsvc.catalogue.recognition import RENEWAL_CLOSES_DAYS, RENEWAL_OPENS_DAYS
from labelsvc.i18n import day
from labelsvc.messages.outbox import Note

#: Days before the end, the last first.
STEPS: Final = (30, RENEWAL_CLOSES_DAYS, RENEWAL_OPENS_DAYS)


def tell(session: Session, on: date) -> int:
    """Tell what is to be told on the day *on*, once a step; gives how many recognitions end soon.

    A step that was missed, since nothing ran or no channel was set, is made up for until the next one.
    """
    found = [
        row
        for row in ending_within(session, STEPS[-1], on=on)
        if row.extended_to is None and row.product.merged_into_id is None
    ]
    for row in found:
        product, left = row.product, (row.valid_to - on).days
        step = next(step for step in STEPS if left <= step)
        facts = {
            "product": product.name, "day": day(row.valid_to), "count": left,
            "page": f"/console/products/{product.id}",
        }  # fmt: skip
        note = Note("stars_ending", f"recognition:{row.id}:{row.valid_to}:{step}", facts)
        notices.tell_producer(session, product.producer_id, note)
    return len(found)
