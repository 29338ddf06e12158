"""The door before the application: the same answer as the application's own, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc import clock
from labelsvc.codes.models import Issue
from labelsvc.codes.register import revoke
from labelsvc.db import Database
from labelsvc.scans.record import Seen
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.fast_path import Door
from labelsvc.web.scan.state import ScanSite
from tests.world import World

NOW = datetime(2026, 6, 1, 12, tzinfo=clock.HANOI)
#: A cookie of no meaning: the door leaves who brings one to the application.
ASIDE = {"Cookie": "seen=1"}
HEADERS = [
    {"Accept": accept, "Accept-Language": lang, "Accept-Encoding": packing, "User-Agent": "x"}
    for accept in ("text/html,*/*;q=0.8", "application/json", "text/plain")
    for lang in ("vi", "en-GB,en;q=0.7")
    for packing in ("", "gzip, br", "gzip;q=0")
]


@pytest.fixture
def passed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that the door left to the application."""
    found: list[str] = []
    door = app.wsgi_app
    assert isinstance(door, Door)
    inner = door._app

    def through(environ, start_response):  # type: ignore[no-untyped-def]
        found.append(environ["PATH_INFO"])
        return inner(environ, start_response)

    monkeypatch.setattr(door, "_app", through)
    return found


@pytest.fixture
def seen(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Seen]:
    """Scans as they would be written down, without their time."""
    found: list[Seen] = []
    recorder = ScanSite.of(app).recorder
    monkeypatch.setattr(recorder, "add", lambda one: found.append(replace(one, at=NOW)))
    return found


@pytest.mark.parametrize(
    "name", ["in_force", "withdrawn", "recalled", "past_expiry", "lot", "gs1", "offline", "voided"]
)
def test_the_door_answers_as_the_application_does(
    app: Flask, world: World, passed: list[str], seen: list[Seen], name: str
) -> None:
    client, path = app.test_client(use_cookies=False), world.codes[name]
    for headers in HEADERS:
        passed.clear()
        seen.clear()
        own = client.get(path, headers={**headers, **ASIDE})
        assert passed == [path], "the application has not been asked"
        door = client.get(path, headers=headers)
        assert len(passed) == 1, f"the door left a kept page to the application: {headers}"
        assert (door.status_code, door.data) == (own.status_code, own.data), headers
        assert sorted(door.headers) == sorted(own.headers), headers
        assert seen[0] == seen[1] and seen[0].number is not None


@pytest.mark.parametrize(
    "ask",
    [
        lambda client, path: client.get(path + "?lang=en"),
        lambda client, path: client.get(path + "?format=json"),
        lambda client, path: client.get(path, headers=ASIDE),
        lambda client, path: client.head(path),
        lambda client, path: client.post(path),
        lambda client, path: client.get(path[:-1] + "~"),
        lambda client, path: client.get("/"),
        lambda client, path: client.get("/health/live"),
    ],
)
def test_what_is_no_plain_visit_goes_on(app: Flask, world: World, passed: list[str], ask) -> None:
    client = app.test_client(use_cookies=False)
    client.get(world.codes["in_force"])
    passed.clear()
    ask(client, world.codes["in_force"])
    assert len(passed) == 1


def test_a_withdrawal_shows_with_the_next_visit_through_the_door(
    client: FlaskClient, world: World, database: Database, passed: list[str]
) -> None:
    path = world.codes["in_force"]
    for _ in range(2):
        said = client.get(path, headers={"Accept": "application/json"}).json
        assert said["verdict"] == "ISSUED_OK"
    assert len(passed) == 1, "the second visit has not come through the door"
    with database.writing() as session:
        first = session.scalars(select(Issue.first).where(Issue.lot_id == world.lot)).first()
        revoke.withdraw(session, first=first, count=1, reason="Mất cắp", by="test")
    for _ in range(2):
        said = client.get(path, headers={"Accept": "application/json"}).json
        assert said["verdict"] == "REVOKED"


def test_the_door_sees_the_visitor_behind_a_proxy(
    settings: Settings, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two networks behind one proxy are two visitors, also of a kept page."""
    app = create_app(settings.model_copy(update={"proxy_hops": 1}), database)
    found: list[Seen] = []
    monkeypatch.setattr(ScanSite.of(app).recorder, "add", found.append)
    for address in ("203.0.113.7", "203.0.113.9", "198.51.100.2"):
        app.test_client().get(world.codes["in_force"], headers={"X-Forwarded-For": address})
    tokens = [one.day_token for one in found]
    assert tokens[0] == tokens[1] != tokens[2]
