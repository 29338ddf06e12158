"""Evidence of a case: counts of scans over time, reported places, verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, literal, select, union_all
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes.models import Form, Issue, Mark, MarkState
from labelsvc.inspections.models import Case, Report
from labelsvc.inspections.places import reported_places, sale_provinces
from labelsvc.scans.models import Scan, UnitSeen

#: Columns of the chart: hours of two days, or days of a month.
_HOURS, _DAYS = 48, 30


@dataclass(frozen=True)
class Column:
    """Scans that began in one hour or on one day."""

    at: datetime
    scans: int
    #: Of these, with a verdict other than "issued": the label should not have been on goods.
    out: int


@dataclass(frozen=True)
class Evidence:
    """The evidence that the page of a case shows."""

    hourly: bool
    columns: Sequence[Column]
    #: Province → reports, most first.
    places: dict[str, int]
    declared: frozenset[str]
    first_at: datetime | None
    last_at: datetime | None
    sessions: int
    scans: int
    #: Units of the lot that were seen, and that were issued; 0 for a single unit.
    seen: int
    issued: int
    devices: Sequence[tuple[str, int]]
    marks: Sequence[Mark]
    reports: Sequence[Report]


def gather(session: Session, case: Case, *, now: datetime | None = None) -> Evidence | None:
    """The evidence of a case; None where it is about no code of ours."""
    if case.lot_id is None:
        return None
    now = now or clock.now()
    issues = session.scalars(select(Issue).where(Issue.lot_id == case.lot_id)).all()
    ids = [issue.id for issue in issues]
    of: ColumnElement[bool] = (
        Scan.number == case.number if case.number is not None else Scan.issue_id.in_(ids)
    )
    seen = _seen(session, case, issues)
    hourly = _all_within(session, of, now - timedelta(hours=_HOURS))
    return Evidence(
        hourly=hourly,
        columns=columns(session, of, hourly=hourly, now=now),
        places=dict(
            sorted(
                reported_places(session, lot_id=case.lot_id, number=case.number).items(),
                key=lambda item: (-item[1], item[0]),
            )
        ),
        declared=frozenset(sale_provinces(session, case.product_id) if case.product_id else ()),
        first_at=seen[0],
        last_at=seen[1],
        sessions=seen[2],
        scans=seen[3],
        seen=seen[4] if case.number is None else 0,
        issued=sum(i.count for i in issues if i.form != Form.LOT) if case.number is None else 0,
        devices=_devices(session, of),
        marks=_marks(session, case, ids),
        reports=_reports(session, case),
    )


def columns(
    session: Session, of: ColumnElement[bool], *, hourly: bool, now: datetime
) -> list[Column]:
    """Scans that fulfil *of*, by hour or by Vietnamese calendar day, oldest first.

    Counted column by column along the index: SQLite and PostgreSQL share no function for "day of".
    """
    if hourly:
        end = clock.local(now).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        step, many = timedelta(hours=1), _HOURS
    else:
        today = datetime.combine(clock.local(now).date(), time.min, clock.HANOI)
        end, step, many = today + timedelta(days=1), timedelta(days=1), _DAYS
    starts = [(end - step * back).astimezone(UTC) for back in range(many, 0, -1)]
    good = Scan.verdict.in_(("ISSUED_OK", "ISSUED_OK_STALE"))
    counted = union_all(
        *(
            select(
                literal(place).label("place"),
                func.count().label("scans"),
                func.coalesce(func.sum(sql_case((good, 0), else_=1)), 0).label("out"),
            ).where(of, Scan.at >= start, Scan.at < start + step)
            for place, start in enumerate(starts)
        )
    )
    found = {place: (scans, int(out)) for place, scans, out in session.execute(counted)}
    return [Column(start, *found.get(place, (0, 0))) for place, start in enumerate(starts)]


def _all_within(session: Session, of: ColumnElement[bool], start: datetime) -> bool:
    """True if every scan came since *start*: then hours say more than days."""
    first = session.scalar(select(func.min(Scan.at)).where(of))
    return first is not None and first >= start


def _seen(
    session: Session, case: Case, issues: Sequence[Issue]
) -> tuple[datetime | None, datetime | None, int, int, int]:
    first: list[datetime] = []
    last: list[datetime] = []
    sessions = scans = units = 0
    ranges = (
        [(case.number, case.number)]
        if case.number is not None
        else [(issue.first, issue.last) for issue in issues]
    )
    for start, end in ranges:
        row = session.execute(
            select(
                func.min(UnitSeen.first_at, type_=UnitSeen.first_at.type),
                func.max(UnitSeen.last_at, type_=UnitSeen.last_at.type),
                func.coalesce(func.sum(UnitSeen.sessions), 0),
                func.coalesce(func.sum(UnitSeen.scans), 0),
                func.count(),
            ).where(UnitSeen.number.between(start, end))
        ).one()
        if row[4]:
            first.append(row[0])
            last.append(row[1])
            sessions, scans, units = sessions + int(row[2]), scans + int(row[3]), units + row[4]
    return min(first, default=None), max(last, default=None), sessions, scans, units


def _devices(session: Session, of: ColumnElement[bool]) -> list[tuple[str, int]]:
    """Families of browsers, most first; many of one kind speak of one person."""
    rows = session.execute(
        select(Scan.device, func.count())
        .where(of, Scan.device != "")
        .group_by(Scan.device)
        .order_by(func.count().desc(), Scan.device)
        .limit(4)
    )
    return [(device, count) for device, count in rows]


def _marks(session: Session, case: Case, ids: Sequence[int]) -> Sequence[Mark]:
    query = select(Mark).where(Mark.issue_id.in_(ids)).order_by(Mark.id.desc()).limit(10)
    if case.number is not None:
        query = query.where(Mark.first <= case.number, Mark.last >= case.number)
    return session.scalars(query.where(Mark.state != MarkState.ACTIVATED)).all()


def _reports(session: Session, case: Case) -> Sequence[Report]:
    query = select(Report).order_by(Report.id.desc()).limit(10)
    if case.number is not None:
        query = query.where((Report.number == case.number) | (Report.case_id == case.id))
    else:
        query = query.join(
            Issue, (Issue.first <= Report.number) & (Issue.first + Issue.count > Report.number)
        ).where(Issue.lot_id == case.lot_id)
    return session.scalars(query).all()
