"""Withdrawals on the pages: one person for a code, two for a lot; the producer is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Lot, Outlet, Product
from labelsvc.codes.register.issue import codes_of, load_keyring
from labelsvc.codes.register.resolve import find_code
from labelsvc.db import Database
from labelsvc.demo.ceremony import hold
from labelsvc.settings import Settings
from labelsvc.web.scan.state import ScanSite
from tests import world as worlds
from tests.web.desk import BASE, Desk, seen
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


def shifted(database: Database, settings: Settings, world: World, offset: int) -> str:
    """The code *offset* labels after the first one in force."""
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        issue, _ = find_code(session, ring, settings.base_url + world.codes["in_force"])
        return codes_of(issue, ring, offset=offset, count=1)[0]


def test_a_range_is_withdrawn_from_one_scanned_label_to_another(
    desk: Sit, client: FlaskClient, world: World, database: Database, settings: Settings
) -> None:
    office = desk("office")
    last = shifted(database, settings, world, 2)
    words = office.words(f"/office/withdrawals/new?code={world.codes['in_force']}&last={last}")
    assert "A range of labels: 3 labels Labels 1 to 3 of 20" in words
    assert "All labels of its print run: 20 labels" in words and "This label only" not in words
    answer = office.post("/office/withdrawals/new", form(world, "range") | {"last": last})
    assert answer.status_code == 303, answer.text
    assert "1 to 3 of 20" in office.words(answer.location)
    assert client.get(last.removeprefix(BASE.upper())).status_code == 410
    assert client.get(shifted(database, settings, world, 3).removeprefix(BASE.upper())).status_code == 200  # fmt: skip
    assert "A range of labels" in desk("lan").words("/console/")


def test_the_number_of_labels_stands_beside_each_choice_and_none_is_chosen(
    desk: Sit, world: World
) -> None:
    page = desk("office").get(f"/office/withdrawals/new?code={world.codes['in_force']}")
    assert page.text.count('type="radio"') == 4
    assert " checked" not in page.text
    assert "This label only: 1 label Takes effect at once" in seen(page)
    assert "The whole lot: 60 labels A second person has to confirm it." in seen(page)


def test_what_comes_to_a_lot_is_proposed_though_it_is_called_a_run(
    desk: Sit, colleague: Desk, client: FlaskClient, world: World
) -> None:
    office = desk("office")
    facts = form(world, "run") | {"code": world.codes["household"]}
    words = office.words(f"/office/withdrawals/new?code={world.codes['household']}")
    assert "All labels of its print run: 5 labels A second person has to confirm it." in words
    page = office.post("/office/withdrawals/new", facts).location
    assert client.get(world.codes["household"]).status_code == 200
    assert "a colleague has to confirm" in office.words(page)
    assert colleague.post(f"{page}/confirm", {"password": worlds.PASSWORD}).status_code == 303
    assert client.get(world.codes["household"]).status_code == 410


def test_the_points_of_sale_of_a_recalled_lot_are_listed_for_the_letter(
    desk: Sit, world: World, database: Database
) -> None:
    with database.writing() as session:
        outlet = Outlet(name="Điểm bán OCOP Hàng Bài", street="12 Hàng Bài", phone="024 3825 0000")
        closed = Outlet(name="Đã đóng cửa", active=False)
        session.get_one(Product, world.product).outlets += [outlet, closed]
    office = desk("office")
    page = office.post("/office/withdrawals/new", form(world, "lot")).location
    assert "Điểm bán OCOP Hàng Bài 12 Hàng Bài 024 3825 0000" in office.words(page)
    rows = desk("auditor").get(f"{page}/outlets.csv").text.splitlines()
    assert rows[1:] == ["Điểm bán OCOP Hàng Bài,12 Hàng Bài,024 3825 0000"]


def test_a_key_is_revoked_by_two_and_every_page_of_its_producers_says_so_until_it_is_read(
    desk: Sit, colleague: Desk, client: FlaskClient, world: World, app: Flask,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    office = desk("office")
    assert "Signs now" in office.words("/office/keys")
    secret = {"password": worlds.PASSWORD}
    assert office.post("/office/keys/1/revoke", secret | {"reason": ""}).status_code == 400
    page = office.post("/office/keys/1/revoke", secret | {"reason": REASON}).location
    assert client.get(world.codes["in_force"]).status_code == 200
    assert "Its revocation is proposed" in colleague.words("/office/keys/1")
    assert office.post(f"{page}/confirm", secret).status_code == 409
    assert colleague.post(f"{page}/confirm", secret).status_code == 303
    monkeypatch.setattr(ScanSite.of(app), "_loaded", -1000.0)  # or some seconds later
    assert client.get(world.codes["in_force"]).status_code == 404
    assert "Revoked" in office.words("/office/keys")
    words = office.words(page)
    assert "Producers that were told" in words and "not yet" in words
    lan = desk("lan")
    for place in ("/console/", "/console/lots", "/console/runs"):
        assert "Labels with a withdrawn signing key: withdrawn from" in lan.words(place)
    assert "withdrawn signing key" in desk("hung").words("/console/lots")
    notice = re.search(r"/console/withdrawals/(\d+)/read", lan.get("/console/lots").text)
    assert notice is not None
    read = lan.post(notice[0], {"next": "/console/lots"})
    assert (read.status_code, read.location) == (303, "/console/lots")
    assert "withdrawn signing key" not in lan.words("/console/lots")
    assert "withdrawn signing key" in desk("hung").words("/console/")
    assert office.words("/office/withdrawals").count("All codes of a signing key") == 1


def test_a_stolen_key_is_frozen_at_once_with_a_reason(
    desk: Sit, client: FlaskClient, world: World
) -> None:
    office = desk("office")
    secret = {"password": worlds.PASSWORD}
    assert office.post("/office/keys/1/freeze", secret | {"reason": "x"}).status_code == 400
    assert "Frozen" not in office.words("/office/keys")
    assert (
        office.post("/office/keys/1/freeze", secret | {"reason": "Bị sao chép"}).status_code == 303
    )
    words = office.words("/office/keys")
    assert "Frozen" in words and "Signs now" in words
    assert "Bị sao chép" in office.words("/office/audit?q=key.freeze")
    assert client.get(world.codes["in_force"]).status_code == 200
    assert office.post("/office/keys/1/freeze").status_code in (400, 401, 403)
    assert desk("auditor").post("/office/keys/1/freeze").status_code == 403


def test_the_overview_says_when_the_manifest_is_behind_the_keys(
    desk: Sit, world: World, database: Database, settings: Settings, tmp_path: Path
) -> None:
    office = desk("office")
    assert "behind the keys" not in office.words("/office/")
    hold(database, settings, tmp_path / "roots")
    assert "behind the keys" not in office.words("/office/")
    office.post("/office/keys/1/freeze", {"password": worlds.PASSWORD, "reason": "Bị sao chép"})
    words = office.words("/office/")
    assert "behind the keys" in words and "became of key 1, 2, 3" in words
    assert "labelsvc keys publish" in office.words("/office/keys")


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
