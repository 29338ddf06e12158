"""Counting: counts a figure as of a day, beside the same day of the month before. Used by pages and files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from functools import cached_property
from typing import Final

from labelsvc.programme.figures.facts import NONE, Award, Facts
from labelsvc.programme.figures.measures import MEASURES, Measure

_TENTH: Final = Decimal("0.1")


class Basis(StrEnum):
    """Recognitions that are counted."""

    #: In force on the day.
    HELD = "held"
    #: Given by that day, whatever became of them.
    GIVEN = "given"


@dataclass(frozen=True)
class AsOf:
    """The register as of a day: the recognitions counted then, and a month before."""

    facts: Facts
    on: date
    basis: Basis = Basis.HELD

    @cached_property
    def now(self) -> Collection[Award]:
        return self._on(self.on)

    @cached_property
    def then(self) -> Collection[Award]:
        return self._on(month_before(self.on))

    def _on(self, day: date) -> Collection[Award]:
        held = self.facts.given(day) if self.basis is Basis.GIVEN else self.facts.held(day)
        return held.values()


@dataclass(frozen=True)
class Row:
    """One row of a figure. `share` is in percent; `before` was counted a month earlier."""

    key: str
    words: str
    count: int
    share: Decimal
    before: int

    @property
    def change(self) -> int:
        return self.count - self.before


@dataclass(frozen=True)
class Counted:
    """A figure as of a day. `shares` is the sum of the shares as they are shown."""

    name: str
    measure: Measure
    on: date
    rows: Sequence[Row]
    total: int
    before: int

    @property
    def change(self) -> int:
        return self.total - self.before

    @property
    def shares(self) -> Decimal:
        return sum((row.share for row in self.rows), Decimal())

    @property
    def most(self) -> int:
        return max((row.count for row in self.rows), default=0)


def month_before(day: date) -> date:
    """The same day of the month before, or that month's last one."""
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def month_ends(on: date, months: int = 12) -> list[date]:
    """*on* and the last days of the months before it, oldest first."""
    days = [on]
    while len(days) <= months:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]


def count(day: AsOf, name: str, *, language: str = "vi") -> Counted:
    """Count the figure *name*, one of `MEASURES`. Rows without anything now and a month before are left out."""
    measure, facts = MEASURES[name], day.facts
    now, then = _tally(facts, measure, day.now), _tally(facts, measure, day.then)
    total, keys = sum(now.values()), [key for key in measure.order if key in now or key in then]
    if not measure.order:
        keys = sorted(now | then, key=lambda key: (key == NONE, -now[key], key))
    if measure.newest_first:
        keys.sort(reverse=True)
    rows = [
        Row(
            key, measure.words(facts, key, language), now[key], share(now[key], total),
            then[key],
        )
        for key in keys
    ]  # fmt: skip
    return Counted(name, measure, day.on, rows, total, sum(then.values()))


def _tally(facts: Facts, measure: Measure, counted: Iterable[Award]) -> Counter[str]:
    """Row → how many."""
    return Counter(measure.key(facts, one) for one in _of(measure, counted))


def _of(measure: Measure, counted: Iterable[Award]) -> Iterable[Award]:
    """The recognitions that count: the first of each owner where owners are counted."""
    if measure.counts == "products":
        return counted
    return {one.producer_id: one for one in counted}.values()


def share(part: int, total: int) -> Decimal:
    """Percent to a tenth, each rounded by itself, halves up: the shares of a figure may not add up to 100."""
    if not total:
        return Decimal("0.0")
    return (Decimal(part) * 100 / total).quantize(_TENTH, ROUND_HALF_UP)


def behind(day: AsOf, name: str, key: str) -> list[Award]:
    """The recognitions that a row of a figure counts, newest first; one of each owner where owners are counted."""
    measure = MEASURES[name]
    found = [one for one in _of(measure, day.now) if measure.key(day.facts, one) == key]
    return sorted(found, key=lambda one: (one.decided, one.product_id), reverse=True)


def months(day: AsOf) -> list[tuple[date, int]]:
    """Products on the last days of twelve months and on the day itself."""
    return [(one, len(AsOf(day.facts, one, day.basis).now)) for one in month_ends(day.on)]
