"""backup and restore: what comes back, what must never come back, what is refused."""

from __future__ import annotations

import re
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from labelsvc import settings as settings_module
from labelsvc.catalogue.models import Lot
from labelsvc.cli.backup import dump
from labelsvc.codes.models import Issue, KeyRecord
from labelsvc.codes.register.issue import allocate, load_keyring
from labelsvc.db import Base, Database
from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.cli.conftest import Run

Told = Callable[..., Any]
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def lose(database: Database) -> None:
    """The database is gone; the files are not."""
    if database.is_sqlite:
        database.close()
        Path(database.url.database or "").unlink()
        return
    with database.engine.begin() as connection:
        for table in [*Base.metadata.tables, "alembic_version"]:
            connection.execute(text(f'DROP TABLE IF EXISTS "{table}" CASCADE'))
    database.close()


def test_a_copy_made_while_the_service_runs_brings_everything_back(
    database: Database, settings: Settings, lot: Lot, told: Told, run: Run, tmp_path: Path
) -> None:
    Files(settings.files).put("runs/1/labels.pdf", b"%PDF")
    Files(settings.files).put("runs/1/labels.pdf.0.part", b"half")
    copy = tmp_path / "copy.tar"
    with database.writing() as session:  # somebody is writing meanwhile
        allocate(session, lot=session.get_one(Lot, lot.id), count=7, form="short")
        if not database.is_sqlite:
            session.commit()
        made = told("backup", copy)
    assert made["bytes"] == copy.stat().st_size
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with tarfile.open(copy) as tar:
        assert [n for n in tar.getnames() if "part" in n] == []
    assert "there already" in run("backup", copy, code=1).stderr
    assert told("backup", copy, "--force")["bytes"] >= made["bytes"]
    assert "not empty" in run("restore", copy, code=1).stderr
    with database.writing() as session:
        issue = allocate(session, lot=session.get_one(Lot, lot.id), count=50, form="short")
        last = issue.last
    Files(settings.files).delete("runs/1/labels.pdf")
    database.close()
    told_back = told("restore", copy, "--force")
    assert told_back["unknown_codes"] >= 50
    said = run("restore", copy, "--force").stdout  # again: with another new key
    assert re.match(r"Restored the copy of \d\d/\d\d/\d{4} \d\d:\d\d\.", said)
    assert Files(settings.files).get("runs/1/labels.pdf") == b"%PDF"
    with database.writing() as session:
        again = session.get_one(Lot, lot.id)
        assert allocate(session, lot=again, count=1, form="short").first > last
        assert (
            load_keyring(session, base_url=settings.base_url, secrets=settings.keys).active.kid == 5
        )  # 3 and 4 were made after the first restoring, and the second knows them


