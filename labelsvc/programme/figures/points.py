"""Points: counts points of sale as of a day. Used by the figures and the plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet, OutletState
from labelsvc.catalogue.points.models import OutletStep
from labelsvc.programme.points import counts


@dataclass(frozen=True)
class CountedPoints:
    """Points of sale of a day: how many are open, how many of each kind, and who proposed some."""

    open: int
    #: Kind (`OutletKind`, "" where nobody has said) → open points, the most first.
    kinds: Mapping[str, int]
    #: Points proposed in the year of the day until then, and the communes and districts that did.
    proposed: int
    proposers: int


def count_points(session: Session, on: date) -> CountedPoints:
    """Count the points as of the day *on*; of earlier days by the steps that were written down."""
    rows = session.execute(
        select(Outlet.kind, func.count())
        .where(Outlet.id.in_(counts.open_on(on)))
        .group_by(Outlet.kind)
    )
    kinds = {kind: count for kind, count in rows}
    year = counts.proposals(session, date(on.year, 1, 1), on)
    ordered = sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))
    return CountedPoints(sum(kinds.values()), dict(ordered), year.points, len(year.units))


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
