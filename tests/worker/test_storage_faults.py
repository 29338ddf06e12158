"""Storage that fails or is slow: parts are tried again, nobody is starved, no writer waits for a file."""

from __future__ import annotations

import errno
import sqlite3
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.heartbeat import Heartbeat
from labelsvc.jobs.models import Job, Part
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker import publishing, tasks
from tests.factories import make_lot


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "RETRY_AFTER", timedelta(0))


def begin(database: Database, settings: Settings) -> int:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        request = print_run.RunRequest(
            lot=make_lot(session), layout="a4-65", count=5, base_url=settings.base_url
        )
        return print_run.start_run(session, request, actor="user:1").id


def state(database: Database, run_id: int) -> tuple[str, int, int]:
    """Of the run; attempts and delays of its part."""
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        part = session.get_one(Part, (run.job_id, 1))
        return run.state, part.attempts, part.delays


def full() -> OperationalError:
    reason = sqlite3.OperationalError("database or disk is full")
    reason.sqlite_errorname = "SQLITE_FULL"
    return OperationalError("UPDATE", {}, reason)


def test_a_part_waits_for_the_store_however_often_it_fails(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, put, failures = begin(database, settings), Files.put, 12

    def flaky(self: Files, key: str, data: bytes) -> None:
        nonlocal failures
        if key.startswith("runs/") and failures:
            failures -= 1
            raise OSError(errno.EIO, "503 Slow Down")
        put(self, key, data)

    monkeypatch.setattr(Files, "put", flaky)
    while failures:
        assert tasks.work_once(database, files, settings)
    assert state(database, run_id) == ("rendering", 0, 12)
    while tasks.work_once(database, files, settings):
        pass
    assert state(database, run_id) == ("released", 1, 12)


def test_waiting_for_the_store_grows_to_minutes_and_no_further(database: Database) -> None:
    with database.writing() as session:
        job = queue.enqueue(session, kind="x", payload={}, parts=1)
        waits = []
        queue.RETRY_AFTER = timedelta(seconds=5)
        for _ in range(12):
            claimed = queue.claim(session)
            assert claimed is not None and claimed.attempt == 1
            assert queue.put_off(session, claimed, "away")
            part = session.get_one(Part, (job.id, 1), populate_existing=True)
            assert part.leased_until is not None
            waits.append(round((part.leased_until - queue.now()).total_seconds()))
            part.leased_until = None
            session.flush()
    assert waits[:3] == [5, 10, 20] and waits[-1] == 600


def test_a_part_that_cannot_be_given_back_is_not_taken_for_a_death(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, failures = begin(database, settings), 0
    finish, put_off = queue.finish_part, queue.put_off

    def refuse(*_: object, **__: object) -> bool:
        nonlocal failures
        failures += 1
        raise full()

    monkeypatch.setattr(queue, "finish_part", refuse)
    monkeypatch.setattr(queue, "put_off", refuse)
    for _ in range(8):  # the disk is full for long: each round stumbles, none takes the part again
        with pytest.raises(OperationalError):
            tasks.work_once(database, files, settings)
    assert failures == 9
    monkeypatch.setattr(queue, "finish_part", finish)
    monkeypatch.setattr(queue, "put_off", put_off)
    while tasks.work_once(database, files, settings):
        pass
    assert state(database, run_id) == ("released", 1, 1)


def test_a_run_is_put_together_later_when_the_store_is_away(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, opened, failures = begin(database, settings), Files.open, 3

    def flaky(self: Files, key: str) -> Any:
        nonlocal failures
        if failures:
            failures -= 1
            raise ConnectionError("no route to host")
        return opened(self, key)

    monkeypatch.setattr(Files, "open", flaky)
    for _ in range(6):
        tasks.work_once(database, files, settings)
    assert state(database, run_id)[0] == "released"


def test_what_is_wrong_with_the_part_itself_still_ends_it(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings)
    monkeypatch.setattr("labelsvc.labels.runs.render.render_part", lambda *_: 1 / 0)
    while tasks.work_once(database, files, settings):
        pass
    assert state(database, run_id) == ("failed", 3, 0)


@pytest.mark.parametrize("error", [OSError(errno.EIO, "503"), ValueError("a defect")])
def test_one_that_cannot_publish_starves_no_other_and_leaves_its_reason(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:  # fmt: skip
    done: list[str] = []

    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setattr(publishing, "publish_lists", refuse)
    monkeypatch.setattr(publishing, "publish", lambda *_: done.append("log"))
    monkeypatch.setattr(publishing, "look_for_copies", lambda *_: done.append("copies"))
    publisher = publishing.Publisher(database, files, settings)
    publisher._next = 0
    publisher.tick()
    assert done == ["log", "copies"]
    with database.reading() as session:
        found = {name: session.get_one(Heartbeat, name).problem for name in ("lists", "log")}
    assert found == {"lists": "storage" if isinstance(error, OSError) else "unexpected", "log": ""}


def test_no_writer_waits_while_lists_are_written(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot = make_lot(session)
        issue = allocate(session, lot=lot, count=10, form="offline")
        revoke.withdraw(session, first=issue.first, count=2, reason="x", by="user:1")
    put, written = Files.put, 0

    def slow(self: Files, key: str, data: bytes) -> None:
        """While the store takes its time, somebody else writes at once."""

        def write() -> None:
            nonlocal written
            with database.writing() as session:
                queue.enqueue(session, kind="x", payload={}, parts=1)
            written += 1

        thread = threading.Thread(target=write)
        thread.start()
        thread.join(5)
        assert not thread.is_alive(), "a writer waits for the store"
        put(self, key, data)

    monkeypatch.setattr(Files, "put", slow)
    assert publishing.publish_lists(database, files, settings) is not None
    assert written >= 2
    with database.reading() as session:
        assert session.get(Job, 1) is not None
