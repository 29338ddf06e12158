"""Figures of points of sale as of a day, and who proposed how many."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine

from labelsvc.catalogue.models import Outlet, OutletKind, OutletState
from labelsvc.catalogue.points import steps
from labelsvc.catalogue.register import create_outlet
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict
from labelsvc.programme.points import counts, plan, support
from labelsvc.programme.points.propose import propose, propose_own
from tests.factories import make_producer


def test_ten_points_are_proposed_by_twelve_districts(database: Database) -> None:
    districts = [f"Huyện {letter}" for letter in "ABCDEFGHIKLM"]
    with database.writing() as session:
        for n in range(10):
            units = districts[n : n + 3] if n == 9 else [districts[n]]
            propose(session, name=f"Điểm {n}", kind="shop", units=units, on=date(2021, 5, n + 1), actor="user:1")  # fmt: skip
    with database.reading() as session:
        found = counts.proposals(session, date(2021, 1, 1), date(2021, 12, 31))
        assert (found.points, len(found.units)) == (10, 12)
        assert counts.proposals(session, date(2021, 1, 1), date(2021, 5, 4)).points == 4
        assert counts.count(session, date(2021, 5, 31)).waiting == 10
        assert counts.count(session, date(2021, 5, 31)).published == 0


def test_points_are_counted_as_of_any_day(database: Database) -> None:
    with database.writing() as session:
        for n in range(44):
            kind = OutletKind.TOURISM if n < 20 else OutletKind.SHOP
            on = date(2020, 6, 1) if n < 35 else date(2021, 9, 1)
            create_outlet(session, name=f"Điểm {n}", kind=kind, on=on, actor="test")
    with time_machine.travel("2024-07-10T03:00:00Z", tick=False), database.writing() as session:
        closed = session.get_one(Outlet, 1)
        steps.step(session, closed, OutletState.CLOSED, actor="test", reason="Hết hợp đồng")
    days = {
        date(2020, 5, 31): 0,
        date(2020, 6, 1): 35,
        date(2021, 12, 31): 44,
        date(2024, 7, 10): 43,
    }
    with database.reading() as session:
        assert {day: counts.count(session, day).published for day in days} == days
        assert counts.count(session, date(2024, 7, 31)).by_kind == {"tourism": 19, "shop": 24}
        assert counts.count(session, date(2024, 7, 31)).closed == 1
        rows = session.scalars(counts.rows(date(2021, 1, 1), "tourism")).all()
        assert len(rows) == 20


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"kind": "shop"}, "kind"), ({"kind": ""}, "kind"), ({"kind": "e_shop"}, "website"), ({"kind": "workshop", "name": ""}, "name")],
)  # fmt: skip
def test_a_producer_proposes_its_own_points_alone(
    database: Database, facts: dict[str, str], field: str
) -> None:
    with database.writing() as session, pytest.raises(BadInput) as refused:
        propose_own(session, make_producer(session), actor="user:1", **({"name": "Xưởng"} | facts))
    assert refused.value.params["field"] == field


def test_a_point_goes_from_state_to_state_with_reasons(database: Database) -> None:
    with database.writing() as session:
        found = propose_own(
            session, make_producer(session), actor="user:1", name="Xưởng", kind="workshop"
        )
        with pytest.raises(BadInput):
            steps.step(session, found, OutletState.REFUSED, actor="user:2")
        steps.step(session, found, OutletState.REFUSED, actor="user:2", reason="Thiếu địa chỉ")
        with pytest.raises(Conflict):
            steps.step(session, found, OutletState.CLOSED, actor="user:2")
        steps.step(session, found, OutletState.PROPOSED, actor="user:2")
        steps.step(session, found, OutletState.PUBLISHED, actor="user:2")
        past = [(one.state, one.reason) for one in steps.of_outlet(session, found)]
    assert past == [
        ("published", ""),
        ("proposed", ""),
        ("refused", "Thiếu địa chỉ"),
        ("proposed", ""),
    ]


def test_support_that_binds_is_seen_when_the_point_closes(database: Database) -> None:
    with database.writing() as session:
        found = create_outlet(session, name="Điểm 1", actor="test")
        with pytest.raises(BadInput):
            support.give(session, found, actor="u", kind="Kệ", given_on=date(2024, 1, 2), until=date(2024, 1, 1))  # fmt: skip
        support.give(session, found, actor="u", kind="Kệ", amount=50_000_000, given_on=date(2024, 1, 2), until=date(2029, 1, 1))  # fmt: skip
        assert support.broken(session, date(2026, 1, 1)) == []
        steps.step(session, found, OutletState.CLOSED, actor="u", reason="Nghỉ")
        ((given, outlet),) = support.broken(session, date(2026, 1, 1))
        assert (given.kind, outlet.name) == ("Kệ", "Điểm 1")
        assert support.broken(session, date(2029, 1, 2)) == []


def test_a_drawing_holds_every_point_once_and_its_scale_is_true() -> None:
    places = [(n, 20.9 + n % 10 / 50, 105.7 + n // 10 / 50) for n in range(100)]
    drawn = plan.draw([*places, (100, 10.0, 106.0)])
    assert drawn is not None
    assert sum(dot.count for dot in drawn.dots) == 100
    assert drawn.outside == 1
    for dot in drawn.dots:
        inside = [
            n for n, y, x in places if dot.south <= y < dot.north and dot.west <= x < dot.east
        ]
        assert abs(len(inside) - dot.count) <= 1, "edges are rounded"
    units_a_degree = plan.CELL / (drawn.dots[0].north - drawn.dots[0].south)
    assert drawn.length == pytest.approx(drawn.scale / 111.32 * units_a_degree, rel=0.01)
    assert plan.draw([]) is None
