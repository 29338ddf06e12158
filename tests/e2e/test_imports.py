"""The preview of a list in a browser: what it is, what it rests on, what its columns mean."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.catalogue import lists
from tests.factories import make_producer, make_product, make_recognition

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
    page.wait_for_selector("#take-over .button:not(.second):not([disabled])")
    page.select_option('select[name="column-5"]', "net_content")
    page.click("form[action$='/heads'] button")
    page.wait_for_selector(".flash.good")
    office.check("everything answered")
    assert "1 dòng dựa vào quyết định 88/QĐ-UBND" in page.inner_text("main")
    page.click("#take-over form:first-child button")
    page.wait_for_url(re.compile(r"/office/imports/\d+$"))
    office.check("report")


def test_sheets_of_every_kind_and_long_reasons_are_read_on_a_phone(
    live: Live, office: Reader, tmp_path: Path
) -> None:
    page, file = office.page, tmp_path / "danh-sach.xlsx"
    width = page.viewport_size["width"] if page.viewport_size else 0
    with live.database.writing() as session:
        owner = make_producer(session, name=f"HTX Nghề Cổ {width}")
        make_recognition(
            session, make_product(session, producer=owner, name=f"Nón làng Chuông {width}")
        )
    head = (
        "STT",
        "Tên sản phẩm",
        "Chủ thể",
        "Địa chỉ",
        "Quyết định thu hồi",
        "Ngày thu hồi",
        "Lý do thu hồi",
    )
    long = "Không còn sản xuất vì cơ sở đã chuyển nghề, " * 18 + "x" * 120
    book = Workbook()
    first = book.active
    assert first is not None
    first.title = "Thu hồi tháng 11 năm 2026 đợt 2"
    for row in (
        ("Danh sách sản phẩm OCOP bị thu hồi giấy chứng nhận",),
        head,
        (
            1,
            f"Nón làng Chuông {width}",
            f"HTX Nghề Cổ {width}",
            "Xóm 3, thôn Giang Cao, xã Bát Tràng",
            "9/QĐ-UBND",
            "05/11/2026",
            long,
        ),
        (
            2,
            "Y" * 150,
            f"HTX Nghề Cổ {width}",
            "Xóm 3, thôn Giang Cao, xã Bát Tràng",
            "9/QĐ-UBND",
            "05/11/2026",
            long,
        ),
    ):
        first.append(row)
    first.row_dimensions[4].hidden = True
    old = book.create_sheet("Phông cũ")
    for row in (
        lists.HEAD,
        (
            1,
            f"B×nh gèm {width}",
            "Hîp t¸c x· Gèm MÉu",
            "X· B¸t Trµng",
            "4 sao",
            "9/QĐ-UBND",
            "04/03/2026",
        ),
    ):
        old.append(row)
    hidden = book.create_sheet("Ẩn")
    hidden.append(lists.HEAD)
    hidden.sheet_state = "hidden"
    book.save(file)
    page.goto(f"{live.url}/office/imports")
    page.set_input_files("#list", file)
    page.click("form[enctype] button")
    page.wait_for_url("**/imports/preview/*")
    office.check("refused")
    words = page.inner_text("main")
    assert "Sản phẩm bị thu hồi" in words and "Trang tính bị ẩn." in words and "dòng 4" in words
    page.click("form[action$='/font'] button")
    page.wait_for_selector("#take-over .button:not(.second):not([disabled])")
    page.click(".tabs li:nth-child(2) a")
    office.check("proposed")
    page.click("#take-over form:first-child button")
    page.wait_for_url(re.compile(r"/office/imports/\d+$"))
    page.click('main a[href$="/recognitions/withdrawals"]')
    page.wait_for_url("**/recognitions/withdrawals")
    office.check("proposals")
    page.check('input[name="proposal"]')
    page.click('button[value="confirm"]')
    page.wait_for_selector(".problems")
    office.check("one person is not enough")
    assert page.is_checked('input[name="proposal"]')
    page.click('button[value="refuse"]')
    page.wait_for_selector(".flash.good")
