"""Mapped: the base of every table, its types, and ids that are never given twice. Used by all models."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Connection,
    DateTime,
    MetaData,
    String,
    Table,
    event,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import JSON, TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out; a naive one is a defect and is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("naive datetime given to the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every mapped class."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }


class Revision(Base):
    """Numbers that grow with every change of what pages show: one of everything, one of each producer.

    Pages that are kept in memory are good while both of theirs stay the same. Tables whose changes no
    kept page shows say so with ``info={"volatile": True}``, and those of which only a producer's pages
    show something name the way to it (`revisions`); whoever forgets that costs speed, not truth.
    """

    __tablename__ = "revision"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class IdFloor(Base):
    """Ids below `next` are taken though no row has them: the public log or a file names them.

    SQLite gives an id again whose row is gone, as it is after an old copy was put back. PostgreSQL
    has sequences for this, which are raised instead.
    """

    __tablename__ = "id_floor"
    __table_args__ = ({"info": {"volatile": True}},)

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    next: Mapped[int] = mapped_column(BigInteger)


@event.listens_for(Base, "before_insert", propagate=True)
def _above_floor(_mapper: Any, connection: Connection, row: Any) -> None:
    """Give *row* an id that was never given where `max(id) + 1` may have been."""
    if connection.dialect.name != "sqlite" or getattr(row, "id", 0) is not None:
        return
    table = row.__table__
    try:
        taken = _taken(connection, table)
    except OperationalError as error:
        if "no such table" in str(error.orig):  # a schema of an older revision
            return
        raise
    if taken is not None:
        row.id = taken - 1


def _taken(connection: Connection, table: Table) -> int | None:
    """The number after the next id of *table* where its floor is above its rows; None elsewhere."""
    # The statement takes the id as well: several rows of one flush come here before any is written.
    # In letters, for it runs before every new row; the name is one of our own tables.
    find = f'SELECT coalesce(max(id), 0) FROM "{table.name}"'  # noqa: S608  # a name of our own
    take = f"UPDATE id_floor SET next = next + 1 WHERE name = ? AND next > ({find}) RETURNING next"  # noqa: S608
    return connection.exec_driver_sql(take, (table.name,)).scalar()


def fresh_ids(session: Session, table: Table, count: int) -> Sequence[int]:
    """Ids for *count* rows that are written at once: none that was ever given.

    Rows with their ids go into SQLite in one statement; to be told the ids it needs one for each row.
    Write the rows before anything else of the table is written.
    """
    if session.get_bind().dialect.name == "postgresql":
        take = text(
            "SELECT nextval(pg_get_serial_sequence(:name, 'id')) FROM generate_series(1, :count)"
        )
        return session.scalars(take, {"name": f'"{table.name}"', "count": count}).all()
    used = session.scalar(select(func.max(table.c.id))) or 0
    floor = session.scalar(select(IdFloor.next).where(IdFloor.name == table.name)) or 0
    first = max(used + 1, floor)
    return range(first, first + count)


def keep_ids(session: Session, name: str, following: int) -> None:
    """No row of the table *name* gets an id below *following* any more; PostgreSQL never gives one again."""
    if session.get_bind().dialect.name == "postgresql":
        return
    floor = session.get(IdFloor, name)
    if floor is None:
        session.execute(insert(IdFloor).values(name=name, next=following))
    elif floor.next < following:
        session.execute(update(IdFloor).where(IdFloor.name == name).values(next=following))
