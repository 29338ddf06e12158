"""Keep: holds the index of the search in step, in the transaction that changes what it speaks of.

Rows that the session wrote are known one by one; a statement over a whole table (a list, a merge) compares
that table's part of the index. `rebuild` makes all of it again, after an upgrade or a restore.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, cast
from weakref import WeakSet

from sqlalchemy import Connection, Table, delete, event, insert, inspect, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.pool import Pool
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.elements import TextClause

from labelsvc.catalogue.models import (
    AdminUnit,
    AdminUnitChange,
    Outlet,
    Producer,
    Product,
    Village,
)
from labelsvc.catalogue.recognition import Recognition
from labelsvc.programme.search.entries import MAKERS, Entry, Places
from labelsvc.programme.search.models import Found, SearchEntry
from labelsvc.revisions import WritingSession

#: Mapped class → kind of its entries, and columns of which they are made.
_WATCHED: Final[dict[type[Any], tuple[Found, tuple[str, ...]]]] = {
    Product: (Found.PRODUCT, ("name", "name_en", "brand", "set_number", "set_decision", "ocop_code", "gtin", "producer_id", "merged_into_id")),
    Producer: (Found.PRODUCER, ("name", "name_en", "village_id", "commune_code", "commune_from", "old_address", "merged_into_id")),
    Village: (Found.VILLAGE, ("name", "name_en", "craft", "craft_en", "commune_code", "commune_from", "merged_into_id")),
    Outlet: (Found.OUTLET, ("name", "street", "commune_code", "commune_from", "active", "state")),
    Recognition: (Found.DECISION, ("decision_number", "decision_date", "authority_name", "withdrawal_decision", "withdrawn_on")),
    AdminUnit: (Found.PLACE, ("name", "district")),
    AdminUnitChange: (Found.PLACE, ("old_code", "new_code")),
}  # fmt: skip
_TABLES: Final = {str(mapped.__table__.name): kind for mapped, (kind, _) in _WATCHED.items()}
#: Kind → those that show words of it.
_SHOWN_BY: Final = {
    Found.PRODUCER: (Found.PRODUCT,),
    Found.VILLAGE: (Found.PRODUCER, Found.PRODUCT),
    Found.PLACE: (Found.PRODUCT, Found.PRODUCER, Found.VILLAGE, Found.OUTLET),
}
#: Numbers in one statement.
_BATCH: Final = 500
_FIELDS: Final = ("title", "about", "name", "words", "gram")
#: Key of a session's notes in `Session.info`: kind → numbers, None for all.
_NOTES: Final = "search"
Touched = dict[Found, set[Any] | None]
#: Pools of databases that have the table.
_KNOWN: WeakSet[Pool] = WeakSet()


@event.listens_for(WritingSession, "after_flush")
def _flushed(session: WritingSession, _context: Any) -> None:
    for group in (session.new, session.dirty, session.deleted):
        for row in group:
            watched = _WATCHED.get(type(row))
            if watched is None:
                continue
            kind, columns = watched
            state = inspect(row)
            if group is session.dirty and not any(
                state.attrs[name].history.has_changes()
                for name in columns
                if name in state.mapper.column_attrs
            ):
                continue
            if kind is Found.PLACE:
                _note(session, kind, None)
            elif kind is Found.DECISION:
                _note(session, kind, _days(row, state))
            else:
                _note(session, kind, {row.id})


def _days(row: Recognition, state: Any) -> set[Any]:
    """Days of the decisions that a recognition names now, and named before it was changed."""
    days = {row.decision_date, row.withdrawn_on}
    for name in ("decision_date", "withdrawn_on"):
        days.update(state.attrs[name].history.deleted or ())
    return days - {None}


@event.listens_for(WritingSession, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    if state.is_select or not isinstance(state.session, WritingSession):
        return
    statement = state.statement
    if isinstance(statement, UpdateBase):
        names = [str(getattr(statement.table, "name", ""))]
    elif isinstance(statement, TextClause):
        names = re.findall(r"\w+", statement.text)
    else:
        names = []
    for name in names:
        if name in _TABLES:
            _note(state.session, _TABLES[name], None)


def _note(session: Session, kind: Found, numbers: Collection[Any] | None) -> None:
    notes: Touched = session.info.setdefault(_NOTES, {})
    if numbers is None:
        notes[kind] = None
        return
    known = notes.setdefault(kind, set())
    if known is not None:
        known.update(numbers)


@event.listens_for(WritingSession, "before_commit")
def _commits(session: WritingSession) -> None:
    session.flush()
    touched: Touched = session.info.pop(_NOTES, {})
    if touched and _made(session.connection()):
        sync(session.connection(), touched)


@event.listens_for(WritingSession, "after_soft_rollback")
def _rolled_back(session: WritingSession, _previous: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_NOTES, None)


def _made(connection: Connection) -> bool:
    """False in a database of an older schema, which a step of the migrations or a restore writes to."""
    pool = connection.engine.pool  # another one after a restore
    if pool not in _KNOWN:
        if not inspect(connection).has_table(SearchEntry.__tablename__):
            return False
        _KNOWN.add(pool)
    return True


def is_empty(session: Session) -> bool:
    """True before the index was made, as in a copy of an earlier release."""
    return session.scalar(select(SearchEntry.id).limit(1)) is None


def rebuild(session: Session) -> int:
    """Make the whole index again; gives how many entries were wrong."""
    _similarity(session)
    return sync(session.connection(), dict.fromkeys(Found))


def _similarity(session: Session) -> None:
    """Install pg_trgm where this role may; without it slips of the finger are found by pieces of names."""
    if session.get_bind().dialect.name != "postgresql":
        return
    with suppress(DBAPIError), session.begin_nested():
        session.execute(text("CREATE EXTENSION IF NOT EXISTS pg_trgm"))


def sync(connection: Connection, touched: Touched) -> int:
    """Bring the entries of what was *touched* in step, and those that show words of it.

    Gives how many were added, changed or removed.
    """
    wanted: Touched = {}
    for kind, numbers in touched.items():
        _add(wanted, kind, numbers)
        for other in _SHOWN_BY.get(kind, ()):
            _add(wanted, other, None if numbers is None else _showing(connection, kind, other, numbers))  # fmt: skip
    places, count = Places(connection), 0
    for kind in sorted(wanted):
        numbers = wanted[kind]
        if numbers is None:
            count += _compare(connection, kind, None, places)
            continue
        waiting = sorted(numbers)
        for start in range(0, len(waiting), _BATCH):
            count += _compare(connection, kind, waiting[start : start + _BATCH], places)
    return count


def _add(wanted: Touched, kind: Found, numbers: Collection[Any] | None) -> None:
    known = wanted.setdefault(kind, set())
    wanted[kind] = None if known is None or numbers is None else known | set(numbers)


def _showing(connection: Connection, kind: Found, other: Found, numbers: Collection[Any]) -> set[Any]:  # fmt: skip
    """Rows of *other* that show words of the rows *numbers* of *kind*."""
    if kind is Found.PRODUCER:
        query = select(Product.id).where(Product.producer_id.in_(numbers))
    elif other is Found.PRODUCER:
        query = select(Producer.id).where(Producer.village_id.in_(numbers))
    else:
        query = select(Product.id).join(Producer, Producer.id == Product.producer_id).where(Producer.village_id.in_(numbers))  # fmt: skip
    return set(connection.execute(query).scalars())


@dataclass(frozen=True)
class _Difference:
    """Entries of one kind that lack, that say something else, and numbers of those of nothing."""

    new: list[Entry]
    changed: list[dict[str, Any]]
    gone: list[int]

    def __len__(self) -> int:
        return len(self.new) + len(self.changed) + len(self.gone)


def behind(session: Session) -> int:
    """Count the entries that are not as the tables say; `rebuild` mends them."""
    connection = session.connection()
    places = Places(connection)
    return sum(len(_difference(connection, kind, None, places)) for kind in Found)


def _difference(
    connection: Connection, kind: Found, which: list[Any] | None, places: Places
) -> _Difference:
    table = cast(Table, SearchEntry.__table__)
    have = select(table).where(table.c.kind == kind)
    if kind is Found.DECISION and which is not None:
        # Its key ends in the day.
        days = [str(day) for day in which]
        held = [row for row in connection.execute(have) if row.key[-10:] in days]
    else:
        if which is not None:
            have = have.where(table.c.key.in_([str(number) for number in which]))
        held = list(connection.execute(have))
    known = {row.key: row for row in held}
    fresh = {one["key"]: one for one in MAKERS[kind](connection, which, places)}
    new = [one for key, one in fresh.items() if key not in known]
    changed = [
        one | {"id": known[key].id}
        for key, one in fresh.items()
        if key in known and any(getattr(known[key], name) != one[name] for name in _FIELDS)
    ]
    gone = [row.id for key, row in known.items() if key not in fresh]
    return _Difference(new, changed, gone)


def _compare(connection: Connection, kind: Found, which: list[Any] | None, places: Places) -> int:
    table = cast(Table, SearchEntry.__table__)
    found = _difference(connection, kind, which, places)
    _add_entries(connection, table, found.new)
    for one in found.changed:
        connection.execute(
            update(table).where(table.c.id == one["id"]).values({name: one[name] for name in _FIELDS})
        )  # fmt: skip
    for start in range(0, len(found.gone), _BATCH):
        connection.execute(delete(table).where(table.c.id.in_(found.gone[start : start + _BATCH])))
    return len(found)


def _add_entries(connection: Connection, table: Table, new: list[Entry]) -> None:
    """Insert entries in few statements.

    Full text of SQLite writes what it gathered whenever a statement with a trigger begins: a
    statement for each row takes five times as long as one for hundreds.
    """
    if connection.dialect.name != "sqlite":
        if new:
            connection.execute(insert(table), new)
        return
    names = ("kind", "key", *_FIELDS)
    quoted = ", ".join(f'"{name}"' for name in names)
    head = f"INSERT INTO {table.name} ({quoted}) VALUES "  # noqa: S608 -- names of our own
    row = f"({', '.join('?' for _ in names)})"
    for start in range(0, len(new), _BATCH):
        part = new[start : start + _BATCH]
        values = tuple(one[name] for one in part for name in names)
        connection.exec_driver_sql(head + ", ".join([row] * len(part)), values)
