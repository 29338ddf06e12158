"""One door for codes: every page and answer that takes one verifies, counts and words it alike.

A forged code and a right one that was never issued get the same answer everywhere, and many of either from one
network are told to wait: no page is a second door for guessing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from labelsvc.codes.register.issue import load_keyring
from labelsvc.codes.tlog import log
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from tests.web.belongings import belongings
from tests.world import World

from .desk import BASE, Desk

MOST = 4
Sit = Callable[[str], Desk]


def _inspect(
    path: str, **facts: object
) -> Callable[[Desk, str, dict[str, int | str]], TestResponse]:
    return lambda desk, code, _: desk.client.post(
        path, json={name: code if value is ... else value for name, value in facts.items()}, base_url=BASE,
        headers={"X-Labelsvc-Inspect": "1"},
    )  # fmt: skip


def _form(path: str, **form: str) -> Callable[[Desk, str, dict[str, int | str]], TestResponse]:
    return lambda desk, code, has: desk.post(
        path.format(**has),
        {name: value.replace("CODE", code).format(**has) for name, value in form.items()},
    )


#: Page → who opens it, and how it is asked about a code. With what it takes for a right one of the lot.
DOORS: dict[str, tuple[str, Callable[[Desk, str, dict[str, int | str]], TestResponse]]] = {
    "scan.scan": ("", lambda desk, code, _: desk.get(f"/{code}")),
    "scan.scan json": ("", lambda desk, code, _: desk.get(f"/{code}?format=json")),
    "scan.scan text": ("", lambda desk, code, _: desk.get(f"/{code}?format=text")),
    "log.page": ("", lambda desk, code, _: desk.get("/log/", query_string={"code": code})),
    "place.place": ("", lambda desk, code, _: desk.get(f"/place/{code}")),
    "inner.check": ("", lambda desk, code, _: desk.get(f"/inner/{code}")),
    "inspect.verdict": ("inspector", _inspect("/inspect/verdict", code=...)),
    "office.new_withdrawal": ("office", _form("/office/withdrawals/new", code="CODE", do="look")),
    "producer.lot_life": ("lan", _form("/console/lots/{lot_id}/life", do="look", step="sold", first="CODE", last="CODE")),
    "producer.bind_blank": ("lan", _form("/console/blanks/bind", do="look", first="CODE", last="CODE", lot="{lot_id}")),
    "producer.write_ledger": ("lan", _form("/console/runs/{run_id}/ledger", kind="spoiled", why="x", from_label="CODE", to_label="CODE")),
}  # fmt: skip
#: Pages that take a code and tell nobody of what becomes of it.
SILENT = {
    "report.report": "tells the goods of a right code, and nothing of others; counts on opening",
    "home.check": "leads to the page of the code",
}


@pytest.fixture
def app(database: Database, settings: Settings, world: World) -> Iterator[Flask]:
    made = create_app(settings.model_copy(update={"scan_misses": MOST}), database)
    yield made
    ScanSite.of(made).recorder.flush()


@pytest.fixture
def wrong(database: Database, settings: Settings, world: World) -> dict[str, str]:
    """A code with a wrong tag, and one with a right tag that was never issued."""
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
    return {
        "forged": world.codes["not_issued"].strip("/"),
        "unissued": ring.short_many(10**9, 1)[0],
    }


@pytest.fixture
def has(database: Database, settings: Settings, world: World) -> dict[str, int | str]:
    return belongings(database, settings, world.lot, prefix="lan")


def said(answer: TestResponse, code: str) -> tuple[int, str]:
    """What the answer says, but for the code in it and what is made anew each time."""
    text = re.sub(r'(value|content)="[^"]{40,}"', "", answer.get_data(as_text=True))
    spellings = (code, "-".join(re.findall("....", code)), " ".join(re.findall("....", code)))
    for spelling in spellings:
        text = text.replace(spelling, "CODE")
    return answer.status_code, text


def test_every_page_that_takes_a_code_is_here(app: Flask) -> None:
    taking = {
        rule.endpoint for rule in app.url_map.iter_rules()
        if {"code", "_code"} & set(rule.arguments)
    }  # fmt: skip
    named = {name.partition(" ")[0] for name in DOORS} | set(SILENT)
    assert taking <= named
    assert named <= set(app.view_functions)


@pytest.mark.parametrize("name", DOORS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_forged_and_never_issued_are_one_answer_and_many_of_them_have_to_wait(
    desk: Sit,
    wrong: dict[str, str],
    has: dict[str, int | str],
    world: World,
    database: Database,
    settings: Settings,
    name: str,
) -> None:
    who, ask = DOORS[name]
    person = desk(who)
    if name == "log.page":
        log.publish(
            database, Files(settings.files), origin="qr.example.vn/log", secrets=settings.keys
        )
    forged, unissued = (said(ask(person, code, has), code) for code in wrong.values())
    assert forged == unissued
    assert forged[0] in (400, 404)
    statuses = [ask(person, code, has).status_code for code in [*wrong.values()] * MOST]
    assert statuses[-1] == 429 and set(statuses) <= {forged[0], 429}
    again = [ask(person, code, has).status_code for code in wrong.values()]
    assert again == [429, 429]
    # The scan page knows of it, too; and a right code is answered whoever tried before.
    assert desk("").get(f"/{wrong['forged']}").status_code == 429
    right = world.codes["in_force"].strip("/")
    # These two take labels of a blank roll and of one run only.
    if name not in ("producer.bind_blank", "producer.write_ledger"):
        assert ask(person, right, has).status_code < 400
    assert desk("").get(f"/{right}").status_code == 200


def test_the_form_for_reports_is_no_second_door(desk: Sit, wrong: dict[str, str]) -> None:
    person = desk("")
    for code in [*wrong.values()] * MOST:
        assert person.get(f"/report/{code}").status_code == 200  # it opens for every code
    assert desk("").get(f"/{wrong['forged']}").status_code == 429


def test_places_of_inspectors_do_not_tell_which_codes_are_ours(
    desk: Sit, wrong: dict[str, str], world: World
) -> None:
    told = []
    for number, code in enumerate([*wrong.values(), world.codes["in_force"].strip("/")]):
        one = {"uid": f"00000000-0000-4000-8000-00000000000{number}", "code": code, "at": "2026-11-24T02:00:00Z",
               "place": "Hà Nội"}  # fmt: skip
        told.append(
            _inspect("/inspect/sightings", sightings=[one])(desk("inspector"), "", {}).get_json()
        )
    assert told == [{"kept": 1}] * 3
