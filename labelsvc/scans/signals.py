"""Signals of copies: from counts to reasons for a case. Pure, and never about a verdict.

Every function answers with a `Signal` or with nothing. Anybody can raise a count, so a signal leads
a person to look; no signal turns a code red (security of codes: docs/copy-risk.md).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import expm1, log1p
from typing import Any

from labelsvc.scans.place import Place, apart
from labelsvc.scans.provinces import BY_CODE
from labelsvc.scans.significance import benjamini_hochberg, poisson_tail

#: Sessions of one item that honest buyers cause beyond the first, on average. Also the least mean
#: that a unit is compared with: else in a lot that nobody scans the second look would be a marvel.
HONEST_REPEATS = 0.5
#: Places that a share is taken of, and units of a lot whose spread is looked at, at least.
LEAST_PLACES = LEAST_UNITS = 5
#: Refused codes of one form in a day, in multiples of those that begin alike.
ALL_OF_A_FORM = 20


class Kind(StrEnum):
    """The kind of sign that was noticed; the word stands in the facts of a case."""

    SESSIONS = "sessions"  # one unit code, again and again
    RATE = "rate"  # one unit code, far more than others of its lot
    LOT_SESSIONS = "lot_sessions"  # a lot code, more than its units explain
    LOT_REPEATS = "lot_repeats"  # few units of a lot, seen too often for that many sessions
    AFTER_SOLD = "after_sold"
    AFTER_VOID = "after_void"
    AFTER_WITHDRAWAL = "after_withdrawal"
    AFTER_RECALL = "after_recall"
    AFTER_EXPIRY = "after_expiry"
    NOT_ACTIVATED = "not_activated"
    TRAVEL = "travel"
    OUTSIDE = "outside"
    REFUSED = "refused"  # codes that begin alike and do not hold
    PROBED = "probed"  # wrong codes of one network


#: Verdict of a scan → what it is a sign of.
BY_VERDICT = {
    "DECOMMISSIONED": Kind.AFTER_SOLD,
    "VOIDED": Kind.AFTER_VOID,
    "REVOKED": Kind.AFTER_WITHDRAWAL,
    "RECALLED": Kind.AFTER_RECALL,
    "EXPIRED": Kind.AFTER_EXPIRY,
    "NOT_ACTIVATED": Kind.NOT_ACTIVATED,
}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From when on something is a signal; docs/settings.md has each under its name."""

    notice_sessions: int = 5
    case_sessions: int = 10
    lot_multiple: int = 3
    after_end: int = 1
    after_expiry: int = 20
    travel_km: float = 300
    travel_hours: float = 2
    outside_share: float = 0.2
    tail: float = 1e-4
    refused: int = 50
    refused_network: int = 200


@dataclass(frozen=True)
class Signal:
    """One thing noticed.

    :param weight: what grows when it gets worse; a decided case is opened anew when it doubled.
    :param facts: counts and limits that words are made of; values that JSON can hold.
    """

    kind: Kind
    weight: float
    facts: Mapping[str, Any]


def sessions_of_unit(sessions: int, at: Thresholds) -> Signal | None:
    """One unit code was looked at on *sessions* different occasions."""
    if sessions < at.case_sessions:
        return None
    return Signal(Kind.SESSIONS, sessions, {"sessions": sessions, "limit": at.case_sessions})


def sessions_of_lot(sessions: int, declared: int, at: Thresholds) -> Signal | None:
    """A lot code, on all *declared* packs of the lot."""
    limit = at.lot_multiple * declared
    if sessions <= limit:
        return None
    facts = {"sessions": sessions, "declared": declared, "limit": limit}
    return Signal(Kind.LOT_SESSIONS, sessions, facts)


