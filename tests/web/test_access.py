"""Every page × every role × every tenant: what the table in accounts/roles.py says, and no more."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any
from urllib.parse import urljoin

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import AnyConverter, IntegerConverter, MapAdapter, Rule
from werkzeug.test import TestResponse

from labelsvc.accounts import roles
from labelsvc.accounts.models import AuditEntry, Role, SignIn, SignInTry, Stage
from labelsvc.db import Database
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from tests import world as worlds

from .belongings import belongings
from .desk import Desk

PEOPLE = {"": None, "lan": Role.PRODUCER, "office": Role.OFFICE, "auditor": Role.AUDITOR,
          "inspector": Role.INSPECTOR, "viewer": Role.VIEWER}  # fmt: skip
SAFE = {"GET", "HEAD", "OPTIONS"}
_ADDRESSES = re.compile(r'<(a|form)\b[^>]*?\b(?:href|action)="([^"]*)"')
#: Rooms without a cookie, whose forms bring a signed token or need none.
_OWN_TOKENS = ("report", "inner", "place", "scan")


pytestmark = pytest.mark.usefixtures("viewer")


def pages(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every closed page with every method it takes."""
    for rule in app.url_map.iter_rules():
        if not roles.is_public(rule.endpoint):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield rule, method


def _endpoint(where_to: MapAdapter, path: str, method: str) -> str:
    """The page behind an address of a link or a form."""
    for asked in (method, "GET", "POST"):
        try:
            return str(where_to.match(path.partition("?")[0], method=asked)[0])
        except MethodNotAllowed:
            continue
        except NotFound:
            break
    raise AssertionError(f"{path} leads nowhere")


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


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.VIEWER])
def test_who_only_reads_opens_no_page_that_changes_something(app: Flask, role: Role) -> None:
    changing = {
        rule.endpoint
        for rule, method in pages(app)
        if method not in SAFE and role in roles.allowed(rule.endpoint)
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
@pytest.mark.parametrize("name", ["lan", "office", "auditor", "inspector", "viewer"])
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


#: What the small world has none of, said before anything is asked; a withdrawal is looked at first.
_NOTHING_THERE = {
    "office.confirm_ranges": 404, "office.import_undo_done": 404, "office.new_merge": 404,
    "office.new_withdrawal": 200,
}  # fmt: skip


def test_nothing_is_taken_or_given_without_a_step_up(
    app: Flask, database: Database, things: dict[str, dict[str, int | str]]
) -> None:
    """Every act of the table, by somebody whose step-up is over, with an empty password: no try either."""
    office = Desk(app, database, "office")
    with database.writing() as session:
        session.execute(update(SignIn).values(confirmed_at=None))
    tried, unasked = set(), dict[str, int]()
    for rule, method in pages(app):
        if rule.endpoint not in roles.STEP_UP or method != "POST":
            continue
        tried.add(rule.endpoint)
        with database.reading() as session:
            before = session.scalar(select(func.max(AuditEntry.id)))
        for _ in range(2):
            values = {name: things["lan"].get(name, 1) for name in rule.arguments}
            path = rule.build(values, append_unknown=False)[1]  # type: ignore[index]
            answer = office.post(path, {"password": ""})
            asks = answer.status_code in (401, 400) or "/account/confirm" in answer.headers.get("Location", "")  # fmt: skip
            if not asks:
                unasked[rule.endpoint] = answer.status_code
        with database.reading() as session:
            assert session.scalar(select(func.max(AuditEntry.id))) == before, rule.endpoint
            assert session.scalar(select(func.count()).select_from(SignInTry)) == 0, rule.endpoint
    assert tried == roles.STEP_UP
    assert unasked == _NOTHING_THERE


def test_no_form_is_taken_without_its_token(app: Flask, desk: Callable[[str], Desk]) -> None:
    sitting = desk("office")
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if "POST" not in (rule.methods or set()) or room in _OWN_TOKENS:
            continue
        answer = sitting.client.post(path_of(rule), base_url="https://qr.example.vn")
        assert answer.status_code == 400, rule.rule
        # The inspector's application has a header instead, which no form of another site can send.
        assert room == "inspect" or "open too long" in answer.text, rule.rule


#: Pages of one kind that are followed: all orders of a list lead to the same links.
_MOST_ALIKE = 3


@pytest.mark.parametrize("name", [name for name in PEOPLE if name])
def test_every_link_and_form_that_is_shown_opens_for_who_sees_it(
    app: Flask, desk: Callable[[str], Desk], things: dict[str, Any], name: str
) -> None:
    """Every page of every role as a reader goes through them, from the first and the account on."""
    sitting, where_to = desk(name), app.url_map.bind("qr.example.vn")
    waiting = [("", "/"), ("", "/account/sign-in"), ("", "/account/"), ("", "/nobody/knows")]
    seen: Counter[str] = Counter()
    while waiting:
        shown_on, path = waiting.pop(0)
        answer = sitting.get(path)
        # A step-up sends to its own page first.
        if shown_on:
            assert answer.status_code in (200, 302, 303, 304), f"{path} of {shown_on} as {name}"
        if not answer.content_type.startswith("text/html"):
            continue
        for tag, address in _ADDRESSES.findall(answer.text):
            to = urljoin(path, unescape(address)).partition("#")[0]
            if address.startswith("#") or not to.startswith("/"):
                continue
            endpoint = _endpoint(where_to, to, "POST" if tag == "form" else "GET")
            if roles.is_public(endpoint):
                continue
            assert PEOPLE[name] in roles.allowed(endpoint), f"{to} on {path} as {name}"
            seen[endpoint] += 1
            if tag == "a" and seen[endpoint] <= _MOST_ALIKE:
                waiting.append((path, to))
    assert len(seen) >= {"inspector": 2, "auditor": 15, "viewer": 12}.get(name, 25), seen


@pytest.fixture
def things(
    database: Database, settings: Settings, world: worlds.World
) -> dict[str, dict[str, int | str]]:
    """One of everything of two producers."""
    return {
        name: belongings(database, settings, lot_id, prefix=name)
        for name, lot_id in (("lan", world.lot), ("hung", world.stranger_lot))
    }


#: What stands in addresses beside things that belong to somebody.
_PLAIN = {"kind": "pdf", "part": "file"}
_SENT: dict[str, dict[str, Any]] = {
    "producer.save_layout": {"json": {}},
    "producer.change_photo": {"data": {"do": "first"}},
    "producer.send_run": {"data": {"printer": "printer_id"}},
    "producer.calibration_label_file": {"query_string": {"roll": "roll-35x22-2"}},
}


def _plain(rule: Rule, name: str) -> str:
    """What *name* usually is, or the first that this address takes."""
    taken = getattr(rule._converters[name], "items", ())
    return _PLAIN[name] if not taken or _PLAIN[name] in taken else min(taken)


def asked_for(rule: Rule, things: dict[str, int | str]) -> str:
    """The address of *rule* for these things. A new kind of thing needs one in `belongings`."""
    values: dict[str, int | str] = {}
    for name in rule.arguments:
        key = ("sheet" if "sheet" in rule.endpoint else "layout") if name == "name" else name
        assert key in things or key in _PLAIN, f"{rule.rule}: belongings() has no {key}"
        values[name] = things.get(key) or _plain(rule, name)
    return str(rule.build(values, append_unknown=False)[1])  # type: ignore[index]


def opened(
    sitting: Desk, rule: Rule, method: str, path: str, things: dict[str, int | str]
) -> TestResponse:
    """The answer to an empty form, or to what a page wants before it looks whose thing it is."""
    sent = {
        kind: {name: things.get(value, value) for name, value in values.items()}
        for kind, values in _SENT.get(rule.endpoint, {}).items()
    }
    return sitting.client.open(path, method=method, base_url="https://qr.example.vn", **sent)


def told_nothing(
    sitting: Desk, rule: Rule, method: str, answer: TestResponse, things: dict[str, int | str]
) -> bool:
    """404; where a picture comes with it, with the words for a layout that nobody has."""
    if answer.status_code != 404 or answer.mimetype != "image/svg+xml":
        return answer.status_code == 404
    nobody = asked_for(rule, things | {"layout": "nobody-layout"})
    same = opened(sitting, rule, method, nobody, things)
    return same.text.replace("nobody-layout", str(things["layout"])) == answer.text


def of_producers(app: Flask) -> list[tuple[Rule, str]]:
    """Every page of producers about one thing; those that remove it come last."""
    found = [(r, m) for r, m in pages(app) if r.endpoint.startswith("producer.") and r.arguments]
    return sorted(
        found, key=lambda page: (page[0].rule.endswith(("/delete", "/remove")), page[1] != "GET")
    )


def test_a_producer_never_meets_the_things_of_another_and_always_its_own(
    app: Flask, desk: Callable[[str], Desk], things: dict[str, dict[str, int | str]]
) -> None:
    """Lan asks for everything of Hùng's, in every way there is; then Hùng asks for the same."""
    app.config["WTF_CSRF_METHODS"] = set()
    for name in ("lan", "hung"):
        sitting = desk(name)
        for rule, method in of_producers(app):
            path = asked_for(rule, things["hung"])
            answer = opened(sitting, rule, method, path, things["hung"])
            where = f"{method} {path} as {name}: {answer.status_code}"
            if name == "lan":
                assert told_nothing(sitting, rule, method, answer, things["hung"]), where
            else:
                assert answer.status_code != 404 and answer.status_code < 500, where


def test_a_thing_of_another_is_not_reached_through_one_of_ones_own(
    app: Flask, desk: Callable[[str], Desk], things: dict[str, dict[str, int | str]]
) -> None:
    """Addresses that name two things: the first is Lan's, the second Hùng's, and the other way."""
    app.config["WTF_CSRF_METHODS"] = set()
    lan, asked = desk("lan"), 0
    for rule, method in of_producers(app):
        named = sorted(rule.arguments - set(_PLAIN))
        for other in named if len(named) > 1 else ():
            mixed = things["lan"] | {other: things["hung"][other]}
            path = asked_for(rule, mixed)
            answer = opened(lan, rule, method, path, mixed)
            assert told_nothing(lan, rule, method, answer, mixed), f"{method} {path}"
            asked += 1
    assert asked >= 6


@pytest.mark.parametrize("name", ["auditor", "viewer"])
def test_who_only_reads_does_not_see_who_reported(
    desk: Callable[[str], Desk], database: Database, world: worlds.World, name: str
) -> None:
    with database.writing() as session:
        report = send_report(session, SentReport(kind="suspected_fake", code="x", number=None, verdict="not_issued", message="Tem bị bong, chữ nhòe.", contact="0900 000 000"))  # fmt: skip
    path = f"/office/reports/{report.id}"
    assert "0900 000 000" in desk("office").words(path)
    seen_by_reader = desk(name).words(path)
    assert "chữ nhòe" in seen_by_reader and "0900 000 000" not in seen_by_reader
