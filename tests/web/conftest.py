"""The application with the small world behind it, and browsers for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient

from labelsvc.accounts import passwords
from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.db import Database
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from tests.web.desk import Desk
from tests.world import PASSWORD, World


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real cost of a hash is for thieves: here it would be most of the time of the tests."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(1, 8, 1))
    passwords._dummy.cache_clear()


@pytest.fixture
def app(database: Database, settings: Settings, world: World) -> Iterator[Flask]:
    made = create_app(settings, database)
    yield made
    ScanSite.of(made).recorder.flush()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that is not signed in."""
    return app.test_client()


class Person:
    """A signed-in browser that sends the form token with every POST."""

    def __init__(self, app: Flask) -> None:
        self.browser = app.test_client()

    def get(self, path: str, **facts: object):  # type: ignore[no-untyped-def]
        return self.browser.get(path, base_url="https://qr.example.vn", **facts)

    def post(self, path: str, data: dict[str, object] | None = None, token: bool = True, **facts: object):  # type: ignore[no-untyped-def]  # fmt: skip
        data = dict(data or {})
        if token:
            page = self.get("/").get_data(as_text=True)
            found = re.search(r'name="csrf_token" value="([^"]+)"', page)
            assert found is not None
            data["csrf_token"] = found[1]
        headers = {"Referer": "https://qr.example.vn/"}
        return self.browser.post(path, base_url="https://qr.example.vn", data=data, headers=headers, **facts)  # fmt: skip


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], Person]:
    """Signs a person of the small world in."""

    def sign_in(name: str) -> Person:
        person = Person(app)
        answer = person.post("/account/sign-in", {"name": name, "password": PASSWORD})
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return person

    return sign_in


@pytest.fixture
def desk(app: Flask, database: Database) -> Callable[[str], Desk]:
    """`desk("office")`: a browser in which that person is signed in; `desk("")`: nobody is."""
    return lambda name: Desk(app, database, name)


@pytest.fixture
def viewer(database: Database, world: World) -> None:
    """Add an account that only looks; the other people are of the small world."""
    with database.writing() as session:
        create_user(
            session, name="viewer", full_name="Viewer", role=Role.VIEWER, producer_id=None,
            password=PASSWORD, actor="test",
        )  # fmt: skip
