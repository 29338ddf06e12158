"""The worker keeps the public log up to what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.formats import audit
from labelsvc.db import Database
from labelsvc.errors import LogForked
from labelsvc.files import Files
from labelsvc.settings import Settings
from labelsvc.worker import publishing
from tests.factories import make_lot


def test_what_was_issued_and_withdrawn_stands_in_the_log_that_anybody_can_verify(
    database: Database, files: Files, settings: Settings
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot = make_lot(session, declared=100)
        issue = allocate(session, lot=lot, count=60, form=Form.SHORT)
    # The recognition: the issue entered the log in the transaction that made it.
    assert publishing.publish(database, files, settings) == 1
    assert publishing.publish(database, files, settings) == 0
    with database.writing() as session:
        revoke.withdraw(session, first=issue.first, count=5, reason="Thu hồi", by="user:1")
        origin = log.origin_of(settings.host)
        key = log.key_of(log.open_log(session, origin=origin, secrets=settings.keys))
    assert publishing.publish(database, files, settings) == 1
    report = audit.verify(lambda path: files.get(f"{log.FOLDER}/{path}"), key)
    assert report.ok
    assert report.size == 3
    assert not report.over


def test_a_worker_publishes_when_it_is_time_and_says_once_why_it_cannot(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    tried = 0

    def refuse(*_: object) -> int:
        nonlocal tried
        tried += 1
        raise LogForked("The published log is not the beginning of this one.")

    monkeypatch.setattr(publishing, "publish", refuse)
    listed: list[object] = []
    monkeypatch.setattr(publishing, "publish_lists", lambda *what: listed.append(what))
    monkeypatch.setattr(publishing, "look_for_copies", lambda *_: None)
    monkeypatch.setattr(publishing.log, "error", lambda *_, **facts: said.append(facts["code"]))
    clock = 1000.0
    monkeypatch.setattr(publishing.time, "monotonic", lambda: clock)
    publisher = publishing.Publisher(database, files, settings)
    publisher.tick()
    assert tried == 0
    for _ in range(3):
        clock += publishing.EVERY
        publisher.tick()
        publisher.tick()
    assert tried == 3
    assert said == ["log_forked"]
    assert len(listed) == 3  # what stands against the one does not stop the other


def test_the_log_is_files_that_any_web_server_can_hand_out(
    database: Database, files: Files, settings: Settings, tmp_path: Path
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        make_lot(session)
    publishing.publish(database, files, settings)
    names = {path.name for path in (tmp_path / "files" / "log").rglob("*") if path.is_file()}
    assert {"checkpoint", "key"} <= names
