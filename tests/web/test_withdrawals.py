"""Withdrawals on the pages: one person for a code, two for a lot; the producer is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Lot
from labelsvc.db import Database
from tests import world as worlds
from tests.web.desk import Desk
from tests.world import World

Sit = Callable[[str], Desk]
REASON = "Ghi thiếu thành phần <b>gây dị ứng</b>"


@pytest.fixture
def colleague(database: Database, desk: Sit) -> Desk:
    """A second person of the office."""
    with database.writing() as session:
        create_user(session, name="binh", full_name="Bình", role=Role.OFFICE, producer_id=None,
                    password=worlds.PASSWORD, actor="test")  # fmt: skip
    return desk("binh")


def form(world: World, scope: str) -> dict[str, str]:
    return {
        "do": "withdraw", "code": world.codes["in_force"], "scope": scope, "reason": REASON,
        "password": worlds.PASSWORD,
    }  # fmt: skip


def test_a_label_is_withdrawn_at_once_and_its_page_says_why(
    desk: Sit, client: FlaskClient, world: World
) -> None:
    office = desk("office")
    assert "Nothing was withdrawn" in office.words("/office/withdrawals")
    found = office.words(f"/office/withdrawals/new?code={world.codes['in_force']}")
    assert "This label only" in found
    assert client.get(world.codes["in_force"]).status_code == 200
    answer = office.post("/office/withdrawals/new", form(world, "unit"))
    assert answer.status_code == 303, answer.text
    page = client.get(world.codes["in_force"])
    assert page.status_code == 410
    assert "gây dị ứng" in page.text
    assert "<b>gây" not in page.text
    words = office.words(answer.location)
    assert "Withdrawn" in words and "not yet" in words
    lan = desk("lan")
    assert "withdrawn from the market" in lan.words("/console/")
    assert lan.post("/console/withdrawals/1/read").status_code == 303
    assert "withdrawn from the market" not in lan.words("/console/")
    assert "not yet" not in office.words(answer.location)


def test_a_lot_takes_two_people(
    desk: Sit, colleague: Desk, client: FlaskClient, world: World, database: Database
) -> None:
    office = desk("office")
    page = office.post("/office/withdrawals/new", form(world, "lot")).location
    assert client.get(world.codes["in_force"]).status_code == 200
    assert "a colleague has to confirm" in office.words(page)
    forced = office.post(f"{page}/confirm", {"password": worlds.PASSWORD})
    assert forced.status_code == 409
    assert "Whoever proposes" in forced.text
    assert "Waits for a second person" in colleague.words("/office/withdrawals")
    assert colleague.post(f"{page}/confirm", {"password": worlds.PASSWORD}).status_code == 303
    assert (
        "RECALLED"
        in client.get(world.codes["in_force"], headers={"Accept": "application/json"}).text
    )
    with database.reading() as session:
        assert session.get_one(Lot, world.lot).recalled_at is not None
    assert "The whole lot" in desk("lan").words("/console/")


def test_a_proposal_is_taken_back(desk: Sit, colleague: Desk, world: World) -> None:
    office = desk("office")
    page = office.post("/office/withdrawals/new", form(world, "product")).location
    assert colleague.post(f"{page}/refuse", {"reason": ""}).status_code == 400
    assert colleague.post(f"{page}/refuse", {"reason": "Nhầm sản phẩm"}).status_code == 303
    words = office.words(page)
    assert "Not withdrawn" in words and "Nhầm sản phẩm" in words
    assert "withdrawn from the market" not in desk("lan").words("/console/")


@pytest.mark.parametrize(
    ("facts", "status", "words"),
    [
        ({"reason": ""}, 400, "A reason is needed"),
        ({"scope": "key"}, 400, "Choose what is to be withdrawn"),
        ({"code": "ABC"}, 400, "is not a code of this service"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_withdrawn(
    desk: Sit, client: FlaskClient, world: World, facts: dict[str, str], status: int, words: str
) -> None:
    office = desk("office")
    answer = office.post("/office/withdrawals/new", form(world, "unit") | facts)
    assert answer.status_code == status, answer.text
    assert words in answer.text
    assert client.get(world.codes["in_force"]).status_code == 200


def test_an_auditor_sees_them_and_withdraws_none(desk: Sit, world: World) -> None:
    desk("office").post("/office/withdrawals/new", form(world, "lot"))
    auditor = desk("auditor")
    assert "Withdraw codes" not in auditor.words("/office/withdrawals")
    words = auditor.words("/office/withdrawals/1")
    assert "Waits for a second person" in words and "Confirm the withdrawal" not in words
    assert auditor.post("/office/withdrawals/1/confirm").status_code == 403


def test_nobody_reads_the_withdrawal_of_another_producer(desk: Sit, world: World) -> None:
    desk("office").post("/office/withdrawals/new", form(world, "unit"))
    assert desk("hung").post("/console/withdrawals/1/read").status_code == 404
    assert "withdrawn from the market" not in desk("hung").words("/console/")
    assert "withdrawn from the market" in desk("lan").words("/console/")
