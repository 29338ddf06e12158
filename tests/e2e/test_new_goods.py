"""New goods from nothing to a lawful label: what is missing is asked for once, and once it is there the label prints."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from labelsvc import clock
from labelsvc.catalogue.models import Product
from tests.e2e.conftest import Live, Reader, sign_in
from tests.factories import make_recognition

pytestmark = pytest.mark.e2e

#: Goods → criteria set, full layout, what a producer types where the page asks for it.
GOODS: dict[str, tuple[str, str, dict[str, str]]] = {
    "Mật ong hoa vải": (
        "4",
        "food-100x70",
        {
            "net_content": "Khối lượng tịnh: 500 g",
            "ingredients": "Mật ong hoa vải 100 %",
            "instructions": "Pha một thìa với nước ấm.",
            "storage": "Nơi khô ráo, thoáng mát.",
            "warning": "Không dùng cho trẻ dưới 12 tháng tuổi.",
        },
    ),
    "Bình gốm vẽ hoa cúc": (
        "21",
        "craft-tag",
        {
            "net_content": "1 chiếc",
            "ingredients": "Đất sét trắng, men lam",
            "specification": "Cao 24 cm, miệng 11 cm",
            "instructions": "Cắm hoa tươi, thay nước mỗi ngày.",
            "storage": "Tránh va đập.",
            "warning": "Dễ vỡ.",
        },
    ),
}


@pytest.mark.parametrize("name", GOODS)
def test_new_goods_come_to_a_lawful_label_and_each_thing_is_asked_for_once(
    live: Live, reader: Reader, name: str
) -> None:
    number, layout, contents = GOODS[name]
    page = reader.page
    width = page.viewport_size["width"] if page.viewport_size else 0
    sign_in(reader, "office")
    page.goto(f"{live.url}/office/producers/{live.world.producer}/products/new")
    page.fill("#name", f"{name} {'một' if width == 360 else 'hai'}")
    page.select_option("#set_number", number)
    reader.check("new product")
    page.click("main form button.button:not([type])")
    page.wait_for_url(re.compile(r"/office/products/\d+$"))
    product = page.url.rsplit("/", 1)[1]
    with live.database.writing() as session:
        given = session.get_one(Product, int(product))
        make_recognition(session, given, valid_from=clock.today() - timedelta(days=30))
    reader.context.clear_cookies()
    sign_in(reader, "lan")
    page.goto(f"{live.url}/console/products/{product}")
    asked = _asked(reader)
    assert len(asked) == len(set(asked)) and set(asked) <= set(contents), asked
    reader.check("what is missing")
    for key in asked:
        page.fill(f"#{key}", contents[key])
    page.click("#label form button.button:not([type])")
    reader.settle()
    assert _asked(reader) == []
    assert page.locator("#label .note.good").count() == 1, page.inner_text("#label")
    page.click("p.actions a.button")
    reader.settle()
    days = {"declared": "40", "expires_on": f"{clock.today() + timedelta(days=720):%d/%m/%Y}"}
    for field in page.locator("main form [required]").all():
        if not field.input_value():
            field.fill(days[str(field.get_attribute("id"))])
    page.click("main form button.wide")
    reader.settle()
    assert page.locator("main .problems").count() == 0, page.inner_text("main")
    page.wait_for_url("**/console/lots/*")
    page.goto(f"{page.url}/print?layout={layout}")
    reader.check("wizard")
    assert page.locator("main .note.bad, main .problems").count() == 0, page.inner_text("main")


def _asked(reader: Reader) -> list[str]:
    links = reader.page.locator("#label .note.caution li a[href^='#']")
    return [str(link.get_attribute("href"))[1:] for link in links.all()]
