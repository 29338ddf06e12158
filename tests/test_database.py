"""The two doors, and the schema that the migrations make."""

from __future__ import annotations

import threading
from datetime import datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import StatementError

from labelsvc.catalogue.models import Producer
from labelsvc.db import Base, Database
from labelsvc.migrations import revisions
from tests.factories import make_producer


def mapped(name: str | None, kind: str, _parents: object) -> bool:
    """False for what the search makes in the database alone: SQLite's FTS5, PostgreSQL's index of words."""
    if kind == "table":
        return not str(name).startswith(("search_text", "search_gram"))
    return name != "ix_search_entry_text"


def test_migrations_make_exactly_the_mapped_schema(database: Database) -> None:
    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_name": mapped}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    present, newest = revisions(database)
    assert present == newest


def test_leaving_the_writing_door_commits_and_raising_rolls_back(database: Database) -> None:
    with database.writing() as session:
        make_producer(session, name="Hộ Lan")
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        make_producer(session, name="Hộ Hùng")
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalars(select(Producer.name)).all() == ["Hộ Lan"]


def test_read_then_write_under_concurrency_waits_instead_of_failing(database: Database) -> None:
    with database.writing() as session:
        make_producer(session, name="Hộ Lan", phone="0")

    def add_one() -> None:
        for _ in range(5):
            with database.writing() as session:
                lan = session.scalars(select(Producer).with_for_update()).one()
                lan.phone = str(int(lan.phone) + 1)

    threads = [threading.Thread(target=add_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.scalars(select(Producer.phone)).one() == "40"


def test_naive_datetimes_are_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="naive"), database.writing() as session:
        make_producer(session, created_at=datetime(2026, 1, 1))  # noqa: DTZ001
