"""Trust manifest and status lists as files of the site."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from labelsvc.codes.register.keys import load_keyring
from labelsvc.codes.trust import store
from labelsvc.codes.trust.formats.manifest import Manifest
from labelsvc.codes.trust.formats.status import Purpose, StatusHead
from labelsvc.codes.trust.roots import SeedRoot
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.settings import Settings
from labelsvc.worker.publishing import publish_lists
from tests.world import World

ROOTS = [SeedRoot(bytes([n]) * 32) for n in (1, 2, 3)]


@pytest.fixture
def published(database: Database, settings: Settings, world: World) -> Manifest:
    """A manifest that two of three roots signed, and the first lists."""
    with database.writing() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        made = store.draft(
            session, ring, secrets=settings.keys, roots=[root.public for root in ROOTS]
        )
        made = made.sign(ROOTS[0]).sign(ROOTS[2])
        store.publish_manifest(session, made, host=ring.host)
    publish_lists(database, Files(settings.files), settings)
    return made


def test_everything_that_a_verifier_needs_is_there(
    client: FlaskClient, published: Manifest
) -> None:
    answer = client.get("/.well-known/labelsvc-trust.json")
    found = Manifest.parse(answer.get_data())
    assert found == published
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    assert client.get("/trust/manifest/1.json").get_data() == answer.get_data()
    content = found.content
    head = StatusHead.read(
        client.get("/trust/status").get_data(), host=content.host, keys=content.status_keys
    )
    assert (head.manifest, head.lines != ()) == (None, True)
    newer = StatusHead.read(
        client.get("/trust/head").get_data(), host=content.host, keys=content.status_keys
    )
    assert (newer.manifest, newer.issued) == (1, head.issued)
    older = tuple(line for line in newer.lines if line.purpose != Purpose.ISSUED)
    assert (older, len(newer.lines)) == (head.lines, 3)
    assert newer.states == ((2, "next"),)
    for line in newer.lines:
        answer = client.get(f"/trust/status/{line.kid}/{line.purpose}/{line.number}")
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


def test_the_application_comes_with_the_lowest_manifest_that_it_takes(
    client: FlaskClient, published: Manifest
) -> None:
    assert f'"manifest": {published.content.version},' in client.get("/inspect/").text


@pytest.mark.parametrize(
    "path",
    [
        "/trust/manifest/2.json", "/trust/status/9/withdrawn/1", "/trust/status/1/lost/1",
        "/trust/status/1/withdrawn/x", "/trust/status/1/withdrawn/1-2-3",
        "/trust/status/1/withdrawn/..",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(
    client: FlaskClient, published: Manifest, path: str
) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/.well-known/labelsvc-trust.json", "/trust/head", "/trust/status"]
)
def test_before_the_first_ceremony_there_is_nothing(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
