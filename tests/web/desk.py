"""A browser at the office or at a producer's, with its cookies and its form tokens."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from labelsvc.accounts import sessions
from labelsvc.accounts.models import Role, Stage, User
from labelsvc.accounts.users import create_user
from labelsvc.db import Database
from tests import world as worlds
from tests.conftest import HOST

BASE = f"https://{HOST}"


class Desk:
    """Signs *name* in without the form, which has its own tests."""

    def __init__(self, app: Flask, database: Database, name: str, language: str = "en",
                 stage: Stage = Stage.FULL, factor: str = "") -> None:  # fmt: skip
        self.client = app.test_client()
        self.client.set_cookie("lang", language, domain=HOST)
        self._form_token = ""
        if name:
            with database.writing() as session:
                user = session.scalars(select(User).where(User.name == name)).one()
                token = sessions.begin(
                    session, user, hours=1, device="test", stage=stage, factor=factor,
                    confirmed=stage is Stage.FULL,
                )  # fmt: skip
            self.client.set_cookie("__Host-session", token, domain=HOST)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.client.get(path, base_url=BASE, buffered=True, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Send a form with the token of a page that was opened before."""
        if not self._form_token:
            found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/").text)
            assert found is not None
            self._form_token = found[1]
        form = {"csrf_token": self._form_token} | (data or {})
        return self.client.post(path, data=form, base_url=BASE, **options)

    def words(self, path: str) -> str:
        """What a reader of the page sees, in one line."""
        return seen(self.get(path))


def second_person(database: Database) -> None:
    """Binh of the office, for what takes two people."""
    with database.writing() as session:
        create_user(session, name="binh", full_name="Bình", role=Role.OFFICE, producer_id=None,
                    password=worlds.PASSWORD, actor="test")  # fmt: skip


def seen(answer: TestResponse) -> str:
    """The page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", answer.text)).split())
