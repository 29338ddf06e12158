"""Wrong codes are limited by network, right ones never; both are counted for the watch."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from labelsvc import clock
from labelsvc.db import Database
from labelsvc.inspections import watch
from labelsvc.inspections.models import Case
from labelsvc.scans.models import Refused, RefusedNetwork, Scan
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from tests.web.desk import BASE, Desk
from tests.world import World

MOST = 4


@pytest.fixture
def app(database: Database, settings: Settings, world: World) -> Iterator[Flask]:
    made = create_app(
        settings.model_copy(update={"scan_misses": MOST, "copy_refused_network": 10}), database
    )
    yield made
    ScanSite.of(made).recorder.flush()


def ask(client: FlaskClient, path: str, address: str = "203.0.113.7", **options: Any):  # type: ignore[no-untyped-def]
    return client.get(
        path, base_url=BASE, environ_overrides={"REMOTE_ADDR": address}, **options
    )  # fmt: skip


@pytest.mark.parametrize("name", ["not_issued", "bad_signature"])
def test_wrong_codes_are_answered_up_to_the_limit_and_then_told_to_wait(
    client: FlaskClient, world: World, name: str
) -> None:
    path = world.codes[name]
    statuses = [ask(client, path).status_code for _ in range(MOST + 2)]
    assert statuses == [404] * MOST + [429] * 2
    page = ask(client, path + "?lang=vi")
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert page.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in page.headers
    for words in (
        "Mã này chưa được xác nhận",
        "Bạn có thể làm gì",
        f'href="/report{path}?lang=vi"',
    ):
        assert words in page.text
    assert "This code is not confirmed" in ask(client, path + "?lang=en").text
    data = ask(client, path + "?format=json&lang=en")
    assert (data.status_code, data.json["code"]) == (429, "too_many_tries")
    assert ask(client, path + "?format=text").mimetype == "text/plain"
    assert ask(client, path, "203.0.113.99").status_code == 429, "the same /24"
    assert ask(client, path, "203.0.114.7").status_code == 404


def test_processes_of_one_service_count_together(
    app: Flask, client: FlaskClient, world: World, database: Database
) -> None:
    own = app.extensions["labelsvc"]
    second = create_app(own.settings, database, misses=own.misses).test_client()
    path = world.codes["not_issued"]
    statuses = [ask(asked, path).status_code for _ in range(MOST) for asked in (client, second)]
    assert statuses == [404] * MOST + [429] * MOST
    assert ask(second, world.codes["in_force"]).status_code == 200


def test_right_codes_neither_count_nor_wait(client: FlaskClient, world: World, app: Flask) -> None:
    good = ("in_force", "gs1", "offline", "lot")
    for _ in range(MOST):
        for name in good:
            assert ask(client, world.codes[name]).status_code == 200
    assert not any(ScanSite.of(app).misses._memory[:])
    for _ in range(MOST + 1):
        ask(client, world.codes["not_issued"])
    for name, status in (*((name, 200) for name in good), ("withdrawn", 410), ("link", 200),
                         ("malformed", 400)):  # fmt: skip
        assert ask(client, world.codes[name]).status_code == status, name
    assert ask(client, world.codes["not_issued"]).status_code == 429


def test_a_right_tag_of_a_number_that_is_not_issued_is_a_miss_like_any_other(
    client: FlaskClient, world: World, app: Flask
) -> None:
    never = f"/{ScanSite.of(app).keyring.short(2**39)}"
    statuses = [ask(client, never).status_code for _ in range(MOST + 1)]
    assert statuses == [404] * MOST + [429]


def test_the_report_form_opens_for_every_code_and_is_no_second_door(
    client: FlaskClient, world: World
) -> None:
    wrong, right = f"/report{world.codes['not_issued']}", f"/report{world.codes['in_force']}"
    assert "Trà hoa cúc" in ask(client, right).text
    for _ in range(MOST + 3):
        assert ask(client, wrong).status_code == 200
    assert ask(client, world.codes["not_issued"]).status_code == 429
    seen = ask(client, right)
    assert seen.status_code == 200 and "Trà hoa cúc" not in seen.text
    assert ask(client, f"/inner{world.codes['not_issued']}").status_code == 429


def test_refused_codes_of_one_network_raise_a_case_that_names_no_network(
    client: FlaskClient, world: World, app: Flask, database: Database, settings: Settings
) -> None:
    own, rules = ScanSite.of(app), app.extensions["labelsvc"].settings
    for number in range(9):
        ask(client, world.codes["not_issued"], f"198.51.{number}.1")
    for _ in range(9):
        ask(client, world.codes["bad_signature"])
    own.refusals.flush(database)
    assert watch.look(database, rules, every=watch.EVERY * 0) == []
    ask(client, world.codes["not_issued"])
    own.refusals.flush(database)
    (raised,) = watch.look(database, rules, every=watch.EVERY * 0)
    with database.reading() as session:
        case = session.get_one(Case, raised)
        assert case.facts["signals"] == {"probed": {"networks": 1, "count": 10, "limit": 10}}
        tokens = set(session.scalars(select(RefusedNetwork.network)))
        assert len(tokens) == 10 and all(len(token) == 16 for token in tokens)
        assert not any(token in str(case.facts) for token in tokens)
        prefix = "S" + world.codes["not_issued"][1:5]
        assert session.scalar(select(func.count()).where(RefusedNetwork.prefix == prefix)) == 10
        assert session.get_one(Refused, (clock.today(), prefix)).count == 10
    assert "Somebody is trying codes" in Desk(app, database, "office").words(
        f"/office/cases/{raised}"
    )


def test_one_made_up_label_is_counted_with_the_networks_it_was_met_in(
    client: FlaskClient, world: World, app: Flask, database: Database
) -> None:
    for number in range(50):
        ask(client, world.codes["not_issued"], f"198.51.{number % 20}.1")
    ScanSite.of(app).refusals.flush(database)
    (raised,) = watch.look(database, app.extensions["labelsvc"].settings)
    with database.reading() as session:
        facts = session.get_one(Case, raised).facts["signals"]["refused"]
    assert (facts["count"], facts["networks"]) == (50, 20)
    assert "from 20 networks" in Desk(app, database, "office").words(f"/office/cases/{raised}")


def test_networks_are_forgotten_when_their_day_is_over(
    client: FlaskClient, world: World, app: Flask, database: Database
) -> None:
    ask(client, world.codes["not_issued"])
    own = ScanSite.of(app)
    own.refusals.flush(database)
    with database.writing() as session:
        for row in session.scalars(select(RefusedNetwork)):
            row.day = clock.today().replace(year=2020)
    own.refusals.flush(database)
    with database.reading() as session:
        assert session.scalars(select(RefusedNetwork)).all() == []
        assert session.scalars(select(Refused)).all() != []


def test_who_is_signed_in_is_no_consumer(
    client: FlaskClient, app: Flask, world: World, database: Database
) -> None:
    """Office and producers look at withdrawn labels of their own, and open no case by it."""
    for name in ("office", "lan"):
        Desk(app, database, name).get(world.codes["withdrawn"])
    client.set_cookie("lang", "en", domain="qr.example.vn")
    ask(client, world.codes["in_force"])
    ScanSite.of(app).recorder.flush()
    with database.reading() as session:
        assert session.scalars(select(Scan.verdict)).all() == ["ISSUED_OK"]
    assert watch.look(database, app.extensions["labelsvc"].settings) == []
