"""Entries: makes what the search finds from the rows of the catalogue. Used by `keep`."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import aliased

from labelsvc.catalogue import criteria
from labelsvc.catalogue.models import (
    AdminUnit,
    AdminUnitChange,
    Outlet,
    Producer,
    Product,
    Village,
)
from labelsvc.catalogue.recognition import Recognition
from labelsvc.i18n import day, fold
from labelsvc.programme.search.models import Found
from labelsvc.programme.search.words import plain

Entry = dict[str, str]
#: Numbers of rows, or days of decisions; None: all of them.
Which = Collection[Any] | None
Place = tuple[str, date]

#: What each of the fields holds at most; longer names of a list are cut, not refused.
_TITLE: Final = 300
_ABOUT: Final = 500


def slug(number: str, decided: date) -> str:
    """Short name of a decision in an address: number and day, for a number comes back each year."""
    words = re.sub(r"[^a-z0-9]+", "-", fold(number)).strip("-") or "khong-so"
    return f"{words[:100]}-{decided.isoformat()}"


def entry(
    kind: Found, key: Any, title: str, about: Iterable[str | None], words: Iterable[str | None]
) -> Entry:  # fmt: skip
    """One row of the index; the name is searched before the other words."""
    name = plain(title)
    told = " ".join(plain(word) for word in words if word)
    return {
        "kind": str(kind), "key": str(key), "title": title[:_TITLE],
        "about": " · ".join(part for part in about if part)[:_ABOUT],
        "name": name, "words": told, "gram": name.replace(" ", ""),
    }  # fmt: skip


class Places:
    """Names of units of today, with those of the units and districts that went into them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._told: dict[Place, str] | None = None

    def words(self, code: str | None, since: date | None) -> str:
        """Everything that the place is called or was called; "" without one."""
        if code is None or since is None:
            return ""
        if self._told is None:
            self._told = self._read()
        return self._told.get((code, since), "")

    def _read(self) -> dict[Place, str]:
        old, change = aliased(AdminUnit), AdminUnitChange
        rows = self._connection.execute(
            select(AdminUnit.code, AdminUnit.valid_from, AdminUnit.name, AdminUnit.district, old.name, old.district)
            .outerjoin(change, and_(change.new_code == AdminUnit.code, change.new_from == AdminUnit.valid_from))
            .outerjoin(old, and_(old.code == change.old_code, old.valid_from == change.old_from))
        )  # fmt: skip
        told: dict[Place, dict[str, None]] = {}
        for code, since, *names in rows:
            told.setdefault((code, since), {}).update(dict.fromkeys(filter(None, names)))
        return {place: " ".join(names) for place, names in told.items()}


def products(connection: Connection, which: Which, places: Places) -> Iterator[Entry]:
    query = (
        select(
            Product.id, Product.name, Product.name_en, Product.brand, Product.set_number, Product.set_decision,
            Product.ocop_code, Product.gtin, Producer.name, Village.name, Village.craft,
            Producer.commune_code, Producer.commune_from, AdminUnit.name, Producer.old_address,
        )
        .join(Producer, Product.producer_id == Producer.id)
        .outerjoin(Village, Producer.village_id == Village.id)
        .outerjoin(AdminUnit, and_(AdminUnit.code == Producer.commune_code, AdminUnit.valid_from == Producer.commune_from))
        .where(Product.merged_into_id.is_(None))
    )  # fmt: skip
    if which is not None:
        query = query.where(Product.id.in_(which))
    for row in connection.execute(query):
        (number, name, english, brand, of_set, decision, ocop, gtin, owner, village, craft, code, since, commune, old) = row  # fmt: skip
        yield entry(
            Found.PRODUCT, number, name, (owner, commune),
            (english, brand, owner, village, craft, _set_words(of_set, decision), ocop, gtin, old,
             places.words(code, since)),
        )  # fmt: skip


def _set_words(number: int, decision: str) -> str:
    """Names of the criteria set and of its group."""
    found = criteria.decisions().get(decision)
    if found is None or number not in found.sets:
        return ""
    one = found.sets[number]
    return f"{one.vi} {one.en} {found.groups[one.group].vi}"


