"""Open data: what each set holds, as of which day, for whom, and that the examples of the document run."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from labelsvc.catalogue.models import Outlet
from labelsvc.db import Database
from labelsvc.programme.opendata.rows import SETS
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.public.open_data import FORMATS
from tests.factories import (
    make_commune,
    make_producer,
    make_product,
    make_recognition,
    make_village,
)

DOCUMENT = Path(__file__).parents[3] / "docs" / "open-data.md"
PERSONAL = (
    "0912 345 678",
    "001203004567",
    "Nguyễn Thị Ví Dụ",
    "số 7 ngõ Ví Dụ",
    "Hộ kinh doanh Trần Ví Dụ",
)

Get = Callable[..., Any]


@pytest.fixture
def app(database: Database, settings: Settings) -> Flask:
    with database.writing() as session:
        village = make_village(session, decision_number="12/QĐ-UBND", decision_date=date(2020, 1, 1),
                               latitude=20.97, longitude=105.91, craft_code="gom-su")  # fmt: skip
        make_village(session, name="Làng không có chỗ trên bản đồ")
        person = make_producer(
            session, name="Hộ kinh doanh Trần Ví Dụ", kind="household", tax_code="001203004567", phone="0912 345 678",
            representative="Nguyễn Thị Ví Dụ", street="số 7 ngõ Ví Dụ", village=village,
        )  # fmt: skip
        firm = make_producer(
            session, name="Hợp tác xã Ví Dụ", kind="cooperative", representative="Nguyễn Thị Ví Dụ"
        )
        mine = make_product(session, producer=person, name="=Bình gốm")
        make_recognition(
            session, mine, stars=3, valid_from=date(2021, 3, 4), decision_number="7/QĐ-UBND"
        )
        make_recognition(session, mine, stars=4, valid_from=date(2026, 3, 4), potential_five=True)
        gone = make_product(session, producer=firm, name="Trà Ví Dụ")
        make_recognition(session, gone, valid_from=date(2026, 3, 4), withdrawn_on=date(2026, 7, 1))
        commune = make_commune(session)
        session.add(Outlet(name="Cửa hàng Ví Dụ", phone="0912 345 678", commune=commune))
        session.add(
            Outlet(name="Xưởng ở nhà Hộ kinh doanh Trần Ví Dụ", producer=person, commune=commune)
        )
        session.add(Outlet(name="Cửa hàng của hợp tác xã", producer=firm, commune=commune))
    return create_app(settings, database)


@pytest.fixture
def get(app: Flask) -> Get:
    client = app.test_client()
    return lambda path, **more: client.get(path, base_url="https://qr.example.vn", **more)


def items(get: Get, path: str) -> list[dict[str, Any]]:
    return list(get(path).json["items"])


def test_a_product_has_the_stars_of_the_day_asked_about(get: Get) -> None:
    for on, stars, standing in (
        ("2021-03-03", None, ""), ("2022-01-01", 3, "in_force"), ("2025-01-01", 3, "expired"),
        ("2026-06-01", 4, "in_force"),
    ):  # fmt: skip
        found = [
            one for one in items(get, f"/data/products.json?on={on}") if one["name"] == "=Bình gốm"
        ]
        assert [(one["stars"], one["standing"]) for one in found] == (
            [(stars, standing)] if stars else []
        )
    withdrawn = {one["name"]: one["standing"] for one in items(get, "/data/products.json")}
    assert withdrawn["Trà Ví Dụ"] == "withdrawn"
    assert get("/data/products.json?on=2999-01-01").status_code == 400


def test_no_set_holds_personal_data(get: Get) -> None:
    for name, one in SETS.items():
        for form in FORMATS:
            answer = get(f"/data/{name}.{form}")
            if form == "geojson" and not one.placed:
                assert answer.status_code == 404
                continue
            text = answer.get_data(as_text=True)
            assert answer.status_code == 200 and not [words for words in PERSONAL if words in text]
    assert [one["name"] for one in items(get, "/data/producers.json")] == ["Hợp tác xã Ví Dụ"]
    assert {one["name"]: one["producer"] for one in items(get, "/data/products.json")} == {
        "=Bình gốm": "", "Trà Ví Dụ": "Hợp tác xã Ví Dụ",
    }  # fmt: skip


def test_every_format_has_the_same_rows_under_the_same_names(get: Get) -> None:
    for name, one in SETS.items():
        rows = items(get, f"/data/{name}.json")
        lines = get(f"/data/{name}.csv").get_data(as_text=True).removeprefix("\ufeff")
        table = list(csv.DictReader(StringIO(lines)))
        assert (
            rows and len(table) == len(rows) and list(table[0]) == list(one.fields) == list(rows[0])
        )
        if one.placed:
            features = json.loads(get(f"/data/{name}.geojson").get_data())["features"]
            assert [f["id"] for f in features] == [row["id"] for row in rows]
    assert "\r\n1,'=Bình gốm," in get("/data/products.csv").get_data(as_text=True)


def test_a_place_is_told_east_before_north_and_none_is_null(get: Get) -> None:
    features = get("/data/villages.geojson").json["features"]
    assert [f["geometry"] for f in features] == [
        {"type": "Point", "coordinates": [105.91, 20.97]},
        None,
    ]


def test_decisions_count_their_products_as_of_the_day(get: Get) -> None:
    (first, second) = items(get, "/data/decisions.json?on=2026-06-01")
    assert (first["decision"], first["products"], first["in_force"], first["three_stars"]) == (
        "7/QĐ-UBND",
        1,
        0,
        1,
    )
    assert (
        second["products"],
        second["in_force"],
        second["potential_five"],
        second["four_stars"],
    ) == (2, 2, 1, 1)
    assert items(get, "/data/decisions.json")[1]["in_force"] == 1


def test_an_answer_is_sent_again_only_after_a_change(get: Get, database: Database) -> None:
    first = get("/data/products.csv")
    assert 'rel="license"' in first.headers["Link"] and first.headers["ETag"].startswith("W/")
    again = {"headers": {"If-None-Match": first.headers["ETag"]}}
    assert get("/data/products.csv", **again).status_code == 304
    assert get("/data/products.csv?on=2026-06-01", **again).status_code == 200
    with database.writing() as session:
        make_recognition(session, make_product(session, name="Một sản phẩm nữa"))
    assert get("/data/products.csv", **again).status_code == 200


def test_the_examples_of_the_document_run(get: Get) -> None:
    examples = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    said = StringIO()
    with redirect_stdout(said):
        for example in examples:
            exec(example, {"get": get})
    assert said.getvalue().splitlines() == [
        "2026-06-01 2", "[('Xã Bát Tràng', 2)]", "FeatureCollection 2 1", "304",
    ]  # fmt: skip
