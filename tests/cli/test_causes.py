"""Errors of the machine: each is told by its cause, and its fix mends it."""

from __future__ import annotations

import errno
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.util.exc import CommandError
from sqlalchemy import make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError

from labelsvc import settings as settings_module
from labelsvc.cli.causes import cause
from labelsvc.db import Database
from labelsvc.i18n import explain
from labelsvc.migrations import revisions
from labelsvc.settings import Settings
from tests.cli.conftest import Run
from tests.cli.strangers import as_stranger, shared_folder

Told = Callable[..., Any]
MIGRATE = "labelsvc migrate"


def _sqlite(name: str, words: str = "it failed") -> OperationalError:
    error = sqlite3.OperationalError(words)
    if name:
        error.sqlite_errorname = name
    return OperationalError("SELECT 1", {}, error)


def _postgres(state: str | None, words: str = "it failed") -> OperationalError | ProgrammingError:
    error: Any = type("OperationalError", (Exception,), {"sqlstate": state})(words)
    return OperationalError("SELECT 1", {}, error)


@pytest.mark.parametrize(
    ("error", "what", "fix"),
    [
        (OSError(errno.ENOSPC, "x", "/var/lib/labelsvc/files/a"), "disk is full", "Make room"),
        (OSError(errno.EROFS, "x", "/srv/a"), "/srv/a is on a file system", "ReadWritePaths"),
        (ModuleNotFoundError("x", name="pkcs11"), "library pkcs11", "requirements/hsm.txt"),
        (ImportError("Install s3fs to access S3"), "library s3fs", "requirements/scale.txt"),
        (_sqlite("SQLITE_BUSY"), "Another program holds", "fuser"),
        (_sqlite("SQLITE_FULL"), "disk is full", "Make room"),
        (_sqlite("SQLITE_CORRUPT"), "damaged", "labelsvc restore"),
        (_sqlite("SQLITE_IOERR_READ"), "disk of", "dmesg"),
        (_sqlite("SQLITE_ERROR", "no such table: lot"), "schema", MIGRATE),
        (_sqlite("SQLITE_ERROR", "near x: syntax error"), "as it should", "doctor"),
        (_postgres("42P01"), "schema", MIGRATE),
        (_postgres("42501"), "user lan has no right", "OWNER"),
        (_postgres("53100"), "server is full", "Make room"),
        (_postgres("53300"), "no connection left", "max_connections"),
        (_postgres("25006"), "standby", "primary"),
        (_postgres("57P03"), "starting or stopping", "again"),
        (_postgres(None, 'FATAL:  password authentication failed for user "lan"'), "let the user lan in", "pg_hba"),
        (_postgres(None, "FATAL:  the database system is starting up"), "starting or stopping", "again"),
        (_postgres(None, "connection timeout expired"), "no connection to the database server db.example", "Start it"),
        (_postgres("22001", "value too long"), "value too long", "doctor"),
        (CommandError("Can't locate revision identified by '0099'"), "newer release", "Install that release"),
    ],
)  # fmt: skip
def test_an_error_has_a_cause_and_a_fix(error: Exception, what: str, fix: str) -> None:
    url = make_url("postgresql://lan@db.example/labels")
    found = cause(error, url)
    assert found is not None
    said = explain(found, "en")
    assert what in said[0] and fix in said[1]
    assert "{" not in "".join(said + explain(found, "vi"))
    assert explain(found, "vi") != said
    if fix != MIGRATE:
        assert MIGRATE not in said[1]


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError(),
        BrokenPipeError(errno.EPIPE, "x"),
        FileNotFoundError(errno.ENOENT, "x", "a"),
        ModuleNotFoundError("x", name="numpy"),
    ],
)
def test_what_may_be_a_defect_is_not_explained_away(error: Exception) -> None:
    assert cause(error) is None


# --- users and folders ---------------------------------------------------------------------------


