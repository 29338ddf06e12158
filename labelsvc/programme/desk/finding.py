"""Finding: goods, places, people and papers by what was typed or scanned, for the office.

Case and Vietnamese marks do not count. What a reader may not open is not found: persons and their acts are
for `roles.OVERSEERS`. Each group is asked for a few rows more than are shown, never for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from labelsvc.accounts.models import User
from labelsvc.catalogue.models import (
    AdminUnit,
    AdminUnitChange,
    Lot,
    Outlet,
    Producer,
    Product,
    Village,
)
from labelsvc.catalogue.recognition import Recognition, number_key
from labelsvc.codes.models import Withdrawal
from labelsvc.i18n import day, fold
from labelsvc.inspections.models import Case, Report
from labelsvc.labels.models import PrintRun
from labelsvc.programme.desk.asked import Asked, digits_of

#: Rows shown of each kind; where there are more, the list of the kind has them.
SHOWN: Final = 6
#: Rows whose names are folded here, since their tables keep no folded key.
_READ: Final = 5000


class Hit(NamedTuple):
    """One thing: its kind, the number or key its page is opened by, what it is called, and what it is of."""

    kind: str
    key: int | str
    title: str
    note: str = ""


class Group(NamedTuple):
    """Things of one kind, best first; *more* than these are there."""

    kind: str
    hits: list[Hit]
    more: bool


def find(session: Session, text: str, *, people: bool) -> list[Group]:
    """Everything that *text* names, group by group; groups that have nothing are left out.

    :param people: the reader may see accounts.
    """
    asked = Asked.of(text)
    if not asked.words:
        return []
    ways: list[tuple[str, Callable[[Session, Asked], Iterator[Hit]]]] = [
        ("producer", _producers), ("product", _products), ("village", _villages),
        ("commune", _communes), ("outlet", _outlets), ("decision", _decisions), ("lot", _lots),
        ("run", _runs), ("case", _cases), ("report", _reports), ("withdrawal", _withdrawals),
    ]  # fmt: skip
    if people:
        ways.append(("user", _users))
    found = [(kind, list(way(session, asked))) for kind, way in ways]
    return [Group(kind, hits[:SHOWN], len(hits) > SHOWN) for kind, hits in found if hits]


def in_commune(code: InstrumentedAttribute[str | None], words: Asked) -> list[ColumnElement[bool]]:
    """One rule a word: the present commune has it in its name."""
    return [
        code.in_(
            select(AdminUnit.code).where(
                AdminUnit.valid_to.is_(None), AdminUnit.search_key.contains(word, autoescape=True)
            )
        )
        for word in words.words
    ]


def _each(*ways: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Every word is found in one of the ways."""
    return and_(*(or_(*rules) for rules in zip(*ways, strict=True)))


def _in_villages(asked: Asked) -> list[ColumnElement[bool]]:
    """One rule a word: the producer's village has it in its name."""
    return [
        Producer.village_id.in_(select(Village.id).where(rule))
        for rule in asked.all_in(Village.search_key)
    ]


def owner_rules(asked: Asked) -> list[ColumnElement[bool]]:
    """One rule a word: it stands in the name of the producer, of its commune or of its village."""
    ways = (
        asked.all_in(Producer.search_key),
        in_commune(Producer.commune_code, asked),
        _in_villages(asked),
    )
    return [or_(*rules) for rules in zip(*ways, strict=True)]


def _producers(session: Session, asked: Asked) -> Iterator[Hit]:
    rules = [and_(*owner_rules(asked))]
    if asked.digits:
        rules.append(func.replace(Producer.tax_code, "-", "") == asked.digits)
    if asked.telephone:
        rules.append(digits_of(Producer.phone).contains(asked.telephone))
    if represented := _represented(session, asked):
        rules.append(Producer.id.in_(represented))
    query = (
        select(Producer.id, Producer.name, AdminUnit.name)
        .outerjoin(Producer.commune)
        .where(Producer.merged_into_id.is_(None), or_(*rules))
        .order_by(asked.rank(Producer.search_key), Producer.search_key, Producer.id)
    )
    for number, name, commune in session.execute(query.limit(SHOWN + 1)):
        yield Hit("producer", number, name, commune or "")


def _represented(session: Session, asked: Asked) -> list[int]:
    """Producers whose representative is called so: persons are asked for by their name too."""
    if any(word.isdigit() for word in asked.words):
        return []
    rows = session.execute(
        select(Producer.id, Producer.representative)
        .where(Producer.representative != "")
        .limit(_READ)
    )
    return [
        number for number, name in rows if all(word in fold(name).split() for word in asked.words)
    ]


def _products(session: Session, asked: Asked) -> Iterator[Hit]:
    named = _each(asked.all_in(Product.search_key), owner_rules(asked))
    rules = [
        # One word at least is of the product itself: else every product of a commune would be here.
        and_(named, or_(*asked.all_in(Product.search_key))),
        func.lower(Product.ocop_code) == asked.text.lower(),
    ]
    if asked.digits and len(asked.digits) <= 14:
        rules.append(Product.gtin == asked.digits.zfill(14))
    query = (
        select(Product.id, Product.name, Producer.name)
        .join(Product.producer)
        .where(Product.merged_into_id.is_(None), or_(*rules))
        .order_by(asked.rank(Product.search_key), Product.search_key, Product.id)
    )
    for number, name, owner in session.execute(query.limit(SHOWN + 1)):
        yield Hit("product", number, name, owner)


