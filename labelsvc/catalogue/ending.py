"""Ending: tells producers of stars that end, 180, 120 and 30 days before.

The law opens the renewal 180 days before the end and closes it 120 days before (art. 7.6a).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.accounts import notices
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import (
    RENEWAL_CLOSES_DAYS,
    RENEWAL_OPENS_DAYS,
    Recognition,
)
from labelsvc.i18n import day
from labelsvc.messages.outbox import Note

#: Days before the end, the latest first.
STEPS: Final = (30, RENEWAL_CLOSES_DAYS, RENEWAL_OPENS_DAYS)


def tell(session: Session, on: date) -> int:
    """Tell what is to be told on the day *on*, once a step; gives how many recognitions were looked at.

    A step that was missed, since nothing ran or no channel was set, is made up for until the next one.
    """
    if not session.info.get("channels"):
        return 0
    ends = func.coalesce(Recognition.extended_to, Recognition.valid_to)
    last = select(func.max(func.coalesce(Recognition.extended_to, Recognition.valid_to)))
    found = session.execute(
        select(Recognition.id, ends, Product.id, Product.name, Product.producer_id)
        .join(Product, Product.id == Recognition.product_id)
        .join(Producer, Producer.id == Product.producer_id)
        .where(ends >= on, ends <= on + timedelta(days=STEPS[-1]))
        .where(Recognition.withdrawn_on.is_(None))
        .where(Product.merged_into_id.is_(None), Producer.active.is_(True))
        # A renewal that holds longer says that nothing ends.
        .where(
            ends
            == last.where(Recognition.product_id == Product.id, Recognition.withdrawn_on.is_(None))
            .correlate(Product)
            .scalar_subquery()
        )
        .order_by(Recognition.id)
    ).all()
    for number, end, product_id, name, producer_id in found:
        left = (end - on).days
        step = next(step for step in STEPS if left <= step)
        facts = {
            "product": name, "day": day(end), "count": left,
            "page": f"/console/products/{product_id}",
        }  # fmt: skip
        note = Note("stars_ending", f"recognition:{number}:{end}:{step}", facts)
        notices.tell_producer(session, producer_id, note)
    return len(found)
