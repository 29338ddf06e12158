"""A copy that is older than what was published: what it forgot comes back, and nothing is given twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from labelsvc import clock
from labelsvc.accounts import audit, users
from labelsvc.accounts.models import AuditEntry, SignIn, User
from labelsvc.catalogue import lots
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Blank, Form, Issue, KeyRecord, Mark
from labelsvc.codes.register import blank, revoke
from labelsvc.codes.register.issue import allocate
from labelsvc.codes.register.withdrawal import freeze_key
from labelsvc.codes.tlog import setback
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.codes.trust.models import StatusState
from labelsvc.db import Database
from labelsvc.errors import LogForked
from labelsvc.files import Files
from labelsvc.jobs.models import Job, JobState
from labelsvc.jobs.queue import enqueue
from labelsvc.recovery import notice
from labelsvc.worker.tasks import work_once
from tests.factories import make_lot
from tests.recovery.conftest import Service

Told = Callable[..., Any]
WAYS = pytest.mark.parametrize("way", ["restore", "by hand"])


@pytest.fixture
def back(service: Service, told: Told, tmp_path: Path) -> Callable[[str, bool], Any]:
    """Makes a copy of the service (False), or puts it back in one of two ways (True)."""

    def do(way: str, again: bool) -> Any:
        copy = tmp_path / "copy.tar"
        if not again:
            return told("backup", copy) if way == "restore" else service.keep()
        service.database.close()
        if way == "restore":
            return told("restore", copy, "--force")
        service.set_back()
        assert notice.look(service.database, Files(service.settings.files), service.settings)
        return None

    return do


@WAYS
def test_what_was_withdrawn_is_withdrawn_in_the_very_first_answer(
    service: Service, lot: Lot, way: str, back: Callable[[str, bool], Any], database: Database
) -> None:
    codes = service.codes(service.issue(lot, 10))
    with database.writing() as session:
        other = make_lot(session, session.get_one(Lot, lot.id).product, code="L2")
    recalled = service.codes(service.issue(other, 3))
    service.publish()
    back(way, False)
    with database.writing() as session:
        revoke.withdraw(session, first=1, count=1, reason="Bị mất", by="user:1")
        revoke.void(session, first=2, count=2, reason="rách", by="user:1")
        lots.recall(session, session.get_one(Lot, other.id), reason="có vi khuẩn", actor="user:1")
        freeze_key(session, 1, reason="bị đánh cắp", actor="user:1", secrets=service.settings.keys)
    service.publish()
    before = [service.verdict(code) for code in (codes[0], codes[1], codes[3], recalled[0])]
    assert before == ["REVOKED", "VOIDED", "ISSUED_OK", "RECALLED"]
    back(way, True)
    after = [service.verdict(code) for code in (codes[0], codes[1], codes[3], recalled[0])]
    assert after == before
    with database.reading() as session:
        assert session.get_one(KeyRecord, 1).state == "frozen"


@WAYS
def test_runs_that_the_copy_does_not_know_come_back_and_their_ids_are_not_given_again(
    service: Service, lot: Lot, way: str, back: Callable[[str, bool], Any], database: Database, told: Told
) -> None:  # fmt: skip
    service.issue(lot, 5)
    service.publish()
    back(way, False)
    lost = service.issue(lot, 20)
    with database.writing() as session:
        newer = make_lot(session, session.get_one(Lot, lot.id).product, code="L2")
        roll = blank.allocate_blank(session, producer_id=1, count=30, by="user:1")
        revoke.withdraw(session, first=lost.first, count=1, reason="Bị mất", by="user:1")
    offline = service.issue(newer, 4, Form.OFFLINE)
    codes = [*service.codes(lost), *service.codes(offline)]
    service.publish()
    back(way, True)
    if way == "by hand":
        with pytest.raises(LogForked, match="older than what it published"):
            service.issue(lot, 1)
        command = "print", "--lot", "1", "--count", "1", "--layout", "a4-65"
        assert "audit-log recover" in service.run(*command, "--output", "x.pdf", code=1).stderr
        assert told("audit-log", "recover")["recovered"] > 0
    verdicts = [service.verdict(code) for code in codes]
    assert verdicts == ["REVOKED", *["ISSUED_OK"] * 23]
    with database.writing() as session:
        assert session.get_one(Blank, roll.id).first == roll.first
        mine = make_lot(session, session.get_one(Lot, lot.id).product, code="L3")
        assert mine.id > newer.id
        issue = allocate(session, lot=mine, count=3, form=Form.SHORT)
        assert issue.id > offline.id and issue.first > offline.last
        assert revoke.void(session, first=issue.first, count=1, reason="rách", by="x")[0].id > 1
    service.publish()
    told("audit-log", "publish")
    with database.reading() as session:
        leaves = set(session.scalars(select(LogLeaf.subject).where(LogLeaf.seq.is_not(None))))
        rows = {f"issue:{number}" for number in session.scalars(select(Issue.id))}
    assert rows <= leaves
    folder = service.settings.data_dir.resolve() / "files" / "log"
    checked = told("audit-log", "verify", folder)
    assert checked["ok"] and checked["missing"] == []


def test_ids_of_rows_that_nobody_can_bring_back_are_not_given_again(
    service: Service, lot: Lot, database: Database, told: Told, tmp_path: Path
) -> None:
    """The journal is gone: lots that the copy lacks stay lost, and their ids are taken."""
    service.publish()
    told("backup", tmp_path / "copy.tar")
    with database.writing() as session:
        product = session.get_one(Lot, lot.id).product
        lost = make_lot(session, product, code="L2")
    issue = service.issue(lost, 7)
    service.publish()
    files = Files(service.settings.files)
    files.put("runs/41/labels.pdf", b"%PDF of a run that is lost")
    for folder in files.names("recovery"):
        for name in files.names(folder):
            files.delete(name)
    database.close()
    found = told("restore", tmp_path / "copy.tar", "--force")
    assert found["left"] == {f"issue:{issue.id}": "its lot is not known here"}
    assert service.verdict(f"HTTPS://QR.EXAMPLE.VN/{'0' * 13}") != "ISSUED_OK"
    with database.writing() as session:
        product = session.get_one(Lot, lot.id).product
        first, second = (make_lot(session, product, code=code) for code in ("L2", "L3"))
        assert (first.id, second.id) == (lost.id + 1, lost.id + 2)
        again = allocate(session, lot=first, count=1, form=Form.SHORT)
        assert again.id > issue.id and again.first > issue.last
        table = "print_run"
        assert next_id(session, table) > 41


def next_id(session: Any, table: str) -> int:
    """The id that the next row of *table* gets."""
    if session.get_bind().dialect.name == "sqlite":
        return int(session.scalar(text("SELECT next FROM id_floor WHERE name = :n"), {"n": table}))
    sequence = session.scalar(text(f"SELECT pg_get_serial_sequence('{table}', 'id')"))
    return int(session.scalar(text(f"SELECT nextval('{sequence}')")))


def test_lists_and_head_go_on_and_what_they_name_stays_named(
    service: Service, lot: Lot, database: Database, told: Told, tmp_path: Path
) -> None:
    offline = service.issue(lot, 6, Form.OFFLINE)
    service.publish()
    told("backup", tmp_path / "copy.tar")
    with database.writing() as session:
        revoke.sell(session, first=offline.first, count=2, reason="đã bán", by="user:1")
    service.publish()
    with database.writing() as session:
        revoke.withdraw(session, first=offline.last, count=1, reason="mất", by="user:1")
    service.publish()
    head = service.head()
    codes = service.codes(offline)
    files = Files(service.settings.files)
    for folder in files.names("recovery"):  # the lists alone know what is sold
        for name in files.names(folder):
            files.delete(name)
    database.close()
    told("restore", tmp_path / "copy.tar", "--force")
    after = service.head()
    numbers = [int(line.split()[2]) for lines in (head, after) for line in lines[4:6]]
    assert numbers[2] > numbers[0] and numbers[3] > numbers[1]
    assert after[2] >= head[2]
    assert [service.verdict(code) for code in codes] == [
        "DECOMMISSIONED", "DECOMMISSIONED", "ISSUED_OK", "ISSUED_OK", "ISSUED_OK", "REVOKED",
    ]  # fmt: skip


def test_no_number_is_in_two_ranges(service: Service, lot: Lot, database: Database) -> None:
    service.issue(lot, 10)
    with database.writing() as session:
        blank.allocate_blank(session, producer_id=1, count=10, by="user:1")
    with database.writing() as session:
        session.execute(text("UPDATE counter SET next = 5"))
    with pytest.raises(LogForked, match="Numbers 5 to 5 were given before"):
        service.issue(lot, 1)
    for first, count in ((10, 1), (1, 100), (15, 2), (9, 1), (20, 5)):
        row = {"form": "short", "lot_id": lot.id, "first": first, "count": count, "kid": 1,
               "first_in_lot": 50, "created_by": ""}  # fmt: skip
        bound = first == 15
        with database.engine.connect() as connection:
            statement = insert(Issue).values(row)
            if bound:  # wholly on the roll: that is how labels are bound
                connection.execute(statement)
            else:
                with pytest.raises(IntegrityError):
                    connection.execute(statement)
            connection.rollback()
    for first in (1, 15, 20):
        row = {"producer_id": 1, "first": first, "count": 3, "kid": 1, "created_by": ""}
        with database.engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(insert(Blank).values(row))
    with database.engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(update(Issue).values(count=15))


def test_codes_that_were_given_twice_before_anybody_noticed_are_good_on_neither(
    service: Service, lot: Lot, database: Database, told: Told
) -> None:
    service.publish()
    service.keep()
    with database.writing() as session:
        other = make_lot(session, session.get_one(Lot, lot.id).product, code="L2")
    service.issue(other, 5)
    service.publish()
    service.set_back()
    mine = service.issue(lot, 8)  # nobody has looked yet
    codes = service.codes(mine)
    assert service.verdict(codes[0]) == "ISSUED_OK"
    found = told("audit-log", "recover")
    assert found["applied"]["doubled"] == 5
    assert [service.verdict(code) for code in codes] == ["REVOKED"] * 5 + ["ISSUED_OK"] * 3
    service.publish()
    with database.reading() as session:
        assert f"issue:{mine.id}#2" in session.scalars(select(LogLeaf.subject)).all()
    checked = told("audit-log", "verify", service.settings.data_dir.resolve() / "files/log", code=1)
    assert any("overlap" in problem["message"] for problem in checked["problems"])


def test_the_trail_is_whole_again_and_says_what_has_to_be_done_again(
    service: Service, database: Database, told: Told, tmp_path: Path
) -> None:
    with database.writing() as session:
        minh = User(name="minh@example.vn", full_name="Minh", role="office")
        session.add(minh)
        session.flush()
        session.add(SignIn(token_hash="0" * 64, user_id=minh.id, expires_at=clock.now()))
    service.publish()
    told("backup", tmp_path / "copy.tar")
    with database.writing() as session:
        users.set_active(session, session.get_one(User, minh.id), False, actor="user:1")
        audit.record(session, actor="user:1", action="outlet.sells", subject="outlet:7")
        newest = audit.record(session, actor="user:1", action="sign_in", subject="user:9").hash
    service.publish()
    database.close()
    found = told("restore", tmp_path / "copy.tar", "--force")
    assert found["to_do"] == {"outlet.sells": ["outlet:7"]}
    with database.reading() as session:
        assert not session.get_one(User, minh.id).active
        assert session.scalars(select(SignIn)).all() == []
        assert newest in session.scalars(select(AuditEntry.hash)).all()
    assert told("audit", "verify")["broken_at"] is None


def test_a_head_that_was_served_is_never_served_again(
    service: Service, database: Database, lot: Lot
) -> None:
    service.publish()
    service.keep()
    service.issue(lot, 1)
    service.publish()
    service.set_back()
    notice.look(database, Files(service.settings.files), service.settings)
    with database.reading() as session:
        assert session.get_one(StatusState, 1).head == ""


def test_whoever_is_not_older_is_left_alone(service: Service, database: Database, lot: Lot, told: Told) -> None:  # fmt: skip
    service.issue(lot, 3)
    service.publish()
    with database.reading() as session:
        before = session.scalar(select(func.max(KeyRecord.kid)))
    assert notice.look(database, Files(service.settings.files), service.settings) is None
    found = told("audit-log", "recover")
    assert (found["recovered"], found["applied"], found["left"]) == (0, {}, {})
    with database.reading() as session:
        assert setback.found(session) is None
        assert session.scalar(select(func.max(KeyRecord.kid))) == before


def test_marks_made_meanwhile_do_not_hide_a_withdrawal(
    service: Service, database: Database, lot: Lot, told: Told
) -> None:
    issue = service.issue(lot, 4)
    service.publish()
    service.keep()
    with database.writing() as session:
        revoke.withdraw(session, first=issue.first, count=2, reason="mất", by="user:1")
    service.publish()
    service.set_back()
    with database.writing() as session:  # the same id, another fact; nobody has looked yet
        revoke.activate(session, first=issue.first, count=4, reason="bán", by="user:1")
        revoke.void(session, first=issue.last, count=1, reason="rách", by="user:1")
    told("audit-log", "recover")
    codes = service.codes(issue)
    assert [service.verdict(code) for code in codes] == ["REVOKED", "REVOKED", "ISSUED_OK", "VOIDED"]  # fmt: skip
    service.publish()
    with database.reading() as session:
        void = session.scalars(select(Mark.id).where(Mark.state == "void")).one()
        bodies = b"\n".join(session.scalars(select(LogLeaf.body)))
    assert b'"state":"void"' in bodies, void


def test_files_of_another_service_are_told(
    service: Service, database: Database, lot: Lot, tmp_path: Path
) -> None:
    service.publish()
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE log_state SET public = :other"), {"other": bytes(32)})
    found = notice.look(database, Files(service.settings.files), service.settings)
    assert found is not None and found.row.sign == "another"
    with pytest.raises(LogForked):
        service.issue(lot, 1)
    told = service.run("audit-log", "recover", code=1).stderr
    assert "of another one" in told and "move the folders" in told


def test_the_trail_cannot_be_cut_where_the_journal_has_it(
    service: Service, database: Database
) -> None:
    with database.writing() as session:
        for number in range(9):
            audit.record(session, actor="user:1", action="x", subject=f"y:{number}")
    service.publish()
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id > 4))
    assert "Entry 9, which the journal" in service.run("audit", "verify", code=1).stdout
    with database.engine.begin() as connection:
        connection.execute(delete(AuditEntry))
    assert "Entry 9, which the journal" in service.run("audit", "verify", code=1).stdout


def test_a_whole_machine_that_was_set_back_is_completed_from_a_mirror(
    service: Service, database: Database, lot: Lot, told: Told, tmp_path: Path
) -> None:
    codes = service.codes(service.issue(lot, 3))
    service.publish()
    service.keep()
    folder = service.settings.data_dir.resolve() / "files"
    shutil.copytree(folder, tmp_path / "files of then")
    with database.writing() as session:
        revoke.withdraw(session, first=1, count=1, reason="mất", by="user:1")
    lost = service.issue(lot, 2)
    service.publish()
    shutil.copytree(folder / "log", tmp_path / "mirror")
    service.set_back()
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "files of then", folder)
    assert notice.look(service.database, Files(service.settings.files), service.settings) is None
    assert service.verdict(codes[0]) == "ISSUED_OK"  # nothing here can know
    assert told("audit-log", "recover", "--from", tmp_path / "mirror")["recovered"] == 2
    assert service.verdict(codes[0]) == "REVOKED"
    assert service.issue(lot, 1).first > lost.last
    assert (
        "not newer" in service.run("audit-log", "recover", "--from", folder / "log", code=1).stderr
    )
    bundle = next(path for path in (tmp_path / "mirror").rglob("*") if "entries" in str(path) and path.is_file())  # fmt: skip
    bundle.write_bytes(bundle.read_bytes()[:-1] + b"?")
    service.run("audit-log", "recover", "--from", tmp_path / "mirror", code=1)


def test_nothing_is_rendered_until_the_copy_is_completed(
    service: Service, database: Database, lot: Lot, told: Told
) -> None:
    with database.writing() as session:
        printing = enqueue(session, kind="print_run", payload={}, parts=1).id
    service.publish()
    service.keep()
    service.issue(lot, 1)
    service.publish()
    service.set_back()
    notice.look(database, Files(service.settings.files), service.settings)
    assert not work_once(database, Files(service.settings.files), service.settings)
    told("audit-log", "recover")
    with database.reading() as session:
        assert session.get_one(Job, printing).state == JobState.QUEUED


def test_what_is_published_while_somebody_looks_is_no_setback(
    service: Service, lot: Lot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process publishes between the look at the files and the look at the database."""
    service.issue(lot, 1)
    service.publish()
    whole = notice.World.of

    def meanwhile(files: Files) -> notice.World:
        world = whole(files)
        service.issue(lot, 1)
        service.publish()
        return world

    monkeypatch.setattr(notice.World, "of", meanwhile)
    files = Files(service.settings.files)
    assert notice.look(service.database, files, service.settings) is None
    service.issue(lot, 1)
