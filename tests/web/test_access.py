"""Every page × every role × every tenant: what the table in accounts/roles.py says, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.routing import AnyConverter, IntegerConverter, Rule

from labelsvc.accounts import roles
from labelsvc.accounts.models import Role, Stage
from labelsvc.db import Database
from labelsvc.inspections.report import send_report
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from tests import world as worlds

from .desk import Desk

PEOPLE = {"": None, "lan": Role.PRODUCER, "office": Role.OFFICE, "auditor": Role.AUDITOR,
          "inspector": Role.INSPECTOR}  # fmt: skip
SAFE = {"GET", "HEAD", "OPTIONS"}


def pages(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every closed page with every method it takes."""
    for rule in app.url_map.iter_rules():
        if not roles.is_public(rule.endpoint):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def path_of(rule: Rule) -> str:
    return str(rule.build(dict.fromkeys(rule.arguments, 1) | _text(rule), append_unknown=False)[1])  # type: ignore[index]


def _text(rule: Rule) -> dict[str, str]:
    kinds = rule._converters.items()
    return {
        name: min(kind.items) if isinstance(kind, AnyConverter) else "a4-24"
        for name, kind in kinds
        if not isinstance(kind, IntegerConverter)
    }


def test_every_closed_page_is_in_the_table(app: Flask) -> None:
    forgotten = {rule.endpoint for rule, _ in pages(app) if not roles.allowed(rule.endpoint)}
    assert not forgotten


def test_the_table_names_no_page_that_does_not_exist(app: Flask) -> None:
    named = {name for name in roles.POLICY if not name.endswith(".*")}
    assert named <= set(app.view_functions)


def test_auditors_open_no_page_that_changes_something(app: Flask) -> None:
    changing = {
        rule.endpoint
        for rule, method in pages(app)
        if method not in SAFE and Role.AUDITOR in roles.allowed(rule.endpoint)
    }
    assert {name for name in changing if not name.startswith("account.")} == set()


@pytest.mark.parametrize("name", PEOPLE)
def test_each_page_opens_for_its_roles_and_for_nobody_else(
    app: Flask, desk: Callable[[str], Desk], name: str
) -> None:
    """The gate alone: behind it every page says "inside", and none does its work."""
    app.config["WTF_CSRF_METHODS"] = set()  # forged forms have a test of their own
    sitting = desk(name)
    for rule, method in list(pages(app)):
        app.view_functions[rule.endpoint] = lambda **_: "inside"
        answer = sitting.client.open(path_of(rule), method=method, base_url="https://qr.example.vn")
        where = f"{method} {rule.rule} as {name or 'nobody'}"
        if not name:
            assert answer.status_code == (302 if method == "GET" else 401), where
            if method == "GET":
                assert answer.location.startswith("/account/sign-in?next="), where
        elif PEOPLE[name] in roles.allowed(rule.endpoint):
            assert (answer.status_code, answer.text) == (200, "inside"), where
        else:
            assert answer.status_code == 403, where


@pytest.mark.parametrize("stage", [Stage.FACTOR, Stage.ENROL])
@pytest.mark.parametrize("name", ["lan", "office", "auditor", "inspector"])
def test_a_half_sign_in_opens_the_pages_that_make_it_whole_and_no_other(
    settings: Settings, database: Database, world: worlds.World, stage: Stage, name: str
) -> None:
    """Whatever the role: the password alone opens nothing that it would open when whole."""
    strict = create_app(settings.model_copy(update={"second_factor": True}), database)
    strict.config["WTF_CSRF_METHODS"] = set()
    sitting = Desk(strict, database, name, stage=stage)
    if stage is Stage.ENROL and name == "lan":  # never made for a role that needs none
        assert sitting.get("/console/").location.startswith("/account/sign-in")
        return
    opened, way = set(), {Stage.FACTOR: "/account/factor?", Stage.ENROL: "/account/factors?"}
    for rule, method in list(pages(strict)):
        strict.view_functions[rule.endpoint] = lambda **_: "inside"
        answer = sitting.client.open(path_of(rule), method=method, base_url="https://qr.example.vn")
        where = f"{method} {rule.rule} as {name}, {stage}"
        if (answer.status_code, answer.text) == (200, "inside"):
            opened.add(rule.endpoint)
        elif method == "GET":
            assert answer.status_code == 302 and answer.location.startswith(way[stage]), where
        else:
            assert answer.status_code == 401, where
    assert opened == roles.HALF_PAGES[stage]


def test_half_sign_ins_open_pages_that_exist_and_only_those_of_accounts(app: Flask) -> None:
    named = set().union(*roles.HALF_PAGES.values())
    assert named <= set(app.view_functions)
    assert {name.partition(".")[0] for name in named} == {"account"}


def test_no_form_is_taken_without_its_token(app: Flask, desk: Callable[[str], Desk]) -> None:
    sitting = desk("office")
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if "POST" not in (rule.methods or set()) or room in ("report", "inner", "scan", "resolver"):
            continue
        answer = sitting.client.post(path_of(rule), base_url="https://qr.example.vn")
        assert answer.status_code == 400, rule.rule
        # The inspector's application has a header instead, which no form of another site can send.
        assert room == "inspect" or "open too long" in answer.text, rule.rule


def test_a_producer_never_meets_the_things_of_another(
    app: Flask, desk: Callable[[str], Desk], world: worlds.World
) -> None:
    """Lan asks for Hùng's product, lot and print run by their numbers, in every way there is."""
    app.config["WTF_CSRF_METHODS"] = set()
    lan, asked = desk("lan"), 0
    of_hung = {"product_id": world.stranger_product, "lot_id": world.stranger_lot, "run_id": 1,
               "photo_id": 1}  # fmt: skip
    for rule, method in pages(app):
        wanted = rule.arguments & {"product_id", "lot_id", "run_id", "roll_id"}
        if not rule.endpoint.startswith("producer.") or not wanted:
            continue
        values = dict.fromkeys(rule.arguments, 1) | _text(rule)
        values |= {name: of_hung[name] for name in rule.arguments if name in of_hung}
        path = str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]
        answer = lan.client.open(path, method=method, base_url="https://qr.example.vn")
        assert answer.status_code == 404, f"{method} {path}"
        asked += 1
    assert asked >= 8


def test_an_auditor_does_not_see_who_reported(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    with database.writing() as session:
        report = send_report(
            session, kind="suspected_fake", code="x", number=None, verdict="not_issued",
            message="Tem bị bong, chữ nhòe.", contact="0900 000 000",
        )  # fmt: skip
    path = f"/office/reports/{report.id}"
    assert "0900 000 000" in desk("office").words(path)
    seen_by_auditor = desk("auditor").words(path)
    assert "chữ nhòe" in seen_by_auditor and "0900 000 000" not in seen_by_auditor
