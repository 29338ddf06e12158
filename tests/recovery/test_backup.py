"""Copies: whole or refused before anything is replaced, encrypted, kept by a rule, rehearsed elsewhere."""

from __future__ import annotations

import hashlib
import io
import os
import random
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from labelsvc import clock
from labelsvc import settings as settings_module
from labelsvc.catalogue.models import Lot
from labelsvc.cli.backup import dump, restoring
from labelsvc.codes.models import Issue
from labelsvc.codes.tlog import setback
from labelsvc.db import Database
from labelsvc.errors import BadInput, LogForked
from labelsvc.files import Files
from labelsvc.recovery import complete, crypt, keeping
from labelsvc.recovery.complete import Before
from tests.recovery.conftest import Service

pyrage = pytest.importorskip("pyrage")
Told = Callable[..., Any]
#: Places of a copy that are damaged, one after the other.
PLACES = int(os.environ.get("LABELSVC_TEST_PLACES", "30"))


def state(service: Service) -> tuple[list[int], dict[str, str]]:
    """What a refused restore must leave as it is."""
    with service.database.reading() as session:
        issues = list(session.scalars(select(Issue.first).order_by(Issue.first)))
    files = Files(service.settings.files)
    sums = {name: hashlib.sha256(files.get(name)).hexdigest() for name in files.all_names()}
    return issues, sums


@pytest.fixture
def copy(service: Service, lot: Lot, told: Told, tmp_path: Path) -> Path:
    """A copy of a service that went on afterwards."""
    Files(service.settings.files).put("runs/1/labels.pdf", random.Random(1).randbytes(20_000))
    service.issue(lot, 5)
    service.publish()
    told("backup", tmp_path / "copy.tar")
    service.issue(lot, 7)
    service.publish()
    return tmp_path / "copy.tar"


