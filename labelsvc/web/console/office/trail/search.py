"""Audit search: finds entries of the trail by the words that the page shows. Used by audit.py.

A word means a person, a thing that has a name or a number of its own, an action in the reader's
language, or the machine word of a thing or an action. Case and Vietnamese marks do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from labelsvc.accounts.models import AuditEntry, User
from labelsvc.catalogue.models import Lot, Outlet, Producer, Product, Village
from labelsvc.catalogue.recognition import Recognition, number_key
from labelsvc.i18n import fold
from labelsvc.labels.models import PrintRun

_MAX_WORDS = 8


def matching(
    session: Session, text: str, *, actions: Mapping[str, str], actors: Mapping[str, str]
) -> ColumnElement[bool]:
    """Condition that every word of *text* fits an entry.

    :param actions: machine word of an action → its words in the reader's language; *actors* the same
        of those that are no persons.
    """
    whole = or_(
        AuditEntry.subject.startswith(text, autoescape=True),
        AuditEntry.action.startswith(text, autoescape=True),
        AuditEntry.actor == text,
    )
    villages = session.execute(select(Village.id, Village.name)).all()  # some hundreds, not folded
    rules = []
    for word in fold(text).split()[:_MAX_WORDS]:
        said = [key for key, words in actions.items() if word in fold(words)]
        named = [f"village:{number}" for number, name in villages if word in fold(name)]
        machines = [key for key, words in actors.items() if word in fold(words)]
        rules.append(
            or_(
                _names(word),
                AuditEntry.action.in_(said),
                AuditEntry.subject.in_(named),
                AuditEntry.actor.in_(machines),
            )
        )
    return or_(whole, and_(*rules)) if rules else whole


def _names(word: str) -> ColumnElement[bool]:
    """Entries by or about a person, or about a thing, that *word* names."""
    people = select(_key("user", User.id)).where(User.search_key.contains(word, autoescape=True))
    return or_(
        AuditEntry.actor.in_(people),
        AuditEntry.subject.in_(people),
        *(AuditEntry.subject.in_(things) for things in _things(word)),
    )


def _things(word: str) -> Iterator[Select[str]]:
    """Subjects of the trail that *word* names. A product's name finds its lots and their runs too."""

    def like(column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
        return column.contains(word, autoescape=True)

    yield select(_key("producer", Producer.id)).where(like(Producer.search_key))
    yield select(_key("product", Product.id)).where(like(Product.search_key))
    yield select(_key("outlet", Outlet.id)).where(like(Outlet.search_key))
    lots = or_(func.lower(Lot.code).contains(word, autoescape=True), like(Product.search_key))
    yield select(_key("lot", Lot.id)).join(Lot.product).where(lots)
    yield (
        select(_key("print_run", PrintRun.id))
        .join(Lot, Lot.id == PrintRun.lot_id)
        .join(Lot.product)
        .where(lots)
    )
    number = number_key().contains(word, autoescape=True)
    yield (
        select(_key("recognition", Recognition.id))
        .join(Recognition.product)
        .where(or_(number, like(Product.search_key)))
    )


def _key(kind: str, number: InstrumentedAttribute[int]) -> ColumnElement[str]:
    """The subject of a row: "lot:12"."""
    return literal(f"{kind}:").concat(cast(number, String))
