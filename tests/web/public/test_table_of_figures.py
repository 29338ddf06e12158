"""The figures of the articles, read from the pages: the lists that hold them are made here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet, Producer, Product, Village
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.points.models import OutletStep
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.villages.crafts import crafts
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.programme.plans.models import Target
from labelsvc.programme.points.propose import propose
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from tests.programme.bulk import communes_of, producer, product, put, recognition, village

#: Set of Decision 26/2026 → products of 2018-2020: food, drinks, herbs, textiles, souvenirs.
GROUPS = {8: 691, 17: 30, 20: 7, 22: 27, 21: 299}
OWNERS = {"enterprise": 72, "cooperative": 82, "household": 101}
#: (stars, potential 5 stars) → products, of 2019 and of 2020.
STARS_2019 = {(4, True): 6, (4, False): 207, (3, False): 88}
STARS_2020 = {(4, True): 11, (4, False): 400, (3, False): 342}


def spread(counts: dict[Any, int]) -> Iterator[Any]:
    """Each key as often as it is counted."""
    for key, count in counts.items():
        yield from [key] * count


@pytest.fixture
def client(database: Database, settings: Settings) -> FlaskClient:
    """The site over lists with the figures of the articles."""
    with database.writing() as session:
        load_places(session)
        communes = communes_of(session)
        kinds, sets = list(spread(OWNERS)), list(spread(GROUPS))
        put(session, Village, list(villages(communes)))
        put(session, Producer, [producer(n, communes, 0, kind) for n, kind in enumerate(kinds)])
        put(session, Product, [product(n, n % len(kinds), one) for n, one in enumerate(sets)])
        days = [date(2019, 12, 31)] * 301 + [date(2020, 12, 28)] * 753
        stars = [*spread(STARS_2019), *spread(STARS_2020)]
        points(session)
        plans(session)
        put(session, Recognition, [
            recognition(n, n, day, *given) for n, (day, given) in enumerate(zip(days, stars, strict=True))
        ])  # fmt: skip
    return create_app(settings, database).test_client()


def villages(communes: list[str]) -> Iterator[dict[str, Any]]:
    """1,350 villages, 47 crafts: 313 recognised by 2021, eight more by 2024."""
    codes = list(crafts())[:47]
    for n in range(1350):
        day = date(2009, 5, 4) if n < 313 else date(2023, 8, 1) if n < 321 else None
        yield village(n, communes) | {
            "craft_code": codes[n % 47], "decision_date": day,
            "decision_number": f"{n}/QĐ-UBND" if day else "",
        }  # fmt: skip


def points(session: Session) -> None:
    """35 points in May 2021 and 44 in December; more than 100 in July 2024, 22 of them of tourism.

    Ten more were proposed in 2021 by twelve districts.
    """
    opened = [date(2020, 6, 1)] * 35 + [date(2021, 9, 1)] * 9 + [date(2023, 3, 1)] * 58
    put(session, Outlet, [
        {"id": n + 1001, "name": f"Điểm {n}", "kind": "tourism" if n % 4 == 0 and n < 88 else "shop", "search_key": f"diem {n}"}
        for n in range(len(opened))
    ])  # fmt: skip
    put(session, OutletStep, [
        {"outlet_id": n + 1001, "state": "published", "first_day": day, "at": now(), "actor": "test", "units": []}
        for n, day in enumerate(opened)
    ])  # fmt: skip
    districts = [f"Huyện {letter}" for letter in "ABCDEFGHIKLM"]
    for n in range(10):
        units = districts[n : n + 3] if n == 9 else [districts[n]]
        propose(session, name=f"Đề xuất {n}", kind="shop", units=units, on=date(2021, 5, n + 1), actor="user:1")  # fmt: skip


def plans(session: Session) -> None:
    """400 products and ten with potential in a year, 2,000 until 2025 with 3 % and 20 % new, 20 to 30 points."""
    year, years = (date(2020, 1, 1), date(2020, 12, 31)), (date(2021, 1, 1), date(2025, 12, 31))
    for kind, period, least, most in (
        ("products", year, 400, None), ("potential", year, 10, None),
        ("products", years, 2000, None), ("potential_share", years, 3, None), ("new_share", years, 20, None),
        ("points", (date(2021, 1, 1), date(2021, 12, 31)), 20, 30),
    ):  # fmt: skip
        session.add(Target(kind=kind, since=period[0], until=period[1], least=least, most=most, source="312/KH-UBND"))  # fmt: skip


def read(client: FlaskClient, path: str) -> str:
    """The words of a page in English, tags left out."""
    answer = client.get(path, base_url="https://qr.example.vn", headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    plain = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(unescape(plain).split())


def test_pages_show_the_figures_of_the_articles(client: FlaskClient) -> None:
    of_2019 = read(client, "/figures/stars?on=2019-12-31")
    for row in (
        "Potential 5 stars 6 2 ",
        "4 stars 207 68.8 ",
        "3 stars 88 29.2 ",
        "Together 301 100 ",
    ):
        assert row in of_2019
    certified = read(client, "/figures/certified?on=2019-12-31")
    assert "4 stars 213 70.8 " in certified and "3 stars 88 29.2 " in certified

    groups = read(client, "/figures/groups-2019?on=2020-12-31")
    for row in (
        "I. Food 691 65.6 ", "II. Drinks 30 2.8 ", "III. Herbs 7 0.7 ", "IV. Textiles and garments 27 2.6 ",
        "V. Souvenirs, furniture and decoration 299 28.4 ", "Together 1,054 100 ",
        "Each share is rounded by itself to a tenth: as shown they add up to 100.1 %.",
    ):  # fmt: skip
        assert row in groups
    assert "IV. Handicrafts 326 30.9 " in read(client, "/figures/groups-2026?on=2020-12-31")
    assert "Potential 5 stars 17 1.6 " in read(client, "/figures/stars?on=2020-12-31")
    owners = read(client, "/figures/owners?on=2020-12-31")
    for row in (
        "Small or medium enterprise 72 ",
        "Cooperative 82 ",
        "Registered household business 101 ",
    ):
        assert row in owners
    assert "2020 753 71.4 " in read(client, "/figures/years?on=2020-12-31")

    for year, recognised in (("2021", "313"), ("2024", "321")):
        page = read(client, f"/figures?on={year}-07-31")
        assert f"1,350 craft villages, {recognised} of them recognised" in page
        assert "47/52 crafts" in page

    for day, rows in {
        "2021-05-31": ("35 points of sale", "Proposed in 2021 until that day: 10; communes and districts that proposed them: 12."),
        "2021-12-31": ("44 points of sale",),
        "2024-07-31": ("102 points of sale", "Craft village or tourism point 22 ", "OCOP shop 80 "),
    }.items():  # fmt: skip
        page = read(client, f"/figures?on={day}")
        assert [row for row in rows if row not in page] == []

    page = read(client, "/figures?on=2021-12-31")
    for row in (
        "Products recognised with 3 stars or more 01/01/2020 – 31/12/2020 · 312/KH-UBND 400 753",
        "Products with potential 5 stars 01/01/2020 – 31/12/2020 · 312/KH-UBND 10 11",
        "Products recognised with 3 stars or more 01/01/2021 – 31/12/2025 · 312/KH-UBND 2,000 0",
        "New points of sale 01/01/2021 – 31/12/2021 · 312/KH-UBND 20–30 9",
        "Share of products with potential 5 stars 01/01/2021 – 31/12/2025 · 312/KH-UBND 3 % ",
        "Share of products recognised for the first time 01/01/2021 – 31/12/2025 · 312/KH-UBND 20 % ",
    ):
        assert row in page, row
