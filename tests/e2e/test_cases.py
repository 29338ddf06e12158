"""Cases on a phone and at a desk: the evidence is read, answered and decided."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from labelsvc import clock
from labelsvc.catalogue.models import Product
from labelsvc.codes.forms.inner import inner_code
from labelsvc.codes.models import Form
from labelsvc.codes.register.inner_lots import switch_on
from labelsvc.codes.register.issue import allocate, codes_of, load_keyring
from labelsvc.inspections import watch
from labelsvc.inspections.cases import contest
from labelsvc.inspections.models import Case
from labelsvc.inspections.places import Spot, declare_sale, note_sighting
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.scans.record import Seen, write
from labelsvc.settings import load
from tests.e2e.conftest import Live, Reader, sign_in
from tests.factories import make_lot

pytestmark = pytest.mark.e2e


@pytest.fixture
def case(live: Live) -> int:
    """A label that was copied: seen by many, and reported far away."""
    now = clock.now()
    with live.database.writing() as session:
        product = session.get_one(Product, live.world.product)
        many = len(product.lots)
        lot = make_lot(session, product, code=f"L-COPY-{many}", declared=500)
        issue = allocate(session, lot=lot, count=300, form=Form.SHORT)
        rows = [
            Seen(
                now - timedelta(hours=hours), "VOIDED" if hours < 4 else "ISSUED_OK", issue.first,
                issue.id, "short", "vi", "Chrome/Android", f"{many:08x}{hours:04x}{visit:04x}",
            )
            for hours in (40, 39, 38, 30, 18, 17, 16, 12, 6, 5, 3, 1)
            for visit in range(1 + hours * 7 % 9)
        ]  # fmt: skip
        write(session, rows)
        places = ("Hà Nội", "Hà Nội", "Hải Phòng", "Cần Thơ", "Đà Nẵng", "Hà Nội", "Hà Nội")
        for index, place in enumerate(places):
            note_sighting(session, number=issue.first, issue_id=issue.id, source="inspector", at=now - timedelta(minutes=50 * index), spot=Spot(place=place))  # fmt: skip
        declare_sale(session, product.id, ["01", "31"], actor="test")
        send_report(session, SentReport(kind="suspected_fake", code="x", number=issue.first, verdict="ISSUED_OK", message="Hộp trà có mùi lạ, chữ trên tem bị nhòe.", place="Chợ Ninh Kiều, Cần Thơ"))  # fmt: skip
    settings = load(dev=True, base_url=live.url, secret_keys=())
    raised = watch.look(live.database, settings, now, every=timedelta(days=-1))
    with live.database.reading() as session:
        return next(c for c in raised if session.get_one(Case, c).number == issue.first)


def shoot(reader: Reader, name: str) -> None:
    """A picture of the whole page for whoever wants to look: LABELSVC_TEST_PICTURES=folder."""
    folder = os.environ.get("LABELSVC_TEST_PICTURES")
    if folder:
        width = reader.page.viewport_size["width"] if reader.page.viewport_size else 0
        reader.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)


def enter(reader: Reader, name: str, language: str) -> None:
    sign_in(reader, name)
    if language != reader.page.get_attribute("html", "lang"):
        reader.page.click(".language button")
        reader.page.wait_for_selector(f"html[lang={language}]")


def test_the_office_reads_a_case_and_decides(
    live: Live, reader: Reader, case: int, language: str
) -> None:
    enter(reader, "office", language)
    page = reader.page
    with live.database.writing() as session:
        contest(session, session.get_one(Case, case), "Cuối tuần có hội chợ ở Cần Thơ.", "user:1")
    assert reader.open("/office/cases") == 200
    reader.check("cases")
    shoot(reader, f"cases-{language}")
    page.click(f"a[href$='/office/cases/{case}']")
    page.wait_for_selector(".over-time")
    reader.check("case")
    shoot(reader, f"case-{language}")
    page.click(".over-time summary")
    reader.check("case, table open")
    page.fill("#text", "Đã gọi điện cho cơ sở.")
    page.click("form[action$='/note'] button")
    page.wait_for_selector(".flash.good")
    page.check("input[value=inspector]")
    page.fill("#reason", "Cần xem hàng tại chợ.")
    page.click("form[action$='/decide'] button")
    page.wait_for_selector(".flash.good")
    reader.check("case decided")
    assert "Cần xem hàng tại chợ." in page.inner_text("main")
    page.click("form[action$='/close'] button")
    page.wait_for_selector(".flash.good")
    reader.check("case closed")
    assert not page.query_selector("textarea")


def test_the_producer_answers(live: Live, reader: Reader, case: int, language: str) -> None:
    enter(reader, "lan", language)
    page = reader.page
    assert reader.open("/console/cases") == 200
    reader.check("cases")
    shoot(reader, f"own-cases-{language}")
    page.click(f"a[href$='/console/cases/{case}']")
    page.wait_for_selector(".over-time")
    reader.check("case")
    shoot(reader, f"own-case-{language}")
    page.fill("#contest", "Chúng tôi mời dùng thử ở hội chợ, mỗi khách quét một lần.")
    page.click("form[action$='/contest'] button")
    page.wait_for_selector(".flash.good")
    reader.check("answered")
    assert reader.open(f"/console/products/{live.world.product}/range") == 200
    reader.check("range of sale")
    shoot(reader, f"range-{language}")
    page.check("input[value='92']")
    page.click("main form .button")
    page.wait_for_selector(".flash.good")
    assert "Cần Thơ" in page.inner_text("main")


def test_a_buyer_checks_the_inner_code(live: Live, reader: Reader, language: str) -> None:
    settings = load(dev=True, base_url=live.url, secret_keys=())
    with live.database.writing() as session:
        product = session.get_one(Product, live.world.product)
        lot = make_lot(session, product, code=f"L-INNER-{len(product.lots)}", declared=50)
        issue = allocate(session, lot=lot, count=2, form=Form.SHORT)
        switch_on(session, lot.id, actor="test")
        ring = load_keyring(session, base_url=live.url, secrets=settings.keys)
        path = codes_of(issue, ring, count=1)[0][len(live.url) :]
        code = inner_code(ring.inner_key, issue.first)
    page = reader.page
    assert reader.open(f"{path}?lang={language}") == 200
    reader.check("scan page")
    shoot(reader, f"inner-scan-{language}")
    page.click("a[href^='/inner/']")
    reader.check("form")
    for text, name in (("ABC", "slip"), ("0" * 12, "wrong"), (code, "first"), (code, "again")):
        page.fill("#inner", text)
        page.click("form button")
        page.wait_for_load_state()
        reader.check(name)
        shoot(reader, f"inner-{name}-{language}")
        if name == "first":
            reader.open(f"/inner{path}?lang={language}")
    assert not page.context.cookies()
    enter(reader, "lan", language)
    assert reader.open(f"/console/lots/{lot.id}/inner") == 200
    reader.check("inner codes of the lot")
    shoot(reader, f"inner-lot-{language}")
