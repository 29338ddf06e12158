"""A filled database, kept and put back: building a world takes longer than most tests that look at it."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Generic, TypeVar

from sqlalchemy import Connection, text

from labelsvc import clock
from labelsvc.db import Base, Database

Built = TypeVar("Built")


class Snapshots(Generic[Built]):
    """What was built once, one a kind of database; made anew when a day is over.

    :param folder: where the SQLite file is kept. PostgreSQL keeps its copy in a schema of its own.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: dict[str, tuple[date, Built]] = {}

    def put(self, database: Database, build: Callable[[], Built]) -> Built:
        """Fill the empty *database* with what *build* puts into it."""
        kind = database.url.get_backend_name()
        day, built = self._kept.get(kind, (None, None))
        if built is None or day != clock.today():
            built = build()
            self._kept[kind] = clock.today(), built
            (_keep_file if database.is_sqlite else _keep_schema)(database, self._folder)
        else:
            (_put_file if database.is_sqlite else _put_schema)(database, self._folder)
        return copy.deepcopy(built)


def empty(connection: Connection) -> None:
    """Take every row out of a PostgreSQL database and begin its numbers at 1 again.

    `TRUNCATE` makes new files for each of sixty tables and their indexes, which takes longer than a test.
    """
    tables = [f'"{table.name}"' for table in Base.metadata.sorted_tables]
    look = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT 1 FROM {name})" for number, name in enumerate(tables)
    )
    filled = sorted(connection.execute(text(look)).scalars(), reverse=True)
    _unchecked(connection)
    for number in filled:
        connection.execute(text(f"DELETE FROM {tables[number]}"))
    connection.execute(
        text("SELECT setval(format('%I', sequencename), 1, false) FROM pg_sequences"
             " WHERE schemaname = 'public'")
    )  # fmt: skip


def _unchecked(connection: Connection) -> None:
    """No triggers and no foreign keys in this transaction, where the user may say so."""
    if connection.execute(text("SHOW is_superuser")).scalar() == "on":
        connection.execute(text("SET LOCAL session_replication_role = replica"))


def _keep_schema(database: Database, _folder: Path) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS kept CASCADE"))
        connection.execute(text("CREATE SCHEMA kept"))
        for table in Base.metadata.sorted_tables:
            name = f'"{table.name}"'
            if connection.execute(text(f"SELECT EXISTS (SELECT 1 FROM {name})")).scalar():
                connection.execute(text(f"CREATE TABLE kept.{name} AS TABLE {name}"))
        connection.execute(
            text("CREATE TABLE kept.numbers AS SELECT format('%I', sequencename) AS name, last_value"
                 " FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL")
        )  # fmt: skip


def _put_schema(database: Database, _folder: Path) -> None:
    with database.engine.begin() as connection:
        _unchecked(connection)
        found = connection.execute(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'")
        )
        names = set(found.scalars())
        for table in Base.metadata.sorted_tables:
            if table.name in names:
                name = f'"{table.name}"'
                connection.execute(text(f"INSERT INTO {name} SELECT * FROM kept.{name}"))
        connection.execute(text("SELECT setval(name, last_value) FROM kept.numbers"))


def _keep_file(database: Database, folder: Path) -> None:
    _copy(str(database.url.database), str(folder / "kept.sqlite3"))


def _put_file(database: Database, folder: Path) -> None:
    _copy(str(folder / "kept.sqlite3"), str(database.url.database))


def _copy(source: str, target: str) -> None:
    taken, given = sqlite3.connect(source), sqlite3.connect(target)
    try:
        taken.backup(given)
    finally:
        given.close()
        taken.close()
