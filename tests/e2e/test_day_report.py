"""An inspector's day ends: the report as PDF, and where a case was found."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .conftest import Live
from .test_inspect import clean, codes, device, opened, published, typed

__all__ = ["device", "published"]
pytestmark = pytest.mark.e2e


def test_the_report_needs_a_network_and_then_holds_the_visit_and_its_cases(
    device: BrowserContext, published: Live
) -> None:
    page = opened(device, published)
    expect(page.locator("#day-report")).to_be_hidden()  # nothing was scanned
    assert typed(page, codes(published)[0]) == "ISSUED_OK"
    typed(page, codes(published)[3])
    page.click("#day-report")
    expect(page.locator("#visit-state")).to_contain_text("Cần mạng để lập báo cáo PDF")
    clean(page, "no network")
    page.click("#open-case")
    page.fill("#case-note", "Dán đè lên tem khác")
    page.click("#case-form button[value=keep]")
    expect(page.locator("#case-state")).to_contain_text("chờ gửi")
    device.set_offline(False)
    with page.expect_download() as waiting:
        page.click("#day-report")
    assert waiting.value.suggested_filename.startswith("bao-cao-")
    expect(page.locator("#visit-state")).to_contain_text("Đã lập báo cáo: bao-cao-")
    text = words(waiting.value.path())
    for part in ("1 Mã hợp lệ", "1 Mã đã bị thu hồi", "L-MAIN", "Dán đè lên tem khác", "Trang 1/"):
        assert part in text, part


def test_somebody_who_signed_out_is_told_so(device: BrowserContext, published: Live) -> None:
    page = opened(device, published)
    typed(page, codes(published)[0])
    device.set_offline(False)
    device.clear_cookies()
    page.click("#day-report")
    expect(page.locator("#visit-state")).to_contain_text("Hãy đăng nhập")


def test_a_case_takes_the_cell_of_the_device_and_gives_it_up_again(
    device: BrowserContext, published: Live
) -> None:
    device.grant_permissions(["geolocation"])
    device.set_geolocation({"latitude": 21.0123456, "longitude": 105.8499})
    page = opened(device, published)
    typed(page, codes(published)[0])
    case(page)
    expect(page.locator("#case-unlocate")).to_be_hidden()
    page.click("#case-locate")
    expect(page.locator("#case-located")).to_contain_text("vĩ độ 21,025°, kinh độ 105,825°")
    clean(page, "place")
    page.click("#case-unlocate")
    expect(page.locator("#case-located")).to_have_text("")
    page.click("#case-locate")
    expect(page.locator("#case-unlocate")).to_be_visible()
    page.click("#case-form button[value=keep]")
    expect(page.locator("#case-state")).to_contain_text("chờ gửi")
    kept = page.evaluate("import('/static/inspect/app/store.js').then((s) => s.get('cases'))")
    assert (kept[0]["sent"]["latitude"], kept[0]["sent"]["longitude"]) == (21.025, 105.825)
    case(page)  # the next one begins without a place
    expect(page.locator("#case-located")).to_have_text("")
    page.click("#case-form button[value=keep]")
    page.wait_for_timeout(200)
    kept = page.evaluate("import('/static/inspect/app/store.js').then((s) => s.get('cases'))")
    assert "latitude" not in kept[1]["sent"]
    device.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#case-state")).to_contain_text("Đã gửi")


def test_a_browser_that_gives_no_place_is_told_in_words(
    device: BrowserContext, published: Live
) -> None:
    device.clear_permissions()
    page = opened(device, published)
    typed(page, codes(published)[0])
    case(page)
    page.click("#case-locate")
    expect(page.locator("#case-located")).to_contain_text("Trình duyệt không cho lấy vị trí")
    expect(page.locator("#case-locate")).to_be_visible()


def case(page: Page) -> None:
    page.click("#open-case")
    page.wait_for_selector("#case[open]")


def words(path: Path) -> str:
    document = pypdfium2.PdfDocument(path)
    try:
        return " ".join(" ".join(p.get_textpage().get_text_range() for p in document).split())
    finally:
        document.close()
