"""The public register at a phone and a desk: searched, filtered and read, with nothing axe objects to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e.conftest import Live, Reader

pytestmark = pytest.mark.e2e


def test_a_buyer_searches_filters_and_reads(reader: Reader, language: str) -> None:
    reader.open(f"/?lang={language}")
    reader.check("home")
    reader.page.fill("#q", "gom bat trang")
    reader.page.click(".find button")
    reader.check("search")
    assert "Làng gốm Bát Tràng" in reader.page.inner_text(".hits")
    first = first_product(reader)
    for path in (
        "/products?place=gia+lam&stars=4",
        first,
        f"{first}?on=2020-01-01",
        "/decisions",
        "/changes",
        "/search?q=khong-co-gi-ca",
    ):
        assert reader.open(f"{path}{'&' if '?' in path else '?'}lang={language}") == 200, path
        reader.check(path)


def first_product(reader: Reader) -> str:
    """Address of the first product of the list."""
    reader.open("/products")
    address = reader.page.get_attribute(".goods a", "href")
    assert address is not None
    return address


def test_all_of_it_works_without_script(browser: Browser, live: Live) -> None:
    context = browser.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.goto(f"{live.url}/")
    page.fill("#q", "trà hoa cúc")
    page.click(".find button")
    page.click(".hits a")
    assert "/product/" in page.url and page.locator("h1").count() == 1
    page.fill("#on", "01/02/2020")
    page.click(".day button")
    assert "on=01" in page.url and page.locator(".note.caution").count() == 1
    context.close()
