"""A visit with the application open for hours: what was withdrawn, ended, forged or refused meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import offline
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import keys, revoke
from labelsvc.codes.register.issue import codes_of, find_unit
from labelsvc.files import Files
from labelsvc.inspections.models import Sighting
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.runs.start import start_run
from labelsvc.worker.publishing import publish_lists

from .conftest import Live
from .test_inspect import clean, prepare, published, typed

__all__ = ["published"]
pytestmark = pytest.mark.e2e


@pytest.fixture
def phone(browser: Browser, published: Live) -> Iterator[BrowserContext]:
    """A phone that was here once, signed in as an inspector, with a network."""
    context = browser.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True)
    page = context.new_page()
    prepare(page, published)
    page.close()
    yield context
    context.close()


def opened(phone: BrowserContext, live: Live, *, at: datetime | None = None) -> Page:
    page = phone.new_page()
    page.clock.install(time=at)
    page.goto(f"{live.url}/inspect/")
    page.wait_for_selector("body[data-ready]", state="attached")
    return page


def units(live: Live) -> list[str]:
    """All offline codes of the small world."""
    with live.database.reading() as session:
        ring = keys.load_keyring(session, base_url=live.url, secrets=live.settings.keys)
        issue = session.query(Issue).filter_by(form=Form.OFFLINE).order_by(Issue.id).first()
        assert issue is not None
        return codes_of(issue, ring)


def withdraw(live: Live, *codes: str) -> None:
    with live.database.writing() as session:
        ring = keys.load_keyring(session, base_url=live.url, secrets=live.settings.keys)
        for code in codes:
            payload = offline.parse(code.rpartition("/")[2]).payload
            found = find_unit(session, ring, payload)
            assert found is not None
            revoke.withdraw(session, first=found[1], count=1, reason="Giả", by="user:1")


def publish(live: Live) -> None:
    publish_lists(live.database, Files(live.settings.files), live.settings)


def forged(code: str) -> str:
    return code[:-1] + str((int(code[-1]) + 1) % 10)


def rows(page: Page) -> int:
    return page.locator("#entries li").count()


def test_a_code_withdrawn_while_the_application_is_open_is_red(
    phone: BrowserContext, published: Live
) -> None:
    page = opened(phone, published)
    kept, asked, listed = units(published)[5:8]
    assert typed(page, kept) == "ISSUED_OK"
    withdraw(published, asked)  # in no list yet: the server alone knows
    typed(page, asked)
    expect(page.locator("#result")).to_have_attribute("data-verdict", "REVOKED")
    expect(page.locator("#result")).to_contain_text("máy chủ, vừa xong")
    expect(page.locator("#result")).not_to_contain_text("Sao OCOP")  # not on a withdrawn label
    clean(page, "withdrawn")
    withdraw(published, kept, listed)
    publish(published)
    page.clock.run_for(100_000)  # nobody touches anything
    expect(page.locator("#entries .entry").nth(1)).to_contain_text("Mã đã bị thu hồi")
    phone.set_offline(True)
    assert typed(page, listed) == "REVOKED"


def test_the_list_is_fetched_when_the_application_is_looked_at_again(
    phone: BrowserContext, published: Live
) -> None:
    page = opened(phone, published)
    expect(page.locator("#update[aria-busy]")).to_have_count(0)  # the first look has ended
    (code,) = units(published)[8:9]
    withdraw(published, code)
    publish(published)
    with page.expect_response(lambda got: "/trust/status/" in got.url and got.ok):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#update[aria-busy]")).to_have_count(0)
    page.wait_for_timeout(500)
    phone.set_offline(True)
    assert typed(page, code) == "REVOKED"


def test_what_is_new_in_a_list_is_fetched_alone(phone: BrowserContext, published: Live) -> None:
    withdrawn = units(published)[13:15]
    for at, code in enumerate(withdrawn):
        withdraw(published, code)
        publish(published)
        asked: list[str] = []
        page = phone.new_page()
        page.on("request", lambda sent, asked=asked: asked.append(sent.url))  # type: ignore[misc]
        page.goto(f"{published.url}/inspect/")
        page.wait_for_selector("body[data-ready]", state="attached")
        expect(page.locator("#update[aria-busy]")).to_have_count(0)
        page.wait_for_timeout(1000)
        names = [url.rpartition("/")[2] for url in asked if "/trust/status/" in url]
        assert [name.count("-") for name in names] == [1], names
        page.close()
        phone.set_offline(True)
        page = opened(phone, published)  # verified anew, out of its parts
        for withdrawn_code in withdrawn[: at + 1]:
            assert typed(page, withdrawn_code) == "REVOKED"
        page.close()
        phone.set_offline(False)


def test_a_missing_addition_is_made_up_for_by_the_full_list(
    phone: BrowserContext, published: Live
) -> None:
    (code,) = units(published)[15:16]
    withdraw(published, code)
    publish(published)
    page = phone.new_page()
    page.route("**/trust/status/*/withdrawn/*-*", lambda route: route.fulfill(status=404))
    page.goto(f"{published.url}/inspect/")
    with page.expect_response(lambda got: got.url.rpartition("/")[2].isdecimal() and got.ok):
        page.wait_for_selector("body[data-ready]", state="attached")
    page.wait_for_timeout(1000)
    phone.set_offline(True)
    assert typed(page, code) == "REVOKED"


def test_stars_that_ended_since_the_goods_were_fetched_are_not_shown(
    phone: BrowserContext, published: Live
) -> None:
    phone.set_offline(True)
    page = opened(phone, published, at=datetime(2031, 1, 5, tzinfo=UTC))
    code = units(published)[0]
    typed(page, code)
    card = page.locator("#result")
    expect(card).to_contain_text("đã hết hạn")
    expect(card).to_contain_text("theo dữ liệu ngày")
    expect(card).not_to_contain_text("★")
    expect(card).not_to_contain_text("đang hiệu lực")
    expect(page.locator("#age-goods")).to_have_class("caution")
    page.close()
    page = opened(phone, published)
    typed(page, units(published)[1])
    expect(page.locator("#result")).to_contain_text("★★★★")
    expect(page.locator("#result")).not_to_contain_text("theo dữ liệu ngày")


def test_a_forged_code_is_not_dressed_with_the_goods_it_names(
    phone: BrowserContext, published: Live
) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    good, other = units(published)[:2]
    assert typed(page, forged(good)) == "BAD_SIGNATURE"
    card = page.locator("#result")
    for words in ("Trà hoa cúc", "Hợp tác xã", "★", "HSD"):
        expect(card).not_to_contain_text(words)
    expect(card).to_contain_text("lô L-MAIN; điều này chưa được chứng minh")
    expect(page.locator("#entries")).not_to_contain_text("Trà hoa cúc")
    clean(page, "forged")
    typed(page, other)
    expect(page.locator("#entries")).to_contain_text("Trà hoa cúc")
    with page.expect_download() as waiting:
        page.click("#save-visit")
    lines = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert ["Trà hoa cúc" in line for line in lines] == [False, True, False]
    sent = page.evaluate(
        """Promise.all(["visit", "check"].map((name) => import(`/static/inspect/app/${name}.js`)))
             .then(([visits, check]) => visits.asSent(check.visit))"""
    )
    assert [(e["product"] != "", e["lot"]) for e in sent["entries"]] == [
        (True, "L-MAIN"), (False, ""),
    ]  # fmt: skip


def test_what_only_the_server_can_check_is_asked_when_the_network_is_back(
    phone: BrowserContext, published: Live
) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    assert typed(page, published.world.codes["in_force"]) == "SHORT_CODE_NEEDS_NETWORK"
    assert typed(page, "0" * 24) == "SHORT_CODE_NEEDS_NETWORK"
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#entries .entry").nth(1)).to_contain_text("Trà hoa cúc")
    expect(page.locator("#entries .entry").nth(1)).to_contain_text("Mã hợp lệ")
    expect(page.locator("#entries .entry").nth(0)).to_contain_text("không do chương trình")
    expect(page.locator("#result")).to_have_attribute("data-verdict", "NOT_ISSUED")
    assert rows(page) == 2


def test_a_short_code_on_two_items_is_a_copy_once_the_server_says_it_is_no_code_of_a_lot(
    phone: BrowserContext, published: Live
) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    for code in (published.world.codes["in_force"], published.world.codes["lot"]):
        typed(page, code)
        page.fill("#code", code)
        page.click("#typing button")
        page.click("dialog button[value=other]")
        expect(page.locator("#result")).to_contain_text("Hai món mang mã này")
        expect(page.locator("#result")).to_have_attribute(
            "data-verdict", "SHORT_CODE_NEEDS_NETWORK"
        )
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#entries .entry").nth(1)).to_contain_text("2 món")
    expect(page.locator("#entries .entry").nth(1)).to_have_class("entry bad")
    expect(page.locator("#result")).to_have_attribute("data-verdict", "ISSUED_OK")  # of a whole lot
    expect(page.locator("#entries .entry").nth(0)).not_to_contain_text("2 món")


def test_who_is_not_signed_in_is_answered_like_everybody(
    phone: BrowserContext, published: Live
) -> None:
    phone.clear_cookies()
    page = opened(phone, published)
    assert typed(page, published.world.codes["in_force"]) == "ISSUED_OK"
    assert typed(page, published.world.codes["not_issued"]) == "NOT_ISSUED"
    expect(page.locator("#entries .entry").first).not_to_contain_text("Trà hoa cúc")


def test_rows_bring_their_card_back_and_strange_codes_stand_in_one_row(
    phone: BrowserContext, published: Live
) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    link = "(01)08938505974019(10)L1"
    for text in (
        units(published)[0],
        "xin chào",
        "HTTPS://QR.OTHER.VN/ABC",
        link,
        link,
        "xin chào",
    ):
        typed(page, text)
    assert rows(page) == 4
    page.locator("#entries .entry").nth(3).click()
    expect(page.locator("#result")).to_have_attribute("data-verdict", "ISSUED_OK")
    page.locator("#entries .entry").nth(1).click()
    expect(page.locator("#result")).to_have_attribute("data-verdict", "FOREIGN_HOST")
    assert rows(page) == 4
    tones = page.evaluate(
        "[...document.querySelectorAll('#entries .entry')].map((row) => row.className)"
    )
    assert tones == ["entry neutral", "entry caution", "entry neutral", "entry good"]
    with page.expect_download() as waiting:
        page.click("#save-visit")
    table = waiting.value.path().read_text(encoding="utf-8-sig")
    assert "FOREIGN_HOST" in table and "MALFORMED" in table


def test_the_card_the_case_and_the_report_speak_the_chosen_language(
    phone: BrowserContext, published: Live
) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    typed(page, units(published)[3])
    page.click("#day-report")
    page.click("#open-case")
    page.click("#case-form button[value=keep]")
    expect(page.locator("#case-state")).to_contain_text("1 vụ việc chờ gửi")
    page.click("#lang-en")
    expect(page.locator("#result h2")).to_have_text("Withdrawn code")
    expect(page.locator("#case-state")).to_contain_text("wait for a network: 1")
    expect(page.locator("#visit-state")).to_contain_text("The PDF needs a network")
    expect(page.locator("#cases")).to_contain_text("Delete")
    page.evaluate("localStorage.clear()")


def test_a_refused_case_says_why_and_does_not_hold_up_the_next(
    phone: BrowserContext, published: Live, tmp_path: Path
) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    picture = tmp_path / "anh.jpg"
    Image.new("RGB", (300, 200), (120, 90, 60)).save(picture)
    typed(page, units(published)[0])
    for note in ("Thứ nhất", "Thứ hai"):
        page.click("#open-case")
        page.fill("#case-note", note)
        page.set_input_files("#case-photos", str(picture))
        expect(page.locator("#case-photo-count")).to_have_text("1 ảnh")
        page.click("#case-form button[value=keep]")
        expect(page.locator("#case[open]")).to_have_count(0)
    expect(page.locator("#cases .waiting")).to_have_count(2)
    sent = []

    def refuse(route: Route) -> None:
        case = json.loads(route.request.post_data or "")
        sent.append((case["note"], len(case["photos"])))
        if sent[-1] == ("Thứ nhất", 1):
            route.fulfill(status=400, json={"message": "Ảnh này bị hỏng."})
        else:
            route.continue_()

    page.route("**/inspect/sync", refuse)
    phone.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#cases .waiting")).to_have_count(1)
    expect(page.locator("#cases")).to_contain_text("Máy chủ không nhận: Ảnh này bị hỏng.")
    expect(page.locator("#case-state")).to_contain_text("1 vụ việc máy chủ không nhận")
    clean(page, "refused")
    assert sent == [("Thứ nhất", 1), ("Thứ hai", 1)]
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(500)
    assert len(sent) == 2  # not again until somebody says so
    page.click("text=Gửi không kèm ảnh")
    expect(page.locator("#cases .waiting")).to_have_count(0)
    assert sent[-1] == ("Thứ nhất", 0)


def test_places_of_scans_are_told_once_and_outlive_the_visit(
    phone: BrowserContext, published: Live
) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    first, second = units(published)[10:12]
    typed(page, first)
    page.click("#visit-where summary")
    page.fill("#visit-place", "Chợ Đồng Xuân, Hà Nội")
    page.press("#visit-place", "Tab")
    typed(page, second)
    typed(page, forged(units(published)[12]))
    clean(page, "place of the visit")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("#new-visit")
    expect(page.locator("#visit-place")).to_have_value("")
    phone.set_offline(False)
    with page.expect_request("**/inspect/sightings") as waiting:
        page.evaluate("dispatchEvent(new Event('online'))")
    sent = json.loads(waiting.value.post_data or "")["sightings"]
    assert [(row["code"], row["place"]) for row in sent] == [
        (first.rpartition("/")[2], "Chợ Đồng Xuân, Hà Nội"),
        (second.rpartition("/")[2], "Chợ Đồng Xuân, Hà Nội"),
    ]
    page.wait_for_timeout(500)
    with published.database.reading() as session:
        told = session.query(Sighting).filter(Sighting.uid.in_([row["uid"] for row in sent]))
        assert [row.province for row in told] == ["01", "01"]
    waits = page.evaluate("import('/static/inspect/app/store.js').then((s) => s.get('sightings'))")
    assert waits == []


def test_a_long_visit_is_shown_in_steps(phone: BrowserContext, published: Live) -> None:
    phone.set_offline(True)
    page = opened(phone, published)
    page.evaluate(
        """async () => {
          const [visits, check] = await Promise.all(
            ["visit", "check"].map((name) => import(`/static/inspect/app/${name}.js`)));
          for (let at = 0; at < 70; at++) check.visit.entries.push(visits.blank(`mã ${at}`));
          await visits.save(check.visit);
        }"""
    )
    page.close()
    page = opened(phone, published)
    for shown in (30, 60, 70):
        assert rows(page) == shown
        if shown < 70:
            page.click("#visit-more")
    expect(page.locator("#visit-more")).to_be_hidden()


def test_a_recalled_lot_is_called_so_and_a_link_names_its_product(
    phone: BrowserContext, published: Live
) -> None:
    with published.database.reading() as session:
        lot = session.get_one(Lot, published.world.lot)
        gtin, name = lot.product.gtin, lot.product.name
    phone.set_offline(True)
    page = opened(phone, published)
    assert (
        typed(page, f"https://{published.url.rpartition('/')[2]}/01/{gtin}/10/L-MAIN")
        == "LINK_ONLY"
    )
    expect(page.locator("#result")).to_contain_text(name)
    expect(page.locator("#result")).to_contain_text("L-MAIN")
    assert typed(page, f"(01){gtin}(10)NO-SUCH-LOT") == "LINK_ONLY"
    expect(page.locator("#result")).to_contain_text(name)
    page.evaluate(
        """([lot]) => import("/static/inspect/app/held.js").then(({held}) => {
             held.goods.lots[lot].recalled = "Có vi khuẩn";
           })""",
        [published.world.lot],
    )
    assert typed(page, units(published)[2]) == "RECALLED"
    expect(page.locator("#result")).to_contain_text("Có vi khuẩn")
    expect(page.locator("#result")).not_to_contain_text("★")
    assert typed(page, units(published)[3]) == "REVOKED"  # this one was withdrawn by itself


def test_the_label_as_printed_earlier_visits_and_signing_out(
    phone: BrowserContext, published: Live
) -> None:
    with published.database.writing() as session:
        lot = session.get_one(Lot, published.world.lot)
        request = RunRequest(lot=lot, layout="a4-24", count=24, base_url=published.url)
        run = start_run(session, request, actor="user:1")
        ring = keys.load_keyring(session, base_url=published.url, secrets=published.settings.keys)
        code = run.codes(ring)[4]
    page = opened(phone, published)
    expect(page.locator("#person")).to_have_text("Inspector")
    assert typed(page, code) == "ISSUED_OK"
    page.click("#show-issued")
    expect(page.locator("#issued-label")).to_be_visible()
    assert page.evaluate("document.querySelector('#issued-label').decode().then(() => true)")
    assert "Trà hoa cúc" in (page.get_attribute("#issued-label", "alt") or "")
    assert page.locator("#issued-contents li").count() > 5
    clean(page, "issued")
    page.click("#issued .chief")
    page.on("dialog", lambda dialog: dialog.accept())
    page.fill("#code", "no code at all")
    page.click("#typing button")
    page.click("#new-visit")
    page.locator("#past-visits summary").click()
    expect(page.locator("#past li")).to_have_count(1)
    expect(page.locator("#past li")).to_contain_text("2")
    clean(page, "earlier visits")
    page.reload()
    page.wait_for_selector("body[data-ready]", state="attached")
    expect(page.locator("#past li")).to_have_count(1)
    page.click("#leave")
    page.wait_for_url("**/account/sign-in**")
    page.goto(f"{published.url}/inspect/")
    page.wait_for_selector("body[data-ready]", state="attached")
    expect(page.locator("#leave")).to_be_hidden()
    expect(page.locator("#past li")).to_have_count(0)
