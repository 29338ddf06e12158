"""One connection a request: nothing is opened inside an open door, and an inner look shares it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event, select

from labelsvc.codes.models import CODE_COUNTER, Counter
from labelsvc.db import Database, Pool
from labelsvc.settings import load


@pytest.fixture
def narrow(database_url: str) -> Database:
    """A database with a single connection: who wants a second one waits in vain."""
    return Database(database_url, Pool(size=1, overflow=0, wait=0.3))


def test_a_look_inside_a_look_takes_no_second_connection(narrow: Database) -> None:
    with narrow.reading() as outer, narrow.reading() as inner:
        assert outer.connection() is inner.connection()
    with narrow.writing() as session:
        session.add(Counter(name=CODE_COUNTER, next=7))
        session.flush()
        with narrow.reading() as inner:
            assert inner.scalar(select(Counter.next)) == 7
        session.get_one(Counter, CODE_COUNTER).next = 8  # the transaction goes on
    with narrow.reading() as session:
        assert session.scalar(select(Counter.next)) == 8
    narrow.close()


def test_a_writing_door_inside_an_open_one_is_refused_in_tests(narrow: Database) -> None:
    with narrow.reading(), pytest.raises(RuntimeError, match="second connection"), narrow.writing():
        pass
    with narrow.writing():
        pass  # and afterwards all is as before
    narrow.close()


def test_each_transaction_gives_its_connection_back(narrow: Database) -> None:
    open_now, most = 0, 0

    @event.listens_for(narrow.engine, "checkout")
    def out(*_: object) -> None:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)

    @event.listens_for(narrow.engine, "checkin")
    def back(*_: object) -> None:
        nonlocal open_now
        open_now -= 1

    for _ in range(3):
        with narrow.reading() as session:
            session.scalar(select(Counter.next))
        narrow.glance("SELECT next FROM counter WHERE name = :name", {"name": "x"})
    assert (open_now, most) == (0, 1)
    narrow.close()


def test_pool_and_preparing_follow_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    url = "postgresql+psycopg://labelsvc@/labelsvc"
    made = Database.of(load(dev=True, database_url=url, database_pool=3, database_overflow=1, database_prepare=False))  # fmt: skip
    assert made.engine.pool.size() == 3  # type: ignore[attr-defined]
    arguments: dict[str, object] = {}
    with pytest.raises(LookupError):

        @event.listens_for(made.engine, "do_connect")
        def stop(_d: object, _r: object, _a: object, named: dict[str, object]) -> None:
            arguments.update(named)
            raise LookupError

        made.engine.connect()
    assert arguments["prepare_threshold"] is None
