"""Lookup: finds all that a scan page tells of a verified number, in one or two queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from labelsvc.catalogue.models import Lot, Producer, Product, Village
from labelsvc.catalogue.points.shown import Places, places
from labelsvc.catalogue.recognition import Certificate, Recognition, Standing, ruling
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.forms.uri import ParsedCode
from labelsvc.codes.models import Form, Issue, Mark, MarkState
from labelsvc.codes.register.blank import find_blank
from labelsvc.db import Database
from labelsvc.events.models import Event
from labelsvc.revisions import OF_PRODUCER
from labelsvc.scans import verdict
from labelsvc.scans.verdict import Facts, Verdict

#: One look: the change numbers of all data and of the producer, who that is, the issue, earlier scans, the
#: newest mark, a case of places far apart that the office did not answer with "no action".
_PEEK = """

    SELECT (SELECT number FROM revision WHERE id = 1),
           p.producer_id, (SELECT number FROM revision WHERE id = p.producer_id + :of_producer),
           i.id, i.first, i.count, i.form, s.first_at, s.sessions, s.province, s.province_at,
           (SELECT m.id FROM mark m WHERE m.issue_id = i.id AND m.first <= :number
               AND m.last >= :number ORDER BY m.id DESC LIMIT 1),
           (SELECT 1 FROM inspection_case c WHERE c.number = :number AND c.apart
               AND c.decision <> 'no_action' LIMIT 1)
    FROM (SELECT id, first, count, form, lot_id FROM issue WHERE first <= :number
          ORDER BY first DESC LIMIT 1) i
    JOIN lot l ON l.id = i.lot_id
    JOIN product p ON p.id = l.product_id
    LEFT JOIN unit_seen s ON s.number = :number
    """


@dataclass(frozen=True, slots=True)
class Peek:
    """The outcome of one look at a number."""

    number: int
    #: Of everything: keys, places, villages, points of sale.
    revision: int
    #: Whose goods they are, and the change number of what only this producer's pages show.
    producer: int
    changes: int
    issue_id: int
    first: int
    form: str
    first_at: datetime | None
    sessions: int
    #: Where it was first reported, code of a province, and when.
    province: str | None
    province_at: datetime | None
    mark_id: int | None
    #: Reported at places between which nobody travels so fast.
    apart: bool

    @property
    def position(self) -> int:
        """Of the unit in its run, from 1."""
        return self.number - self.first + 1


@dataclass(frozen=True)
class Found:
    """The facts from which the page of a lot or a product is made."""

    product: Product
    lot: Lot | None
    issue: Issue | None
    recognition: Recognition | None
    standing: Standing
    certificates: Sequence[Certificate]
    events: Sequence[Event]
    #: Points that sell it; none where its stars are not in force.
    places: Places


def peek(database: Database, number: int) -> Peek | None:
    """The issue of *number* and what happened to it; None if it was never issued."""
    row = database.glance(_PEEK, {"number": number, "of_producer": OF_PRODUCER})
    if row is None:
        return None
    (
        revision, producer, changes, issue_id, first, count, form, first_at, sessions, province, told_at, mark_id, apart
    ) = row  # fmt: skip
    if number >= first + count:
        return None
    return Peek(
        number, revision or 0, producer, changes or 0, issue_id, first, form, _utc(first_at), sessions or 0,
        province, _utc(told_at), mark_id, bool(apart),
    )  # fmt: skip


def fits(parsed: ParsedCode, form: str) -> bool:
    """True if a number of an issue in *form* may come in this code: a number issued in one form is
    not good in another, for its symbol was never made."""
    if isinstance(parsed, ShortCode):
        return form in (Form.SHORT, Form.LOT)
    return form == (Form.GS1 if isinstance(parsed, Gs1Code) else Form.OFFLINE)


def unissued(session: Session, number: int | None) -> tuple[Verdict, str]:
    """The verdict on a good tag whose number belongs to no issue, and the producer it was given to
    on a blank roll ("" where it was given to nobody)."""
    roll = find_blank(session, number) if number is not None else None
    if roll is None:
        return Verdict.NOT_ISSUED, ""
    return Verdict.UNBOUND, session.get_one(Producer, roll.producer_id).name


def by_issue(session: Session, issue_id: int, *, on: date) -> Found:
    """Everything about the lot of an issue."""
    path = joinedload(Issue.lot).joinedload(Lot.product)
    issue = session.scalars(
        select(Issue).where(Issue.id == issue_id).options(*_whole(path))
    ).unique().one()  # fmt: skip
    return _found(session, issue.lot.product, issue.lot, issue, on)


def by_link(session: Session, gtin: str, lot_code: str | None, *, on: date) -> Found | None:
    """The product of a plain GS1 link, and its lot where the link names one we know."""
    product = session.scalars(
        select(Product).where(Product.gtin == gtin).options(*_whole(None))
    ).unique().one_or_none()  # fmt: skip
    if product is None:
        return None
    lot = None
    if lot_code is not None:
        lot = session.scalars(
            select(Lot).where(Lot.product_id == product.id, Lot.code == lot_code)
        ).one_or_none()
    return _found(session, product, lot, None, on)


def by_product(session: Session, product_id: int, *, on: date) -> Found | None:
    """A product without any lot; None if there is none, or it was merged into another."""
    product = session.scalars(
        select(Product)
        .where(Product.id == product_id, Product.merged_into_id.is_(None))
        .options(*_whole(None))
    ).unique().one_or_none()  # fmt: skip
    return _found(session, product, None, None, on) if product is not None else None


def of_product(session: Session, product: Product, *, on: date) -> Found:
    """The same of a row that is at hand."""
    return _found(session, product, None, None, on)


def mark_of(session: Session, peek: Peek) -> Mark | None:
    """The newest mark on the code; None while nothing was said about it."""
    return session.get_one(Mark, peek.mark_id) if peek.mark_id is not None else None


def judge(mark: Mark | None, issue: Issue, on: date) -> Verdict:
    """The verdict on a code of *issue*."""
    lot = issue.lot
    return verdict.judge(
        Facts(
            mark=MarkState(mark.state) if mark else None,
            recalled=lot.recalled_at is not None,
            expires_on=lot.expires_on,
            activation=lot.activation and issue.form != Form.LOT,
        ),
        on,
    )


def verdict_of(session: Session, peek: Peek, *, on: date) -> Verdict:
    """The verdict alone, for whoever needs no page."""
    return judge(mark_of(session, peek), session.get_one(Issue, peek.issue_id), on)


def _whole(path: Any) -> list[Any]:
    """Loader options for a product with all that its page shows."""
    start = path if path is not None else None

    def at(attribute: Any) -> Any:
        return start.joinedload(attribute) if start is not None else joinedload(attribute)

    return [
        at(Product.producer).joinedload(Producer.commune),
        at(Product.producer).joinedload(Producer.village).joinedload(Village.commune),
        *(
            start.selectinload(part) if start is not None else selectinload(part)
            for part in (Product.recognitions, Product.photos)
        ),
    ]


def _found(
    session: Session, product: Product, lot: Lot | None, issue: Issue | None, on: date
) -> Found:
    recognition = ruling(product.recognitions, on)
    certificates = session.scalars(
        select(Certificate)
        .where(
            or_(
                Certificate.product_id == product.id, Certificate.producer_id == product.producer_id
            )
        )
        .order_by(Certificate.kind)
    ).all()
    events: Sequence[Event] = ()
    if lot is not None:
        events = session.scalars(
            select(Event).where(Event.lot_id == lot.id).order_by(Event.at)
        ).all()
    standing = recognition.standing(on) if recognition else Standing.NOT_RECOGNISED
    sold = places(session, product, on) if standing.allows_stars else Places((), 0)
    return Found(product, lot, issue, recognition, standing, certificates, events, sold)


def _utc(value: Any) -> datetime | None:
    """SQLite gives text where the type is not named, PostgreSQL aware datetimes."""
    if value is None:
        return None
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
