"""Points: counts points of sale as of a day. Used by the figures and the plans."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet
from labelsvc.clock import today


def count_points(session: Session, on: date) -> int | None:
    """Points of sale that are open; None for a day before today: since when they are open is not kept."""
    if on != today():
        return None
    return session.scalar(select(func.count()).select_from(Outlet).where(Outlet.active)) or 0


def published_between(_session: Session, _since: date, _until: date) -> int | None:
    """Points that opened in a period; None: since when they are open is not kept."""
    return None
