"""Photos are public and never change; nothing else of the file store can be fetched."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.world import World


@pytest.fixture
def photo(settings: Settings, world: World) -> bytes:
    files, data = Files(settings.files), b"RIFF....WEBP"
    files.put("photos/abc-small.webp", data)
    files.put("runs/1/labels.pdf", b"%PDF secret")
    return data


def test_a_photo_may_be_kept_for_ever(client: FlaskClient, photo: bytes) -> None:
    answer = client.get("/media/photos/abc-small.webp")
    assert (answer.status_code, answer.data, answer.mimetype) == (200, photo, "image/webp")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/media/photos/abc-small.png",
        "/media/photos/nobody.webp",
        "/media/photos/..%2Fruns%2F1%2Flabels.pdf",
        "/media/runs/1/labels.pdf",
        "/media/photos/.webp",
    ],
)
def test_nothing_else_is_served(client: FlaskClient, photo: bytes, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"secret" not in answer.data