def test_random_bytes_anywhere_are_refused_and_nothing_is_replaced(
    service: Service, copy: Path, tmp_path: Path
) -> None:
    whole, before = copy.read_bytes(), state(service)
    chance = random.Random(17)
    for _ in range(PLACES):
        at = chance.randrange(len(whole) - 64)
        (tmp_path / "bad.tar").write_bytes(whole[:at] + chance.randbytes(64) + whole[at + 64 :])
        service.run("restore", tmp_path / "bad.tar", "--force", code=1)
    for length in (len(whole) - 1, len(whole) // 2, 600):
        (tmp_path / "bad.tar").write_bytes(whole[:length])
        service.run("restore", tmp_path / "bad.tar", "--force", code=1)
    (tmp_path / "bad.tar").write_bytes(whole + b"x")
    service.run("restore", tmp_path / "bad.tar", "--force", code=1)
    assert state(service) == before


def test_the_part_that_is_damaged_is_named(service: Service, copy: Path, tmp_path: Path) -> None:
    data = copy.read_bytes()
    pdf = Files(service.settings.files).get("runs/1/labels.pdf")
    at = data.index(pdf[5_000:5_100])
    copy.write_bytes(data[:at] + bytes(64) + data[at + 64 :])
    told = service.run("restore", copy, "--force", code=1).stderr
    assert "files/runs/1/labels.pdf" in told and "nothing was replaced" in told


def test_a_database_with_broken_pages_is_refused_though_sums_fit(
    service: Service, copy: Path, tmp_path: Path
) -> None:
    """quick_check lets pass what integrity_check finds: an index that lacks a row."""
    if not service.database.is_sqlite:
        pytest.skip("PostgreSQL checks its own pages")
    with tarfile.open(copy) as tar:
        tar.extract("database", tmp_path / "inside", filter="data")
    broken = tmp_path / "inside" / "database"
    own = sqlite3.connect(broken)
    own.execute("PRAGMA writable_schema=ON")
    own.execute(
        "UPDATE sqlite_schema SET sql = replace(sql, 'first', 'count') WHERE name = 'ix_issue_first'"
    )
    own.commit()
    own.close()
    with pytest.raises(BadInput, match="damaged"):
        dump.check(service.database, broken)
    before = state(service)
    with pytest.raises(BadInput, match="damaged"):
        dump.load(service.database, broken)
    assert state(service) == before


def test_what_was_replaced_comes_back_when_the_copy_does_not_open(
    service: Service, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(service)[0]

    def fail(*_: object) -> None:
        raise BadInput("the power went")

    monkeypatch.setattr(restoring, "_complete", fail)
    service.database.close()
    assert "power" in service.run("restore", copy, "--force", code=1).stderr
    assert state(service)[0] == before
    assert not list(service.settings.data_dir.glob(".restore-*"))


def test_a_loaded_copy_goes_on_after_what_was_given(
    service: Service, lot: Lot, copy: Path, tmp_path: Path
) -> None:
    """In one step with the load: whoever dies right after it must give nothing twice."""
    with tarfile.open(copy) as tar:
        tar.extract("database", tmp_path / "inside", filter="data")
    service.database.close()
    taken = Before(5_000, 40, {"issue": 70, "print_run": 80})
    dump.load(service.database, tmp_path / "inside" / "database", before=taken)
    with service.database.reading() as session:
        before = complete.given(session)
        with pytest.raises(LogForked):  # places inside lots may be given twice: first a new key
            setback.refuse(session)
    assert (before.next, before.kid, before.ids["issue"], before.ids["print_run"]) == (
        5_000, 40, 70, 80,
    )  # fmt: skip
    service.run("audit-log", "recover")
    issue = service.issue(lot, 1)
    with service.database.reading() as session:
        row = session.get_one(Issue, issue.id)
        assert (row.id, row.first >= 5_000, row.kid > 40) == (71, True, True)


def _rename(service: Service, old: str, new: str) -> None:
    with service.database.engine.begin() as connection:
        for name in ("id_floor", "blank_roll"):
            connection.execute(
                text(f"ALTER TABLE {old.format(name=name)} RENAME TO {new.format(name=name)}")
            )


def test_a_database_of_an_older_release_tells_what_it_gave(service: Service, copy: Path) -> None:
    """It lacks tables: what it gave must stay taken all the same."""
    # Renamed and not dropped: the tests after this one share the tables of PostgreSQL.
    _rename(service, "{name}", "{name}_away")
    try:
        before = restoring._given(service.database)
    finally:
        _rename(service, "{name}_away", "{name}")
    assert (before.next > 1, before.kid > 0, before.ids["issue"]) == (True, True, 2)


def test_a_restore_removes_what_a_killed_one_left(service: Service, copy: Path) -> None:
    """Its folder holds whole databases, with names and telephone numbers."""
    left = service.settings.data_dir / ".restore-killed"
    left.mkdir()
    (left / "replaced").write_bytes(b"names")
    service.database.close()
    service.run("restore", copy, "--force")
    assert not left.exists()


def test_other_secret_keys_are_refused_before_anything_is_replaced(
    service: Service, copy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(service)
    other = service.settings.model_copy(update={"secret_keys": ("another-key-that-is-long-enough-0123456789",)})  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(settings_module, "settings", lambda: other)
        told = service.run("restore", copy, "--force", code=3).stderr
    assert "other secret keys" in told and "Nothing was replaced" in told
    assert state(service) == before


def test_a_copy_comes_back_in_the_folder_of_another_machine(
    service: Service, copy: Path, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    if not service.database.is_sqlite:
        pytest.skip("a second database of the cluster is not made here")
    elsewhere = service.settings.model_copy(
        update={"database_url": f"sqlite:///{tmp_path}/other/db", "data_dir": tmp_path / "other"}
    )
    monkeypatch.setattr(settings_module, "settings", lambda: elsewhere)
    assert told("restore", copy)["unknown_codes"] == 0
    database = Database(elsewhere.database)
    there = Service(database, elsewhere, service.run, tmp_path)
    assert there.verdict(service_code(there)) == "ISSUED_OK"
    assert Files(elsewhere.files).get("runs/1/labels.pdf")
    database.close()


def service_code(service: Service) -> str:
    """The first code of the first issue."""
    with service.database.reading() as session:
        issue = session.scalars(select(Issue).order_by(Issue.first)).first()
    assert issue is not None
    return service.codes(issue)[0]


@pytest.mark.parametrize("how", ["recipient", "file", "environment"])
def test_an_encrypted_copy_opens_with_its_key_alone(
    service: Service, told: Told, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not service.database.is_sqlite:
        pytest.skip("the same bytes on both")
    key, copy = pyrage.x25519.Identity.generate(), tmp_path / "copy.tar.age"
    (tmp_path / "key").write_text(f"# made by age-keygen\n{key}\n")
    (tmp_path / "word").write_text("một câu dài để mở bản sao\n")
    (tmp_path / "other").write_text(f"{pyrage.x25519.Identity.generate()}\n")
    shut = {
        "recipient": ["--recipient", str(key.to_public())],
        "file": ["--passphrase-file", tmp_path / "word"],
        "environment": [],
    }[how]
    if how == "environment":
        monkeypatch.setenv("LABELSVC_BACKUP_PASSPHRASE", "một câu dài để mở bản sao")
    told("backup", copy, *shut)
    monkeypatch.delenv("LABELSVC_BACKUP_PASSPHRASE", raising=False)
    assert copy.read_bytes().startswith(b"age-encryption.org/v1\n")
    if how == "recipient":
        plain = io.BytesIO()
        pyrage.decrypt_io(io.BytesIO(copy.read_bytes()), plain, [key])
        plain.seek(0)
        with tarfile.open(fileobj=plain) as tar:
            assert "database" in tar.getnames()
        assert "does not open" in service.run("restore", copy, "--force", "--identity", tmp_path / "other", code=1).stderr  # fmt: skip
    assert "is encrypted" in service.run("restore", copy, "--force", code=1).stderr
    service.database.close()
    opens = ["--identity", tmp_path / "key"] if how == "recipient" else ["--passphrase-file", tmp_path / "word"]  # fmt: skip
    assert told("restore", copy, "--force", *opens)["format"] == 2
    data = copy.read_bytes()
    copy.write_bytes(data[:-40] + bytes(20) + data[-20:])
    service.run("restore", copy, "--force", *opens, code=1)
    with (
        pytest.raises(BadInput, match="no public key"),
        crypt.shutting(io.BytesIO(), crypt.Lock(("age1no",))),
    ):
        pass


def test_copies_stay_by_their_rule() -> None:
    start = datetime(2026, 11, 30, 2, 0, tzinfo=clock.HANOI)
    names = [keeping.name_of(start - timedelta(days=n), shut=n % 2 == 0) for n in range(500)]
    gone = set(
        keeping.to_delete([*names, "notes.txt", "labelsvc-x.tar"], keeping.rules("7d,4w,12m"))
    )
    stay = [name for name in names if name not in gone]
    assert stay[:7] == names[:7]
    assert (
        len(stay) == 7 + 2 + 11 and "notes.txt" not in gone
    )  # a Monday: two weeks begin with days
    assert keeping.to_delete(names[:1], keeping.rules("0d,1w")) == []
    for wrong in ("", "7", "7y", "7d;4w", "0d", "-1d"):
        with pytest.raises(BadInput):
            keeping.rules(wrong)


def test_a_timer_keeps_a_folder_tidy(service: Service, told: Told, tmp_path: Path) -> None:
    folder = tmp_path / "copies"
    folder.mkdir()
    for day in range(1, 10):
        (folder / f"labelsvc-202601{day:02}-020000.tar").write_bytes(b"older")
    made = told("backup", "--to", folder, "--keep", "2d")
    assert len(made["deleted"]) == 8
    assert len(list(folder.iterdir())) == 2 and Path(made["file"]).parent == folder
    assert "Give a FILE" in service.run("backup", code=2).stderr


def test_files_of_an_object_store_are_in_the_copy(
    service: Service, told: Told, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not service.database.is_sqlite:
        pytest.skip("the same files on both")
    stored = service.settings.model_copy(update={"files_url": "memory://copies-of-files"})
    monkeypatch.setattr(settings_module, "settings", lambda: stored)
    files = Files(stored.files)
    files.put("runs/7/labels.pdf", b"%PDF")
    told("backup", tmp_path / "copy.tar", "--with-files")
    files.delete("runs/7/labels.pdf")
    service.database.close()
    told("restore", tmp_path / "copy.tar", "--force")
    assert files.get("runs/7/labels.pdf") == b"%PDF"
    told("backup", tmp_path / "other.tar")
    with tarfile.open(tmp_path / "other.tar") as tar:
        assert not [name for name in tar.getnames() if name.startswith("files/")]


def test_a_log_of_writes_never_lies_beside_another_file(service: Service, tmp_path: Path) -> None:
    if not service.database.is_sqlite:
        pytest.skip("SQLite's own")
    path = Path(service.database.url.database or "")
    service.database.close()
    code = (
        "import os, sqlite3, sys; c = sqlite3.connect(sys.argv[1]); "
        "c.execute('PRAGMA journal_mode=WAL'); c.execute('CREATE TABLE late (x)'); c.commit(); os._exit(0)"
    )
    dump.dump(service.database, tmp_path / "source")
    subprocess.run([sys.executable, "-c", code, str(path)], check=True)
    assert Path(f"{path}-wal").stat().st_size
    dump.load(service.database, tmp_path / "source")
    with sqlite3.connect(path) as own:
        assert own.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert not own.execute("SELECT 1 FROM sqlite_schema WHERE name = 'late'").fetchall()
    own.close()
