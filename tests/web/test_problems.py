"""Pages that say no: who is signed in keeps the navigation and the way back to the own pages."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable

import pytest
from werkzeug.serving import make_server

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


def test_a_body_that_is_too_large_is_answered_with_the_page_that_says_so(
    settings: Settings, database: Database, world: World
) -> None:
    """By a real server, to a sender that sends all before it reads: no broken connection."""
    app = create_app(settings.model_copy(update={"upload_mib": 1}), database)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        asked = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
        head = {"Content-Type": "multipart/form-data; boundary=x", "Host": "qr.example.vn"}
        asked.request("POST", "/account/sign-in", b"--x\r\n" + bytes(24 << 20), head)
        answer = asked.getresponse()
        assert answer.status == 413 and "Tệp quá lớn" in answer.read().decode()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
