"""Villages: finds craft villages by words, craft, kind, recognition and place. Used by the office and the register."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.finding.communes import lies_in, words_of
from labelsvc.catalogue.models import Village
from labelsvc.catalogue.villages import crafts
from labelsvc.i18n import fold

#: Villages offered for what was typed.
MAX_OFFERED: Final = 20
#: In place of a craft: villages whose craft nobody has chosen.
NO_CRAFT: Final = "none"


class State(StrEnum):
    """Parts of a list of villages."""

    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"
    ENDED = "ended"


@dataclass(frozen=True)
class Asked:
    """A question for villages; an empty one asks for nothing."""

    words: str = ""
    place: str = ""
    craft: str = ""
    kind: str = ""
    state: str = ""


def entered(on: date) -> ColumnElement[bool]:
    """True for entries of the register on the day *on*: not merged into another, and no history yet."""
    return and_(Village.merged_into_id.is_(None), _not(ended(on)))


def ended(on: date) -> ColumnElement[bool]:
    """True for entries that are history on the day *on*."""
    return and_(Village.ended_on.is_not(None), Village.ended_on <= on)


def recognised(on: date) -> ColumnElement[bool]:
    """`Village.recognised(on)` as the database asks it."""
    still = or_(Village.withdrawn_on.is_(None), Village.withdrawn_on > on)
    return and_(Village.decision_number != "", Village.decision_date <= on, still, _not(ended(on)))


def _not(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """NULL-safe: what is unknown is not so."""
    return case((condition, 0), else_=1) == 1


def chosen(asked: Asked, on: date) -> Select[Any]:
    """Villages of the day *on*: those whose own names hold the words first, by name."""
    words = words_of(asked.words)
    query = select(Village).options(joinedload(Village.commune))
    query = query.where(Village.merged_into_id.is_(None))
    query = query.where(ended(on) if asked.state == State.ENDED else _not(ended(on)))
    for word in words:
        query = query.where(
            or_(
                Village.search_key.contains(word, autoescape=True),
                Village.craft_code.in_(crafts.with_word(word)),
                lies_in(Village, word),
            )
        )
    if place := words_of(asked.place):
        query = query.where(lies_in(Village, *place))
    if asked.craft:
        query = query.where(Village.craft_code == ("" if asked.craft == NO_CRAFT else asked.craft))
    if asked.kind:
        query = query.where(Village.kind == asked.kind)
    if asked.state == State.RECOGNISED:
        query = query.where(recognised(on))
    elif asked.state == State.NOT_RECOGNISED:
        query = query.where(_not(recognised(on)))
    if words:
        own = and_(*(Village.search_key.contains(word, autoescape=True) for word in words))
        return query.order_by(case((own, 0), else_=1), Village.search_key, Village.id)
    return query.order_by(Village.search_key, Village.id)


def offered(session: Session, typed: str, on: date) -> list[Village]:
    """Villages that *typed* may mean: that of exactly this name; else those named so, else those of such a place."""
    words = words_of(typed)
    if not words:
        return []
    found = list(session.scalars(chosen(Asked(typed), on).limit(MAX_OFFERED)))
    exact = [one for one in found if fold(one.name) == fold(typed)]
    own = [one for one in found if all(word in one.search_key for word in words)]
    return exact[:1] or own or found