def producers(connection: Connection, which: Which, places: Places) -> Iterator[Entry]:
    query = (
        select(
            Producer.id, Producer.name, Producer.name_en, Village.name, Village.craft,
            Producer.commune_code, Producer.commune_from, AdminUnit.name, Producer.old_address,
        )
        .outerjoin(Village, Producer.village_id == Village.id)
        .outerjoin(AdminUnit, and_(AdminUnit.code == Producer.commune_code, AdminUnit.valid_from == Producer.commune_from))
        .where(Producer.merged_into_id.is_(None))
    )  # fmt: skip
    if which is not None:
        query = query.where(Producer.id.in_(which))
    for number, name, english, village, craft, code, since, commune, old in connection.execute(
        query
    ):
        yield entry(
            Found.PRODUCER, number, name, (commune,),
            (english, village, craft, old, places.words(code, since)),
        )  # fmt: skip


def villages(connection: Connection, which: Which, places: Places) -> Iterator[Entry]:
    query = select(
        Village.id, Village.name, Village.name_en, Village.craft, Village.craft_en,
        Village.commune_code, Village.commune_from, AdminUnit.name,
    ).outerjoin(AdminUnit, and_(AdminUnit.code == Village.commune_code, AdminUnit.valid_from == Village.commune_from)).where(Village.merged_into_id.is_(None))  # fmt: skip
    if which is not None:
        query = query.where(Village.id.in_(which))
    for number, name, english, craft, craft_en, code, since, commune in connection.execute(query):
        yield entry(
            Found.VILLAGE, number, name, (craft, commune),
            ("làng nghề", english, craft, craft_en, places.words(code, since)),
        )  # fmt: skip


def outlets(connection: Connection, which: Which, places: Places) -> Iterator[Entry]:
    query = (
        select(Outlet.id, Outlet.name, Outlet.street, Outlet.commune_code, Outlet.commune_from, AdminUnit.name)
        .outerjoin(AdminUnit, and_(AdminUnit.code == Outlet.commune_code, AdminUnit.valid_from == Outlet.commune_from))
        .where(Outlet.active)
    )  # fmt: skip
    if which is not None:
        query = query.where(Outlet.id.in_(which))
    for number, name, street, code, since, commune in connection.execute(query):
        yield entry(
            Found.OUTLET, number, name, (street, commune),
            ("cửa hàng điểm bán", street, places.words(code, since)),
        )  # fmt: skip


def decisions(connection: Connection, which: Which, _places: Places) -> Iterator[Entry]:
    """Decisions that gave stars and those that took them back, of the days *which*."""
    given = select(
        Recognition.decision_number, Recognition.decision_date, Recognition.authority_name
    )
    taken = select(
        Recognition.withdrawal_decision, Recognition.withdrawn_on, Recognition.withdrawal_authority
    ).where(Recognition.withdrawal_decision != "", Recognition.withdrawn_on.is_not(None))
    if which is not None:
        given = given.where(Recognition.decision_date.in_(which))
        taken = taken.where(Recognition.withdrawn_on.in_(which))
    told: dict[str, Entry] = {}
    for query in (given, taken):
        for number, decided, signed in connection.execute(query.distinct()):
            if decided is None:
                continue
            days = (
                f"{day(decided)} {decided.day}/{decided.month}/{decided.year} {decided.isoformat()}"
            )
            short = slug(number, decided)
            told.setdefault(
                short,
                entry(Found.DECISION, short, number, (day(decided), signed), ("quyết định", days, signed)),
            )  # fmt: skip
    yield from told.values()


def named_places(connection: Connection, which: Which, _places: Places) -> Iterator[Entry]:
    """Units of today and of before, and the districts that ended."""
    told: dict[str, Entry] = {}
    query = select(AdminUnit.name, AdminUnit.district).order_by(AdminUnit.valid_from.desc())
    for name, district in connection.execute(query):
        title = f"{name}, {district}" if district else name
        told.setdefault(fold(title), _unit(title, name, district))
        if district:
            told.setdefault(fold(district), entry(Found.PLACE, fold(district), district, (), ()))
    yield from told.values()


def _unit(title: str, name: str, district: str) -> Entry:
    """A unit is found by its own name first: its district is in the name of too many."""
    own = plain(name)
    more = {"name": own, "words": plain(district), "gram": own.replace(" ", "")}
    return entry(Found.PLACE, fold(title)[:200], title, (), ()) | more


MAKERS: Final[dict[Found, Callable[[Connection, Which, Places], Iterator[Entry]]]] = {
    Found.PRODUCT: products,
    Found.PRODUCER: producers,
    Found.VILLAGE: villages,
    Found.OUTLET: outlets,
    Found.DECISION: decisions,
    Found.PLACE: named_places,
}