def _villages(session: Session, asked: Asked) -> Iterator[Hit]:
    query = (
        select(Village.id, Village.name, Village.craft)
        .where(*asked.all_in(Village.search_key))
        .order_by(asked.rank(Village.search_key), Village.search_key, Village.id)
    )
    for number, name, craft in session.execute(query.limit(SHOWN + 1)):
        yield Hit("village", number, name, craft)


def _communes(session: Session, asked: Asked) -> Iterator[Hit]:
    """Communes of today, also by the names of those that went into them."""
    named = and_(*asked.all_in(AdminUnit.search_key))
    present = session.execute(
        select(AdminUnit.code, AdminUnit.name)
        .where(AdminUnit.valid_to.is_(None), named)
        .order_by(asked.rank(AdminUnit.search_key), AdminUnit.search_key)
        .limit(SHOWN + 1)
    ).all()
    yield from (Hit("commune", code, name) for code, name in present)
    change = AdminUnitChange
    old = session.execute(
        select(change.new_code, AdminUnit.name, AdminUnit.district)
        .join(AdminUnit, and_(AdminUnit.code == change.old_code, AdminUnit.valid_from == change.old_from))
        .where(named, change.new_code.not_in([code for code, _ in present]))
        .order_by(AdminUnit.search_key, change.new_code)
        .limit(SHOWN + 1)
    ).all()  # fmt: skip
    names = {
        code: name
        for code, name in session.execute(
            select(AdminUnit.code, AdminUnit.name).where(
                AdminUnit.valid_to.is_(None), AdminUnit.code.in_([code for code, *_ in old])
            )
        )
    }
    seen: set[str] = set()
    for code, name, district in old:
        if code in names and code not in seen:
            seen.add(code)
            yield Hit("commune", code, names[code], ", ".join(filter(None, (name, district))))


def _outlets(session: Session, asked: Asked) -> Iterator[Hit]:
    named = _each(asked.all_in(Outlet.search_key), in_commune(Outlet.commune_code, asked))
    query = (
        select(Outlet.id, Outlet.name, AdminUnit.name)
        .outerjoin(Outlet.commune)
        .where(named)
        .order_by(asked.rank(Outlet.search_key), Outlet.search_key, Outlet.id)
    )
    for number, name, commune in session.execute(query.limit(SHOWN + 1)):
        yield Hit("outlet", number, name, commune or "")


def _decisions(session: Session, asked: Asked) -> Iterator[Hit]:
    """Decisions by their number: "1147/QĐ-UBND", "1147 qd ubnd", "1147"."""
    if not any(character.isdigit() for character in asked.folded):
        return
    words = asked.folded.replace("/", " ").replace("-", " ").split()
    query = (
        select(Recognition.decision_number, Recognition.decision_date, func.count())
        .where(*(number_key().contains(word, autoescape=True) for word in words))
        .group_by(Recognition.decision_number, Recognition.decision_date)
        .order_by(Recognition.decision_date.desc(), Recognition.decision_number)
    )
    for number, on, count in session.execute(query.limit(SHOWN + 1)):
        yield Hit("decision", number, number, f"{day(on)} · {count}")


def _lots(session: Session, asked: Asked) -> Iterator[Hit]:
    code = func.lower(Lot.code)
    query = (
        select(Lot.id, Lot.code, Product.name, Producer.name)
        .join(Lot.product)
        .join(Product.producer)
        .where(_each(asked.all_in(code), asked.all_in(Product.search_key)), or_(*asked.all_in(code)))
        .order_by(code != asked.folded, Lot.id.desc())
    )  # fmt: skip
    for number, lot, product, owner in session.execute(query.limit(SHOWN + 1)):
        yield Hit("lot", number, lot, f"{product} · {owner}")


def _runs(session: Session, asked: Asked) -> Iterator[Hit]:
    number = asked.number_of("run")
    if number is None:
        return
    query = (
        select(PrintRun.id, Lot.code, Product.name)
        .join(PrintRun.lot)
        .join(Lot.product)
        .where(PrintRun.id == number)
    )
    for found, lot, product in session.execute(query):
        yield Hit("run", found, str(found), f"{lot} · {product}")


def _cases(session: Session, asked: Asked) -> Iterator[Hit]:
    yield from _numbered(session, asked, "case", Case)


def _reports(session: Session, asked: Asked) -> Iterator[Hit]:
    yield from _numbered(session, asked, "report", Report)


def _withdrawals(session: Session, asked: Asked) -> Iterator[Hit]:
    yield from _numbered(session, asked, "withdrawal", Withdrawal)


def _numbered(session: Session, asked: Asked, kind: str, table: Any) -> Iterator[Hit]:
    """A paper by its number, with the product that it is about."""
    number = asked.number_of(kind)
    if number is None:
        return
    query = (
        select(table.id, Product.name)
        .outerjoin(Product, Product.id == table.product_id)
        .where(table.id == number)
    )
    for found, product in session.execute(query):
        yield Hit(kind, found, str(found), product or "")


def _users(session: Session, asked: Asked) -> Iterator[Hit]:
    rules = [and_(*asked.all_in(User.search_key))]
    if asked.telephone:
        rules.append(User.name == asked.telephone)
    query = (
        select(User.id, User.full_name, User.name)
        .where(or_(*rules))
        .order_by(asked.rank(User.search_key), User.search_key, User.id)
    )
    for number, full_name, name in session.execute(query.limit(SHOWN + 1)):
        yield Hit("user", number, full_name, name)
