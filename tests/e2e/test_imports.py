"""The preview of a list in a browser: what it is, what it rests on, what its columns mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.catalogue import lists

from .conftest import Live, Reader, sign_in

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(live: Live, reader: Reader) -> Reader:
    sign_in(reader, "office")
    reader.page.wait_for_url("**/office/")
    return reader


def test_what_a_list_asks_is_answered_before_it_is_taken_over(
    live: Live, office: Reader, tmp_path: Path
) -> None:
    page, file = office.page, tmp_path / "phu-luc.xlsx"
    width = page.viewport_size["width"] if page.viewport_size else 0
    title = "Dự thảo phụ lục các sản phẩm đăng ký và được công nhận OCOP, kèm theo Quyết định số 88/QĐ-UBND ngày 02 tháng 3 năm 2026 của Ủy ban nhân dân thành phố"
    head = (
        "STT",
        "Tên sản phẩm",
        "Chủ thể",
        "Địa chỉ",
        "Hạng sao",
        ("Lạ " if width == 360 else "Khó ") * 25,
    )
    row = (1, f"Giò lụa {width}", f"HTX Giò Ước Lễ {width}", "phường Hà Đông", "4 sao", "200 g")
    file.write_bytes(lists.workbook([(title,), head, row]))
    page.goto(f"{live.url}/office/imports")
    page.set_input_files("#list", file)
    page.click("form[enctype] button")
    page.wait_for_url("**/imports/preview/*")
    office.check("nothing answered")
    assert "Chưa rõ: hãy chọn loại danh sách" in page.inner_text("main")
    page.click('button[name="kind"][value="recognised"]')
    page.wait_for_selector('button[name="kind"][aria-pressed="true"]', state="attached")
    page.click('button[name="take"][value="1"]')
    page.wait_for_selector("#take-over button:not([disabled])")
    page.select_option('select[name="column-5"]', "net_content")
    page.click("form[action$='/heads'] button")
    page.wait_for_selector(".flash.good")
    office.check("everything answered")
    assert "1 dòng dựa vào quyết định 88/QĐ-UBND" in page.inner_text("main")
    page.click("#take-over form:first-child button")
    page.wait_for_url(re.compile(r"/office/imports/\d+$"))
    office.check("report")
