"""What speaks for and against a case: scans over time, reported places, verdicts. Only counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar

from sqlalchemy import (
    ColumnElement,
    Select,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy import case as sql_case
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.codes.models import Form, Issue, Mark, MarkState
from labelsvc.errors import BadInput
from labelsvc.inspections.cases import canonical_uid
from labelsvc.inspections.models import Case, Report, SaleProvince, Sighting, SightingSource
from labelsvc.scans import provinces
from labelsvc.scans.models import Scan, UnitSeen

Rows = TypeVar("Rows", bound=Select)  # type: ignore[type-arg]

#: Columns of the chart: hours of two days, or days of a month.
_HOURS, _DAYS = 48, 30
#: A cell of a reported place, in degrees: about five kilometres.
CELL = 0.05


def note_sighting(
    session: Session,
    *,
    number: int,
    issue_id: int,
    source: str,
    at: datetime | None = None,
    place: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    uid: str | None = None,
) -> Sighting | None:
    """Keep where a code was said to be; precise coordinates go no further than this function.

    :param place: a province, in words or as its code; else the coordinates decide.
    :param latitude, longitude: degrees; kept as the middle of a cell of about five kilometres, and
        only from inspectors.
    :param uid: of the sender, so that the same scan sent twice is one sighting.
    :returns: None when no province can be made of it.
    :raises BadInput: *uid* is no UUID, or no such source.
    """
    if source not in list(SightingSource):
        raise BadInput("There is no such source of places.")
    if uid is not None:
        uid = canonical_uid(uid)
        found = session.scalars(select(Sighting).where(Sighting.uid == uid)).one_or_none()
        if found is not None:
            return found
    known = latitude is not None and longitude is not None
    known = known and 8 <= (latitude or 0) <= 24 and 102 <= (longitude or 0) <= 110
    province = provinces.BY_CODE.get(place) or provinces.find(place)
    if province is None and known and latitude is not None and longitude is not None:
        province = provinces.nearest(latitude, longitude)
    if province is None:
        return None
    exact = known and source == SightingSource.INSPECTOR
    sighting = Sighting(
        uid=uid,
        number=number,
        issue_id=issue_id,
        at=at or clock.now(),
        province=province.code,
        latitude=cell_of(latitude) if exact and latitude is not None else None,
        longitude=cell_of(longitude) if exact and longitude is not None else None,
        source=source,
    )
    session.add(sighting)
    session.flush()
    session.execute(
        update(UnitSeen)
        .where(
            UnitSeen.number == number,
            or_(UnitSeen.province.is_(None), UnitSeen.province_at > sighting.at),
        )
        .values(province=sighting.province, province_at=sighting.at)
        .execution_options(synchronize_session=False)
    )
    return sighting


def coarsen_places(session: Session, *, before: datetime) -> None:
    """Places that consumers told before *before* keep the day; those of inspectors stay."""
    told = (Sighting.source == SightingSource.CONSENT, Sighting.at < before)
    for moment in session.scalars(select(Sighting.at).where(*told).distinct()).all():
        noon = clock.noon(moment)
        if moment != noon:
            session.execute(update(Sighting).where(*told, Sighting.at == moment).values(at=noon))


def cell_of(degrees: float) -> float:
    """Middle of the cell that *degrees* lies in, in degrees."""
    return round((degrees // CELL + 0.5) * CELL, 3)


def sale_provinces(session: Session, product_id: int) -> set[str]:
    """Provinces in which a product is sold, as declared; empty where nothing was."""
    query = select(SaleProvince.province).where(SaleProvince.product_id == product_id)
    return set(session.scalars(query))


def declare_sale(session: Session, product_id: int, codes: Iterable[str], *, actor: str) -> None:
    """Declare where a product is sold; none: nothing is declared. :raises BadInput: no province."""
    chosen = sorted(set(codes))
    if any(code not in provinces.BY_CODE for code in chosen):
        raise BadInput("There is no such province.", field="provinces")
    session.execute(delete(SaleProvince).where(SaleProvince.product_id == product_id))
    if chosen:
        session.execute(
            insert(SaleProvince), [{"product_id": product_id, "province": c} for c in chosen]
        )
    audit.record(
        session,
        actor=actor,
        action="product.range",
        subject=f"product:{product_id}",
        facts={"provinces": chosen},
    )


def lots_with_places(session: Session, *, since: datetime) -> Sequence[int]:
    """Lots of which the public reported a place since *since*."""
    sighted = (
        select(Issue.lot_id)
        .join(Sighting, Sighting.issue_id == Issue.id)
        .where(Sighting.at >= since, Sighting.source == SightingSource.CONSENT)
    )
    told = of_reports(select(Issue.lot_id), Report.created_at >= since)
    return session.scalars(sighted.union(told)).all()


def reported_places(
    session: Session,
    *,
    lot_id: int | None = None,
    number: int | None = None,
    since: datetime | None = None,
    public: bool = False,
) -> dict[str, int]:
    """Province → how often it was reported: by inspectors, by consent, in reports of consumers.

    Of one unit where a *number* is given, else of a lot.

    :param public: without inspectors, who choose where they look.
    """
    sighted = select(Sighting.province, func.count()).group_by(Sighting.province)
    told = of_reports(select(Report.place))
    if number is not None:
        sighted, told = (
            sighted.where(Sighting.number == number),
            told.where(Report.number == number),
        )
    else:
        sighted = sighted.join(Issue, Issue.id == Sighting.issue_id).where(Issue.lot_id == lot_id)
        told = told.where(Issue.lot_id == lot_id)
    if public:
        sighted = sighted.where(Sighting.source == SightingSource.CONSENT)
    if since is not None:
        sighted, told = sighted.where(Sighting.at >= since), told.where(Report.created_at >= since)
    counts: Counter[str] = Counter({code: count for code, count in session.execute(sighted)})
    for place in session.scalars(told):
        if (province := provinces.find(place)) is not None:
            counts[province.code] += 1
    return dict(counts)


def of_reports(query: Rows, *conditions: ColumnElement[bool]) -> Rows:
    """*query* over reports that name a place and a code that was issued."""
    return (
        query.select_from(Report)
        .join(Issue, (Issue.first <= Report.number) & (Issue.first + Issue.count > Report.number))
        .where(Report.number.is_not(None), Report.place != "", *conditions)
    )


@dataclass(frozen=True)
class Column:
    """Scans that began in one hour or on one day."""

    at: datetime
    scans: int
    #: Of these, with a verdict other than "issued": the label should not have been on goods.
    out: int


@dataclass(frozen=True)
class Evidence:
    """What the page of a case shows."""

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
    """Whether every scan came since *start*: then hours say more than days."""
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
