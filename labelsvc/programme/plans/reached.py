"""Reached: counts what of a plan is reached as of a day. Used by the page of figures and the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.programme.figures.counting import share
from labelsvc.programme.figures.facts import Facts
from labelsvc.programme.figures.points import published_between
from labelsvc.programme.plans.models import Target, TargetKind


@dataclass(frozen=True)
class Progress:
    """A target beside what is reached of it; None where nobody has entered it yet."""

    target: Target
    reached: Decimal | None

    @property
    def part(self) -> int:
        """Percent of the target, 100 at most."""
        if self.reached is None:
            return 0
        return min(100, int(self.reached * 100 / self.target.least))

    @property
    def done(self) -> bool:
        return self.reached is not None and self.reached >= self.target.least


def progress(session: Session, facts: Facts, on: date) -> list[Progress]:
    """Every target whose period had begun by *on*, newest period first."""
    targets = session.scalars(
        select(Target)
        .where(Target.since <= on)
        .order_by(Target.until.desc(), Target.since.desc(), Target.id)
    )
    return [Progress(one, reached(session, facts, one, on)) for one in targets]


def reached(session: Session, facts: Facts, target: Target, on: date) -> Decimal | None:
    """Count what was reached of *target* by *on* within its period; decisions count by their day."""
    last, kind = min(on, target.until), TargetKind(target.kind)
    if kind.typed:
        known = target.reached_on is not None and target.reached_on <= on
        return target.reached if known else None
    if kind is TargetKind.POINTS:
        points = published_between(session, target.since, last)
        return None if points is None else Decimal(points)
    given = [one for one in facts.awards if target.since <= one.decided <= last]
    products = {one.product_id for one in given}
    if kind is TargetKind.PRODUCTS:
        return Decimal(len(products))
    if kind is TargetKind.NEW_SHARE:
        return share(
            sum(facts.first_decided[one] >= target.since for one in products), len(products)
        )
    potential = {one.product_id for one in given if one.potential}
    if kind is TargetKind.POTENTIAL:
        return Decimal(len(potential))
    return share(len(potential), len(products))
