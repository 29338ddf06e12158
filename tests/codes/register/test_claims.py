"""A frozen key and a database that holds ranges which the public log lacks: a thief may have written
them, so two people decide."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import offline, short
from labelsvc.codes.keys.key import Key
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Blank, Form, Issue, RangeClaim
from labelsvc.codes.register import blank as rolls
from labelsvc.codes.register import claims, keys, revoke
from labelsvc.codes.register.issue import allocate, codes_of
from labelsvc.codes.tlog import log, ranges
from labelsvc.codes.tlog.formats import audit
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.codes.trust import store
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, FrozenKey, NotFound, Refused
from labelsvc.files import Files
from tests.factories import make_lot, publish_log

BASE = "https://qr.example.vn"
SECRETS = ("a-secret-of-the-settings-for-tests-0001",)
REASON = "Phiếu giao tem số 17"


@pytest.fixture
def stolen(database: Database, files: Files) -> dict[str, list[str]]:
    """Key 1 is frozen. Codes: genuine ones, and those of rows that a thief wrote before and after."""
    with database.writing() as session:
        keys.create_keys(session, secrets=SECRETS)
        lot = make_lot(session, declared=1000)
        good = [allocate(session, lot=lot, count=10, form=f) for f in (Form.OFFLINE, Form.SHORT)]
        _thief(session, lot, Form.OFFLINE, first=500, place=300)
    publish_log(database, files, SECRETS)
    with database.writing() as session:
        keys.freeze(session, 1, secrets=SECRETS)
        lot = session.merge(lot)
        _thief(session, lot, Form.SHORT, first=600, place=400)
        session.add(Blank(producer_id=lot.product.producer_id, first=700, count=5, kid=1))
        session.execute(update(keys.Counter).values(next=1000))
        session.execute(
            update(keys.KeyRecord).where(keys.KeyRecord.kid == 2).values(first_number=1000)
        )
    publish_log(database, files, SECRETS)
    ring = loaded(database)
    with database.reading() as session:
        rows = session.scalars(select(Issue).order_by(Issue.id)).all()
        codes = [code for row in rows for code in codes_of(row, ring)]
        codes += [f"{BASE}/{code}" for code in ring.short_many(700, 5)]
    assert [row.id for row in rows][:2] == [issue.id for issue in good]
    return {"good": codes[:20], "thief": codes[20:]}


def _thief(session: object, lot: Lot, form: Form, *, first: int, place: int) -> None:
    session.add(  # type: ignore[attr-defined]
        Issue(
            form=form, lot=lot, first=first, count=5, first_in_lot=place, kid=1, created_by="user:1"
        )
    )
    session.flush()  # type: ignore[attr-defined]


def loaded(database: Database) -> Keyring:
    with database.reading() as session:
        return keys.load_keyring(session, base_url=BASE, secrets=SECRETS)


def believes(ring: Keyring, code: str) -> bool:
    path = code.rpartition("/")[2]
    try:
        if len(path) == short.LENGTH:
            ring.verify_short(short.parse(path))
        else:
            ring.verify_offline(offline.parse(path))
    except FrozenKey:
        return False
    return True


def lacking(database: Database) -> list[str]:
    with database.reading() as session:
        return [row.row for row in claims.lacking(session, 1, secrets=SECRETS)]


def propose(database: Database, rows: Sequence[str], actor: str = "user:1", reason: str = REASON) -> int:  # fmt: skip
    with database.writing() as session:
        return claims.propose(session, 1, rows, reason=reason, actor=actor, secrets=SECRETS).id


def confirm(database: Database, number: int, actor: str = "user:2", seen: str = "") -> None:
    with database.writing() as session:
        claim = session.get_one(RangeClaim, number)
        seen = seen or claims.digest(claim)
        claims.confirm(session, claim, seen=seen, actor=actor, secrets=SECRETS)


def places(key: Key) -> tuple[tuple[int, ...], ...]:
    assert all(len(row) == 6 for row in key.unit_ranges)  # what the codes say is told
    return tuple(row[:3] for row in key.unit_ranges)


def test_what_the_log_lacks_is_listed_and_not_believed_until_two_people_decide(
    database: Database, files: Files, stolen: dict[str, list[str]]
) -> None:
    ring = loaded(database)
    assert all(believes(ring, code) for code in stolen["good"])
    assert not any(believes(ring, code) for code in stolen["thief"])
    public = Keyring.from_json(ring.to_json())
    assert places(public.keys[0]) == ((1, 0, 10),)
    assert lacking(database) == ["blank:1", "issue:3", "issue:4"]
    # Nor does the worker that tells the log what it missed launder them.
    with database.writing() as session:
        sweep(session, origin="qr.example.vn/log", secrets=SECRETS)
    publish_log(database, files, SECRETS)
    assert lacking(database) == ["blank:1", "issue:3", "issue:4"]

    number = propose(database, ["issue:3", "blank:1"])
    assert not any(believes(loaded(database), code) for code in stolen["thief"])
    with pytest.raises(Refused, match="cannot confirm"):
        confirm(database, number, actor="user:1")
    confirm(database, number)
    ring = loaded(database)
    assert [believes(ring, code) for code in stolen["thief"]] == [True] * 5 + [False] * 5 + [
        True
    ] * 5
    assert all(believes(ring, code) for code in stolen["good"])
    assert places(ring.keys[0]) == ((1, 0, 10), (1, 300, 305))
    assert lacking(database) == ["issue:4"]
    with database.reading() as session:
        told = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.action.like("key.ranges%"))
            .order_by(AuditEntry.id)
        ).all()
    assert told == ["key.ranges.propose", "key.ranges.confirm"]
    # Outsiders are told: the runs stand in the log behind the leaf that froze the key.
    publish_log(database, files, SECRETS)
    with database.reading() as session:
        key = log.key_of(session.scalars(select(log.LogState)).one())
    report = audit.verify(lambda name: files.get(f"log/{name}"), key)
    assert sorted(str(problem.error) for problem in report.problems) == [
        "blank:1 uses key 1 after it was stopped.", "issue:3 uses key 1 after it was stopped."
    ]  # fmt: skip


def test_a_decision_written_by_hand_is_none(
    database: Database, stolen: dict[str, list[str]]
) -> None:
    number = propose(database, ["issue:3"])
    confirm(database, number)
    with database.writing() as session:
        done = session.get_one(RangeClaim, number)
        forged = json.dumps([{"row": "issue:4", "form": "short", "first": 600, "count": 5,
                              "lot": 1, "place": 400}])  # fmt: skip
        done.ranges = forged  # what is sealed counts
        for sealed in (None, done.sealed, b"x" * 80):
            session.add(RangeClaim(kid=1, ranges=forged, sealed=sealed, reason=REASON, state="done",
                                   proposed_by="user:1", decided_by="user:2"))  # fmt: skip
    ring = loaded(database)
    assert [believes(ring, code) for code in stolen["thief"]] == [True] * 5 + [False] * 10
    with database.reading() as session:
        assert claims.unsealed(session, secrets=SECRETS) == [number + 1, number + 2, number + 3]


def test_what_changed_since_it_was_shown_is_not_confirmed(
    database: Database, stolen: dict[str, list[str]]
) -> None:
    number = propose(database, ["issue:3"])
    with pytest.raises(Conflict, match="not what was proposed"):
        confirm(database, number, seen="0" * 64)
    with database.writing() as session:
        session.execute(update(Issue).where(Issue.id == 3).values(count=Issue.count - 1))
    with pytest.raises(Conflict, match="not what was proposed"):
        confirm(database, number)
    with database.writing() as session:
        session.execute(update(Issue).where(Issue.id == 3).values(count=5))
        keys.revoke_key(session, 1, secrets=SECRETS)
    with pytest.raises(Conflict, match="not what was proposed"):
        confirm(database, number)
    assert not any(believes_any(database, stolen["thief"]))


def believes_any(database: Database, codes: Sequence[str]) -> list[bool]:
    with database.reading() as session:
        found = claims.believed(session, [1], secrets=SECRETS)[1]
    return [any(first <= n < stop for first, stop in found.numbers) for n in (500, 600, 700)]


def test_a_proposal_names_rows_that_are_lacking_and_a_reason(
    database: Database, stolen: dict[str, list[str]]
) -> None:
    for rows, reason, error in (
        (["issue:3"], "x", BadInput),
        ([], REASON, BadInput),
        (["issue:1"], REASON, NotFound),
        (["issue:3", "nonsense"], REASON, NotFound),
    ):
        with pytest.raises(error):
            propose(database, rows, reason=reason)
    number = propose(database, ["issue:3"])
    with pytest.raises(Conflict, match="proposed already"):
        propose(database, ["issue:3", "issue:4"], actor="user:2")
    with database.writing() as session:
        claim = session.get_one(RangeClaim, number)
        with pytest.raises(BadInput):
            claims.refuse(session, claim, answer="", actor="user:2")
        claims.refuse(session, claim, answer="Không có phiếu giao", actor="user:2")
    with pytest.raises(Conflict, match="decided already"):
        confirm(database, number)
    assert lacking(database) == ["blank:1", "issue:3", "issue:4"]
    assert propose(database, ["issue:3"]) != number


def test_a_service_without_a_log_believes_nothing_of_a_frozen_key_until_two_people_decide(
    database: Database,
) -> None:
    with database.writing() as session:
        keys.create_keys(session, secrets=SECRETS)
        lot = make_lot(session)
        row = allocate(session, lot=lot, count=10, form=Form.SHORT)
        keys.freeze(session, 1, secrets=SECRETS)
    code = loaded(database).short(row.first)
    assert not believes(loaded(database), code)
    assert lacking(database) == ["issue:1"]
    confirm(database, propose(database, ["issue:1"]))
    assert believes(loaded(database), code)


def test_rolls_of_before_are_bound_after_the_freeze(database: Database, files: Files) -> None:
    with database.writing() as session:
        keys.create_keys(session, secrets=SECRETS)
        lot = make_lot(session)
        roll = rolls.allocate_blank(
            session, producer_id=lot.product.producer_id, count=20, by="user:1"
        )
        keys.freeze(session, 1, secrets=SECRETS)
    publish_log(database, files, SECRETS)
    with database.writing() as session:
        lot = session.scalars(select(Lot)).one()
        made = rolls.bind(session, lot=lot, first=roll.first, last=roll.first + 4, by="user:1")
        revoke.void(session, first=made.first, count=1, reason="Rách", by="user:1")
        sweep(session, origin="qr.example.vn/log", secrets=SECRETS)
    publish_log(database, files, SECRETS)
    assert lacking(database) == []
    with database.reading() as session:
        key = log.key_of(session.scalars(select(log.LogState)).one())
    assert audit.verify(lambda name: files.get(f"log/{name}"), key).problems == []


def test_the_manifest_is_behind_once_ranges_are_decided(
    database: Database, stolen: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    roots = [bytes([number]) * 32 for number in range(3)]
    with database.writing() as session:
        made = store.draft(
            session, loaded(database), secrets=SECRETS,
            roots=[keys.public_key(root) for root in roots], threshold=2,
        )  # fmt: skip
        assert places(made.content.keys[0]) == ((1, 0, 10),)
        session.add(store.TrustManifest(version=1, file=bytes(made)))
    monkeypatch.setattr(store.Manifest, "parse", classmethod(lambda cls, file: made))
    with database.reading() as session:
        assert store.behind(session) == []
        # One of a release that did not tell what the codes say.
        ranges = tuple(row[:3] for row in made.content.keys[0].unit_ranges)
        frozen = replace(made.content.keys[0], unit_ranges=ranges)
        of_before = replace(made.content, keys=(frozen, *made.content.keys[1:]))
        kept, made = made, store.Manifest.draft(of_before)
        assert store.behind(session) == [1]
        made = kept
    confirm(database, propose(database, ["issue:3"]))
    with database.reading() as session:
        assert store.behind(session) == [1]


def test_freezing_while_others_issue_loses_no_genuine_run(database: Database, files: Files) -> None:
    import threading

    with database.writing() as session:
        keys.create_keys(session, secrets=SECRETS)
        lot_id = make_lot(session, declared=1000).id
    barrier = threading.Barrier(5)

    def issue() -> None:
        barrier.wait()
        for _ in range(5):
            with database.writing() as session:
                allocate(session, lot=session.get_one(Lot, lot_id), count=3, form=Form.OFFLINE)

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    barrier.wait()
    with database.writing() as session:
        keys.freeze(session, 1, secrets=SECRETS)
    publish_log(database, files, SECRETS)
    for thread in threads:
        thread.join()
    ranges._cached.clear()
    publish_log(database, files, SECRETS)
    assert lacking(database) == []
    ring = loaded(database)
    with database.reading() as session:
        rows = session.scalars(select(Issue)).all()
        assert len(rows) == 20
        for row in rows:
            assert all(believes(ring, code) for code in codes_of(row, ring))
