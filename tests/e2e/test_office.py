"""The programme office's work: bring a list in, look at every row, withdraw stars; phone and desk."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from labelsvc import clock
from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars import proposals
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import allocate, codes_of, load_keyring
from labelsvc.demo.spreadsheet import write_list
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.programme import merging
from labelsvc.programme.models import Merge
from labelsvc.settings import load
from tests.catalogue import lists
from tests.e2e.conftest import Live, Reader, sign_in
from tests.factories import make_lot, make_producer, make_product, make_recognition
from tests.world import PASSWORD

pytestmark = pytest.mark.e2e


@pytest.fixture
def office(live: Live, reader: Reader, language: str) -> Reader:
    sign_in(reader, "office")
    reader.page.wait_for_url("**/office/")
    if language != reader.page.get_attribute("html", "lang"):
        reader.page.click(".language button")
        reader.page.wait_for_selector(f"html[lang={language}]")
    return reader


def test_a_list_is_brought_in_row_by_row(
    live: Live, office: Reader, language: str, tmp_path: Path
) -> None:
    page, file = office.page, tmp_path / "danh-sach-ocop-2026.xlsx"
    width = page.viewport_size["width"] if page.viewport_size else 0
    write_list(file, random=Random(f"{width} {language}"), today=clock.today())
    page.goto(f"{live.url}/office/imports")
    office.check("imports")
    page.set_input_files("#list", file)
    page.click("form[enctype] button")
    page.wait_for_url("**/imports/preview/*")
    office.check("refused rows")
    assert "31/02/2026" in page.inner_text("main")
    page.click(".tabs li:nth-child(2) a")
    office.check("new rows")
    assert "Nem Phùng" in page.inner_text("main")
    page.click("#take-over form:first-child button")
    page.wait_for_url(re.compile(r"/office/imports/\d+$"))
    office.check("report")
    page.goto(f"{live.url}/office/recognitions?q=nem+phung")
    office.check("found")
    assert "2103/QĐ-UBND" in page.inner_text("main")


def test_a_withdrawal_is_on_the_scan_page_the_next_moment(
    live: Live, office: Reader, language: str
) -> None:
    page, settings = office.page, load(dev=True, base_url=live.url, secret_keys=())
    with live.database.writing() as session:
        product = make_product(session, producer=make_producer(session), name="Chè lam Thạch Xá")
        stars = make_recognition(session, product, valid_from=clock.today() - timedelta(days=90))
        issue = allocate(session, lot=make_lot(session, product), count=1, form=Form.SHORT)
        keyring = load_keyring(session, base_url=live.url, secrets=settings.keys)
        code = codes_of(issue, keyring, offset=0, count=1)[0].lower()
    page.goto(code)
    assert "1147/QĐ-UBND" in page.inner_text("body")
    page.goto(f"{live.url}/office/recognitions/{stars.id}")
    office.check("recognition")
    page.fill("#decision", "không phải số")
    page.check('[name="reason"][value="mark"]')
    page.click(".danger")
    page.wait_for_selector(".problems")
    office.check("refused withdrawal")
    assert page.is_checked('[name="reason"][value="mark"]')
    page.click(".problems a")
    assert page.evaluate("document.activeElement.id") == "decision"
    page.fill("#decision", "5120/QĐ-UBND")
    page.click(".danger")
    page.wait_for_selector(".flash.good")
    office.check("proposed")
    page.click('main a[href$="/recognitions/withdrawals"]')
    page.wait_for_url("**/recognitions/withdrawals")
    office.check("proposals")
    assert "Chè lam Thạch Xá" in page.inner_text("main")
    page.goto(code)
    assert "5120/QĐ-UBND" not in page.inner_text("body")
    with live.database.writing() as session:  # the colleague, at another desk
        proposal = proposals.waiting_for(session, stars.id)
        assert proposal is not None
        proposals.confirm_withdrawal(session, proposal, actor="user:999")
    page.goto(code)
    assert "5120/QĐ-UBND" in page.inner_text("body")
    with live.database.reading() as session:
        assert session.get_one(Recognition, stars.id).withdrawn_on == clock.today()


@pytest.mark.parametrize("language", ["vi"])
def test_every_office_page_reads_on_a_phone_and_at_a_desk(
    live: Live, office: Reader, language: str
) -> None:
    long = "Hợp tác xã dịch vụ nông nghiệp tổng hợp công nghệ cao và du lịch sinh thái cộng đồng "
    with live.database.writing() as session:
        producer = make_producer(session, name=(long * 3)[:200].strip())
        product = make_product(session, producer=producer, name="X" * 200, story=long * 20)
        report = send_report(session, SentReport(kind="quality", code="https://example.vn/" + "A" * 250, number=None, verdict="not_issued", message=long * 5, place=long, contact="lan@example.vn"))  # fmt: skip
        other = session.scalars(select(Product).order_by(Product.id)).first()
        assert other is not None
        ids = producer.id, product.id, report.id, other.id
    for path in (
        "", "recognitions", "recognitions?q=khong-co-gi", "producers", f"producers/{ids[0]}",
        f"producers/{ids[0]}/edit", "producers/new", f"producers/{ids[0]}/products/new",
        f"products/{ids[1]}", f"products/{ids[1]}/edit", f"products/{ids[3]}",
        f"products/{ids[1]}/recognitions/new", "villages", "villages/new", "villages/1", "reports",
        f"reports/{ids[2]}", "reports?show=closed", "audit", "imports",
    ):  # fmt: skip
        assert office.open(f"/office/{path}") == 200, path
        office.check(f"office/{path}")


@pytest.mark.parametrize("language", ["vi"])
def test_a_wrong_form_says_so_at_the_top_and_beside_the_field(
    live: Live, office: Reader, language: str
) -> None:
    page = office.page
    page.goto(f"{live.url}/office/producers/new")
    page.fill("#name", "=HYPERLINK(1)")
    page.select_option("#kind", "farm")
    page.fill("#tax_code", "12")
    page.click("main form button.button")
    page.wait_for_selector(".problems")
    office.check("wrong producer")
    assert page.get_attribute("#name", "aria-invalid") == "true"
    assert page.inner_text("#name-error") and page.input_value("#tax_code") == "12"


@pytest.mark.parametrize("language", ["vi"])
def test_an_invitation_link_is_shown_to_be_handed_over(
    live: Live, office: Reader, language: str
) -> None:
    page = office.page
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.goto(f"{live.url}/office/producers/{live.world.producer}")
    page.fill("#full_name", "Trần Thị Minh")
    page.fill("#name", f"minh{width}@example.vn")
    page.click("form:has(#full_name) button")
    page.wait_for_selector(".once")
    office.check("invitation")
    link = page.inner_text(".once")
    page.context.clear_cookies()
    page.goto(link)
    office.check("choose a password")


@pytest.mark.parametrize("language", ["vi"])
def test_two_entries_of_an_owner_become_one_by_two_people(
    live: Live, office: Reader, language: str
) -> None:
    page, settings = office.page, load(dev=True, base_url=live.url, secret_keys=())
    width = page.viewport_size["width"] if page.viewport_size else 0
    with live.database.writing() as session:
        kept = make_producer(session, name=f"HTX Nông nghiệp Hữu cơ Đông Phú {width}", phone="024 3999 0001")  # fmt: skip
        gone = make_producer(session, name=f"HTX Hữu cơ Đông Phú {width}", phone="0912 345 678")
        product = make_product(session, producer=gone, name=f"Bí xanh hữu cơ {width}")
        lot = make_lot(session, product, code=f"L-BI-{width}")
        issue = allocate(session, lot=lot, count=1, form=Form.SHORT)
        keyring = load_keyring(session, base_url=live.url, secrets=settings.keys)
        code = codes_of(issue, keyring, offset=0, count=1)[0].lower()
        second = create_user(
            session, name=f"binh{width}", full_name="Bình", role=Role.OFFICE, producer_id=None,
            password=PASSWORD, actor="test",
        ).id  # fmt: skip
        ids = kept.id, gone.id
    page.goto(f"{live.url}/office/merges")
    office.check("doubles")
    assert f"HTX Hữu cơ Đông Phú {width}" in page.inner_text("main")
    page.goto(f"{live.url}/office/merges/new?kind=producer&kept={ids[0]}&gone={ids[1]}")
    office.check("two sides")
    page.check('input[name="field-phone"][value="gone"]')
    page.fill("#reason", "Cùng một hợp tác xã, nhập hai lần")
    page.click('button[value="propose"]')
    page.wait_for_url(re.compile(r"/office/merges/\d+$"))
    office.check("proposed")
    number = int(page.url.rpartition("/")[2])
    with live.database.writing() as session:  # the colleague, at another desk
        merging.confirm(session, session.get_one(Merge, number), actor=f"user:{second}")
    page.reload()
    office.check("merged")
    page.goto(code)
    assert f"HTX Nông nghiệp Hữu cơ Đông Phú {width}" in page.inner_text("body")
    page.goto(f"{live.url}/office/producers/{ids[1]}")
    assert page.url.endswith(f"/{ids[0]}")
    assert "0912 345 678" in page.inner_text("main")


@pytest.mark.parametrize("language", ["vi"])
def test_an_owner_that_may_be_known_is_shown_beside_it(
    live: Live, office: Reader, language: str, tmp_path: Path
) -> None:
    page, file = office.page, tmp_path / "chu-the.xlsx"
    width = page.viewport_size["width"] if page.viewport_size else 0
    with live.database.writing() as session:
        make_producer(session, name=f"HTX NN Hòa Bình {width}")
    row = (1, f"Miến dong {width}", f"HTX Hòa Bình {width}", "xã Bát Tràng", "4 sao", "9/QĐ-UBND", "01/02/2026")  # fmt: skip
    file.write_bytes(lists.workbook([lists.HEAD, row]))
    page.goto(f"{live.url}/office/imports")
    page.set_input_files("#list", file)
    page.click("form[enctype] button")
    page.wait_for_url("**/imports/preview/*")
    office.check("an owner asked")
    page.click('button[name="same"][value="0"]')
    page.wait_for_selector(".flash.good")
    page.goto(page.url.partition("?")[0] + "?state=new")
    office.check("an owner decided")
    assert f"HTX NN Hòa Bình {width}" in page.inner_text("main")
