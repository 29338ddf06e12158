"""Pages that say no: who is signed in keeps the navigation and the way back to the own pages."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from labelsvc.db import Database
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from tests.web.desk import Desk
from tests.world import World


@pytest.mark.parametrize(
    ("name", "path", "status", "start", "nav"),
    [
        ("office", "/office/nothing-here", 404, "/office/", "/office/recognitions"),
        ("office", "/office/products/99999", 404, "/office/", "/office/recognitions"),
        ("office", "/console/", 403, "/office/", "/office/recognitions"),
        ("auditor", "/office/outlets/new", 403, "/office/", "/office/recognitions"),
        ("lan", "/console/nothing-here", 404, "/console/", "/console/lots"),
        ("lan", "/console/lots/99999", 404, "/console/", "/console/lots"),
        ("lan", "/office/", 403, "/console/", "/console/lots"),
    ],
)
def test_the_navigation_stays(
    desk: Callable[[str], Desk], name: str, path: str, status: int, start: str, nav: str
) -> None:
    answer = desk(name).get(path)
    assert answer.status_code == status
    main = answer.text.partition("<main")
    assert f'href="{nav}"' in main[0]
    assert f'href="{start}">To my first page' in main[2]


@pytest.mark.parametrize("path", ["/office/nothing-here", "/console/nothing-here"])
def test_strangers_are_offered_the_first_page_of_the_site(
    desk: Callable[[str], Desk], path: str
) -> None:
    answer = desk("").get(path)
    assert answer.status_code == 404
    assert 'href="/">To the first page' in answer.text
    assert "<nav" not in answer.text.partition("<main")[0]


def test_a_form_sent_the_wrong_way_keeps_the_navigation(desk: Callable[[str], Desk]) -> None:
    answer = desk("office").post("/office/outlets", {})
    assert answer.status_code == 405
    assert 'href="/office/recognitions"' in answer.text


def test_a_body_that_is_too_large_is_read_to_its_end_and_told_of(
    settings: Settings, database: Database, world: World
) -> None:
    """A server that closes with bytes unread breaks the connection, and nobody sees the page."""
    app = create_app(settings.model_copy(update={"upload_mib": 1}), database)
    body = io.BytesIO(b"--x\r\n" + bytes(3 << 20))
    answer = app.test_client().post(
        "/account/sign-in", input_stream=body, content_length=len(body.getvalue()),
        content_type="multipart/form-data; boundary=x", base_url="https://qr.example.vn",
    )  # fmt: skip
    assert (answer.status_code, body.tell()) == (413, len(body.getvalue()))
    assert "Tệp quá lớn" in answer.text
