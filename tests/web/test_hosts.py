"""Names of hosts: only ours are answered, redirects stay on them, and no query names an option of `url_for`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from labelsvc.settings import Settings
from labelsvc.web.guards.hosts import Names, relative
from labelsvc.web.guards.targets import local_target
from tests.conftest import HOST
from tests.world import World

from .desk import BASE, Desk
from .test_access import PEOPLE, path_of

EVIL = ["evil.com", "evil.com:443", f"{HOST}.evil.com", f"evil.com#{HOST}", f"{HOST}@evil.com", "", "[::2]",
        f"{HOST}:443:80", f"{HOST}\\evil.com", "192.0.2.7", f" {HOST}"]  # fmt: skip
OURS = [
    HOST,
    HOST.upper(),
    f"{HOST}:443",
    f"{HOST}.",
    "localhost",
    "127.0.0.1:8000",
    "[::1]:8000",
    "inner.example",
]
#: Words of `url_for` and of the routing behind it, as somebody could write them into an address.
OPTIONS = {"_external": "1", "_scheme": "javascript", "_method": "POST", "_anchor": "x", "endpoint": "x",
           "self": "x", "values": "x", "page": "2", "_host": "evil.com", "filename": "x"}  # fmt: skip


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"trusted_hosts": ("inner.example:8443",)})


def opened(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every page that is opened, and its address."""
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint != "static":
            yield rule, path_of(rule)


def test_no_page_is_made_for_a_name_that_is_not_ours(
    app: Flask, client: FlaskClient, world: World
) -> None:
    for number, (rule, path) in enumerate(opened(app)):
        host = EVIL[number % len(EVIL)]
        answer = client.get(path, headers={"Host": host})
        if rule.endpoint.startswith("health."):
            assert answer.status_code in (200, 503), path
        else:
            assert answer.status_code == 400, f"{path} as {host}"
        assert "Location" not in answer.headers and "evil" not in answer.text


@pytest.mark.parametrize("host", EVIL)
def test_a_kept_scan_page_is_not_sent_to_another_name(
    client: FlaskClient, world: World, host: str
) -> None:
    for asked, status in ((HOST, 200), (HOST, 200), (host, 400)):
        assert client.get(world.codes["in_force"], headers={"Host": asked}).status_code == status


@pytest.mark.parametrize("host", OURS)
def test_our_names_are_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


def test_a_request_without_a_name_is_answered(settings: Settings) -> None:
    assert Names(settings).trusts({"SERVER_PROTOCOL": "HTTP/1.0"})


@pytest.mark.parametrize(
    "path", ["/console", "/office", "/account", "/inspect", "/log", "/report", "/office//producers"]
)
def test_redirects_stay_on_the_name_and_are_kept_by_no_cache(
    client: FlaskClient, path: str
) -> None:
    answer = client.get(path, headers={"Host": f"{HOST}:8443", "X-Forwarded-Host": "evil.com"})
    assert answer.status_code in (302, 308)
    assert answer.headers["Location"].startswith("/") and "//" not in answer.headers["Location"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("location", "stays"),
    [
        ("http://evil.com/a?b=c#d", "/a?b=c#d"),
        ("//evil.com/a", "/a"),
        ("https://evil.com//evil.org/a", "/evil.org/a"),
        ("https://evil.com/\\evil.org", "/evil.org"),
        ("https://evil.com", "/"),
        ("/a?next=https://x", "/a?next=https://x"),
    ],
)
def test_a_location_says_no_host(location: str, stays: str) -> None:
    assert relative(location) == stays


@pytest.mark.parametrize(
    "target",
    ["/x\r\ny", "/x\ny", "/\tx", "/\x00", "//evil.com", "/\\evil.com", "https://evil.com", "x", "",
     "/\t/evil.com", "/x\x7f", "/x\ud800", "/[", "/" + "a" * 3000],
)  # fmt: skip
def test_nobody_is_sent_on_to_what_is_no_page_of_ours(target: str) -> None:
    if target == "/[":
        assert local_target(target) == target
    else:
        assert local_target(target) is None


@pytest.mark.usefixtures("viewer")
@pytest.mark.parametrize("name", list(PEOPLE))
def test_nothing_of_a_query_reaches_the_making_of_addresses(
    app: Flask, desk: Callable[[str], Desk], name: str
) -> None:
    """Each page of each role, with a query of words that mean something to `url_for`."""
    sitting, shown = desk(name), 0
    for _, path in opened(app):
        plain = sitting.get(path)
        answer = sitting.get(path, query_string=OPTIONS)
        assert answer.status_code < 500, f"{path} as {name}"
        if plain.status_code != 200 or answer.mimetype != "text/html":
            continue
        for address in re.findall(r'(?:href|action)="([^"]*)"', answer.text):
            kept = unescape(address)
            assert not kept.startswith(("javascript", "//", f"http://{HOST}")), f"{path}: {kept}"
            if kept not in map(unescape, re.findall(r'(?:href|action)="([^"]*)"', plain.text)):
                assert "#x" not in kept and "evil.com" not in kept.partition("?")[0], kept
        shown += 1
    assert shown >= 5


def test_a_list_turns_its_pages_with_what_was_searched(settings: Settings, app: Flask) -> None:
    query = {"q": "chè & gốm", "stars": "4", **OPTIONS, "page": "1"}
    with app.test_request_context("/office/recognitions", base_url=BASE, query_string=query):
        turned = app.jinja_env.globals["turn"](2)  # type: ignore[operator]
    assert turned.startswith("/office/recognitions?q=ch%C3%A8+%26+g%E1%BB%91m&stars=4&")
    assert "page=2" in turned and "page=1" not in turned


def test_the_name_comes_from_the_address_of_the_codes(settings: Settings) -> None:
    names = Names(settings.model_copy(update={"base_url": "https://tem.example.vn:8443"}))
    assert names.trusts({"HTTP_HOST": "tem.example.vn"}) and not names.trusts({"HTTP_HOST": HOST})
