"""The audit trail against its heads in the public log: whoever rewrites it all is found."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.codes.tlog import heads
from labelsvc.codes.tlog.formats.leaf import AuditHeadLeaf, parse
from labelsvc.codes.tlog.formats.totals import Totals
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.db import Database
from tests.codes.tlog import leaves

ORIGIN, SECRETS = "qr.example.vn/log", ("a-secret-of-the-settings-for-tests-0001",)
NOON = datetime(2026, 11, 20, 12, tzinfo=clock.HANOI)


@pytest.fixture
def days(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Three days with two entries each, swept after each of them."""
    for day in range(3):
        at(monkeypatch, NOON + timedelta(days=day))
        for number in range(2):
            write(database, f"product:{day}{number}")
        swept(database)
    at(monkeypatch, NOON + timedelta(days=3))
    swept(database)
    return database


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    moment = moment.astimezone(clock.UTC)
    for where in (
        "labelsvc.clock.now",
        "labelsvc.accounts.audit.now",
        "labelsvc.codes.tlog.describe.now",
    ):
        monkeypatch.setattr(where, lambda: moment)


def write(database: Database, subject: str) -> None:
    with database.writing() as session:
        audit.record(session, actor="user:1", action="product.update", subject=subject)


def swept(database: Database) -> int:
    with database.writing() as session:
        return sweep(session, origin=ORIGIN, secrets=SECRETS)


def logged(database: Database) -> list[AuditHeadLeaf]:
    with database.reading() as session:
        bodies = session.scalars(
            select(LogLeaf.body).where(LogLeaf.kind == "audit_head").order_by(LogLeaf.id)
        )
        return [leaf for leaf in map(parse, bodies) if isinstance(leaf, AuditHeadLeaf)]


def held(database: Database) -> heads.Held:
    with database.reading() as session:
        return heads.check(session)


def test_each_day_has_one_head_once_it_is_over(days: Database) -> None:
    found = logged(days)
    assert [leaf.day for leaf in found] == [date(2026, 11, day) for day in (20, 21, 22)]
    assert [leaf.count for leaf in found] == [2, 4, 6]
    assert swept(days) == 0
    assert held(days) == heads.Held(3, (), 0)


def test_a_day_without_entries_has_no_head_and_today_is_not_over(
    days: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, NOON + timedelta(days=9))
    assert swept(days) == 0
    write(days, "product:9")
    assert swept(days) == 0
    assert held(days) == heads.Held(3, (), 1)
    at(monkeypatch, NOON.replace(hour=0, minute=1) + timedelta(days=10))
    assert swept(days) == 1
    assert logged(days)[-1].day == date(2026, 11, 29)


def test_nothing_of_an_entry_is_in_the_log(days: Database) -> None:
    with days.reading() as session:
        for body in session.scalars(select(LogLeaf.body)):
            assert b"product" not in body and b"user" not in body


def test_a_trail_that_was_rewritten_whole_is_found(days: Database) -> None:
    """Somebody changes an entry and computes every hash after it anew: the chain is whole."""
    with days.writing() as session:
        previous = ""
        for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)):
            if entry.id == 3:
                entry.actor = "user:2"
            if entry.id >= 3:
                entry.previous = previous
                entry.hash = audit.hash_of(entry)
            previous = entry.hash
    with days.reading() as session:
        assert audit.verify_chain(session) is None
    found = held(days)
    assert found.agreed == 1
    assert [(row.day.day, row.entry, row.there, row.count) for row in found.broken] == [
        (21, 4, 4, 4), (22, 6, 6, 6),
    ]  # fmt: skip
    for row, leaf in zip(found.broken, logged(days)[1:], strict=True):
        assert row.expected == leaf.head != row.found != ""


def test_a_trail_whose_end_was_cut_off_is_found(days: Database) -> None:
    with days.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id > 4))
    with days.reading() as session:
        assert audit.verify_chain(session) is None
    (row,) = held(days).broken
    assert (row.day.day, row.found, row.there, row.count) == (22, "", 4, 6)


def test_an_entry_that_is_missing_below_a_head_is_counted(days: Database) -> None:
    with days.engine.begin() as connection:
        connection.execute(delete(AuditEntry).where(AuditEntry.id == 1))
    found = held(days)
    assert found.agreed == 0
    assert [(row.there, row.count) for row in found.broken] == [(1, 2), (3, 4), (5, 6)]


@pytest.mark.parametrize(
    ("second", "problems"),
    [
        (leaves.head(6), 0),
        (leaves.head(6, entry=50, count=45), 1),
        (leaves.head(6, count=40), 1),
        (leaves.head(4), 1),
        (leaves.head(5), 2),
    ],
    ids=range(5),
)
def test_outsiders_see_a_trail_that_did_not_grow(second: AuditHeadLeaf, problems: int) -> None:
    totals = Totals()
    for number, leaf in enumerate((leaves.head(5), second)):
        totals.add(number, f"leaf {number}", leaf)
    assert len(totals.problems) == problems
    assert totals.lots() == []
