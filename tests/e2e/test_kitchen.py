"""The household's way: the first label from the invitation, a lot in few taps, a session or a signal that ends."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import delete, select

from labelsvc.accounts.models import Role, SignIn
from labelsvc.accounts.users import create_user, invitation
from labelsvc.catalogue.models import Lot, Product
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from tests import world as worlds
from tests.e2e.conftest import Live, Reader, sign_in
from tests.factories import make_producer, make_product

pytestmark = pytest.mark.e2e
RED = ".problems:visible, .note.bad:visible"
#: What the household types where the law wants it.
TYPED = {
    "ingredients": "Gạo nếp, mật mía, gừng, lạc",
    "instructions": "Ăn ngay sau khi mở gói.",
    "storage": "Nơi khô ráo, thoáng mát.",
    "warning": "Có lạc (đậu phộng).",
    "net_content": "Khối lượng tịnh: 300 g",
    "shelf_life_days": "90",
}


def shot(page: Page, name: str) -> None:
    """Keep a picture of the page where LABELSVC_SHOTS names a folder."""
    if folder := os.environ.get("LABELSVC_SHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


class Counted:
    """Counts clicks and red messages on the way."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.clicks, self.red = reader, 0, 0

    def click(self, what: str) -> None:
        self.reader.page.locator(what).first.click()
        self.clicks += 1
        self.reader.settle()
        self.red += self.reader.page.locator(RED).count()


def newcomer(live: Live, number: int) -> str:
    """A household with one product that lacks much, and its invitation."""
    with live.database.writing() as session:
        producer = make_producer(session, name=f"Hộ Phùng Thị Mận {number}", kind="household")
        make_product(
            session, producer=producer, ingredients="", instructions="", storage="", warning="",
            net_content="", shelf_life_days=None, set_number=5, story="",
            name="Bánh chè lam nếp cái hoa vàng ủ lá chuối khô làng cổ, hộp quà biếu Tết, 24 chiếc",
        )  # fmt: skip
        user = create_user(
            session, name=f"man{number}", full_name="Phùng Thị Mận", role=Role.PRODUCER,
            producer_id=producer.id, password=None, actor="test",
        )  # fmt: skip
        return invitation(user, keys=live.settings.keys)


def test_from_the_invitation_to_the_first_file(live: Live, reader: Reader, tmp_path: Path) -> None:
    page, began, way = reader.page, time.monotonic(), Counted(reader)
    width = page.viewport_size["width"] if page.viewport_size else 0
    reader.open(f"/account/invitation/{newcomer(live, width)}")
    for field in ("new", "again"):
        page.fill(f"[name={field}]", worlds.PASSWORD)
    way.click("main form button")
    reader.check("first page")
    assert "Ba bước tới con tem đầu tiên" in page.locator("#first-steps").inner_text()
    shot(page, "first")
    way.click("#first-steps li.now a.button")
    for name, words in TYPED.items():
        if page.locator(f"#{name}").count():
            page.fill(f"#{name}", words)
    way.click("#label form > button.button")
    reader.check("product")
    way.click("main > p.actions a.button")
    page.fill("#declared", "120")
    way.click("main form button.wide")
    way.click("a.button >> text=In tem")
    page.wait_for_load_state("networkidle")
    reader.check("wizard")
    shot(page, "wizard")
    assert page.locator("input[name=layout]:checked").get_attribute("value") == "a4-24-plain"
    way.click("button[value=print]")
    page.wait_for_url("**/console/runs/*")
    link = page.locator("a.button", has_text="PDF")
    link.wait_for(timeout=60_000)
    with page.expect_download() as waiting:
        link.click()
    way.clicks += 1
    waiting.value.save_as(tmp_path / "labels.pdf")
    assert (tmp_path / "labels.pdf").read_bytes().startswith(b"%PDF")
    print(
        f"newcomer at {width} px: {way.clicks} clicks, {time.monotonic() - began:.0f} s, {way.red} red"
    )
    assert way.red == 0 and way.clicks <= 9


