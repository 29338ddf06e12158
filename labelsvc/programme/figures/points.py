"""Points: counts points of sale as of a day. Used by the figures and the plans."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet, OutletState
from labelsvc.catalogue.points.models import OutletStep
from labelsvc.clock import today
from labelsvc.programme.points import counts


def count_points(session: Session, on: date) -> int:
    """Points of sale that are open on the day *on*; of earlier days by the steps that were written down."""
    if on != today():
        return counts.count(session, on).published
    return session.scalar(select(func.count()).select_from(Outlet).where(Outlet.active)) or 0


def published_between(session: Session, since: date, until: date) -> int:
    """Points that were published for the first time from *since* to *until*."""
    first = (
        select(func.min(OutletStep.on).label("first"))
        .where(OutletStep.state == OutletState.PUBLISHED)
        .group_by(OutletStep.outlet_id)
        .subquery()
    )
    within = first.c.first.between(since, until)
    return session.scalar(select(func.count()).select_from(first).where(within)) or 0
