"""Points of sale for anybody: search, page, drawing, reports, and what leaves when."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from labelsvc.catalogue.models import AdminUnit, Outlet, OutletState, Product
from labelsvc.catalogue.places import REFORM
from labelsvc.catalogue.points import steps
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.register import create_outlet, sell_at
from labelsvc.clock import today
from labelsvc.db import Database
from labelsvc.inspections.models import Report
from labelsvc.web.public import points as pages
from tests.web.desk import Desk
from tests.world import World


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    pages.limiter.storage.reset()


def make(database: Database, name: str = "Điểm OCOP Giang Cao", sold: int = 0, **facts: Any) -> int:
    """A published point in Bát Tràng that sells the product *sold*."""
    on = facts.pop("confirmed_on", None)
    with database.writing() as session:
        commune = session.scalars(
            select(AdminUnit).where(
                AdminUnit.name == facts.pop("commune", "Xã Bát Tràng"), AdminUnit.valid_from == REFORM
            )
        ).one()  # fmt: skip
        made = create_outlet(session, name=name, commune=commune, actor="test", **facts)
        made.confirmed_on = on
        if sold:
            sell_at(session, made, session.get_one(Product, sold), sold=True, actor="test")
        return made.id


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True), ("?q=giang+cao", True), ("?q=GIANG", True), ("?q=bat+trang", True),
        ("?q=b%C3%A1t+tr%C3%A0ng", True), ("?q=gia+lam", True), ("?q=hoa+cuc", True),
        ("?q=dong+anh", False), ("?q=100%25", False), ("?kind=shop", True), ("?kind=booth", False),
        ("?district=Huy%E1%BB%87n+Gia+L%C3%A2m", True), ("?district=Qu%E1%BA%ADn+Ba+%C4%90%C3%ACnh", False),
        ("?commune=none", False), ("?product=1", True), ("?product=999", False), ("?product=x", False),
        ("?area=20.9,105.8,21.1,106", True), ("?area=21.2,105.8,21.3,106", False), ("?area=1,2", True),
        ("?page=99", True),
    ],
)  # fmt: skip
def test_a_point_is_found_as_people_look_for_it(
    app: Flask, database: Database, world: World, query: str, found: bool
) -> None:
    make(database, sold=world.product, kind="shop", street="Số 28", position="20.9760, 105.9120")
    page = Desk(app, database, "").get(f"/outlets{query}")
    assert page.status_code == 200
    assert ("<b>Điểm OCOP Giang Cao</b>" in page.text) is found


def test_its_page_says_hours_products_and_since_when(
    app: Flask, database: Database, world: World
) -> None:
    number = make(
        database, sold=world.product, hours="T2-T7: 8h-17h30", operator="HTX Sông Nhuệ", phone="024 3999 0123",
        email="giu@example.vn", position="20.9760, 105.9120", confirmed_on=today(), name="Điểm “Một” & con",
    )  # fmt: skip
    desk = Desk(app, database, "")
    page = desk.get(f"/outlet/{number}")
    words = desk.words(f"/outlet/{number}")
    for said in ("Mon–Sat", "8:00–17:30", "Trà hoa cúc", "HTX Sông Nhuệ", "20.97600, 105.91200"):
        assert said in words, said
    assert f"confirmed {today():%d/%m/%Y}" in words
    assert f"sold here as of {today():%d/%m/%Y}" in words
    assert "giu@example.vn" not in page.text, "the address for the link is nobody's business"
    machine = re.search(r'ld\+json">(.*?)</script>', page.text)
    assert machine is not None
    assert json.loads(machine[1])["openingHours"] == ["Mo-Sa 08:00-17:30"]
    assert f'rel="canonical" href="https://qr.example.vn/outlet/{number}"' in page.text


@pytest.mark.parametrize(
    ("days", "listed", "says"),
    [
        (0, True, "confirmed"), (120, True, "confirmed"), (121, True, "Call before you go"),
        (240, True, "Call before you go"), (241, False, "no longer in the list"),
    ],
)  # fmt: skip
def test_what_is_not_confirmed_says_so_and_then_leaves_the_list(
    app: Flask, database: Database, world: World, days: int, listed: bool, says: str
) -> None:
    day = today() - timedelta(days=days)
    number = make(database, sold=world.product, confirmed_on=day, position="20.976, 105.912")
    desk = Desk(app, database, "")
    assert ("OCOP Giang Cao" in desk.words("/outlets")) is listed
    assert (len(desk.get("/outlets/near.json").json) == 1) is listed
    assert ("OCOP Giang Cao" in desk.words(world.codes["in_force"])) is listed
    assert (f"/outlet/{number}" in desk.get("/search?q=giang+cao").text) is listed
    assert says in desk.words(f"/outlet/{number}")


def test_a_past_day_shows_what_was_open_then(app: Flask, database: Database, world: World) -> None:
    number = make(database, sold=world.product, on=date(2024, 5, 1))
    with time_machine.travel("2025-03-01T05:00:00Z", tick=False), database.writing() as session:
        found = session.get_one(Outlet, number)
        steps.step(session, found, OutletState.CLOSED, actor="test", reason="Nghỉ")
    desk = Desk(app, database, "")
    for day, said, listed in (
        ("2024-04-30", "not open yet", False), ("2024-05-01", "As of 01/05/2024", True),
        ("2025-02-28", "As of 28/02/2025", True), ("2025-03-01", "Closed on 01/03/2025", False),
    ):  # fmt: skip
        assert said in desk.words(f"/outlet/{number}?on={day}"), day
        assert ("OCOP Giang Cao" in desk.words(f"/outlets?on={day}")) is listed, day
        rows = desk.get(f"/data/points.json?on={day}").json["items"]
        assert bool(rows) is listed, day
    assert "Closed on 01/03/2025" in desk.words(f"/outlet/{number}")
    assert desk.get(f"/outlet/{number}?on=2999-01-01").status_code == 400


@pytest.mark.parametrize("how", ["expired", "withdrawn", "never"])
def test_a_product_leaves_on_the_day_its_stars_end(
    app: Flask, database: Database, world: World, how: str
) -> None:
    number = make(database, sold=world.product)
    desk = Desk(app, database, "")
    assert "Trà hoa cúc" in desk.words(f"/outlet/{number}")
    assert "1 product" in desk.words("/outlets")
    with database.writing() as session:
        held = session.get_one(Recognition, world.recognition)
        if how == "expired":
            held.valid_to = today() - timedelta(days=1)
        elif how == "withdrawn":
            held.withdrawn_on = today()
        else:
            session.delete(held)
    assert "Trà hoa cúc" not in desk.words(f"/outlet/{number}")
    assert "OCOP Giang Cao" not in desk.words(f"/outlets?product={world.product}")
    assert "OCOP Giang Cao" not in desk.words(world.codes["in_force"])
    assert "OCOP Giang Cao" in desk.words("/outlets"), "the point itself stays"


@pytest.mark.parametrize(
    ("state", "status"),
    [(OutletState.PROPOSED, 404), (OutletState.REFUSED, 404), (OutletState.CLOSED, 200)],
)
def test_only_what_is_or_was_published_has_a_page(
    app: Flask, database: Database, world: World, state: OutletState, status: int
) -> None:
    number = make(database, sold=world.product)
    with database.writing() as session:
        session.get_one(Outlet, number).state = str(state)
    desk = Desk(app, database, "")
    page = desk.get(f"/outlet/{number}")
    assert page.status_code == status
    assert desk.get(f"/outlet/{number}/report").status_code == status
    if status == 200:
        assert "historic entry" in page.text.lower()
        assert "Trà hoa cúc" not in page.text
    assert "OCOP Giang Cao" not in desk.words("/outlets")


def test_a_scan_page_names_a_few_points_and_leads_to_the_others(
    app: Flask, database: Database, world: World
) -> None:
    for index in range(8):
        make(database, name=f"Cửa hàng số {index}", sold=world.product)
    desk = Desk(app, database, "")
    page = desk.get(world.codes["in_force"]).text
    assert len(re.findall(r"<b>Cửa hàng số \d</b>", page)) == 5
    assert "Where it is sold (8)" in page
    assert f"/outlets?product={world.product}&amp;lang=en" in page
    told = desk.get(world.codes["in_force"], headers={"Accept": "application/json"}).json
    assert (len(told["outlets"]), told["outlets_total"]) == (5, 8)


def send(desk: Desk, number: int, **form: Any) -> int:
    return desk.post(f"/outlet/{number}/report", form).status_code


def test_visitors_report_what_is_closed_or_not_sold_and_the_office_sees_it(
    app: Flask, database: Database, world: World, desk: Callable[[str], Desk]
) -> None:
    number = make(database, sold=world.product)
    nobody, office = Desk(app, database, ""), desk("office")
    assert send(nobody, number, kind="point_closed") == 303
    assert send(nobody, number, kind="point_closed") == 303
    assert send(nobody, number, kind="not_sold", product=world.product, message="Hết từ lâu") == 303
    for wrong in (
        {},
        {"kind": "not_sold"},
        {"kind": "not_sold", "product": 999},
        {"kind": "quality"},
    ):
        assert send(nobody, number, **wrong) == 400, wrong
    assert send(nobody, number, kind="point_closed", email="robot@example.com") == 303
    with database.reading() as session:
        kept = [(r.kind, r.product_id, r.message) for r in session.scalars(select(Report))]
    assert kept == [("point_closed", None, ""), ("not_sold", world.product, "Hết từ lâu")]
    assert "Point of sale closed" in office.words("/office/reports")
    assert "Visitors say" in office.words(f"/office/outlets/{number}")
    assert "Hết từ lâu" in office.words("/office/reports/2")
    statuses = [send(nobody, number, kind="point_closed", message=f"lần {i}") for i in range(12)]
    assert statuses[-1] == 429


def test_the_drawing_names_how_many_and_leads_to_them(
    app: Flask, database: Database, world: World
) -> None:
    one = make(database, name="Một mình", position="20.85, 105.80")
    for index in range(3):
        make(database, name=f"Cùng chỗ {index}", position="21.0285, 105.8542")
    make(database, name="Ở xa", position="10.77, 106.70")
    make(database, name="Không rõ chỗ")
    desk = Desk(app, database, "")
    page = desk.get("/outlets").text
    assert f'<a href="/outlet/{one}" aria-label="1 point of sale">' in page
    assert "1 point lies outside of the drawing" in page
    zoom = re.search(r'<a href="(/outlets\?area=[^"]+)" aria-label="3 points of sale">', page)
    assert zoom is not None
    inside = desk.words(zoom[1])
    assert "Cùng chỗ 2" in inside
    assert "Một mình" not in inside


def test_what_is_near_is_asked_once_and_kept_by_the_browser(
    app: Flask, database: Database, world: World
) -> None:
    number = make(database, position="21.0285, 105.8542")
    desk = Desk(app, database, "")
    answer = desk.get("/outlets/near.json", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert desk.get("/outlets/near.json").json == [
        [number, 21.0285, 105.8542, "Điểm OCOP Giang Cao"]
    ]
    again = desk.get("/outlets/near.json", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert "geolocation=(self)" in desk.get("/outlets").headers["Permissions-Policy"]
