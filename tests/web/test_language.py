"""Whose language an answer is in, and that a choice made before signing in stays."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from labelsvc.accounts.models import User
from labelsvc.db import Database
from labelsvc.web.language import gettext
from tests import world as worlds
from tests.web.conftest import Person
from tests.web.desk import Desk

ENGLISH = {"Accept-Language": "en-US,en;q=0.9"}
PAIR = {"name": "office", "password": worlds.PASSWORD}


def test_a_new_account_has_no_language_of_its_own(database: Database, world: worlds.World) -> None:
    with database.reading() as session:
        assert set(session.scalars(select(User.language))) == {""}


@pytest.mark.parametrize(
    ("query", "headers", "language"),
    [
        ("?lang=en", {}, "en"),
        ("?lang=vi", ENGLISH, "vi"),
        ("", ENGLISH, "en"),
        ("", {}, "vi"),
        ("?lang=xx", ENGLISH, "en"),
    ],
)
def test_signing_in_goes_on_in_the_language_of_the_sign_in_page(
    app: Flask, query: str, headers: dict[str, str], language: str
) -> None:
    person = Person(app)
    page = person.get(f"/account/sign-in{query}", headers=headers).text
    assert f'<html lang="{language}">' in page
    token = page.partition('name="csrf_token" value="')[2].partition('"')[0]
    sent = person.browser.post(
        "/account/sign-in", data=PAIR | {"csrf_token": token}, base_url="https://qr.example.vn",
        headers=headers | {"Referer": "https://qr.example.vn/"},
    )  # fmt: skip
    assert sent.status_code == 302
    assert f'<html lang="{language}">' in person.get("/office/", headers=headers).text


def test_what_a_person_chose_wins_over_the_browser(
    desk: Callable[[str], Desk], database: Database
) -> None:
    with database.writing() as session:
        session.scalars(select(User).where(User.name == "office")).one().language = "vi"
    office = desk("office")
    office.client.delete_cookie("lang", domain="qr.example.vn")
    assert '<html lang="vi">' in office.get("/office/", headers=ENGLISH).text


def test_pages_for_consumers_set_no_cookie_for_a_language(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    for path in (world.codes["in_force"], "/"):
        answer = desk("").get(f"{path}?lang=en")
        assert not [c for c in answer.headers.getlist("Set-Cookie") if c.startswith("lang=")]


def test_a_page_counts_one_as_one(app: Flask) -> None:
    for language, count, said in (("en", "1", "Print 1 label"), ("en", "2", "Print 2 labels"), ("vi", "1", "In 1 tem")):  # fmt: skip
        with app.test_request_context(f"/?lang={language}"):
            assert gettext("Print {count} labels", count=count) == said