def printed_once(live: Live) -> tuple[int, int]:
    """A product that was printed before, and how many runs there are."""
    with live.database.writing() as session:
        lot = session.get_one(Lot, live.world.lot)
        request = print_run.RunRequest(
            lot=lot, layout="a4-24", count=3, base_url=live.settings.base_url
        )
        print_run.start_run(session, request, actor="user:1")
        return lot.product_id, len(session.scalars(select(PrintRun)).all())


def runs(live: Live) -> int:
    with live.database.reading() as session:
        return len(session.scalars(select(PrintRun)).all())


def test_a_lot_like_the_last_one_takes_three_taps(live: Live, reader: Reader) -> None:
    product, before = printed_once(live)
    sign_in(reader, "lan")
    page, way = reader.page, Counted(reader)
    way.click(f"a[href='/console/products/{product}/again']")
    reader.check("like last time")
    shot(page, "again")
    way.click("main form button.wide")
    page.wait_for_url("**/console/runs/*")
    link = page.locator("a.button", has_text="PDF")
    link.wait_for(timeout=60_000)
    link.click()
    way.clicks += 1
    assert (runs(live), way.clicks, way.red) == (before + 1, 3, 0)


def test_an_act_without_a_signal_waits_on_the_phone_and_is_entered_once(
    live: Live, reader: Reader
) -> None:
    product, before = printed_once(live)
    sign_in(reader, "lan")
    page = reader.page
    reader.open(f"/console/products/{product}/again")
    page.fill("#declared", "11")
    page.context.set_offline(True)
    page.click("main form button.wide")
    page.locator("[data-acts] li[data-state=kept]").wait_for()
    assert "đang giữ trên máy này" in page.locator("[data-acts]").inner_text()
    shot(page, "kept")
    # The signal is back for the way there and breaks on the way back.
    page.route("**/again", lambda route: (route.fetch(), route.abort()))
    with page.expect_event("requestfailed"):
        page.context.set_offline(False)
    page.locator("[data-acts] li[data-state=sent]").wait_for()
    page.unroute("**/again")
    reader.open("/console/")
    page.locator("[data-acts] li[data-state=entered] a").wait_for()
    assert runs(live) == before + 1
    reader.check("entered")
    page.locator("[data-acts] li a").click()
    page.wait_for_url("**/console/runs/*")
    reader.open("/console/")
    assert page.locator("[data-acts]").is_hidden()


def test_a_story_survives_the_end_of_the_session_and_a_closed_window(
    live: Live, reader: Reader
) -> None:
    sign_in(reader, "lan")
    page, address = reader.page, f"/console/products/{live.world.product}"
    reader.open(address)
    story = f"Chuyện kể dở dang của nhà chị Lan, {page.viewport_size} là khổ màn hình."
    page.fill("#story", story)
    reader.open(address)  # as if the window had been closed
    page.locator(".draft").wait_for()
    reader.check("draft")
    shot(page, "draft")
    page.locator(".draft button").first.click()
    assert page.input_value("#story") == story
    with live.database.writing() as session:
        session.execute(delete(SignIn))
    page.click("#label form > button.button")
    page.locator("#resume-secret").wait_for()
    reader.check("password asked")
    shot(page, "resume")
    assert page.input_value("#resume-name") == "lan"
    page.fill("#resume-secret", worlds.PASSWORD)
    page.locator("section form > button.wide").click()
    page.wait_for_url(f"**{address}")
    with live.database.reading() as session:
        assert session.get_one(Product, live.world.product).story == story
    reader.settle()
    assert page.locator(".draft").count() == 0
    assert (
        page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('draft:')).length") == 0
    )


def test_signing_out_clears_what_is_kept(live: Live, reader: Reader) -> None:
    sign_in(reader, "lan")
    page = reader.page
    reader.open(f"/console/products/{live.world.product}")
    page.fill("#story", "Nháp của Lan")
    assert page.evaluate("Object.keys(localStorage).length") == 1
    page.locator("form[data-sign-out] button").click()
    page.wait_for_url(live.url + "/")
    assert page.evaluate("Object.keys(localStorage).length") == 0
