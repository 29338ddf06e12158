"""The month of the demo: what its pages are to show is really there."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Database
from labelsvc.demo import history
from labelsvc.inspections import watch
from labelsvc.inspections.cases import told_to
from labelsvc.inspections.models import Case
from labelsvc.settings import Settings
from tests.factories import make_lot


def test_the_producer_of_the_demo_is_told_of_a_copied_label(
    database: Database, settings: Settings
) -> None:
    now = clock.now()
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot = make_lot(session)
        producer = lot.product.producer_id
        with pytest.raises(LookupError):
            history.copied_label(session, producer, now=now)
        issue = allocate(session, lot=lot, count=50, form=Form.SHORT)
        number = history.copied_label(session, producer, now=now)
        assert issue.first <= number <= issue.last
    watch.look(database, settings, now)
    with database.reading() as session:
        (case,) = session.scalars(select(Case).where(told_to(producer)))
    assert case.number == number
    assert {"sessions", "travel"} <= set(case.facts["signals"])
