"""Counts: how many points of sale there were on a day, of which kinds, and who proposed how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet, OutletState
from labelsvc.catalogue.points.models import OutletStep
from labelsvc.clock import today


@dataclass(frozen=True)
class Points:
    """Points of a day. A kind "" counts those of which nobody has said it."""

    published: int
    by_kind: Mapping[str, int]
    #: Proposed, and not decided on that day.
    waiting: int
    closed: int


@dataclass(frozen=True)
class Proposals:
    """Proposals of some days: points, and the proposers, each once."""

    points: int
    units: tuple[str, ...]


def states(on: date) -> Select[tuple[int, str]]:
    """Outlet and its state at the end of the day *on*: its newest step until then."""
    newest = func.row_number().over(
        partition_by=OutletStep.outlet_id, order_by=(OutletStep.on.desc(), OutletStep.id.desc())
    )
    rows = (
        select(OutletStep.outlet_id, OutletStep.state, newest.label("place"))
        .where(OutletStep.on <= on)
        .subquery()
    )
    return select(rows.c.outlet_id, rows.c.state).where(rows.c.place == 1)


def count(session: Session, on: date) -> Points:
    """Count the points as of the day *on*, any day since the first one was entered with its day."""
    of_day = states(on).subquery()
    rows = session.execute(
        select(of_day.c.state, Outlet.kind, func.count())
        .join(Outlet, Outlet.id == of_day.c.outlet_id)
        .group_by(of_day.c.state, Outlet.kind)
    ).all()
    by_kind = {kind: number for state, kind, number in rows if state == OutletState.PUBLISHED}
    sums = {
        wanted: sum(number for state, _, number in rows if state == wanted)
        for wanted in OutletState
    }
    return Points(
        sums[OutletState.PUBLISHED], by_kind, sums[OutletState.PROPOSED], sums[OutletState.CLOSED]
    )


def rows(on: date, kind: str | None = None) -> Select[Outlet]:
    """The points behind the figure `published` of `count`, those of one kind alone where it is given."""
    of_day = states(on).subquery()
    wanted: list[ColumnElement[bool]] = [of_day.c.state == OutletState.PUBLISHED]
    if kind is not None:
        wanted.append(Outlet.kind == kind)
    return (
        select(Outlet).join(of_day, of_day.c.outlet_id == Outlet.id).where(*wanted)
        .order_by(Outlet.search_key, Outlet.id)
    )  # fmt: skip


def state_on(outlet_id: int, on: date) -> Select[str]:
    """State of one point at the end of the day *on*; no row before its first step."""
    return (
        select(OutletStep.state)
        .where(OutletStep.outlet_id == outlet_id, OutletStep.on <= on)
        .order_by(OutletStep.on.desc(), OutletStep.id.desc())
        .limit(1)
    )


def open_on(on: date) -> Select[int]:
    """Numbers of the points that are open on the day *on*; of earlier days by the steps that were written down."""
    if on == today():
        return select(Outlet.id).where(Outlet.active)
    of_day = states(on).subquery()
    return select(of_day.c.outlet_id).where(of_day.c.state == OutletState.PUBLISHED)


def proposals(session: Session, first: date, last: date) -> Proposals:
    """Points proposed from *first* to *last*, whatever became of them, and by how many communes or districts."""
    found = session.execute(
        select(OutletStep.outlet_id, OutletStep.units).where(
            OutletStep.state == OutletState.PROPOSED, OutletStep.on >= first, OutletStep.on <= last
        )
    ).all()
    named = sorted({unit for _, units in found for unit in units})
    return Proposals(len({number for number, _ in found}), tuple(named))
