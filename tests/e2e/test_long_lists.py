"""Lists in a browser: progress, heads by hand, a refused row mended in its cells, a list taken back."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from labelsvc.catalogue.importing import waiting
from tests.catalogue import lists
from tests.world import PASSWORD

from .conftest import Live, Reader, sign_in

pytestmark = pytest.mark.e2e
BY = ("1147/QĐ-UBND", "04/03/2026")


@pytest.fixture
def office(live: Live, reader: Reader) -> Reader:
    sign_in(reader, "office")
    reader.page.wait_for_url("**/office/")
    return reader


def photograph(office: Reader, name: str) -> None:
    """Keep a picture of the page where a folder for them is named."""
    if folder := os.environ.get("LABELSVC_SCREENSHOTS"):
        size = office.page.viewport_size or {"width": 0}
        office.page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)


def upload(office: Reader, live: Live, file: Path) -> None:
    page = office.page
    page.goto(f"{live.url}/office/imports")
    page.set_input_files("#list", file)
    page.click("form[enctype] button")


def width_of(office: Reader) -> int:
    return office.page.viewport_size["width"] if office.page.viewport_size else 0


def test_a_long_list_shows_its_progress_and_a_row_is_mended(
    live: Live, office: Reader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "LARGE", 0)
    page, file, width = office.page, tmp_path / "danh-sach-dai.xlsx", width_of(office)
    rows = [(n, f"Bánh số {n} {width}", f"HTX Bánh {n // 3} {width}", "phường Hà Đông", "4 sao", *BY) for n in range(1, 700)]  # fmt: skip
    rows[4] = (*rows[4][:6], "31/02/2026")
    file.write_bytes(lists.workbook([("Danh sách sản phẩm OCOP được công nhận",), lists.HEAD, *rows, ("Tổng cộng: 699 sản phẩm",)]))  # fmt: skip
    upload(office, live, file)
    page.wait_for_url("**/imports/preview/*")
    page.wait_for_selector("[data-progress]")
    office.check("being read")
    photograph(office, "progress")
    page.goto(f"{live.url}/office/imports")
    office.check("lists on their way")
    photograph(office, "on-their-way")
    page.click('main a[href*="/imports/preview/"]')
    page.wait_for_selector("#take-over", timeout=60_000)  # the page opens anew by itself
    office.check("preview")
    page.click("details.mend summary")
    page.click("summary:has-text('Dòng bỏ qua')")
    office.check("a refused row open")
    photograph(office, "mend")
    assert "31/02/2026" in page.inner_text(".mend .wrong")
    page.fill('.mend [aria-invalid="true"]', "28/02/2026")
    page.click(".mend button")
    page.wait_for_selector("#take-over .button:not(.second)", timeout=60_000)
    assert page.locator("tr.refused").count() == 0
    page.click("#take-over form:first-child button")
    page.wait_for_url(re.compile(r"/office/imports/\d+$"), timeout=60_000)
    office.check("report of the long list")
    page.click('main a[href$="/undo"]')
    page.wait_for_url("**/undo")
    office.check("take back")
    photograph(office, "undo")
    if page.locator('input[name="password"]').count():
        page.fill('input[name="password"]', PASSWORD)
    page.click("button.danger")
    page.wait_for_selector(".flash.good")
    office.check("taken back")
    photograph(office, "taken-back")
    assert "hoàn tác" in page.inner_text("main")


def test_heads_are_pointed_at_by_hand(live: Live, office: Reader, tmp_path: Path) -> None:
    page, file, width = office.page, tmp_path / "la.xlsx", width_of(office)
    heads = tuple(f"Cột {letter}{width}" for letter in "ABCDEFG")
    file.write_bytes(lists.workbook([("Bảng gửi kèm",), heads, (1, f"Túi cói {width}", f"Công ty TNHH Cói Lạ {width}", "xã Phú Nghĩa", "4 sao", *BY)]))  # fmt: skip
    upload(office, live, file)
    page.wait_for_selector(".problems")
    office.check("no heads found")
    page.click('main a[href$="/columns"]')
    page.wait_for_url("**/columns")
    office.check("columns")
    photograph(office, "columns")
    names = ("number", "product", "producer", "address", "stars", "decision", "decision_date")
    for index, name in enumerate(names):
        page.select_option(f'select[name="column-{index}"]', name)
    page.click("form[method=post] .button:has-text('Đọc danh sách')")
    page.wait_for_selector("#take-over")
    office.check("read by hand")
    assert "1 dòng" in page.inner_text("#take-over")


def test_handovers_and_templates_are_found(live: Live, office: Reader) -> None:
    page = office.page
    page.goto(f"{live.url}/office/imports")
    page.click("summary:has-text('Tệp mẫu')")
    office.check("templates")
    with page.expect_download() as found:
        page.click('a[href$="/withdrawn.xlsx"]')
    assert found.value.suggested_filename == "mau-thu-hoi.xlsx"
    page.goto(f"{live.url}/office/handovers")
    page.fill("#since", "01/01/2026")
    page.fill("#recipient", "Phòng Kinh tế xã Bát Tràng")
    page.click("form[method=post]:has(#since) button")
    page.wait_for_selector(".flash.good")
    office.check("handed over")
    photograph(office, "handovers")
