"""The scan log: counts occasions, keeps little, and forgets the rest."""

from __future__ import annotations

import gc
import threading
import weakref
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Database, Revision
from labelsvc.scans.models import Scan, UnitSeen
from labelsvc.scans.record import Recorder, Seen, coarsen, write
from labelsvc.settings import Settings
from tests.factories import make_lot

START = datetime(2026, 11, 23, 5, 0, 42, tzinfo=UTC)


@pytest.fixture
def issue_id(database: Database, settings: Settings) -> int:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        return allocate(session, lot=make_lot(session), count=50, form="short").id


def seen(issue_id: int, minutes: float, token: str = "a", number: int = 1) -> Seen:
    at = START + timedelta(minutes=minutes)
    return Seen(at, "ISSUED_OK", number, issue_id, "short", "vi", "Chrome/Android", token)


@pytest.mark.parametrize(
    ("visits", "sessions"),
    [
        ([(0, "a")], 1),
        ([(0, "a"), (5, "a"), (20, "a")], 1),
        ([(0, "a"), (31, "a")], 2),
        ([(0, "a"), (29, "a"), (58, "a")], 1),  # one long stay: each look is close to the last
        ([(0, "a"), (1, "b")], 2),
        ([(0, "a"), (1, "b"), (2, "a"), (3, "b")], 2),  # two people who take turns
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_looks_within_half_an_hour_are_one_occasion(
    database: Database, issue_id: int, visits: list[tuple[int, str]], sessions: int, together: bool
) -> None:
    rows = [seen(issue_id, minutes, token) for minutes, token in visits]
    for batch in [rows] if together else [[row] for row in rows]:
        with database.writing() as session:
            write(session, batch)
    with database.reading() as session:
        unit = session.get_one(UnitSeen, 1)
        assert (unit.sessions, unit.scans) == (sessions, len(visits))
        assert (unit.first_at, unit.last_at) == (rows[0].at, rows[-1].at)
        assert {scan.at.second for scan in session.scalars(select(Scan))} == {0}


def test_processes_that_write_the_same_codes_crosswise_lose_nothing(
    database: Database, issue_id: int
) -> None:
    def visit(name: str, numbers: list[int]) -> None:
        for turn in range(5):
            with database.writing() as session:
                write(session, [seen(issue_id, 0, f"{name}{turn}", n) for n in numbers])

    there = threading.Thread(target=visit, args=("a", list(range(10))))
    back = threading.Thread(target=visit, args=("b", list(range(9, -1, -1))))
    for thread in (there, back):
        thread.start()
    for thread in (there, back):
        thread.join()
    with database.reading() as session:
        units = session.scalars(select(UnitSeen)).all()
        assert [unit.sessions for unit in units] == [10] * 10


def test_scans_do_not_count_as_a_change_of_pages(database: Database, issue_id: int) -> None:
    with database.reading() as session:
        before = session.scalar(select(Revision.number))
    with database.writing() as session:
        write(session, [seen(issue_id, 0)])
        coarsen(session, before=START + timedelta(days=1))
    with database.reading() as session:
        assert session.scalar(select(Revision.number)) == before


def test_old_scans_keep_the_day_and_nothing_finer(database: Database, issue_id: int) -> None:
    old = [seen(issue_id, minutes) for minutes in (0, 60, 60 * 24, 60 * 30)]
    fresh = seen(issue_id, 60 * 24 * 90)
    with database.writing() as session:
        write(session, [*old, fresh])
        assert coarsen(session, before=START + timedelta(days=80)) == 4
        assert coarsen(session, before=START + timedelta(days=80)) == 0
    with database.reading() as session:
        *kept, last = session.scalars(select(Scan).order_by(Scan.at, Scan.id))
        assert [scan.day_token for scan in kept] == [None] * 4
        assert {clock.local(scan.at).hour for scan in kept} == {12}
        assert [clock.local(s.at).day for s in kept] == [clock.local(s.at).day for s in old]
        assert (last.day_token, last.at.minute) == ("a", fresh.at.minute)


def test_the_recorder_writes_behind_the_readers_back(database: Database, issue_id: int) -> None:
    recorder = Recorder(database)
    for number in range(3):
        recorder.add(seen(issue_id, 0, number=number))
    recorder.flush()
    with database.reading() as session:
        assert len(session.scalars(select(Scan)).all()) == 3


def test_a_full_queue_drops_scans_and_never_waits(
    database: Database, issue_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelsvc.scans.record._QUEUE", 2)
    recorder = Recorder(database)
    monkeypatch.setattr(recorder, "_thread", object())  # nobody writes
    for number in range(5):
        recorder.add(seen(issue_id, 0, number=number))
    recorder.flush()
    with database.reading() as session:
        assert sorted(session.scalars(select(Scan.number))) == [0, 1]


def test_a_service_that_was_closed_is_let_go(database: Database, issue_id: int) -> None:
    recorder = Recorder(database)
    recorder.add(seen(issue_id, 0))
    thread = recorder._thread
    assert thread is not None
    database.close()
    thread.join()
    held = weakref.ref(recorder)
    del recorder, thread
    gc.collect()
    assert held() is None
