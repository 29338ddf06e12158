"""Texts that come in by the site: every field of every form, every text of JSON. No letter that no text may hold
gets into the database by one of them, and none ends in an error of ours."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from flask import Flask
from pydantic import BaseModel
from sqlalchemy import JSON, String, select

from labelsvc import letters
from labelsvc.db import Base, Database
from labelsvc.inspections.day_report import SentVisit
from labelsvc.inspections.sightings import SentSightings
from labelsvc.inspections.sync import SentCase
from labelsvc.settings import Settings
from labelsvc.web.scan import cache
from tests.web.belongings import belongings
from tests.world import World

from .desk import Desk
from .test_access import asked_for, of_producers, pages

#: One of each kind; the marks are those that once stood for places in a kept page.
HOSTILE = [
    "Ch\u00e8 \ue000P\ue001",
    "\u202eoops \u2066",
    "a\x1bb",
    "x\ufff9y",
    "z\U000f0000",
    "n\0ul",
]
_TYPED = {"text", "search", "email", "tel", "url", "number", "hidden", "password", ""}


class Forms(HTMLParser):
    """Forms of a page: address → value of each field, and names of those that take a text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str]]] = []
        self._area = ""
        self._choice = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        name = has.get("name", "")
        if tag == "form" and has.get("method") == "post":
            self.found.append((has.get("action", ""), {}, []))
        if not self.found or (not name and tag != "option"):
            return
        _, values, typed = self.found[-1]
        if tag == "input" and has.get("type", "") in _TYPED and name != "csrf_token":
            values[name] = has.get("value", "")
            typed.append(name)
        elif tag == "textarea":
            values[name], self._area = "", name
            typed.append(name)
        elif tag == "select":
            self._choice = name
            typed.append(name)
        elif tag == "option" and self._choice and (self._choice not in values or "selected" in has):
            values[self._choice] = has.get("value", "")

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1][1][self._area] += data

    def handle_endtag(self, tag: str) -> None:
        self._area = "" if tag == "textarea" else self._area
        self._choice = "" if tag == "select" else self._choice


def holding(database: Database) -> Iterator[str]:
    """Places in the database where such a letter stands."""
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, String | JSON):
                    for (value,) in session.execute(select(column).where(column.is_not(None))):
                        try:
                            letters.check_all(value)
                        except letters.BadInput:
                            yield f"{table.name}.{column.name}: {value!r}"


@pytest.fixture
def things(database: Database, settings: Settings, world: World) -> dict[str, int | str]:
    return belongings(database, settings, world.lot, prefix="lan")


def opened(app: Flask, things: dict[str, int | str], name: str) -> list[str]:
    """Addresses of the pages of a role."""
    if name == "lan":
        closed = [asked_for(r, things) for r, m in of_producers(app) if m == "GET"]
    else:
        closed = []
    return closed + [
        str(rule.build({}, append_unknown=False)[1])  # type: ignore[index]
        for rule, method in pages(app)
        if method == "GET" and not rule.arguments and "sign" not in rule.endpoint
    ] + [
        str(rule.build(dict.fromkeys(rule.arguments, 1), append_unknown=False)[1])  # type: ignore[index]
        for rule, method in pages(app)
        if method == "GET" and name == "office" and rule.endpoint.startswith("office.") and len(rule.arguments) == 1
        and "string" not in str(rule._converters)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "database_url", ["sqlite"], indirect=True
)  # the last door is tried on both
@pytest.mark.parametrize("name", ["lan", "office"])
def test_no_field_of_a_form_lets_one_in(
    app: Flask, desk: Callable[[str], Desk], database: Database, things: dict[str, Any], name: str
) -> None:
    sitting, walked = desk(name), 0
    seen: set[tuple[str, str]] = set()
    for path in opened(app, things, name):
        page = sitting.get(path)
        if page.status_code != 200 or page.mimetype != "text/html":
            continue
        for action, values, typed in Forms(page.text).found:
            to = (action or path).partition("#")[0]
            for field in typed:
                key = (re.sub(r"\d+", "N", to), re.sub(r"\d+", "N", field))
                if key in seen or "sign-out" in to:
                    continue
                seen.add(key)
                hostile = HOSTILE[walked % len(HOSTILE)]
                answer = sitting.post(to, values | {field: hostile})
                assert answer.status_code < 500, f"{field} of {to} on {path}"
                walked += 1
    assert walked >= 60, walked
    assert list(holding(database)) == []


