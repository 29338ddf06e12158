"""New goods from nothing to a lawful label: what the law wants is asked for once, where it is entered."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from labelsvc.catalogue.models import Lot, Product
from labelsvc.db import Database
from tests import world as worlds
from tests.web.desk import Desk

#: Goods → criteria set, contents of which each is asked for before it is entered, facts of the lot.
GOODS = {
    "Mật ong hoa nhãn": (
        4,
        {
            "net_content": ("Net quantity", "Khối lượng tịnh: 500 g"),
            "ingredients": ("Ingredients", "Mật ong hoa nhãn 100 %"),
            "warning": ("Warning", "Không dùng cho trẻ dưới 12 tháng tuổi."),
            "instructions": ("Instructions for use", "Pha với nước ấm hoặc dùng trực tiếp."),
            "storage": ("Storage", "Nơi khô mát, tránh ánh nắng."),
        },
        {"made_on": "2026-11-01", "expires_on": "2028-11-01"},
    ),
    "Bình hoa vẽ sen": (
        21,
        {
            "ingredients": ("Ingredients", "Đất sét cao lanh, men lam"),
            "specification": ("Technical figures", "Cao 32 cm, đường kính 18 cm"),
            "instructions": ("Instructions for use", "Lau bằng khăn mềm."),
            "storage": ("Storage", "Nơi khô ráo, tránh va đập."),
        },
        {},
    ),
}


@pytest.mark.parametrize("name", GOODS)
def test_new_goods_come_to_a_lawful_label_and_each_missing_thing_is_asked_for_once(
    desk: Callable[[str], Desk], database: Database, world: worlds.World, name: str
) -> None:
    number, contents, lot = GOODS[name]
    office, lan = desk("office"), desk("lan")
    new = {
        "name": name, "set_number": str(number), "risk_level": "low",
        "origin": "Sản xuất tại Việt Nam", "net_content": "" if "net_content" in contents else "1 chiếc",
    }  # fmt: skip
    made = office.post(f"/office/producers/{world.producer}/products/new", new)
    assert made.status_code == 302
    with database.reading() as session:
        product = session.scalars(select(Product.id).where(Product.name == name)).one()
    award = {"decision_number": "1147/QĐ-UBND", "decision_date": "25/06/2026", "stars": "4", "score": "82",
             "authority": "province", "authority_name": "UBND Thành phố Hà Nội"}  # fmt: skip
    decided = office.post(f"/office/products/{product}/recognitions/new", award)
    assert decided.status_code == 302
    page = f"/console/products/{product}"
    for field, (asked, value) in contents.items():
        html = lan.get(page).get_data(as_text=True)
        assert html.count(f'<a href="#{field}">{asked}</a>') == 1, field
        assert lan.post(page, {field: value}).status_code == 302
    assert "All mandatory contents are there." in lan.words(page)
    opened = lan.post(f"{page}/lots/new", {"declared": "80", "code": "L-NEW"} | lot)
    assert opened.status_code == 302, lan.words(f"{page}/lots/new")
    with database.reading() as session:
        lot_id = session.scalars(select(Lot.id).where(Lot.product_id == product)).one()
    choice = {"layout": "food-100x70", "form": "short", "count": "8", "start_at": "1"}
    printed = lan.post(f"/console/lots/{lot_id}/print", choice | {"do": "print"})
    assert printed.status_code == 303, printed.get_data(as_text=True)
