"""Decided: what a decision gave and took, and what changed in the register from day to day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.programme.listing import last_day
from labelsvc.programme.search.entries import slug

#: Changes that are written at once into a file.
_BATCH: Final = 500


@dataclass(frozen=True)
class Decision:
    """A number of a day, as its rows name it."""

    slug: str
    number: str
    day: date
    #: It gave stars; otherwise it took them back.
    gives: bool
    authority: str
    legal_basis: str


class Change(StrEnum):
    """Kinds of changes of the register."""

    RECOGNISED = "recognised"
    #: The product had stars before.
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    #: The last day passed and nothing followed by then.
    ENDED = "ended"


@dataclass(frozen=True)
class Changed:
    """One change: what, on which day, of which product."""

    kind: Change
    #: Of the decision; of the end, the last day on which the stars held.
    day: date
    recognition: Recognition


def decision_named(session: Session, name: str) -> Decision | None:
    """The decision whose short name in addresses is *name* (`entries.slug`)."""
    try:
        decided = date.fromisoformat(name[-10:])
    except ValueError:
        return None
    given = select(
        Recognition.decision_number, Recognition.authority_name, Recognition.legal_basis
    ).where(Recognition.decision_date == decided)
    for number, authority, basis in session.execute(given.distinct()):
        if slug(number, decided) == name:
            return Decision(name, number, decided, True, authority, basis)
    taken = select(Recognition.withdrawal_decision, Recognition.withdrawal_authority).where(
        Recognition.withdrawn_on == decided, Recognition.withdrawal_decision != ""
    )
    for number, authority in session.execute(taken.distinct()):
        if slug(number, decided) == name:
            return Decision(name, number, decided, False, authority, "")
    return None


def decided(decision: Decision) -> Select[Recognition]:
    """Give what the decision gave, or took back, by name of the product."""
    if decision.gives:
        mine = and_(
            Recognition.decision_number == decision.number,
            Recognition.decision_date == decision.day,
        )
    else:
        mine = and_(
            Recognition.withdrawal_decision == decision.number,
            Recognition.withdrawn_on == decision.day,
        )
    return (
        select(Recognition)
        .join(Recognition.product)
        .where(mine)
        .order_by(Product.search_key, Recognition.id)
        .options(joinedload(Recognition.product).joinedload(Product.producer))
    )


def decisions(session: Session) -> Select[str, date, str, int]:
    """Number, day, authority and how many products of every decision that gave stars, newest first."""
    return (
        select(
            Recognition.decision_number,
            Recognition.decision_date,
            func.min(Recognition.authority_name),
            func.count(),
        )
        .group_by(Recognition.decision_number, Recognition.decision_date)
        .order_by(Recognition.decision_date.desc(), Recognition.decision_number)
    )


def _events(until: date, since: date | None) -> Any:
    """Kind, day and recognition of every change from *since* to *until*."""
    ends = last_day()
    given = select(
        literal("given").label("kind"), Recognition.decision_date.label("day"), Recognition.id.label("id")
    ).where(Recognition.decision_date <= until)  # fmt: skip
    taken = select(literal("withdrawn"), Recognition.withdrawn_on, Recognition.id).where(
        Recognition.withdrawn_on <= until
    )
    ended = select(literal("ended"), ends, Recognition.id).where(
        ends < until, or_(Recognition.withdrawn_on.is_(None), Recognition.withdrawn_on > ends)
    )
    if since is not None:
        given = given.where(Recognition.decision_date >= since)
        taken = taken.where(Recognition.withdrawn_on >= since)
        ended = ended.where(ends >= since)
    return union_all(given, taken, ended).subquery()


def count_changes(session: Session, until: date, since: date | None = None) -> int:
    return session.scalar(select(func.count()).select_from(_events(until, since))) or 0


def changes(
    session: Session, until: date, *, since: date | None = None, offset: int = 0, limit: int = 50
) -> list[Changed]:
    """Give what changed by the day *until*, newest first."""
    events = _events(until, since)
    rows = session.execute(
        select(events)
        .order_by(events.c.day.desc(), events.c.kind, events.c.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return _told(session, rows)


def _told(session: Session, rows: Sequence[Any]) -> list[Changed]:
    """The changes behind *rows* of `_events`."""
    found = {
        one.id: one
        for one in session.scalars(
            select(Recognition)
            .where(Recognition.id.in_([row.id for row in rows]))
            .options(
                joinedload(Recognition.product).joinedload(Product.producer).joinedload(Producer.commune)
            )
        )
    }  # fmt: skip
    earlier = _first_days(session, [one.product_id for one in found.values()])
    told = []
    for row in rows:
        recognition = found[row.id]
        kind = {"withdrawn": Change.WITHDRAWN, "ended": Change.ENDED}.get(row.kind)
        if kind is None:
            again = earlier[recognition.product_id] < recognition.valid_from
            kind = Change.RENEWED if again else Change.RECOGNISED
        told.append(Changed(kind, row.day, recognition))
    return told


def every_change(session: Session, until: date, since: date | None = None) -> Iterator[Changed]:
    """`changes` piece by piece, for files."""
    events = _events(until, since)
    rows = session.execute(
        select(events).order_by(events.c.day.desc(), events.c.kind, events.c.id)
    ).all()
    for start in range(0, len(rows), _BATCH):
        yield from _told(session, rows[start : start + _BATCH])
        session.expunge_all()


def _first_days(session: Session, products: Sequence[int]) -> dict[int, date]:
    """Product → the day from which it first had stars."""
    rows = session.execute(
        select(Recognition.product_id, func.min(Recognition.valid_from))
        .where(Recognition.product_id.in_(set(products)))
        .group_by(Recognition.product_id)
    )
    return {product: first for product, first in rows}