@SQLITE
def test_a_copy_is_restored_into_an_empty_place(
    database: Database, settings: Settings, lot: Lot, told: Told, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    told("backup", tmp_path / "copy.tar")
    elsewhere = settings.model_copy(
        update={"database_url": f"sqlite:///{tmp_path}/other/db", "data_dir": tmp_path / "other"}
    )
    monkeypatch.setattr(settings_module, "settings", lambda: elsewhere)
    assert told("restore", tmp_path / "copy.tar")["unknown_codes"] == 0
    restored = Database(elsewhere.database)
    with restored.reading() as session:
        assert session.scalars(select(Lot.code)).all() == [lot.code]
    restored.close()


@SQLITE
@pytest.mark.parametrize("content", [b"", b"no tar", b"\x1f\x8b\x08"])
def test_what_is_no_copy_is_refused_and_changes_nothing(
    database: Database, lot: Lot, run: Run, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "copy.tar").write_bytes(content)
    assert "no backup" in run("restore", tmp_path / "copy.tar", "--force", code=1).stderr
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(tmp_path / "copy.tar", "backup.json")
    assert "no backup" in run("restore", tmp_path / "other.tar", "--force", code=1).stderr
    facts = tmp_path / "backup.json"
    facts.write_text('{"kind": "sqlite", "made_at": "2026-11-01"}')
    (tmp_path / "database").write_bytes(b"SQLite format 3\0" + b"?" * 5000)
    with tarfile.open(tmp_path / "damaged.tar", "w") as tar:
        tar.add(facts, "backup.json")
        tar.add(tmp_path / "database", "database")
    assert "damaged" in run("restore", tmp_path / "damaged.tar", "--force", code=1).stderr
    with database.reading() as session:
        assert session.scalars(select(Lot.code)).all() == [lot.code]


def test_there_must_be_something_to_copy(
    settings: Settings, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path}/none/db"})
    monkeypatch.setattr(settings_module, "settings", lambda: empty)
    assert "no database" in run("backup", tmp_path / "copy.tar", code=1).stderr
    assert not (tmp_path / "copy.tar").exists()


def test_numbers_that_the_published_log_gave_are_not_given_again(
    database: Database, settings: Settings, lot: Lot, told: Told, run: Run, tmp_path: Path
) -> None:
    def issue(count: int) -> Issue:
        with database.writing() as session:
            return allocate(session, lot=session.get_one(Lot, lot.id), count=count, form="short")

    issue(7)
    run("audit-log", "publish")
    told("backup", tmp_path / "copy.tar")
    run("keys", "rotate")  # the key that waits in the copy signs what is lost
    lost = issue(50)
    told("audit-log", "publish")
    newest = Files(settings.files).get("log/checkpoint")
    lose(database)
    back = told("restore", tmp_path / "copy.tar")
    assert back["unknown_codes"] == 50
    assert Files(settings.files).get("log/checkpoint") == newest
    assert issue(1).first > lost.last
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
    assert ring.active.kid == 4
    assert 3 in {key.kid for key in ring.keys}  # it waited, published: the journal has it
    assert told("audit-log", "recover")["recovered"] > 0
    run("audit-log", "publish")


def test_a_damaged_copy_leaves_the_database_as_it_is(
    database: Database, lot: Lot, told: Told, run: Run, tmp_path: Path
) -> None:
    told("backup", tmp_path / "copy.tar")
    with tarfile.open(tmp_path / "copy.tar") as tar:
        tar.extractall(tmp_path / "inside", filter="data")
    whole = tmp_path / "inside" / "database"
    data = whole.read_bytes()
    whole.write_bytes(data[: len(data) // 2])
    with tarfile.open(tmp_path / "damaged.tar", "w") as tar:
        tar.add(tmp_path / "inside" / "backup.json", "backup.json")
        tar.add(whole, "database")
    assert run("restore", tmp_path / "damaged.tar", "--force", code=1).stderr
    with database.reading() as session:
        assert session.scalars(select(Lot.code)).all() == [lot.code]


def test_the_password_of_the_database_is_no_argument(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    calls: list[tuple[list[str], dict[str, str]]] = []

    def run(words: list[str], *, env: dict[str, str], **_: object) -> Any:
        calls.append((words, env))
        if "--list" in words:
            (tmp_path / "listing.txt").write_text(
                "1; 0 0 EXTENSION - pg_trgm\n2; 0 0 TABLE public lot\n"
            )
        return subprocess.CompletedProcess(words, 0, "", "")

    monkeypatch.setattr(dump.shutil, "which", lambda program: program)
    monkeypatch.setattr(dump.subprocess, "run", run)
    database = Database("postgresql://labelsvc:geheimnis@db.internal/labelsvc")
    dump.dump(database, tmp_path / "copy")
    dump.load(database, tmp_path / "copy")
    assert [words[0] for words, _ in calls] == ["pg_dump", "pg_restore", "pg_restore", "psql"]
    assert "EXTENSION" not in (tmp_path / "listing.txt").read_text()
    for words, env in calls:
        assert "geheimnis" not in " ".join(words)
        if words[0] != "pg_restore":
            assert "--dbname=postgresql://labelsvc@db.internal/labelsvc" in words
            assert env["PGPASSWORD"] == "geheimnis"
    database.close()


@SQLITE
def test_a_key_that_was_made_after_the_copy_lends_its_number_to_no_other(
    database: Database, lot: Lot, told: Told, run: Run, tmp_path: Path
) -> None:
    """No code is lost, but manifests with key 3 are out."""
    told("backup", tmp_path / "copy.tar")
    run("keys", "rotate")
    database.close()
    assert told("restore", tmp_path / "copy.tar", "--force")["unknown_codes"] == 0
    for _ in range(3):
        run("keys", "rotate")
    with database.reading() as session:
        assert session.scalars(select(KeyRecord.kid).order_by(KeyRecord.kid)).all() == [
            1,
            2,
            4,
            5,
            6,
            7,
        ]
