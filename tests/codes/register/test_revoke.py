"""Marks on ranges: void, withdrawn. One row a range, and the newest rules."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form, Mark, MarkState
from labelsvc.codes.register.issue import allocate
from labelsvc.codes.register.keys import create_keys
from labelsvc.codes.register.revoke import state_of, void, voided_units, withdraw
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, NotFound
from tests.factories import make_lot

SECRETS = ("a-secret-of-the-settings-for-tests-0001",)


@pytest.fixture
def issued(database: Database) -> Database:
    """Numbers 1 to 100 and 101 to 150 of one lot, 151 to 200 of another."""
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
        first, second = make_lot(session, code="L1"), None
        second = make_lot(session, first.product, code="L2")
        for lot, count in ((first, 100), (first, 50), (second, 50)):
            allocate(session, lot=lot, count=count, form=Form.SHORT)
    return database


def states(database: Database, *numbers: int) -> list[str | None]:
    with database.reading() as session:
        marks = [state_of(session, number) for number in numbers]
        return [None if mark is None else mark.state for mark in marks]


def test_a_range_is_marked_and_its_neighbours_are_not(issued: Database) -> None:
    with issued.writing() as session:
        (mark,) = void(session, first=10, count=5, reason="  lệch tem ", by="lan")
        assert (mark.first, mark.last, mark.reason, mark.actor) == (10, 14, "lệch tem", "lan")
    assert states(issued, 9, 10, 14, 15, 999) == [None, "void", "void", None, None]


def test_a_range_over_several_issues_is_one_mark_each(issued: Database) -> None:
    with issued.writing() as session:
        marks = withdraw(session, first=90, count=80, reason="thu hồi", by="thao")
        assert [(m.first, m.last) for m in marks] == [(90, 100), (101, 150), (151, 169)]
    assert states(issued, 89, 90, 100, 101, 150, 151, 169, 170) == [
        None, *["withdrawn"] * 6, None,
    ]  # fmt: skip


def test_many_labels_are_few_rows(issued: Database) -> None:
    with issued.writing() as session:
        withdraw(session, first=1, count=100, reason="thu hồi", by="thao")
        assert session.scalar(select(func.count()).select_from(Mark)) == 1


def test_the_newest_mark_rules(issued: Database) -> None:
    with issued.writing() as session:
        void(session, first=10, count=5, reason="lệch tem", by="lan")
        withdraw(session, first=12, count=1, reason="thấy ngoài chợ", by="thao")
    assert states(issued, 11, 12, 13) == ["void", "withdrawn", "void"]


def test_nobody_makes_a_withdrawn_code_less_than_withdrawn(issued: Database) -> None:
    with issued.writing() as session:
        withdraw(session, first=12, count=1, reason="thu hồi", by="thao")
    with pytest.raises(Conflict), issued.writing() as session:
        void(session, first=10, count=5, reason="lệch tem", by="hung")
    with issued.writing() as session:
        withdraw(session, first=10, count=5, reason="thu hồi thêm", by="thao")
    assert states(issued, 10, 12) == ["withdrawn", "withdrawn"]


@pytest.mark.parametrize(("first", "count"), [(0, 5), (196, 10), (500, 1), (-5, 3)])
def test_numbers_that_were_not_issued_are_not_marked(
    issued: Database, first: int, count: int
) -> None:
    with pytest.raises(NotFound), issued.writing() as session:
        void(session, first=first, count=count, reason="x", by="lan")
    with issued.reading() as session:
        assert session.scalar(select(func.count()).select_from(Mark)) == 0


@pytest.mark.parametrize(("count", "reason"), [(0, "x"), (-1, "x"), (1, ""), (1, "  ")])
def test_a_range_and_a_reason_are_needed(issued: Database, count: int, reason: str) -> None:
    with pytest.raises(BadInput), issued.writing() as session:
        void(session, first=1, count=count, reason=reason, by="lan")


def test_units_voided_twice_count_once_and_by_lot(issued: Database) -> None:
    with issued.writing() as session:
        for first, count in ((10, 10), (15, 10), (12, 2), (99, 4), (151, 7)):
            void(session, first=first, count=count, reason="lệch tem", by="lan")
        lots = session.scalars(select(Lot).order_by(Lot.code)).all()
        assert [voided_units(session, lot) for lot in lots] == [15 + 4, 7]
        assert {m.state for m in session.scalars(select(Mark))} == {MarkState.VOID}
