"""Doubles and merges on the pages: two people, both sides, and what scan pages show before and after."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Producer, Product
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import allocate, codes_of, load_keyring
from labelsvc.db import Database
from labelsvc.settings import Settings
from tests import world as worlds
from tests.factories import make_lot, make_producer, make_product
from tests.web.desk import Desk
from tests.world import World

Sit = Callable[[str], Desk]
ASKED = {"reason": "Cùng một hợp tác xã", "password": worlds.PASSWORD}


@pytest.fixture
def colleague(database: Database, desk: Sit) -> Desk:
    """A second person of the office."""
    with database.writing() as session:
        create_user(session, name="binh", full_name="Bình", role=Role.OFFICE, producer_id=None,
                    password=worlds.PASSWORD, actor="test")  # fmt: skip
    return desk("binh")


@pytest.fixture
def double(database: Database, settings: Settings, world: World) -> tuple[int, str]:
    """A second entry of the producer of the world, with somebody who signs in, and a printed code."""
    with database.writing() as session:
        producer = make_producer(session, name="HTX Gốm sứ Sông Nhuệ", phone="0912 345 678")
        product = make_product(session, producer=producer, name="Ấm chén men rạn")
        lot = make_lot(session, product, code="L-DOUBLE")
        issue = allocate(session, lot=lot, count=2, form=Form.SHORT)
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        create_user(session, name="mai", full_name="Mai", role=Role.PRODUCER, producer_id=producer.id,
                    password=worlds.PASSWORD, actor="test")  # fmt: skip
        code = codes_of(issue, ring, offset=0, count=1)[0][len(settings.base_url) :]
        return producer.id, code


def _proposed(office: Desk, world: World, gone: int, **more: str) -> str:
    answer = office.post(
        "/office/merges/new",
        {"do": "propose", "kind": "producer", "kept": world.producer, "gone": gone} | ASKED | more,
    )
    assert answer.status_code == 303, answer.text
    return answer.location


def test_a_merge_from_the_list_of_doubles_to_the_scan_page_and_back(
    desk: Sit, colleague: Desk, client: FlaskClient, world: World, double: tuple[int, str]
) -> None:
    gone, code = double
    office, mai = desk("office"), desk("mai")
    doubles = office.words("/office/merges")
    assert "Gốm Sông Nhuệ" in doubles and "HTX Gốm sứ Sông Nhuệ" in doubles
    sides = office.words(f"/office/merges/new?kind=producer&kept={world.producer}&gone={gone}")
    assert "024 3999 0123" in sides and "0912 345 678" in sides
    assert "Gốm sứ Sông Nhuệ" in client.get(code).text
    assert "L-MAIN" not in mai.words("/console/lots")

    page = _proposed(office, world, gone)
    assert "a colleague has to confirm it" in office.words(page)
    assert office.post(f"{page}/confirm", ASKED).status_code == 409
    assert colleague.post(f"{page}/confirm", ASKED).status_code == 303
    after = client.get(code)
    assert after.status_code == 200
    assert "Hợp tác xã Gốm Sông Nhuệ" in after.text and "Gốm sứ Sông Nhuệ" not in after.text
    assert "Products 1" in colleague.words(page)
    lots = mai.words("/console/lots")
    assert "L-MAIN" in lots and "L-DOUBLE" in lots, "people of both see the lots of both"
    assert office.get(f"/office/producers/{gone}").location.endswith(f"/{world.producer}")
    assert "Gốm sứ" not in office.words("/office/producers")
    assert "Gốm sứ" not in office.words("/office/accounts/new")

    answer = colleague.post(f"{page}/propose-undo", ASKED | {"reason": "Là hai hợp tác xã"})
    assert answer.status_code == 303
    assert colleague.post(f"{page}/undo", ASKED).status_code == 409
    assert office.post(f"{page}/undo", ASKED).status_code == 303
    assert "Gốm sứ Sông Nhuệ" in client.get(code).text
    assert "L-MAIN" not in mai.words("/console/lots")


def test_two_that_are_not_one_leave_the_list_of_doubles(
    desk: Sit, world: World, double: tuple[int, str]
) -> None:
    office = desk("office")
    assert "HTX Gốm sứ" in office.words("/office/merges")
    office.post("/office/merges/another", {"first": world.producer, "second": double[0]})
    assert "HTX Gốm sứ" not in office.words("/office/merges")


def test_products_of_one_name_are_shown_and_merged_with_their_producers(
    desk: Sit, colleague: Desk, world: World, double: tuple[int, str], database: Database
) -> None:
    office = desk("office")
    with database.writing() as session:
        other = session.scalars(select(Product).where(Product.producer_id == double[0])).one()
        other.name = session.get_one(Product, world.product).name
        pair = f"{world.product}-{other.id}"
    form = {"do": "propose", "kind": "producer", "kept": world.producer, "gone": double[0]} | ASKED
    refused = office.post("/office/merges/new", form)
    assert refused.status_code == 409
    assert "Merge the two as well" in refused.text
    page = _proposed(office, world, double[0], pair=pair)
    assert colleague.post(f"{page}/confirm", ASKED).status_code == 303
    answer = office.get(f"/office/products/{other.id}")
    assert answer.location.endswith(f"/products/{world.product}")
    assert desk("lan").get(f"/console/products/{other.id}").status_code == 200


def test_an_auditor_sees_merges_and_decides_none(
    desk: Sit, world: World, double: tuple[int, str]
) -> None:
    page = _proposed(desk("office"), world, double[0])
    auditor = desk("auditor")
    assert "Waits for a second person" in auditor.words(page)
    assert "Confirm the merge" not in auditor.words(page)
    assert auditor.post(f"{page}/confirm", ASKED).status_code == 403


@pytest.mark.parametrize("path", ["/office/merges/new?kept=99999", "/office/merges/77", "/office/merges/new?kind=x"])  # fmt: skip
def test_what_is_not_there_is_not_found(desk: Sit, path: str) -> None:
    assert desk("office").get(path).status_code == 404


def test_a_producer_that_is_known_is_searched_for(
    desk: Sit, world: World, double: tuple[int, str], database: Database
) -> None:
    found = desk("office").words(f"/office/merges/new?kept={world.producer}&q=tran+van+hung")
    assert "Trần Văn Hùng" in found
    with database.reading() as session:
        assert session.get_one(Producer, world.producer).merged_into_id is None
