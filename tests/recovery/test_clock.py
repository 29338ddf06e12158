"""A clock that was ahead or is behind: leases end, lists go on, nobody is led into the future."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import load_keyring
from labelsvc.codes.tlog.formats import audit as outsider
from labelsvc.codes.tlog.log import key_of
from labelsvc.codes.tlog.models import LogState
from labelsvc.codes.trust import publish as lists
from labelsvc.codes.trust.formats.status import StatusHead
from labelsvc.codes.trust.models import StatusState
from labelsvc.db import Database
from labelsvc.errors import Refused
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.models import JobState, Part
from labelsvc.worker import steady
from tests.recovery.conftest import Service

START = datetime(2026, 11, 24, 2, tzinfo=UTC)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_lease_of_a_wrong_clock_holds_nobody_up(database: Database, days: int) -> None:
    """Taken with the right clock and looked at a day too early, or taken a day ahead."""
    ahead = START + timedelta(days=max(days, 0))
    back = START + timedelta(days=min(days, 0))
    with time_machine.travel(ahead, tick=False):
        with database.writing() as session:
            job = queue.enqueue(session, kind="test", payload={}, parts=2).id
        with database.writing() as session:
            assert queue.claim(session, number=1) is not None
            second = queue.claim(session, number=2)
            assert second is not None
            queue.give_back(session, second, "later")
    with time_machine.travel(back, tick=False), database.writing() as session:
        assert queue.is_due(session, job_id=job)
        for number in (1, 2):
            claimed = queue.claim(session, number=number)
            assert claimed is not None
            queue.finish_part(session, claimed, file_key="k", sha256="0", result={})
        assert queue.claim_close(session, job)
    with time_machine.travel(back - timedelta(days=1), tick=False), database.reading() as session:
        assert queue.waiting_to_close(session) == [job]


def test_a_lease_that_holds_is_nobody_elses(database: Database) -> None:
    with time_machine.travel(START, tick=False) as clock:
        with database.writing() as session:
            queue.enqueue(session, kind="test", payload={}, parts=1)
        with database.writing() as session:
            assert queue.claim(session) is not None
        for seconds in (0, -20, 60, 119):  # another machine's clock differs by seconds
            clock.move_to(START + timedelta(seconds=seconds))
            with database.writing() as session:
                assert queue.claim(session) is None
                assert session.scalars(select(Part.state)).one() == JobState.RUNNING


def head(service: Service) -> StatusHead:
    with service.database.reading() as session:
        state = session.get_one(StatusState, 1)
        return StatusHead.read(
            state.head.encode(), host=service.settings.host, keys=[lists.key_of(state)]
        )


def publish_lists(service: Service) -> StatusHead | None:
    with service.database.reading() as session:
        ring = load_keyring(
            session, base_url=service.settings.base_url, secrets=service.settings.keys
        )
    files, secrets = Files(service.settings.files), service.settings.keys
    return lists.publish(service.database, files, ring, secrets=secrets)


def test_a_head_from_the_future_is_superseded(service: Service, lot: Lot) -> None:
    issue = service.issue(lot, 3, Form.OFFLINE)
    with time_machine.travel(START, tick=False) as clock:
        clock.move_to(START + timedelta(days=30))
        publish_lists(service)
        wrong = head(service)
        clock.move_to(START)
        for step in range(4):
            if step == 2:
                with service.database.writing() as session:
                    revoke.withdraw(session, first=issue.first, count=1, reason="mất", by="x")
            made = publish_lists(service)
            assert (made is not None) is (step in (0, 2))  # at once, and then with each change
            found = head(service)
            assert found.issued > wrong.issued  # whoever holds the wrong one takes it
            assert found.expires == START + lists.LIFE  # and it is old when it should be
        clock.move_to(START + timedelta(hours=13))
        assert publish_lists(service) is not None
        clock.move_to(START + timedelta(days=40))
        made = publish_lists(service)
        assert made is not None and made.issued == START + timedelta(days=40)


def test_a_clock_that_is_behind_makes_no_older_head(service: Service) -> None:
    with time_machine.travel(START, tick=False) as clock:
        publish_lists(service)
        before = head(service)
        clock.move_to(START - timedelta(days=1))
        publish_lists(service)
        assert head(service).issued > before.issued
        assert head(service).expires == START - timedelta(days=1) + lists.LIFE


def test_heads_of_the_trail_go_on_after_a_clock_that_was_ahead(service: Service, lot: Lot) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for days in (0, 30, 1, 2, 31):
            clock.move_to(START + timedelta(days=days))
            with service.database.writing() as session:
                audit.record(session, actor="user:1", action="x", subject=f"y:{days}")
            service.issue(lot, 1)
            service.publish()
    files = Files(service.settings.files)
    with service.database.reading() as session:
        key = key_of(session.get_one(LogState, 1))
    report = outsider.verify(lambda path: files.get(f"log/{path}"), key)
    assert report.ok and report.kinds["audit_head"] >= 5
    assert "chain is whole" in service.run("audit", "verify").stdout


def test_a_jump_ahead_is_doubted_for_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    passed = 1000.0
    monkeypatch.setattr(steady, "elapsed", lambda: passed)
    with time_machine.travel(START, tick=False) as clock:
        watch = steady.Steady()
        watch.check()
        clock.shift(timedelta(days=30))
        for _ in range(2):
            with pytest.raises(Refused, match="put forward by 43200 minutes"):
                watch.check()
        clock.shift(timedelta(days=-30))
        watch.check()  # mended
        clock.shift(timedelta(days=-1))
        watch.check()  # behind: that leads nobody into the future
        clock.shift(timedelta(days=1))
        with pytest.raises(Refused):
            watch.check()
        passed += 3600
        clock.shift(timedelta(hours=1))
        watch.check()  # nobody put it back: it is right
        watch.check()
        passed += 86400
        clock.shift(timedelta(days=1))
        watch.check()  # a machine that slept
