"""What may be added to the journey of a lot."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.events.capture import Happening, add_event
from labelsvc.events.models import Event
from labelsvc.events.vocabulary import STEPS, step_name
from tests.factories import make_lot


def test_an_event_is_kept_composed_and_written_to_the_audit_trail(database: Database) -> None:
    with database.writing() as session:
        lot = make_lot(session)
        add_event(session, lot, Happening(step="packing", at=clock.now(), place=" Ba\u0301t Tra\u0300ng "), actor="user:7")  # fmt: skip
    with database.reading() as session:
        (event,) = session.scalars(select(Event))
        assert (event.step, event.place, event.recorded_by) == ("packing", "Bát Tràng", "user:7")
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "event.add"))
        assert (entry.actor, entry.subject) == ("user:7", f"lot:{lot.id}")


@pytest.mark.parametrize(
    ("step", "ahead", "field"),
    [
        ("teleporting", timedelta(0), "step"),
        ("", timedelta(0), "step"),
        ("packing", timedelta(hours=1), "at"),
        ("packing", timedelta(days=-11 * 365), "at"),
    ],
)
def test_a_step_or_a_time_that_cannot_be_is_refused(
    database: Database, step: str, ahead: timedelta, field: str
) -> None:
    with database.writing() as session:
        lot = make_lot(session)
        with pytest.raises(BadInput) as caught:
            add_event(session, lot, Happening(step=step, at=clock.now() + ahead), actor="user:1")
        assert caught.value.params["field"] == field
        assert session.scalars(select(Event)).all() == []


def test_a_clock_that_is_a_little_fast_is_forgiven(database: Database) -> None:
    with database.writing() as session:
        lot = make_lot(session)
        add_event(
            session,
            lot,
            Happening(step="packing", at=clock.now() + timedelta(minutes=4)),
            actor="u",
        )


def test_every_step_has_a_name_and_an_unknown_one_stays_itself() -> None:
    assert all(step_name(step) == name for step, name in STEPS.items())
    assert step_name("commissioning") == "commissioning"
