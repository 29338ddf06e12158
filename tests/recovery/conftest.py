"""A service that published, and ways to set its database back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.cli.backup import dump
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.issue import allocate, codes_of, load_keyring
from labelsvc.db import Database
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from tests.cli.conftest import lot, run, told

__all__ = ["lot", "run", "told"]  # fixtures


class Service:
    """What a test does to a service, from outside where it can."""

    def __init__(self, database: Database, settings: Settings, run: Any, folder: Path) -> None:
        self.database, self.settings, self.run, self._folder = database, settings, run, folder
        #: Long enough ago that the log must tell of it.
        self.made = clock.now() - timedelta(hours=1)

    def issue(self, lot: Lot, count: int, form: Form = Form.SHORT) -> Issue:
        with self.database.writing() as session:
            return allocate(session, lot=session.get_one(Lot, lot.id), count=count, form=form)

    def codes(self, issue: Issue) -> list[str]:
        with self.database.reading() as session:
            ring = load_keyring(
                session, base_url=self.settings.base_url, secrets=self.settings.keys
            )
            row = session.scalars(select(Issue).where(Issue.first == issue.first)).one()
            return codes_of(row, ring)

    @contextmanager
    def client(self) -> Iterator[FlaskClient]:
        """A serving process that has just started."""
        database = Database(self.settings.database)
        app = create_app(self.settings, database)
        yield app.test_client()
        ScanSite.of(app).recorder.flush()
        database.close()

    def verdict(self, code: str) -> str:
        """What the very first answer of a new process says."""
        path = code.removeprefix("HTTPS://QR.EXAMPLE.VN")
        with self.client() as client:
            answer = client.get(path, headers={"Accept": "application/json"})
        return str(answer.get_json()["verdict"])

    def head(self) -> list[str]:
        """Lines of the status head that is served."""
        with self.client() as client:
            return client.get("/trust/status").data.decode().split("\n")

    def publish(self) -> None:
        from labelsvc.files import Files
        from labelsvc.worker import publishing

        files = Files(self.settings.files)
        publishing.publish(self.database, files, self.settings)
        publishing.publish_lists(self.database, files, self.settings)

    def keep(self) -> None:
        """Somebody copies the database by hand, or a virtual machine is frozen."""
        dump.dump(self.database, self._folder / "by-hand")

    def set_back(self) -> None:
        """It comes back by hand; the files stay as they are."""
        self.database.close()
        source = self._folder / "again"
        shutil.copy(self._folder / "by-hand", source)
        dump.load(self.database, source)


@pytest.fixture
def service(database: Database, settings: Settings, run: Callable[..., Any], lot: Lot, tmp_path: Path) -> Service:  # fmt: skip
    """With keys, a lot of 1,000 units, and whatever it publishes."""
    return Service(database, settings, run, tmp_path)
