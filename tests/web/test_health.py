"""What load balancers and monitors are told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.resources import version
from labelsvc.settings import Settings
from labelsvc.web.app import create_app

PAGES = ("/health/live", "/health/ready", "/health")


@pytest.fixture
def client(database: Database, settings: Settings) -> Iterator[FlaskClient]:
    app = create_app(settings)
    yield app.test_client()
    app.extensions["labelsvc"].database.close()


def asked(client: FlaskClient) -> tuple[list[int], dict[str, object]]:
    answers = [client.get(page, base_url="https://qr.example.vn") for page in PAGES]
    assert all("Set-Cookie" not in answer.headers for answer in answers)
    return [answer.status_code for answer in answers], answers[-1].get_json()


def test_all_is_well(client: FlaskClient) -> None:
    codes, document = asked(client)
    assert codes == [200, 200, 200]
    assert document["revision"] == document["newest"]
    assert {key: document[key] for key in ("status", "version", "database", "files")} == {
        "status": "ok", "version": version(), "database": "ok", "files": "ok",
    }  # fmt: skip


def test_without_files_scans_are_answered_and_somebody_is_told(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(self: Files, folder: str) -> list[str]:
        raise PermissionError("s3://secret-bucket is not reachable")

    monkeypatch.setattr(Files, "names", away)
    codes, document = asked(client)
    assert codes == [200, 200, 503]
    assert (document["status"], document["files"]) == ("degraded", "PermissionError")
    assert "secret" not in str(document)


def test_a_database_of_another_revision_is_not_ready(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("labelsvc.web.health.revisions", lambda _: ("0001", "0099"))
    codes, document = asked(client)
    assert codes == [200, 503, 503]
    assert (document["status"], document["revision"]) == ("migrate", "0001")


def test_a_database_that_is_away_is_down_and_the_process_lives(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: Database) -> tuple[str, str]:
        raise OperationalError("SELECT 1", {}, Exception("host db.internal"))

    monkeypatch.setattr("labelsvc.web.health.revisions", away)
    codes, document = asked(client)
    assert codes == [200, 503, 503]
    assert (document["status"], document["database"]) == ("down", "OperationalError")
    assert "db.internal" not in str(document)
