"""Every planted fault is found by doctor and explained, and mended where it can be made again."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection, text

from labelsvc import clock
from labelsvc import settings as settings_module
from labelsvc.accounts import audit
from labelsvc.catalogue.models import ProductPhoto
from labelsvc.catalogue.photos import store_photo
from labelsvc.cli.server import prepare
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.jobs.heartbeat import beat
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker import publishing
from labelsvc.worker.tasks import run_inline
from tests.cli.conftest import Run
from tests.factories import make_lot

Told = Callable[..., Any]


@dataclass
class Service:
    """A service with a released run, a photo, a published log and published lists."""

    database: Database
    settings: Settings
    #: Keys of files, and rows, by what they are.
    names: dict[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> Path:
        return self.settings.data_dir / "files"

    def sql(self, statement: str, **values: Any) -> None:
        """Change rows as somebody with the database in hands would: nothing guards them."""
        with self.database.engine.begin() as connection:
            _unguard(connection)
            lite = (
                connection.dialect.name == "sqlite"
            )  # its driver no longer writes moments by itself
            connection.execute(
                text(statement),
                {
                    k: v.isoformat(" ") if lite and isinstance(v, datetime) else v
                    for k, v in values.items()
                },
            )

    def damage(self, key: str) -> None:
        path = self.files / key
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0xFF
        path.write_bytes(data)


def _unguard(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return
    found = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
    for name in found.scalars().all():
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    connection.connection.driver_connection.commit()  # type: ignore[union-attr]
    connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")  # type: ignore[union-attr]


def _fill(database: Database, settings: Settings) -> dict[str, Any]:
    """A run of the offline form, one unit withdrawn, all published."""
    files = Files(settings.files)
    prepare(settings, database)
    picture = io.BytesIO()
    Image.new("RGB", (900, 700), (120, 90, 40)).save(picture, "JPEG")
    with database.writing() as session:
        lot = make_lot(session)
        photo = store_photo(files, picture.getvalue())
        session.add(
            ProductPhoto(product_id=lot.product_id, key=photo.key, width=photo.width, height=photo.height)
        )  # fmt: skip
        request = print_run.RunRequest(lot=lot, layout="a4-12", count=24, base_url=settings.base_url, form="offline")  # fmt: skip
        run = print_run.start_run(session, request, actor="user:1")
        job_id, run_id = run.job_id, run.id
        audit.record(session, actor="cli", action="test", subject="test:1")
    assert job_id is not None
    run_inline(database, files, settings, job_id)
    with database.writing() as session:
        issue = allocate(session, lot=session.merge(lot), count=5, form="offline")
        revoke.withdraw(session, first=issue.first, count=1, reason="Mất cắp", by="user:1")
    publishing.publish(database, files, settings)
    publishing.publish_lists(database, files, settings)
    with database.writing() as session:
        for name in ("lists", "log", "copies"):
            beat(session, name)
    return {"run": f"runs/{run_id}/part-0001", "photo": photo.key, "job": job_id, "key": issue.kid}


@pytest.fixture(scope="module")
def _template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("doctor") / "data"
    settings = _settings(folder)
    database = Database.of(settings)
    names = _fill(database, settings)
    database.close()
    return folder, names


def _settings(folder: Path, url: str = "") -> Settings:
    return settings_module.load(
        base_url="https://qr.example.vn",
        data_dir=folder,
        database_url=url,
        secret_keys=("test-key-that-is-long-enough-for-the-rule-0123456789",),
        render_processes=0,
    )


@pytest.fixture
def service(
    _template: tuple[Path, dict[str, Any]],
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Service]:
    folder, names = _template
    shutil.copytree(folder, tmp_path / "data")
    found = _settings(tmp_path / "data")
    monkeypatch.setattr(settings_module, "settings", lambda: found)
    database = Database.of(found)
    yield Service(database, found, names)
    database.close()


def _lose(name: str) -> Callable[[Service], None]:
    return lambda service: (service.files / service.names.get(name, name)).unlink()


def _hurt(name: str) -> Callable[[Service], None]:
    return lambda service: service.damage(service.names.get(name, name))


def _sql(statement: str, **values: Any) -> Callable[[Service], None]:
    return lambda service: service.sql(statement, **values)


def _photo(*endings: str) -> Callable[[Service], None]:
    def lose(service: Service) -> None:
        for ending in endings:
            (service.files / f"{service.names['photo']}{ending}").unlink()

    return lose


def _pages(service: Service) -> None:
    """Zeros over a page in the middle, once all is in the file."""
    service.database.close()
    path = service.settings.data_dir / "labelsvc.sqlite3"
    data = bytearray(path.read_bytes())
    at = len(data) // 2 // 4096 * 4096
    data[at : at + 4096] = bytes(4096)
    path.write_bytes(data)


def _loose(service: Service) -> None:
    (service.settings.data_dir / "labelsvc.sqlite3").chmod(0o666)
    service.files.chmod(0o777)


def _older(service: Service) -> None:
    """The published log is a leaf ahead: the database is a copy of before."""
    files = Files(service.settings.files)
    service.database.close()
    kept = (service.settings.data_dir / "labelsvc.sqlite3").read_bytes()
    with service.database.writing() as session:
        make_lot(session, code="L-LATER", declared=10)
    publishing.publish(service.database, files, service.settings)
    service.database.close()
    (service.settings.data_dir / "labelsvc.sqlite3").write_bytes(kept)


def _lease(ahead: timedelta) -> Callable[[Service], None]:
    def plant(service: Service) -> None:
        with service.database.writing() as session:
            request = print_run.RunRequest(lot=make_lot(session, code="L-WAIT"), layout="a4-12", count=5, base_url=service.settings.base_url)  # fmt: skip
            job = print_run.start_run(session, request, actor="user:1").job_id
        service.sql(
            "UPDATE job_part SET state = 'running', lease = 'x', attempts = 1, leased_until = :at "
            "WHERE job_id = :job",
            job=job,
            at=(clock.now() + ahead).replace(tzinfo=None)
            if service.database.is_sqlite
            else clock.now() + ahead,
        )

    return plant


_NO_KEY = "UPDATE key_record SET state = 'retired' WHERE state = 'active'"
_TILE = "log/tile/entries/000.p"


def _tile(name: str) -> Callable[[Service], None]:
    def plant(service: Service) -> None:
        (tile,) = (service.files / "log" / "tile" / name / "000.p").iterdir()
        tile.unlink() if name == "entries" else service.damage(str(tile.relative_to(service.files)))

    return plant


def _list(lost: bool) -> Callable[[Service], None]:
    def plant(service: Service) -> None:
        path = service.files / "trust" / "status" / "1" / "withdrawn" / "1"
        path.unlink() if lost else service.damage("trust/status/1/withdrawn/1")

    return plant


def _later(**moved: Any) -> Callable[[Service], None]:
    """The lists were published by a clock that was wrong."""

    def plant(service: Service) -> None:
        import time_machine

        with time_machine.travel(clock.now() + timedelta(**moved)):
            with service.database.writing() as session:
                make_lot(session, code="L-OTHER")
            publishing.publish_lists(service.database, Files(service.settings.files), service.settings)  # fmt: skip

    return plant


def _waits(service: Service) -> None:
    with service.database.writing() as session:
        make_lot(session, code="L-NEW", declared=10)
        allocate(session, lot=make_lot(session, code="L-NEWER", declared=10), count=3, form="short")
    service.sql("UPDATE log_leaf SET at = '2026-01-01 00:00:00+00:00' WHERE seq IS NULL")


#: What is planted → the check that finds it, its state, a word of what it says, whether --repair mends it.
_FAULTS: dict[str, tuple[Callable[[Service], None], str, str, str, bool]] = {
    "run file missing": (_lose("run"), "run files", "bad", "are missing", True),
    "run file damaged": (_hurt("run"), "run files", "bad", "1 damaged", True),
    "log tile lost": (_tile("entries"), "log files", "bad", "tile/entries", True),
    "log tile damaged": (_tile("0"), "log files", "bad", "tile/0", True),
    "checkpoint lost": (_lose("log/checkpoint"), "log files", "bad", "log/checkpoint", True),
    "checkpoint damaged": (_hurt("log/checkpoint"), "log files", "bad", "log/checkpoint", True),
    "key of the log lost": (_lose("log/key"), "log files", "bad", "log/key", True),
    "withdrawal list lost": (_list(True), "withdrawal lists", "bad", "withdrawn/1", True),
    "withdrawal list damaged": (_list(False), "withdrawal lists", "bad", "withdrawn/1", True),
    "photo lost": (_photo(".jpg", ".webp", "-small.jpg", "-small.webp"), "pictures", "bad", "4 files", False),
    "small pictures lost": (_photo("-small.jpg", "-small.webp"), "pictures", "bad", "2 files", True),
    "everybody writes": (_loose, "permissions", "bad", "labelsvc.sqlite3", True),
    "everybody reads the folder": (lambda s: s.settings.data_dir.chmod(0o755), "permissions", "doubt", "data", True),
    "folder of an unknown run": (lambda s: (s.files / "runs" / "77").mkdir(), "run files", "doubt", "runs/77", False),
    "pages damaged": (_pages, "pages", "bad", "damaged", False),
    "older than its log": (_older, "log files", "bad", "older", False),
}  # fmt: skip
#: The same for rows, on both databases.
_ROWS: dict[str, tuple[Callable[[Service], None], str, str, str, bool]] = {
    "stale lease": (_lease(timedelta(days=-3)), "jobs", "bad", "nobody takes them", False),
    "lease ten years ahead": (_lease(timedelta(days=3650)), "jobs", "bad", "clock was wrong", True),
    "counter below what was issued": (_sql("UPDATE counter SET next = 3"), "numbers", "bad", "behind", True),
    "numbers given twice": (_sql("UPDATE issue SET first = 20 WHERE first = 25"), "numbers", "bad", "given twice", False),
    "audit trail changed": (_sql("UPDATE audit_entry SET actor = 'x' WHERE id = 1"), "audit trail", "bad", "entry 1", False),
    "layout unreadable": (_sql("UPDATE print_run SET layout_toml = 'name = '"), "run files", "bad", "runs/1", False),
    "active key gone": (_sql("DELETE FROM key_record WHERE state = 'active'"), "numbers", "bad", "keys that are gone: 1", False),
    "no key active": (_sql(_NO_KEY), "signing keys", "bad", "no active signing key", False),
    "permutation gone": (_sql("DELETE FROM permutation_secret"), "signing keys", "bad", "shuffled", False),
    "leaf changed": (_sql("UPDATE log_leaf SET body = :body WHERE seq = 1", body=b"x"), "public log", "bad", "root that was signed", False),
    "leaf waits": (_waits, "log files", "bad", "quarter of an hour", False),
    "lists expired": (_later(days=-3), "withdrawal lists", "bad", "older than they promise", True),
    "lists of the future": (_later(days=30), "withdrawal lists", "bad", "clock was ahead", True),
    "page not found": (_sql("DELETE FROM search_entry WHERE kind = 'product'"), "search", "bad", "not found", True),
    "nobody publishes": (_sql("UPDATE heartbeat SET at = '2026-01-01 00:00:00+00:00'"), "recurring work", "doubt", "Nothing was done", False),
}  # fmt: skip


def _check(
    service: Service,
    told: Told,
    fault: tuple[Callable[[Service], None], str, str, str, bool],
) -> None:
    plant, check, state, words, mended = fault
    plant(service)
    service.database.close()
    found = {row["check"]: row for row in told("doctor", code=1 if state == "bad" else 0)}
    row = found[check]
    if check == "numbers" and row["what"].startswith("not looked at"):
        row = found["pages"]  # rows that point to nothing are told first
        words = "rows that are gone"
    assert (row["state"], words in row["what"]) == (state, True), row
    assert row["fix"] and "migrate" not in row["fix"]
    after = {r["check"]: r for r in told("doctor", "--repair", code=0 if mended or state == "doubt" else 1)}  # fmt: skip
    assert (after[check]["state"] == "ok") is mended, after[check]
    assert not mended or after[check]["repair"]


@pytest.mark.parametrize("name", _FAULTS)
def test_a_fault_of_files_is_found_and_mended_where_it_can_be(
    service: Service, told: Told, name: str
) -> None:
    before = hashlib.sha256((service.files / service.names["run"]).read_bytes()).digest()
    _check(service, told, _FAULTS[name])
    if (service.files / service.names["run"]).exists():
        after = hashlib.sha256((service.files / service.names["run"]).read_bytes()).digest()
        assert after == before


@pytest.mark.parametrize("name", _ROWS)
def test_a_fault_of_rows_is_found_and_mended_where_it_can_be(
    service: Service, told: Told, name: str
) -> None:
    _check(service, told, _ROWS[name])


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_same_faults_are_found_on_postgresql(
    database: Database,
    settings: Settings,
    told: Told,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = _settings(tmp_path / "data", settings.database_url)
    monkeypatch.setattr(settings_module, "settings", lambda: found)
    names = _fill(database, found)
    service = Service(database, found, names)
    assert all(row["state"] != "bad" for row in told("doctor"))
    # One after another in one database; what hides the others comes last.
    for name in ("stale lease", "nobody publishes", "leaf waits", "counter below what was issued",
                 "numbers given twice", "audit trail changed", "leaf changed", "no key active",
                 "layout unreadable", "active key gone", "permutation gone"):  # fmt: skip
        plant, check, state, words, _ = _ROWS[name]
        if name == "active key gone":
            plant = _sql("DELETE FROM key_record WHERE kid = 1")
        plant(service)
        row = {row["check"]: row for row in told("doctor", code=1)}[check]
        assert (row["state"], words in row["what"]) == (state, True), row


def test_advice_for_a_key_that_does_not_sign_leads_out(
    service: Service, run: Run, told: Told
) -> None:
    service.sql(_NO_KEY)
    service.database.close()
    (row,) = (row for row in told("doctor", code=1) if row["check"] == "signing keys")
    assert row["fix"] == "Run: labelsvc keys rotate"
    run("keys", "rotate")
    assert {r["check"]: r["state"] for r in told("doctor")}["signing keys"] == "ok"


@pytest.mark.parametrize("where", ["environment", "file"])
def test_a_misspelt_setting_is_told(
    service: Service, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    if where == "file":
        (tmp_path / "labelsvc.toml").write_text('ofice_name = "A"\n')
    else:
        monkeypatch.setenv("LABELSVC_OFICE_NAME", "A")
    (row,) = (row for row in told("doctor", code=1) if row["check"] == "settings")
    assert "office_name" in row["what"].lower()
