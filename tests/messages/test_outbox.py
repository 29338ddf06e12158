"""The outbox: nothing twice, nothing lost, and what is tried again."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from labelsvc.db import Database
from labelsvc.errors import Conflict
from labelsvc.messages import outbox, overview
from labelsvc.messages.models import Channel, Message, MessageState
from labelsvc.messages.outbox import Note

NOON = "2026-11-23 12:00 +0700"


def put(database: Database, act: str, kind: str = "case_opened", address: str = "mai@example.vn") -> None:  # fmt: skip
    with database.writing() as session:
        outbox.put(session, Note(kind, act, {"number": 1}), Channel.MAIL, address=address)


def claim(database: Database) -> Message | None:
    with database.writing() as session:
        return outbox.claim(session)


def only(database: Database) -> Message:
    with database.reading() as session:
        return session.scalars(select(Message)).one()


def test_the_same_act_tells_the_same_person_once_by_one_channel(database: Database) -> None:
    with database.writing() as session:
        note = Note("case_opened", "case:1", {})
        told = [outbox.put(session, note, channel) for channel in (Channel.MAIL, Channel.MAIL, Channel.WEBHOOK)]  # fmt: skip
    assert told == [True, False, True]


def test_an_act_that_is_rolled_back_tells_nobody(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        outbox.put(session, Note("test", "1", {}), Channel.MAIL, address="mai@example.vn")
        raise ZeroDivisionError
    with database.reading() as session:
        assert not outbox.is_due(session)


def test_who_waits_before_a_screen_comes_first(database: Database) -> None:
    put(database, "case:1")
    put(database, "link:1", kind="reset")
    kinds = [row.kind for row in (claim(database), claim(database)) if row is not None]
    assert kinds == ["reset", "case_opened"] and claim(database) is None


def test_a_message_whose_worker_died_is_sent_again_and_counted(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clockwork:
        put(database, "case:1")
        first = claim(database)
        assert first is not None and claim(database) is None
        clockwork.shift(outbox.LEASE + timedelta(seconds=1))
        second = claim(database)
        assert second is not None and second.doubtful == 1
        with database.writing() as session:  # the first one was only slow
            assert not outbox.sent(session, first)
        with database.writing() as session:
            assert outbox.sent(session, second)
    assert only(database).state == MessageState.SENT


def test_a_no_for_now_is_tried_again_for_three_days_and_then_told(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clockwork:
        put(database, "case:1")
        tries = 0
        while (row := claim(database)) is not None:
            tries += 1
            with database.writing() as session:
                outbox.later(session, row, "451 try later")
            clockwork.move_to(only(database).next_at)
        left = only(database)
    assert left.state == MessageState.FAILED and "451" in left.problem
    assert 10 < tries < 25


def test_a_channel_that_is_away_costs_a_message_no_try(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clockwork:
        put(database, "case:1")
        for _ in range(30):
            row = claim(database)
            assert row is not None and row.tries == 1
            with database.writing() as session:
                outbox.give_back(session, row, "refused", timedelta(seconds=30))
            clockwork.shift(30)
        assert only(database).state == MessageState.WAITING


def test_a_clock_that_was_ahead_holds_no_message_back(database: Database) -> None:
    with time_machine.travel("2027-11-23 12:00 +0700", tick=False):
        put(database, "case:1")
    with time_machine.travel(NOON, tick=False):
        assert claim(database) is not None


def test_a_person_sends_once_more_what_was_not_taken(database: Database) -> None:
    put(database, "case:1")
    with database.writing() as session:
        row = session.scalars(select(Message)).one()
        with pytest.raises(Conflict):
            outbox.again(session, row)
        row.state = MessageState.FAILED
        session.flush()
        outbox.again(session, row)
    assert claim(database) is not None


def test_after_an_old_copy_came_back_nothing_is_sent_by_itself(database: Database) -> None:
    put(database, "case:1")
    with database.writing() as session:
        assert outbox.stop(session, "an old copy") == 1
    assert claim(database) is None and only(database).problem == "an old copy"


def test_addresses_are_forgotten_after_a_month_but_nothing_comes_twice(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clockwork:
        put(database, "case:1")
        row = claim(database)
        assert row is not None
        with database.writing() as session:
            outbox.sent(session, row)
        clockwork.shift(overview.FORGET + timedelta(hours=1))
        with database.writing() as session:
            assert overview.forget(session) == 1
        assert (only(database).address, only(database).facts) == ("", {})
        put(database, "case:1")
        with database.writing() as session, pytest.raises(Conflict):
            outbox.again(session, session.scalars(select(Message)).one())
    assert only(database).state == MessageState.SENT


def test_messages_that_nobody_takes_are_stuck(database: Database) -> None:
    with time_machine.travel(NOON, tick=False) as clockwork:
        put(database, "case:1")
        clockwork.shift(overview.PATIENCE + timedelta(seconds=1))
        with database.reading() as session:
            assert overview.standing(session) == (1, 0, 0, 1, 0)
