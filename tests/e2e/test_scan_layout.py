"""How the scan page is laid out on a phone: picture beside the name, swiping, folds, buttons, sharing."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from labelsvc.catalogue.models import Producer, Product, ProductPhoto
from labelsvc.catalogue.photos import store_photo
from labelsvc.files import Files
from tests.e2e.conftest import Live, Reader

pytestmark = pytest.mark.e2e


@pytest.fixture
def shown(live: Live) -> Live:
    """The product of most codes with four pictures, English contents and allergens."""
    files = Files(live.settings.files)
    with live.database.writing() as session:
        product = session.get_one(Product, live.world.product)
        colours = ("#7a5a2f", "#31604a", "#8a3324", "#2c4a6e")
        # Other tests of the same server may have sent some before.
        for number in range(len(product.photos), len(colours)):
            data = io.BytesIO()
            Image.new("RGB", (900, 700), colours[number]).save(data, "JPEG")
            made = store_photo(files, data.getvalue())
            product.photos.append(
                ProductPhoto(position=number, key=made.key, width=made.width, height=made.height)
            )
        product.allergens = "sữa, lạc"
        product.ingredients_en, product.warning_en = "Chrysanthemum", "Not for infants."
        session.get_one(Producer, live.world.producer).phone = "0912 345 678"
    return live


def test_picture_name_and_head_share_the_first_screen_and_more_pictures_are_swiped(
    shown: Live, reader: Reader
) -> None:
    reader.open(shown.world.codes["in_force"])
    picture = reader.page.locator(".lead img").bounding_box()
    name = reader.page.locator(".lead .name").bounding_box()
    assert picture is not None and name is not None
    assert picture["y"] + picture["height"] < 800
    assert abs(picture["y"] - name["y"]) < 12 and name["x"] > picture["x"] + picture["width"]
    strip = reader.page.locator(".pics")
    assert strip.locator("img").count() == 3
    assert strip.evaluate("e => e.scrollWidth > e.clientWidth") or reader.page.evaluate(
        "innerWidth > 1000"
    )
    reader.check("pictures")


def test_facts_are_folded_and_open_without_a_script(shown: Live, reader: Reader) -> None:
    reader.open(shown.world.codes["in_force"])
    origin = reader.page.get_by_text("Sản xuất tại Việt Nam")
    assert not origin.is_visible()
    reader.page.get_by_text("Về sản phẩm").click()
    assert origin.is_visible()
    assert reader.page.locator("script").count() == 0


def test_telephone_and_chat_are_buttons_for_a_thumb(shown: Live, reader: Reader) -> None:
    reader.open(shown.world.codes["in_force"])
    ask = reader.page.locator(".ask a")
    assert [a.get_attribute("href") for a in ask.all()] == [
        "tel:0912345678",
        "https://zalo.me/0912345678",
    ]
    for button in ask.all():
        box = button.bounding_box()
        assert box is not None and box["height"] >= 44


def test_what_is_shared_names_the_product_and_no_item(shown: Live, reader: Reader) -> None:
    path = shown.world.codes["in_force"]
    reader.open(path)
    reader.page.get_by_text("Chia sẻ sản phẩm này").click()
    copied = reader.page.locator(".copy").inner_text()
    assert copied == f"{shown.settings.base_url}/product/{shown.world.product}"
    reader.page.get_by_text("Mở trang của sản phẩm").click()
    assert reader.page.locator("h1").inner_text().startswith("Trà hoa cúc")
    assert path[1:] not in reader.page.content()
    assert "/report/" not in reader.page.content()
    reader.check("the page of a product")


def test_a_reader_of_english_can_read_what_matters(shown: Live, reader: Reader) -> None:
    reader.open(shown.world.codes["in_force"] + "?lang=en")
    said = reader.page.locator("main").inner_text()
    assert "milk (sữa), peanuts (lạc)" in said
    assert "Not for infants." in said
    reader.page.get_by_text("About the product").click()
    said = reader.page.locator("main").inner_text()
    assert "Chrysanthemum" in said and "Made in Viet Nam" in said
    reader.check("English contents")
