"""`labelsvc audit-log`: publishing, checking over http and from a folder, witnesses, recovery."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.codes.tlog.formats import tiles
from labelsvc.codes.tlog.formats.merkle import leaf_hash
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.db import Database
from labelsvc.settings import Settings
from tests.cli.conftest import Run
from tests.factories import make_lot


@pytest.fixture
def folder(run: Run, database: Database, settings: Settings) -> Path:
    """A published log of one lot."""
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot = make_lot(session)
        issue = allocate(session, lot=lot, count=20, form=Form.SHORT)
        revoke.void(session, first=issue.first, count=3, reason="rách", by="test")
    assert "has 3 leaves" in run("audit-log", "publish").output
    return settings.data_dir.resolve() / "files" / "log"


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    handler = partial(_Quiet, directory=str(folder.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/log/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_log_is_checked_over_http_and_remembered(run: Run, address: str, tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    first = run("audit-log", "verify", address, "--state", str(state))
    assert first.exit_code == 0, first.output
    assert "17 live codes (20 issued, 3 void, 0 withdrawn), 1000 units declared" in first.output
    assert "The key came from the log itself" in first.output
    again = json.loads(run("audit-log", "verify", address, "--state", str(state), "--json").output)
    assert (again["ok"], again["size"], again["before"], again["key_from"]) == (True, 3, 3, "state")
    assert again["lots"][0]["live"] == 17 and again["over"] == []


def test_a_changed_file_is_found_and_not_remembered(run: Run, folder: Path, tmp_path: Path) -> None:
    bundle = folder / "tile" / "entries" / "000.p" / "3"
    rows = tiles.unpack_leaves(bundle.read_bytes(), 3)
    rows[0] = rows[0].replace(b'"count":20', b'"count":10')
    bundle.write_bytes(tiles.pack_leaves(rows))
    state = tmp_path / "state.json"
    told = run("audit-log", "verify", str(folder), "--state", str(state), code=1)
    assert "DOES NOT FIT  tile/0/000.p/3, leaf 0" in told.output
    assert not state.exists()


def test_a_rewritten_log_is_found(
    run: Run, database: Database, folder: Path, tmp_path: Path
) -> None:
    state = tmp_path / "state.json"
    assert run("audit-log", "verify", str(folder), "--state", str(state)).exit_code == 0
    with database.writing() as session:  # somebody with all our keys begins a second history
        leaf = session.query(LogLeaf).filter_by(seq=1).one()
        leaf.body = leaf.body.replace(b'"count":3', b'"count":2')
        leaf.leaf_hash = leaf_hash(leaf.body)
        session.execute(update(LogState).values(size=0, root=bytes(32), checkpoint=""))
    (folder / "checkpoint").unlink()
    run("audit-log", "publish")
    kept = state.read_text()
    told = run("audit-log", "verify", str(folder), "--state", str(state), code=1)
    assert "DOES NOT FIT  checkpoint" in told.output
    assert state.read_text() == kept


def test_too_many_codes_are_a_negative_answer(run: Run, database: Database, folder: Path) -> None:
    with database.writing() as session:
        lot = session.query(Lot).one()
        session.add(Issue(form="short", lot=lot, first=5000, count=2000, first_in_lot=20, kid=1))
    run("audit-log", "publish")
    told = run("audit-log", "verify", str(folder), code=1)
    assert "TOO MANY" in told.output
    assert "Every leaf, hash and signature fits." in told.output


def test_a_given_key_must_be_that_of_the_log(run: Run, folder: Path) -> None:
    own = run("audit-log", "key").output.strip()
    good = run("audit-log", "verify", str(folder), "--key", own, "--json")
    assert json.loads(good.output)["key_from"] == "given"
    other = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    bad = run("audit-log", "verify", str(folder), "--key", other, code=1)
    assert "not signed by PeterNeumann" in bad.output


@pytest.mark.parametrize("url", ["ftp://example.org/log", "/nowhere", "http://127.0.0.1:9/log"])
def test_what_is_no_log_is_refused_in_words(run: Run, settings: Settings, url: str) -> None:
    told = run("audit-log", "verify", url, code=1)
    assert "Traceback" not in told.output and told.output.strip()


def test_a_spoilt_state_file_is_refused(run: Run, folder: Path, tmp_path: Path) -> None:
    for text in ("", "[]", "{}", '{"key": "x", "checkpoint": ""}'):
        (tmp_path / "s.json").write_text(text)
        told = run("audit-log", "verify", str(folder), "--state", str(tmp_path / "s.json"), code=1)
        assert "no file of this command" in told.output


def test_a_witness_sees_signs_and_is_seen(run: Run, folder: Path, tmp_path: Path) -> None:
    own, state = str(tmp_path / "w.json"), str(tmp_path / "w-state.json")
    key = run("audit-log", "witness", "w.example/1", own).output.strip()
    assert Path(own).stat().st_mode & 0o777 == 0o600
    run("audit-log", "witness", "w.example/1", own, code=1)
    line = run("audit-log", "cosign", str(folder), "--with", own, "--state", state).output
    assert line.startswith("— w.example/1 ")
    again = run("audit-log", "cosign", str(folder), "--with", own, "--state", state, "--json")
    assert json.loads(again.output)["line"].startswith("— w.example/1 ")
    assert run("audit-log", "accept", key, line).exit_code == 0
    told = run("audit-log", "verify", str(folder), "--witness", key)
    assert told.exit_code == 0 and "Seen by the witness w.example/1" in told.output
    other = run("audit-log", "witness", "w.example/2", str(tmp_path / "x.json")).output.strip()
    run("audit-log", "verify", str(folder), "--witness", other, code=1)


def test_leaves_come_back_after_an_old_backup(run: Run, database: Database, folder: Path) -> None:
    with database.writing() as session:
        session.execute(delete(LogLeaf).where(LogLeaf.seq >= 1))
        session.execute(update(LogState).values(next_seq=1, size=1))
    told = run("audit-log", "publish", code=1)
    assert "audit-log recover" in told.output
    assert json.loads(run("audit-log", "recover", "--json").output)["recovered"] == 2
    assert run("audit-log", "publish").exit_code == 0
    assert run("audit-log", "verify", str(folder)).exit_code == 0


def test_the_audit_trail_is_held_to_the_log(
    run: Run, database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        for number in range(3):
            audit.record(session, actor="user:1", action="x", subject=f"y:{number}")
        for entry in session.query(AuditEntry):
            entry.at -= timedelta(days=1)
    with database.writing() as session:  # the hashes of the moved moments
        previous = audit.GENESIS
        for entry in session.query(AuditEntry).order_by(AuditEntry.id):
            entry.previous = previous
            entry.hash = previous = audit.hash_of(entry)
    run("audit-log", "publish")
    words = run("audit", "verify").output
    assert "The chain is whole." in words
    assert "public log that fit: 1. Entries since the last: 0." in words
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id == 3))
    words = run("audit", "verify", code=1).output
    assert "The chain is whole." in words  # cutting off its end leaves a chain
    assert "entry 3, which the public log names as the newest of the day, is gone" in words
    assert "sổ công khai" in run("--language", "vi", "audit", "verify", code=1).output