def after(kind: Kind, *, units: int, sessions: int, at: Thresholds) -> Signal | None:
    """*sessions* of a lot's codes that should not be on the market any more, or not yet."""
    limit = at.after_expiry if kind is Kind.AFTER_EXPIRY else at.after_end
    if sessions < limit:
        return None
    return Signal(kind, sessions, {"units": units, "sessions": sessions, "limit": limit})


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit code with many sessions, and the others of its lot.

    :param others: sessions of all other units of the lot; a unit that has a case of its own is left
        out, so that many copies do not hide each other.
    :param issued: how many others there are.
    """

    number: int
    sessions: int
    others: int
    issued: int

    @property
    def mean(self) -> float:
        """Sessions beyond the first that chance explains."""
        return max(HONEST_REPEATS, self.others / self.issued if self.issued else 0.0)


def rates(units: Sequence[Unit], *, looked_at: int, at: Thresholds) -> dict[int, Signal]:
    """Units with more sessions than chance gives them, by number.

    The sessions of a unit beyond its first are compared with a Poisson law of the mean of the rest
    of its lot; of all units looked at in a day, Benjamini and Hochberg's procedure keeps the share
    of false alarms below `tail`.

    :param units: those worth a look: above the notice, where the page advises already.
    :param looked_at: all units scanned that day; the others stand for p = 1.
    """
    tails = [poisson_tail(unit.sessions - 1, unit.mean) for unit in units]
    kept = benjamini_hochberg(tails, at.tail, tests=max(looked_at, len(units)))
    return {
        unit.number: Signal(
            Kind.RATE,
            unit.sessions,
            {"sessions": unit.sessions, "mean": round(unit.mean, 2), "p": tail},
        )
        for unit, tail, chosen in zip(units, tails, kept, strict=True)
        if chosen and tail < at.tail and unit.sessions > at.notice_sessions
    }


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of the sessions of a lot over its units.

    :param distinct: units that were seen.
    :param sessions: of these.
    :param issued: units that could have been seen.
    """

    lot: int
    distinct: int
    sessions: int
    issued: int

    @property
    def repeats(self) -> int:
        """Sessions of units that had been seen before."""
        return self.sessions - self.distinct

    @property
    def mean(self) -> float:
        """Repeats that chance and honest buyers explain.

        *sessions* thrown over *issued* units leave issued · (1 - (1 - 1/issued)^sessions) of them
        seen; and each seen item is looked at again some times by its own buyer.
        """
        seen = 1.0
        if self.issued > 1:
            seen = -self.issued * expm1(self.sessions * log1p(-1 / self.issued))
        return max(0.0, self.sessions - seen) + HONEST_REPEATS * self.distinct


def repeats(lots: Sequence[Spread], *, at: Thresholds) -> dict[int, Signal]:
    """Lots of which a few units come up again and again, by lot: a roll was copied."""
    tails = [
        poisson_tail(lot.repeats, lot.mean) if lot.distinct >= LEAST_UNITS else 1.0 for lot in lots
    ]
    kept = benjamini_hochberg(tails, at.tail)
    return {
        lot.lot: Signal(
            Kind.LOT_REPEATS,
            lot.sessions,
            {
                "distinct": lot.distinct,
                "issued": lot.issued,
                "sessions": lot.sessions,
                "mean": round(lot.distinct + lot.mean, 1),
                "p": tail,
            },
        )
        for lot, tail, chosen in zip(lots, tails, kept, strict=True)
        if chosen and tail < at.tail
    }


def travel(places: Iterable[Place], at: Thresholds) -> Signal | None:
    """One unit that was reported at two places with too little time between; the farthest pair.

    Only of reported places: a carrier's address says Hà Nội or Hồ Chí Minh City of the whole
    country.
    """
    ordered = sorted((p for p in places if p.province in BY_CODE), key=lambda place: place.at)
    found: tuple[float, Place, Place] | None = None
    for index, start in enumerate(ordered):
        for end in ordered[index + 1 :]:
            if (end.at - start.at).total_seconds() > at.travel_hours * 3600:
                break
            far = apart(start, end)
            if far > at.travel_km and (found is None or far > found[0]):
                found = far, start, end
    if found is None:
        return None
    far, start, end = found
    minutes = round((end.at - start.at).total_seconds() / 60)
    facts = {"km": int(far), "minutes": minutes, "from": start.province, "to": end.province}
    return Signal(Kind.TRAVEL, far, facts)


def outside(declared: Collection[str], places: Mapping[str, int], at: Thresholds) -> Signal | None:
    """Reports of a lot by province, against the provinces its producer declared to sell in."""
    total = sum(places.values())
    if not declared or total < LEAST_PLACES:
        return None
    strange = {code: count for code, count in places.items() if code not in declared}
    count = sum(strange.values())
    if count <= at.outside_share * total:
        return None
    facts = {"outside": count, "total": total, "provinces": sorted(strange)}
    return Signal(Kind.OUTSIDE, count, facts)


def refused(prefix: str, count: int, networks: int, at: Thresholds) -> Signal | None:
    """Codes of one day that begin with *prefix* and whose tag or signature did not hold.

    A prefix with a star stands for all codes of a form, of which some are always misread.

    :param networks: that sent them: many met a label that somebody printed, one tries codes.
    """
    limit = at.refused * (ALL_OF_A_FORM if prefix.endswith("*") else 1)
    if count < limit:
        return None
    facts = {"prefix": prefix, "count": count, "networks": networks, "limit": limit}
    return Signal(Kind.REFUSED, count, facts)


def probed(counts: Sequence[int], at: Thresholds) -> Signal | None:
    """Networks by how many codes each sent in one day that did not hold."""
    loud = [count for count in counts if count >= at.refused_network]
    if not loud:
        return None
    facts = {"networks": len(loud), "count": sum(loud), "limit": at.refused_network}
    return Signal(Kind.PROBED, sum(loud), facts)


def worsened(before: Mapping[str, float], signals: Iterable[Signal]) -> bool:
    """True if *signals* say more than what was known (kind → weight): a new kind, or twice as much."""
    return any(
        signal.kind not in before or signal.weight >= 2 * before[signal.kind] for signal in signals
    )
