"""Fixtures for every test: settings, a database on SQLite and on PostgreSQL, files."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from argon2 import PasswordHasher

from labelsvc import settings as settings_module
from labelsvc.accounts import passwords
from labelsvc.codes.trust.roots import seal_root
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.migrations import upgrade
from labelsvc.settings import Settings
from tests import compiled, migrated, parsers, postgres, snapshot
from tests import world as worlds
from tests.quick import pytest_addoption, pytest_collection_modifyitems
from tests.snapshot import Snapshots
from tests.world import World

__all__ = ["pytest_addoption", "pytest_collection_modifyitems"]  # hooks of pytest

HOST = "qr.example.vn"
Database.strict = True  # a request has one connection
Database.confirm_wait = timedelta(0)  # tests of the wait set it


def vectors() -> Path:
    """Folder of the public test data; the test skips, and says so, where it is missing."""
    folder = Path(os.environ.get("LABELSVC_VECTORS", "../shared/vectors"))
    if not folder.is_dir():
        pytest.skip(f"public test data not found in {folder}: set LABELSVC_VECTORS")
    return folder


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> None:
    """argon2 and scrypt with the cost of a shopping list: the tests check rules, not the hash."""
    passwords._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    assert seal_root.__kwdefaults__["cost"] >= 1 << 17  # 128 MiB, half a second
    seal_root.__kwdefaults__["cost"] = 16


@pytest.fixture(scope="session", autouse=True)
def _plain_logs() -> None:
    """Logs as the service writes them: drawing a traceback in colours took a second."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(bool_as_flag=False),
        ]
    )


@pytest.fixture(scope="session", autouse=True)
def _nothing_read_while_writing() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        parsers.guard(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _compiled_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        compiled.once(patch)
        yield


@pytest.fixture(scope="session", autouse=True)
def _migrated_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        migrated.once(patch, tmp_path_factory.mktemp("migrated"))
        yield


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.sqlite3"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()  # the last close folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def _postgres_url() -> Iterator[str]:
    given = os.environ.get("LABELSVC_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    if postgres.binaries() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.cluster() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres(_postgres_url: str) -> Iterator[Database]:
    database = Database(_postgres_url)
    upgrade(database)
    yield database
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """URL of an empty, migrated database: every test that takes it runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "labelsvc.sqlite3"
        shutil.copy(request.getfixturevalue("_sqlite_template"), path)
        return f"sqlite:///{path}"
    cluster: Database = request.getfixturevalue("_postgres")
    with cluster.engine.begin() as connection:
        snapshot.empty(connection)
    return cluster.url.render_as_string(hide_password=False)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty, migrated database."""
    database = Database(database_url)
    yield database
    database.close()


@pytest.fixture
def settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Settings]:
    """Settings of a test server; uses the test's database when it has one."""
    monkeypatch.chdir(tmp_path)  # no labelsvc.toml of the developer is read
    for name in list(os.environ):
        if name.startswith("LABELSVC_") and not name.startswith(
            ("LABELSVC_TEST", "LABELSVC_VECTORS")
        ):
            monkeypatch.delenv(name)
    url = request.getfixturevalue("database_url") if "database_url" in request.fixturenames else ""
    made = settings_module.load(
        second_factor=False,
        base_url=f"https://{HOST}",
        data_dir=tmp_path / "var",
        database_url=url,
        secret_keys=("test-key-that-is-long-enough-for-the-rule-0123456789",),
        render_processes=0,
    )
    settings_module.settings.cache_clear()
    monkeypatch.setattr(settings_module, "settings", lambda: made)
    yield made


@pytest.fixture(scope="session")
def _worlds(tmp_path_factory: pytest.TempPathFactory) -> Snapshots[World]:
    return Snapshots(tmp_path_factory.mktemp("worlds"))


@pytest.fixture
def world(database: Database, settings: Settings, _worlds: Snapshots[World]) -> World:
    """The small world of `tests.world` in the test's database."""
    return _worlds.put(database, lambda: worlds.build(database, settings))


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(f"file://{tmp_path}/files")
