"""Villages: counts craft villages, the recognised ones and their crafts as of a day. Used by the figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from labelsvc.catalogue.models import Village
from labelsvc.catalogue.villages.crafts import crafts


@dataclass(frozen=True)
class Villages:
    """`listed`: all of the list; `recognised`: by a decision; `crafts` of `all_crafts` are theirs."""

    listed: int
    recognised: int
    crafts: int
    all_crafts: int


def count_villages(session: Session, on: date) -> Villages:
    """Count the villages of the list on *on*. When a village came into the list nobody keeps: those that
    ended or were merged are left out, and decisions count from their day."""
    there = and_(Village.merged_into_id.is_(None), _not_by(Village.ended_on, on))
    recognised = and_(
        there,
        Village.decision_number != "",
        Village.decision_date <= on,
        _not_by(Village.withdrawn_on, on),
    )
    listed, named, kinds = session.execute(
        select(
            func.count(),
            func.count().filter(recognised),
            func.count(func.distinct(func.nullif(Village.craft_code, ""))),
        )
        .select_from(Village)
        .where(there)
    ).one()
    return Villages(listed, named, kinds, len(crafts()))


def _not_by(day: InstrumentedAttribute[date | None], on: date) -> ColumnElement[bool]:
    return or_(day.is_(None), day > on)
