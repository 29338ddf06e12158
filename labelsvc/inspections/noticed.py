"""Noticing: computes every signal of copies from scans. Reads only. Used by the watch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import case as sql_case
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import Form, Issue
from labelsvc.inspections.models import Report, Sighting
from labelsvc.inspections.places import (
    lots_with_places,
    of_reports,
    reported_places,
    sale_provinces,
)
from labelsvc.scans import provinces, signals
from labelsvc.scans.models import Refused, RefusedNetwork, Scan, UnitSeen
from labelsvc.scans.place import Place
from labelsvc.scans.refusals import ALL
from labelsvc.scans.signals import BY_VERDICT, Signal, Spread, Thresholds, Unit

#: How far back reported places count.
_PLACES = timedelta(days=90)
#: A phone without a network tells later where it was.
_LATE = timedelta(days=7)
#: Values of one statement at most.
_MANY = 500


class Subject(NamedTuple):
    """The subject of a case: one code, a lot, or codes that begin alike.

    :param product: which refused codes claim to be.
    """

    number: int | None = None
    issue: int | None = None
    lot: int | None = None
    prefix: str = ""
    product: int | None = None

    @property
    def name(self) -> str:
        if self.number is not None:
            return f"unit:{self.number}"
        return f"lot:{self.lot}" if self.lot is not None else f"prefix:{self.prefix}"


@dataclass
class Findings:
    """The signals of one look, by what they are about."""

    by_subject: dict[Subject, list[Signal]] = field(default_factory=lambda: defaultdict(list))

    def add(self, subject: Subject, signal: Signal | None) -> None:
        if signal is not None:
            self.by_subject[subject].append(signal)


def notice(session: Session, at: Thresholds, *, since: datetime, now: datetime) -> Findings:
    """Every signal in what was scanned since *since*."""
    found = Findings()
    seen = _issues(session, since)
    _units(session, at, found, seen, since)
    _lots(session, at, found, seen)
    _verdicts(session, at, found, since)
    _travel(session, at, found, since)
    _outside(session, at, found, since, now)
    _refused(session, at, found, clock.local(now).date())
    return found


def _refused(session: Session, at: Thresholds, found: Findings, day: date) -> None:
    """Codes of one day that did not hold, by how they begin and by network."""
    rows = session.execute(
        select(Refused.prefix, Refused.count, func.count(RefusedNetwork.network))
        .join(
            RefusedNetwork,
            (RefusedNetwork.day == Refused.day) & (RefusedNetwork.prefix == Refused.prefix),
            isouter=True,
        )
        .where(Refused.day == day, Refused.count >= at.refused)
        .group_by(Refused.prefix, Refused.count)
    )
    for prefix, count, networks in rows:
        subject = Subject(prefix=prefix, product=_claimed(session, prefix))
        found.add(subject, signals.refused(prefix, count, networks, at))
    loud = session.scalars(
        select(RefusedNetwork.count).where(
            RefusedNetwork.day == day,
            RefusedNetwork.prefix == ALL,
            RefusedNetwork.count >= at.refused_network,
        )
    ).all()
    found.add(Subject(prefix=ALL), signals.probed(loud, at))


def _claimed(session: Session, prefix: str) -> int | None:
    """The product that refused codes pretend to be of."""
    if prefix[0] == "G" and prefix[1:].isdigit():
        return session.scalar(select(Product.id).where(Product.gtin == prefix[1:]))
    lot = prefix.partition("L")[2] if prefix[0] == "K" else ""
    return session.scalar(select(Lot.product_id).where(Lot.id == int(lot))) if lot else None


def _issues(session: Session, since: datetime) -> dict[int, Issue]:
    """Issues of which codes were scanned."""
    ids = session.scalars(
        select(Scan.issue_id).where(Scan.at >= since, Scan.issue_id.is_not(None)).distinct()
    ).all()
    found: dict[int, Issue] = {}
    for start in range(0, len(ids), _MANY):
        rows = select(Issue).where(Issue.id.in_(ids[start : start + _MANY]))
        found |= {issue.id: issue for issue in session.scalars(rows)}
    return found


class Counts(NamedTuple):
    """Units of one issue: the quiet ones, and how many are not.

    :param sessions: of the quiet ones. :param distinct: quiet ones that were ever seen.
    :param loud: how many have a question of their own. :param today: seen since the last midnight.
    """

    sessions: int
    distinct: int
    loud: int
    today: int


def _counts(session: Session, issue: Issue, least: int, since: datetime) -> Counts:
    """Along the range of its numbers, which is the key of the table."""
    quiet = UnitSeen.sessions < least
    row = session.execute(
        select(
            func.coalesce(func.sum(sql_case((quiet, UnitSeen.sessions), else_=0)), 0),
            func.coalesce(func.sum(sql_case((quiet, 1), else_=0)), 0),
            func.count(),
            func.coalesce(func.sum(sql_case((UnitSeen.last_at >= since, 1), else_=0)), 0),
        ).where(UnitSeen.number.between(issue.first, issue.last))
    ).one()
    sessions, distinct, seen, today = (int(value) for value in row)
    return Counts(sessions, distinct, seen - distinct, today)


def _units(
    session: Session, at: Thresholds, found: Findings, seen: Mapping[int, Issue], since: datetime
) -> None:
    """Unit codes above the notice, by count and against the rest of their lot; lots by their spread."""
    least = min(at.notice_sessions + 1, at.case_sessions)
    looked_at = 0
    units: list[Unit] = []
    subjects: dict[int, Subject] = {}
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for issue in seen.values():
        if issue.form == Form.LOT:
            continue
        counts = _counts(session, issue, least, since)
        others = issue.count - counts.loud
        looked_at += counts.today
        for place, value in enumerate((counts.distinct, counts.sessions, others)):
            sums[issue.lot_id][place] += value
        if not counts.loud:
            continue
        rows = session.execute(
            select(UnitSeen.number, UnitSeen.sessions).where(
                UnitSeen.number.between(issue.first, issue.last),
                UnitSeen.sessions >= least,
                UnitSeen.last_at >= since,
            )
        )
        for number, sessions in rows:
            subjects[number] = Subject(number=number, issue=issue.id, lot=issue.lot_id)
            units.append(Unit(number, sessions, counts.sessions, max(1, others)))
            found.add(subjects[number], signals.sessions_of_unit(sessions, at))
    for number, signal in signals.rates(units, looked_at=looked_at, at=at).items():
        found.add(subjects[number], signal)
    spreads = [Spread(lot, *counted) for lot, counted in sums.items()]
    for lot, signal in signals.repeats(spreads, at=at).items():
        found.add(Subject(lot=lot), signal)


def _lots(session: Session, at: Thresholds, found: Findings, seen: Mapping[int, Issue]) -> None:
    """Codes that stand for a whole lot."""
    for issue in seen.values():
        if issue.form == Form.LOT:
            row = session.get(UnitSeen, issue.first)
            declared = session.get_one(Lot, issue.lot_id).declared
            signal = signals.sessions_of_lot(row.sessions if row else 0, declared, at)
            found.add(Subject(lot=issue.lot_id), signal)


def _verdicts(session: Session, at: Thresholds, found: Findings, since: datetime) -> None:
    """Scans of codes that should not be on the market any more, or not yet."""
    pairs = session.execute(
        select(Issue.lot_id, Scan.verdict)
        .join(Issue, Issue.id == Scan.issue_id)
        .where(Scan.at >= since, Scan.verdict.in_(BY_VERDICT))
        .distinct()
    ).all()
    for lot_id, verdict in pairs:
        visits = (
            select(Scan.number, Scan.day_token)
            .join(Issue, Issue.id == Scan.issue_id)
            .where(Issue.lot_id == lot_id, Scan.verdict == verdict)
        )
        # One visitor of one code on one day is one session here; minutes are not kept for ever.
        sessions = session.scalar(select(func.count()).select_from(visits.distinct().subquery()))
        units = session.scalar(
            select(func.count(func.distinct(Scan.number)))
            .join(Issue, Issue.id == Scan.issue_id)
            .where(Issue.lot_id == lot_id, Scan.verdict == verdict)
        )
        signal = signals.after(BY_VERDICT[verdict], units=units or 0, sessions=sessions or 0, at=at)
        found.add(Subject(lot=lot_id), signal)


def _travel(session: Session, at: Thresholds, found: Findings, since: datetime) -> None:
    """Units reported at two places that nobody travels between so fast.

    Where people are is compared with where people are, and where reports say that a unit was bought
    with the same of other reports: one buyer may well be far from where they bought it.
    """
    start = since - _LATE - timedelta(hours=at.travel_hours)
    here = (Sighting.province, Sighting.latitude, Sighting.longitude)
    sighted = (
        select(Sighting.number, Sighting.issue_id, Issue.lot_id)
        .join(Issue, Issue.id == Sighting.issue_id)
        .where(Sighting.at >= start, Issue.form != Form.LOT)
        .group_by(Sighting.number, Sighting.issue_id, Issue.lot_id)
        .having(or_(*(func.min(part) != func.max(part) for part in here)))
    )
    told = of_reports(
        select(Report.number, Issue.id, Issue.lot_id),
        Report.created_at >= since,
        Issue.form != Form.LOT,
    )
    for number, issue_id, lot_id in session.execute(sighted.union(told)).all():
        rows = session.scalars(
            select(Sighting).where(Sighting.number == number, Sighting.at >= start)
        )
        seen = [Place(r.at, r.province, r.latitude, r.longitude) for r in rows]
        reports = session.execute(
            select(Report.created_at, Report.place).where(
                Report.number == number, Report.created_at >= start, Report.place != ""
            )
        )
        bought = [
            Place(moment, province.code)
            for moment, words in reports
            if (province := provinces.find(words)) is not None
        ]
        noticed = [s for places in (seen, bought) if (s := signals.travel(places, at)) is not None]
        subject = Subject(number=number, issue=issue_id, lot=lot_id)
        found.add(subject, max(noticed, key=lambda signal: signal.weight, default=None))


def _outside(
    session: Session, at: Thresholds, found: Findings, since: datetime, now: datetime
) -> None:
    """Lots that the public reported outside of where their producer said they are sold.

    Inspectors look where something is wrong already, and at many packs of one shop: their looks are
    evidence of a case (`reported_places`) and no share of anything.
    """
    for lot_id in lots_with_places(session, since=since):
        declared = sale_provinces(session, session.get_one(Lot, lot_id).product_id)
        if declared:
            places = reported_places(session, lot_id=lot_id, since=now - _PLACES, public=True)
            found.add(Subject(lot=lot_id), signals.outside(declared, places, at))
