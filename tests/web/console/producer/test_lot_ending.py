"""Lots that are ended, taken up again, or removed; dates that are asked about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import InnerLot
from labelsvc.db import Database
from labelsvc.events.models import Event
from tests.factories import make_lot
from tests.web.console.producer.test_products import SignIn, runs_of
from tests.web.desk import seen
from tests.world import World


def new_lot(database: Database, world: World, code: str = "L-NHAM") -> int:
    with database.writing() as session:
        lot = make_lot(session, session.get_one(Product, world.product), code=code)
        session.add(Event(lot_id=lot.id, step="packing", at=clock.now()))
        session.add(InnerLot(lot_id=lot.id, actor="test"))
        return lot.id


def test_a_wrong_lot_is_removed_with_its_journey(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, number = signed_in("lan"), new_lot(database, world)
    answer = lan.post(f"/console/lots/{number}/end", {"do": "remove"})
    assert (answer.status_code, answer.location) == (303, f"/console/products/{world.product}")
    with database.reading() as session:
        assert session.get(Lot, number) is None
        assert not session.scalars(select(Event).where(Event.lot_id == number)).all()
        kept = session.scalars(select(AuditEntry).where(AuditEntry.action == "lot.remove")).one()
        assert kept.facts["code"] == "L-NHAM"


def test_a_lot_with_codes_stays_and_can_be_ended(
    signed_in: SignIn, world: World, database: Database
) -> None:
    lan, lot = signed_in("lan"), f"/console/lots/{world.lot}"
    refused = lan.post(f"{lot}/end", {"do": "remove"})
    assert refused.status_code == 409 and "đã được cấp mã" in seen(refused)
    assert lan.post(f"{lot}/end", {"do": "end"}).status_code == 303
    assert f'href="{lot}/print"' not in lan.get(lot).get_data(as_text=True)
    given = {"layout": "a4-65", "form": "short", "count": "1", "start_at": "1", "do": "print"}
    stopped = lan.post(f"{lot}/print", given)
    assert stopped.status_code == 409 and "đã kết thúc" in seen(stopped) and not runs_of(database)
    assert lan.post(f"{lot}/end", {"do": "end"}).status_code == 409
    assert lan.post(f"{lot}/end", {"do": "go_on"}).status_code == 303
    assert lan.post(f"{lot}/print", given).status_code == 303


@pytest.mark.parametrize("do", ["", "burn"])
def test_nothing_happens_by_another_word(
    signed_in: SignIn, world: World, database: Database, do: str
) -> None:
    number = new_lot(database, world)
    assert signed_in("lan").post(f"/console/lots/{number}/end", {"do": do}).status_code == 400
    with database.reading() as session:
        assert session.get_one(Lot, number).ended_at is None


def test_the_lot_of_somebody_else_is_not_found(signed_in: SignIn, world: World) -> None:
    answer = signed_in("lan").post(f"/console/lots/{world.stranger_lot}/end", {"do": "end"})
    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("made", "expires", "words"),
    [
        (date(1926, 1, 1), "", "cách đây hơn năm năm"),
        (clock.today() - timedelta(days=6 * 365), "", "cách đây hơn năm năm"),
        (clock.today() - timedelta(days=400), "", "đã quá hạn"),  # older than its shelf life
        (clock.today() + timedelta(days=3), "", "chưa đến"),
        (None, f"{clock.today() - timedelta(days=1):%d/%m/%Y}", "đã quá hạn"),
    ],
)
def test_dates_that_look_like_a_slip_are_asked_about(
    signed_in: SignIn, world: World, database: Database, made: date | None, expires: str, words: str
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).shelf_life_days = 365
    lan, page = signed_in("lan"), f"/console/products/{world.product}/lots/new"
    facts = {"code": "L-XUA", "declared": "10", "expires_on": expires}
    facts |= {"made_on": f"{made:%d/%m/%Y}" if made else ""}
    asked = lan.post(page, facts)
    assert words in seen(asked) and 'name="sure"' in asked.get_data(as_text=True)
    assert lan.post(page, facts | {"sure": "1"}).status_code == 302


@pytest.mark.parametrize(
    "facts", [{"made_on": "32/13/2026"}, {"made_on": "01/01/2026", "expires_on": "01/01/2025"}]
)
def test_what_cannot_be_right_is_not_asked_about(
    signed_in: SignIn, world: World, facts: dict[str, str]
) -> None:
    """Nobody can say that the 32nd of a 13th month is meant."""
    page = f"/console/products/{world.product}/lots/new"
    answer = signed_in("lan").post(page, {"code": "L-SAI", "declared": "10"} | facts)
    assert answer.status_code == 400 and 'name="sure"' not in answer.get_data(as_text=True)
