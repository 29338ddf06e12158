"""Targets of plans: entered by the office, counted against the register, seen by everybody."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask

from labelsvc.db import Database
from labelsvc.programme.plans.models import Target
from tests.factories import make_product, make_recognition
from tests.web.desk import Desk
from tests.world import World

YEAR = {"since": "01/01/2022", "until": "31/12/2022"}
OLD = {"since": "01/01/2020", "until": "31/12/2020"}


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def figures(app: Flask, on: str = "2022-12-31") -> str:
    answer = app.test_client().get(f"/figures?on={on}&lang=en", base_url="https://qr.example.vn")
    return words(answer.get_data(as_text=True))


@pytest.fixture
def decisions(database: Database, world: World) -> None:
    """Of 2022: three products, one of them new before, one with the note potential 5 stars."""
    with database.writing() as session:
        old = make_product(session, name="Sản phẩm cũ")
        for year in (2020, 2022):
            make_recognition(session, old, valid_from=date(year, 12, 30))
        for n in range(2):
            new = make_product(session, name=f"Sản phẩm mới {n}")
            make_recognition(session, new, valid_from=date(2022, 3, 4), potential_five=not n)


@pytest.mark.usefixtures("decisions")
def test_a_target_stands_beside_what_is_reached_on_the_page_for_everybody(
    app: Flask, desk: Callable[[str], Desk]
) -> None:
    office = desk("office")
    for kind, least, more in (
        ("products", "2.000", {}), ("potential", "1", {}), ("potential_share", "3,5", {}), ("new_share", "20", {}),
        ("centres", "2", {"reached": "1", "reached_on": "30/06/2022"}),
    ):  # fmt: skip
        facts = {"kind": kind, "least": least, "source": "312/KH-UBND", **YEAR, **more}
        assert office.post("/office/plans/new", facts).status_code == 302
    page = figures(app)
    for row in (
        "with 3 stars or more 01/01/2022 – 31/12/2022 · 312/KH-UBND 2,000 3 ",
        "Products with potential 5 stars 01/01/2022 – 31/12/2022 · 312/KH-UBND 1 1 ",
        "Share of products with potential 5 stars 01/01/2022 – 31/12/2022 · 312/KH-UBND 3.5 % 33.3 %",
        "recognised for the first time 01/01/2022 – 31/12/2022 · 312/KH-UBND 20 % 66.7 %",
        "Centres for design and promotion 01/01/2022 – 31/12/2022 · 312/KH-UBND 2 1 ",
    ):  # fmt: skip
        assert row in page
    early = figures(app, "2022-06-29")
    assert "312/KH-UBND 2,000 2 " in early and "Centres for design and promotion 01/01/2022 – 31/12/2022 · 312/KH-UBND 2 not known" in early  # fmt: skip
    assert "312/KH-UBND" not in figures(app, "2021-12-31")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        (
            {"kind": "products", "least": "400", "since": "01/01/2022", "until": "31/12/2021"},
            "until",
        ),
        (
            {"kind": "products", "least": "400", "since": "01/01/2017", "until": "31/12/2019"},
            "since",
        ),
        ({"kind": "products", "least": "0", **YEAR}, "least"),
        ({"kind": "products", "least": "4,5", **YEAR}, "least"),
        ({"kind": "potential_share", "least": "101", **YEAR}, "least"),
        ({"kind": "points", "least": "30", "most": "20", **YEAR}, "most"),
        ({"kind": "centres", "least": "2", "reached": "1", **YEAR}, "reached_on"),
        ({"kind": "wishes", "least": "2", **YEAR}, "kind"),
        ({"kind": "products", "least": "", **YEAR}, "least"),
        ({"kind": "products", "least": "5", **OLD}, "kind"),
    ],
)
def test_what_cannot_be_a_target_is_refused_at_its_field(
    desk: Callable[[str], Desk], database: Database, facts: dict[str, str], field: str
) -> None:
    office = desk("office")
    office.post("/office/plans/new", {"kind": "products", "least": "1", **OLD})
    answer = office.post("/office/plans/new", facts)
    assert answer.status_code in (400, 409) and f'id="{field}-error"' in answer.get_data(
        as_text=True
    )
    with database.reading() as session:
        assert session.query(Target).count() == 1


def test_a_target_is_changed_and_removed_and_the_trail_tells(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    office.post("/office/plans/new", {"kind": "points", "least": "20", "most": "30", **YEAR})
    assert 'value="30"' in office.get("/office/plans/1").get_data(as_text=True)
    office.post("/office/plans/1", {"kind": "points", "least": "25", **YEAR})
    with database.reading() as session:
        found = session.get_one(Target, 1)
        assert (found.least, found.most) == (25, None)
    office.post("/office/plans/1/remove")
    assert office.get("/office/plans/1").status_code == 404
    trail = words(office.get("/office/audit?lang=en").get_data(as_text=True))
    for action in ("entered", "changed", "removed"):
        assert f"Target of a plan {action}" in trail
