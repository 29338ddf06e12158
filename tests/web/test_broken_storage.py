"""Disk full, file gone, store away: one plain sentence on pages that write, scans go on, health tells it."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import event, select

from labelsvc import clock
from labelsvc.codes.register.issue import allocate
from labelsvc.db import Database, Revision
from labelsvc.errors import DatabaseGone
from labelsvc.files import Files
from labelsvc.jobs.heartbeat import beat
from labelsvc.settings import Settings
from labelsvc.web import health
from labelsvc.web.app import create_app
from labelsvc.worker import publishing
from tests.factories import make_lot
from tests.world import PASSWORD, World

BASE = "https://qr.example.vn"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FULL = "The disk of the service is full: nothing was saved."


class Service:
    """An application and its client; the disk can be filled."""

    def __init__(self, settings: Settings) -> None:
        self.app = create_app(settings)
        self.database: Database = self.app.extensions["labelsvc"].database
        self.files: Files = self.app.extensions["labelsvc"].files
        self.client: FlaskClient = self.app.test_client()

    def fill_disk(self) -> None:
        """Whatever is written, SQLite answers as it does on a full disk."""

        @event.listens_for(self.database.engine, "before_cursor_execute")
        def full(_c: Any, _k: Any, statement: str, *_: Any) -> None:
            if statement.startswith(("INSERT", "UPDATE", "DELETE")):
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorname = "SQLITE_FULL"
                raise error

    def post(self, page: str, **form: Any) -> Any:
        form["csrf_token"] = self.token(page)
        return self.client.post(
            page,
            data=form,
            base_url=BASE,
            headers={"Referer": BASE + page, "Accept-Language": "en"},
        )

    def token(self, page: str) -> str:
        text = self.client.get(page, base_url=BASE).text
        return text.split('name="csrf_token"', 1)[1].split('value="', 1)[1].split('"', 1)[0]

    def health(self) -> tuple[int, dict[str, Any]]:
        answer = self.client.get("/health", base_url=BASE)
        return answer.status_code, answer.get_json()


@pytest.fixture
def service(
    database: Database, settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Service]:
    monkeypatch.setattr(health, "_KEPT", 0.0)
    made = Service(settings)
    # The world was issued when the tests began: a log that never ran would be late after some minutes.
    publishing.publish(made.database, made.files, settings)
    yield made
    made.database.close()


@SQLITE
def test_a_full_disk_is_one_sentence_at_sign_in_and_scans_go_on(
    service: Service, world: World
) -> None:
    service.fill_disk()
    answer = service.post("/account/sign-in", name="lan", password=PASSWORD)
    assert (answer.status_code, FULL in answer.text) == (503, True)
    answer = service.client.get(world.codes["in_force"], base_url=BASE)
    assert answer.status_code == 200
    code, facts = service.health()
    assert (code, facts["status"], facts["database"]) == (503, "degraded", "full")
    assert service.client.get("/health/ready", base_url=BASE).status_code == 200


@SQLITE
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_files_that_cannot_be_written_are_told(
    service: Service, monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(error, os.strerror(error), "/secret/place")

    monkeypatch.setattr(Files, "put", refuse)
    code, facts = service.health()
    words = {errno.ENOSPC: "full", errno.EROFS: "read_only", errno.EIO: "OSError"}
    assert (code, facts["status"], facts["files"]) == (503, "degraded", words[error])
    assert "secret" not in str(facts)


@SQLITE
def test_files_that_are_not_what_was_written_are_told(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Files, "get", lambda *_: b"something else")
    assert service.health()[1]["files"] == "changed"


@SQLITE
@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_a_database_that_is_taken_away_takes_no_writes_and_health_is_down(
    service: Service, database: Database, settings: Settings, how: str
) -> None:
    path = Path(str(database.url.database))
    assert service.health()[0] == 200
    if how == "replaced":
        shutil.copy(path, f"{path}.other")
        Path(f"{path}.other").replace(path)
    else:
        path.unlink()
    answer = service.post("/account/sign-in", name="lan", password=PASSWORD)
    assert answer.status_code == 503 and "was taken away" in answer.text
    assert str(path) not in answer.text
    with pytest.raises(DatabaseGone), service.database.writing():
        pass
    code, facts = service.health()
    assert (code, facts["status"], facts["database"]) == (503, "down", how)
    assert service.client.get("/health/ready", base_url=BASE).status_code == 503
    assert path.exists() is (how == "replaced"), "no empty database is made in its place"


def test_a_log_that_stands_still_and_lists_that_are_too_old_are_told(
    service: Service, settings: Settings
) -> None:
    publishing.publish(service.database, service.files, settings)
    publishing.publish_lists(service.database, service.files, settings)
    assert service.health() == (200, service.health()[1])
    with service.database.writing() as session:
        allocate(session, lot=make_lot(session, code="L-NEW"), count=2, form="short")
    with time_machine.travel(clock.now() + timedelta(minutes=20)):
        assert service.health()[1]["log"] == "late"
        publishing.publish(service.database, service.files, settings)
        assert service.health()[1]["log"] == "ok"
    with time_machine.travel(clock.now() + timedelta(hours=25)):
        assert service.health()[1]["lists"] == "expired"
    service.files.delete("log/checkpoint")
    assert service.health()[1]["log"] == "missing"


def test_recurring_work_that_fails_for_long_is_told_with_its_reason(
    service: Service, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publishing.publish(service.database, service.files, settings)
    with service.database.writing() as session:
        beat(session, "copies")
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        assert service.health()[0] == 200, "a service that was just started is given time"
        monkeypatch.setattr(health._Looked.of(service.app), "_started", -1000.0)
        assert service.health()[1]["copies"] == "late"
        with service.database.writing() as session:
            beat(session, "copies", problem="storage")
        assert service.health()[1]["copies"] == "storage"


def test_health_leaves_nothing_behind_that_pages_show(service: Service) -> None:
    def number() -> int | None:
        with service.database.reading() as session:
            return session.scalar(select(Revision.number))

    before = number()
    assert service.health()[0] == 200
    assert (number(), service.files.names("health")) == (before, [])


@pytest.mark.parametrize("page", ["/health", "/health/ready", "/health/live"])
def test_nobody_has_to_sign_in_for_health(service: Service, page: str) -> None:
    assert service.client.get(page, base_url=BASE).status_code == 200
