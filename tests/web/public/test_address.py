"""Addresses of the register: what moved leads on in one hop, what is gone says so."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException

from labelsvc import clock
from labelsvc.accounts.roles import is_public
from labelsvc.catalogue.models import Product
from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.programme.removed import remember
from labelsvc.web.public import address
from tests.factories import make_product
from tests.world import World


def answer(app: Flask, database: Database, number: int, path: str = "") -> tuple[int, str]:
    """Status of the page of a product, and where it leads or whose it is."""
    with app.test_request_context(path or f"/product/{number}"), database.reading() as session:
        try:
            row = address.settled(
                session, Product, number, endpoint="products.product", place="product_id"
            )
        except HTTPException as raised:
            return raised.code or 0, raised.get_response().headers.get("Location", "")
    return 200, row.name


def test_what_was_merged_twice_leads_on_in_one_hop_with_what_was_asked_for(
    app: Flask, database: Database, world: World
) -> None:
    with database.writing() as session:
        last = make_product(session, name="Trà cuối").id
        middle = make_product(session, name="Trà giữa", merged_into_id=last).id
        first = make_product(session, name="Trà đầu", merged_into_id=middle).id
    assert answer(app, database, last) == (200, "Trà cuối")
    asked = f"/product/{first}?lang=en&on=2026-05-01"
    assert answer(app, database, first, asked) == (301, f"/product/{last}?lang=en&on=2026-05-01")


def test_what_was_removed_is_gone_and_leads_to_what_took_its_place(
    app: Flask, database: Database, world: World
) -> None:
    with database.writing() as session:
        remember(session, "product", [900, 901])
        remember(session, "product", [902], into=world.product)
        remember(session, "product", [901], into=900)
    assert answer(app, database, 900) == (410, "")
    assert answer(app, database, 901) == (410, "")
    assert answer(app, database, 902) == (301, f"/product/{world.product}")
    assert answer(app, database, 903) == (404, "")


@pytest.mark.parametrize("path", ["/product/0{}", "/product/{}/"])
def test_a_number_has_one_address(app: Flask, database: Database, world: World, path: str) -> None:
    asked = path.format(world.product)
    assert answer(app, database, world.product, asked) == (301, f"/product/{world.product}")


def test_the_day_asked_about_is_one_that_came(app: Flask) -> None:
    for typed in ("2026-05-01", "01/05/2026", "1/5/2026"):
        with app.test_request_context("/", query_string={"on": typed}):
            assert (address.asked_day(), address.past()) == (date(2026, 5, 1), True)
    with app.test_request_context("/"):
        assert (address.asked_day(), address.past()) == (clock.today(), False)
    for wrong in ("9999-01-01", "05/2026", "gestern", "2026-02-30"):
        with app.test_request_context("/", query_string={"on": wrong}), pytest.raises(BadInput):
            address.asked_day()


def _plain_addresses(app: Flask) -> list[str]:
    """Every public address without a number or name in it."""
    rules = [
        rule for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not rule.endpoint.startswith("scan.")
    ]  # fmt: skip
    return sorted(rule.rule for rule in rules if is_public(rule.endpoint) and not rule.rule.endswith("/"))  # fmt: skip


def test_a_slash_behind_an_address_leads_to_the_page_without_it(app: Flask, world: World) -> None:
    client = app.test_client()
    found = _plain_addresses(app)
    assert {"/products", "/data", "/changes/feed.atom", "/robots.txt"} <= set(found)
    for path in found:
        answer = client.get(f"{path}/?q=tr%C3%A0&page=2", base_url="https://qr.example.vn")
        assert answer.status_code in (301, 308), path
        assert answer.headers["Location"].endswith(f"{path}?q=tr%C3%A0&page=2"), path


@pytest.mark.parametrize(
    "path",
    ["/no-such-page/", "/product/999999/", "/products//evil.example/", "/wp-login.php/"],
)  # fmt: skip
def test_a_slash_behind_no_page_leads_nowhere(app: Flask, world: World, path: str) -> None:
    answer = app.test_client().get(path, base_url="https://qr.example.vn")
    assert answer.status_code in (400, 404)
    assert "Location" not in answer.headers


def test_a_code_with_a_slash_is_answered_as_before(app: Flask, world: World) -> None:
    code = world.codes["in_force"]
    answer = app.test_client().get(f"{code}/", base_url="https://qr.example.vn")
    assert answer.status_code == 200 and "Location" not in answer.headers
