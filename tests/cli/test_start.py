"""Starts: two migrations at once, a port that is still taken, and how soon an idle service ends."""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text

from labelsvc import settings as settings_module
from labelsvc.cli import server
from labelsvc.codes.models import KeyRecord
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError

_AT_ONCE = 3


def _prepare(url: str, together: Any, told: Any) -> None:
    settings = settings_module.load(dev=True, database_url=url)
    database = Database.of(settings)
    together.wait()
    try:
        told.put(server.prepare(settings, database))
    except Exception as error:
        told.put(f"{type(error).__name__}: {error}")
    finally:
        database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of a database without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/empty.sqlite3"
    server_url: str = request.getfixturevalue("_postgres_url")
    engine = create_engine(server_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS empty_one"))
        connection.execute(text("CREATE DATABASE empty_one"))
    engine.dispose()
    return server_url.replace("/postgres?", "/empty_one?")


@pytest.mark.slow
def test_any_number_of_migrations_at_once_make_one_schema_and_one_key(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    context = multiprocessing.get_context("spawn")
    together, told = context.Barrier(_AT_ONCE), context.Queue()
    children = [
        context.Process(target=_prepare, args=(empty_url, together, told)) for _ in range(_AT_ONCE)
    ]
    for child in children:
        child.start()
    assert [told.get(timeout=120) for _ in children] == [1] * _AT_ONCE
    for child in children:
        child.join()
    database = Database(empty_url)
    with database.reading() as session:
        assert list(session.scalars(select(KeyRecord.state).order_by(KeyRecord.kid))) == ["active", "next"]  # fmt: skip
    database.close()


@pytest.fixture
def taken() -> Any:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def test_a_start_waits_for_the_port_of_the_one_before(
    taken: socket.socket, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.base, "say", lambda words, **params: words.format(**params))
    port = taken.getsockname()[1]
    threading.Timer(0.5, taken.close).start()
    began = time.monotonic()
    server.wait_for_port("127.0.0.1", port, 20)
    assert 0.3 < time.monotonic() - began < 15
    assert capsys.readouterr().err.count("still taken") == 1


def test_a_port_that_another_program_keeps_is_told_with_a_way_out(
    taken: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server.base, "say", lambda words, **params: words.format(**params))
    with pytest.raises(ConfigurationError, match="keeps port") as caught:
        server.wait_for_port("127.0.0.1", taken.getsockname()[1], 0.1)
    assert "ss -ltnp" in caught.value.fix


def test_a_free_port_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server.time, "sleep", lambda _: pytest.fail("waited"))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server.wait_for_port("127.0.0.1", port)