@pytest.fixture
def place(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that everybody may enter, as the working folder."""
    with shared_folder() as folder:
        monkeypatch.chdir(folder)
        yield folder
        monkeypatch.undo()


@pytest.fixture
def served(place: Path, settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A service with its data in `place`, all modules loaded: a stranger may not import them."""
    found = settings.model_copy(update={"data_dir": place / "data" / "labelsvc"})
    monkeypatch.setattr(settings_module, "settings", lambda: found)
    run("migrate")
    run("doctor")
    run("keys", "list")
    found.data_dir.parent.chmod(0o755)  # the place is for everybody, the data are not
    return found


def test_data_of_somebody_else_name_the_owner_and_never_the_migration(
    served: Settings, run: Run
) -> None:
    served.data_dir.chmod(0o500)
    Path(served.data_dir / "labelsvc.sqlite3").chmod(0o400)
    for words in (("keys", "list"), ("migrate",)):
        with as_stranger():
            said = run(*words, code=3).stderr
        assert str(served.data_dir) in said
        assert MIGRATE not in said
        if os.geteuid() == 0:
            assert "belongs to root; this runs as nobody" in said
            assert f"chown -R nobody: {served.data_dir}" in said


def test_doctor_tells_the_cause_once_and_leaves_out_what_hangs_on_it(
    served: Settings, told: Told
) -> None:
    Path(served.data_dir / "labelsvc.sqlite3").chmod(0o400)
    for path in served.data_dir.glob("*-*"):
        path.unlink()
    served.data_dir.chmod(0o500 if os.geteuid() else 0o700)
    with as_stranger():
        rows = {row["check"]: row for row in told("doctor", code=1)}
    assert str(served.data_dir) in rows["database"]["what"]
    assert rows["files"]["state"] == "bad" and str(served.data_dir) in rows["files"]["what"]
    for name in ("revision", "places", "signing keys", "mark", "clock"):
        assert "first mend" in rows[name]["what"]
    assert MIGRATE not in "".join(row.get("fix", "") for row in rows.values())


def test_a_place_of_the_system_is_never_advised_to_be_given_away(
    place: Path, settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")  # loads what it needs: a stranger may not
    place.chmod(0o555)
    other = settings.model_copy(update={"data_dir": place / "new"})
    monkeypatch.setattr(settings_module, "settings", lambda: other)
    with as_stranger():
        said = run("migrate", code=3).stderr
    assert str(place) in said
    assert "chown" not in said


def test_an_unreadable_working_folder_is_a_sentence(
    place: Path, settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    monkeypatch.setattr(settings_module, "settings", settings_module.load)
    (place / "home").mkdir()
    monkeypatch.chdir(place / "home")
    (place / "home").chmod(0o700 if os.geteuid() == 0 else 0o000)
    with as_stranger():
        said = run("migrate", code=3).stderr
    assert f"working folder {place}/home" in said
    assert "LABELSVC_CONFIG" in said


def test_an_unreadable_settings_file_is_a_sentence(
    place: Path, settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    monkeypatch.setattr(settings_module, "settings", settings_module.load)
    file = place / "labelsvc.toml"
    file.write_text('office_name = "A"')
    file.chmod(0o600 if os.geteuid() == 0 else 0o000)
    with as_stranger():
        assert f"{file} cannot be read" in run("keys", "list", code=3).stderr


# --- databases -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "what", "fix"),
    [
        ({"host": "127.0.0.1", "port": 1}, "no connection to the database server 127.0.0.1", "Start it"),
        ({"username": "nobody-knows"}, "does not know the user nobody-knows", "createuser nobody-knows"),
        ({"database": "none"}, "no database none", "createdb --owner labelsvc none"),
    ],
)  # fmt: skip
def test_a_server_that_does_not_let_us_in_is_told_by_its_reason(
    settings: Settings, _postgres_url: str, run: Run, told: Told, monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any], what: str, fix: str,
) -> None:  # fmt: skip
    url = make_url(_postgres_url).set(**change)
    if "host" in change:
        url = url.set(query={})
    other = settings.model_copy(update={"database_url": url.render_as_string(hide_password=False)})
    monkeypatch.setattr(settings_module, "settings", lambda: other)
    error = told("migrate", code=3)["error"]
    assert error["code"] == "database"
    assert what in error["message"] and fix in error["fix"]
    row = next(row for row in told("doctor", code=1) if row["check"] == "database")
    assert what in row["what"] and fix in row["fix"]


def test_an_impossible_address_of_the_database_is_told(
    settings: Settings, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = settings.model_copy(update={"database_url": "postgresql:labels"})
    monkeypatch.setattr(settings_module, "settings", lambda: other)
    assert "LABELSVC_DATABASE_URL" in run("migrate", code=3).stderr


def test_a_schema_of_a_newer_release_is_not_migrated(
    database: Database, settings: Settings, run: Run, told: Told
) -> None:
    def put(revision: str | None) -> None:
        with database.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})

    _, newest = revisions(database)
    put("9999")
    try:
        said = run("migrate", code=3).stderr
        rows = {row["check"]: row for row in told("doctor", code=1)}
    finally:
        put(newest)  # one server of PostgreSQL serves all tests
    assert "newer release" in said and MIGRATE not in said
    assert "9999" in rows["revision"]["what"] and MIGRATE not in rows["revision"]["fix"]


def test_object_storage_without_its_library_names_the_list_of_the_release(
    settings: Settings, told: Told, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    other = settings.model_copy(update={"files_url": "s3://bucket/labels"})
    monkeypatch.setattr(settings_module, "settings", lambda: other)
    row = next(row for row in told("doctor", code=1) if row["check"] == "files")
    assert "s3fs" in row["what"]
    assert "--require-hashes -r requirements/scale.txt" in row["fix"]
