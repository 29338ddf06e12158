"""Points of sale: entered, changed, ended, and what scan pages say of them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select

from labelsvc.catalogue.models import Outlet
from labelsvc.db import Database
from tests import world as worlds
from tests.web.desk import Desk

SHOP = {
    "name": "Cửa hàng OCOP Hoàn Kiếm", "street": "12 Hàng Bạc", "phone": "024 3999 0123",
    "commune_code": "00070",
}  # fmt: skip


def entered(office: Desk, **facts: str) -> str:
    answer = office.post("/office/outlets/new", SHOP | facts)
    assert answer.status_code == 302, answer.text
    return str(answer.location)


def test_a_point_of_sale_is_entered_sells_a_product_and_stands_on_its_scan_page(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    office, nobody = desk("office"), desk("")
    assert "No point of sale yet" in office.words("/office/outlets")
    page = entered(office)
    number = page.rpartition("/")[2]
    found = office.words(f"{page}?q=hoa+cuc")
    assert "No product is entered here yet" in found
    assert "Trà hoa cúc" in found
    form = {"outlet": number, "product": world.product, "sold": "yes", "next": page}
    assert office.post("/office/outlets/products", form).location == page
    assert "Trà hoa cúc" in office.words(page)
    assert "No further product matches" in office.words(f"{page}?q=hoa+cuc+say")
    scanned = nobody.words(world.codes["in_force"])
    assert "Cửa hàng OCOP Hoàn Kiếm" in scanned
    assert "12 Hàng Bạc, Phường Hoàn Kiếm" in scanned
    assert SHOP["name"] in office.words(f"/office/products/{world.product}")
    office.post(f"{page}/active", {"active": "no"})
    assert "ended" in office.words("/office/outlets")
    assert SHOP["name"] not in nobody.words(world.codes["in_force"])
    office.post(f"{page}/active", {"active": "yes"})
    assert SHOP["name"] in nobody.words(world.codes["in_force"])
    office.post("/office/outlets/products", form | {"sold": "no"})
    assert SHOP["name"] not in nobody.words(world.codes["in_force"])


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"name": "  "}, "cannot be empty"),
        ({"name": "=1+1"}, "formula"),
        ({"phone": "gọi cô Lan"}, "telephone number"),
        ({"name": "x" * 201}, "201 characters"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_saved(
    desk: Callable[[str], Desk], database: Database, facts: dict[str, str], says: str
) -> None:
    answer = desk("office").post("/office/outlets/new", SHOP | facts)
    assert answer.status_code == 400
    assert says in answer.text
    assert "12 Hàng Bạc" in answer.text, "what was typed stays"
    with database.reading() as session:
        assert session.scalars(select(Outlet)).all() == []


def test_a_name_is_there_once_and_is_changed(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    page = entered(office)
    again = office.post("/office/outlets/new", SHOP)
    assert again.status_code == 409
    assert "There is already a point of sale named" in again.text
    long = "Điểm giới thiệu và bán sản phẩm OCOP " + "Hoàn Kiếm " * 16
    assert office.post(f"{page}/edit", SHOP | {"name": long, "street": "", "commune_code": "", "phone": ""}).status_code == 302  # fmt: skip
    assert long.strip() in office.words(page)
    assert "No address entered" in office.words(page)


def test_the_list_is_searched_by_name_street_product_and_state(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    office = desk("office")
    first = entered(office)
    entered(office, name="Siêu thị Sông Nhuệ", street="3 Quang Trung", commune_code="00577")
    number = first.rpartition("/")[2]
    office.post("/office/outlets/products", {"outlet": number, "product": world.product, "sold": "yes"})  # fmt: skip
    for q, names in (
        ("Hoàn Kiếm", 1),
        ("cua hang hoan", 1),
        ("QUANG", 1),
        ("Gia Lâm", 1),
        ("xã kim đức", 1),
        ("sieu thi", 1),
        ("song hang bac", 0),
        ("hoa cuc", 1),
        ("12", 1),
        ("", 2),
        ("100%", 0),
    ):
        page = office.get("/office/outlets", query_string={"q": q}).text
        assert len(re.findall(r'<a href="/office/outlets/\d', page)) == names, q
    office.post(f"{first}/active", {"active": "no"})
    assert "Siêu thị" not in office.words("/office/outlets?state=closed")
    assert "Cửa hàng" not in office.words("/office/outlets?state=open")


def test_auditors_read_and_change_nothing(desk: Callable[[str], Desk]) -> None:
    page = entered(desk("office"))
    auditor = desk("auditor")
    assert "<form" not in auditor.get(page).text.partition("<main")[2].partition("</main")[0]
    assert auditor.post(f"{page}/active", {"active": "no"}).status_code == 403


def test_an_unknown_point_of_sale_is_a_page_that_says_so(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    assert office.get("/office/outlets/999").status_code == 404
    assert office.post("/office/outlets/products", {"outlet": "999", "product": "1"}).status_code == 404  # fmt: skip
