"""Places of cases: where codes were reported and goods are sold, stored coarsely."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.codes.models import Issue
from labelsvc.errors import BadInput, Conflict
from labelsvc.inspections.cases import canonical_uid
from labelsvc.inspections.models import Report, SaleProvince, Sighting, SightingSource
from labelsvc.scans import provinces
from labelsvc.scans.models import UnitSeen

Rows = TypeVar("Rows", bound=Select)  # type: ignore[type-arg]

#: A cell of a reported place, in degrees: about five kilometres.
CELL = 0.05


@dataclass(frozen=True, slots=True)
class Spot:
    """A place where a code was seen: a province by its code, the words of an address, degrees; what is
    known of them."""

    place: str = ""
    latitude: float | None = None
    longitude: float | None = None


def note_sighting(
    session: Session,
    *,
    number: int,
    issue_id: int,
    source: str,
    at: datetime | None = None,
    spot: Spot,
    uid: str | None = None,
) -> Sighting | None:
    """Keep where a code was said to be; precise coordinates go no further than this function.

    :param place: a province, in words or as its code; else the coordinates decide.
    :param latitude, longitude: degrees; kept as the middle of a cell of about five kilometres, and
        only from inspectors.
    :param uid: of the sender, so that the same scan sent twice is one sighting.
    :returns: None when no province can be made of it.
    :raises BadInput: *uid* is no UUID, or no such source.
    :raises Conflict: *uid* is that of a place of another code.
    """
    if source not in list(SightingSource):
        raise BadInput("There is no such source of places.")
    if uid is not None:
        uid = canonical_uid(uid)
        found = session.scalars(select(Sighting).where(Sighting.uid == uid)).one_or_none()
        if found is not None:
            if (found.number, found.source) != (number, source):
                raise Conflict(
                    "A place with this number of its own was kept before, with another code.",
                    uid=uid,
                )
            return found
    latitude, longitude = spot.latitude, spot.longitude
    known = latitude is not None and longitude is not None
    known = known and 8 <= (latitude or 0) <= 24 and 102 <= (longitude or 0) <= 110
    province = provinces.BY_CODE.get(spot.place) or provinces.find(spot.place)
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