def texts_of(model: type[BaseModel], place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Places of texts in what the application sends."""
    for name, field in model.model_fields.items():
        kinds = str(field.annotation)
        inner = next((k for k in getattr(field.annotation, "__args__", ()) if isinstance(k, type) and issubclass(k, BaseModel)), None)  # fmt: skip
        if inner is not None:
            yield from texts_of(inner, (*place, name, 0))
        elif "list" in kinds:
            yield (*place, name, 0)
        elif "str" in kinds and "datetime" not in kinds:
            yield (*place, name)


UID = "00000000-0000-4000-8000-00000000000"
AT = "2026-11-24T02:00:00Z"
ENTRY = {
    "code": "x",
    "verdict": "ISSUED_OK",
    "at": AT,
    "items": 1,
    "product": "a",
    "lot": "b",
    "carton": "1",
}
WHOLE: dict[str, tuple[type[BaseModel], dict[str, Any]]] = {
    "/inspect/sync": (SentCase, {"uid": f"{UID}1", "at": AT, "code": "x", "verdict": "ISSUED_OK", "items": 1,
        "place": "Hà Nội", "note": "một hai", "missing": ["net"], "photos": []}),
    "/inspect/sightings": (SentSightings, {"sightings": [{"uid": f"{UID}2", "code": "x", "at": AT, "place": "Hà Nội"}]}),
    "/inspect/report": (SentVisit, {"began": AT, "entries": [ENTRY]}),
}  # fmt: skip


def put(whole: Any, place: tuple[Any, ...], text: str) -> Any:
    """*whole* with *text* at *place*."""
    if not place:
        return text
    first, *rest = place
    if isinstance(first, int):
        return [put(whole[0] if whole else {"uid": f"{UID}3", "data": ""}, tuple(rest), text)]
    return {**whole, first: put(whole.get(first), tuple(rest), text)}


@pytest.mark.parametrize("path", WHOLE)
def test_no_text_of_the_application_lets_one_in(
    desk: Callable[[str], Desk], database: Database, world: World, path: str
) -> None:
    inspector, (model, whole) = desk("inspector"), WHOLE[path]
    places = [place for place in texts_of(model) if place[0] not in ("photos",)]
    assert places
    for number, place in enumerate(places):
        text = HOSTILE[number % len(HOSTILE)]
        sent = put(whole, place, text)
        answer = inspector.client.post(path, json=sent, headers={"X-Labelsvc-Inspect": "1"}, base_url="https://qr.example.vn")  # fmt: skip
        if place[-1] != "code":  # what a camera read may hold anything, and is kept without
            assert answer.status_code == 400, place
            assert answer.get_json()["message"], place
        assert answer.status_code < 500, place
    assert list(holding(database)) == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("path", ["/console/layouts/own/lan-layout", "/account/factors/passkey"])
def test_no_text_of_other_json_lets_one_in(
    desk: Callable[[str], Desk], database: Database, things: dict[str, Any], path: str, text: str
) -> None:
    lan = desk("lan")
    page = lan.get("/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    layout = {
        "layout": {"name": text, "title_vi": text, "elements": [{"kind": "text", "text": text}]},
        "version": 1,
    }
    answer = lan.client.post(path, json=layout | {"name": text, "credential": {"id": text}}, base_url="https://qr.example.vn",
                             headers={"X-CSRFToken": token[1], "Referer": "https://qr.example.vn/"})  # fmt: skip
    assert 400 <= answer.status_code < 500
    assert list(holding(database)) == []


def test_a_name_that_looks_like_a_place_of_a_kept_page_is_text(
    app: Flask, desk: Callable[[str], Desk], world: World, database: Database
) -> None:
    """Whatever a name is: the document stays the one that a serializer makes."""
    from labelsvc.catalogue.models import Product

    names = [
        '"P"',
        "{code}",
        "{{ 1 }}",
        '", "verdict": "x',
        "\\ue000P\\ue001",
        "markP",
        "</script>",
    ]
    for name in names:
        with database.writing() as session:
            session.get_one(Product, world.product).name = name
        for accept in ("application/json", "text/html", "text/plain"):
            for _ in range(2):  # made, and kept
                answer = app.test_client().get(world.codes["in_force"], headers={"Accept": accept})
                assert answer.status_code == 200
                assert cache._SECRET not in answer.text
        document = (
            app.test_client()
            .get(world.codes["in_force"], headers={"Accept": "application/json"})
            .get_json()
        )
        assert document["product"]["name"] == name
