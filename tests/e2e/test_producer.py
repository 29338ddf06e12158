"""A producer's whole path, from signing in to a PDF that decodes, on a phone and at a desk."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser

from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.symbols import encode
from tests import world as worlds
from tests.e2e.conftest import Live, Reader, sign_in

pytestmark = pytest.mark.e2e


def test_from_sign_in_to_a_printed_sheet(
    live: Live, reader: Reader, language: str, tmp_path: Path
) -> None:
    page = reader.page
    reader.open("/account/sign-in")
    reader.check("sign in")
    sign_in(reader, "lan")
    if language == "en":
        page.click(".language button")
    reader.check("dashboard")
    page.goto(f"{live.url}/console/products/{live.world.product}")
    reader.check("product")
    page.locator("p.actions a.button").first.click()
    reader.check("new lot")
    page.fill("#declared", "200")
    page.click("main form button.wide")
    page.wait_for_url("**/console/lots/*")
    reader.check("lot")
    page.locator("a.button").first.click()
    page.wait_for_url("**/print")
    page.wait_for_load_state("networkidle")
    reader.check("wizard")
    page.fill("#count", "7")
    page.click("button[value=print]")
    page.wait_for_url("**/console/runs/*")
    page.wait_for_selector("a[href$='labels.pdf']", timeout=30_000)
    reader.check("run")
    with page.expect_download() as waiting:
        page.click("a[href$='labels.pdf']")
    target = tmp_path / "labels.pdf"
    waiting.value.save_as(target)
    assert target.read_bytes().startswith(b"%PDF")
    document = pypdfium2.PdfDocument(target)
    reads = encode.read_back(grey_page(document, 0, 300))
    document.close()
    assert len(reads) == 7
    for read in reads[:2]:
        address = read.text.lower().replace(live.url.lower(), "")
        assert reader.open(address) == 200
    page.goto(f"{live.url}/console/runs")
    reader.check("runs")
    page.goto(f"{live.url}/console/lots")
    reader.check("lots")


def test_what_forbids_printing_is_listed_with_what_to_do(live: Live, reader: Reader) -> None:
    sign_in(reader, "lan")
    reader.open(f"/console/lots/{live.world.expired_lot}/print?layout=a4-65")
    words = reader.page.locator(".problems").inner_text()
    assert "không được in sao" in words
    assert "Hãy chọn mẫu không có sao" in words
    reader.check("refused")
    reader.page.wait_for_load_state("networkidle")
    reader.page.check("input[name=layout][value=a4-65-plain]")
    reader.page.locator(".problems").wait_for(state="detached")
    assert reader.page.evaluate("document.activeElement.value") == "a4-65-plain"


def test_the_wizard_follows_every_choice_and_keeps_the_focus(live: Live, reader: Reader) -> None:
    sign_in(reader, "lan")
    page = reader.page
    reader.open(f"/console/lots/{live.world.lot}/print?layout=a4-65")
    page.wait_for_load_state("networkidle")
    page.check("input[name=layout][value=a4-24]")
    page.locator(".first-sheet [data-cell='25']").wait_for(state="detached")
    assert page.evaluate("document.activeElement.value") == "a4-24"
    page.fill("#count", "7")
    page.keyboard.press("Enter")  # looks, and does not print
    page.get_by_role("button", name="In 7 tem").wait_for()
    assert page.evaluate("document.activeElement.id") == "count"
    page.locator("button[name=sheets]").first.click()
    page.get_by_role("button", name="In 24 tem").wait_for()
    page.locator(".first-sheet [data-cell='4']").click()
    page.locator(".first-sheet [data-cell='4'][data-state='used']").wait_for()
    page.locator(".first-sheet [data-cell='4']").click()
    page.locator(".first-sheet [data-cell='4'][data-state='filled']").wait_for()
    # What is typed counts before the field is left.
    page.click("#count")
    page.keyboard.press("Control+A")
    page.keyboard.type("6")
    page.get_by_role("button", name="In 6 tem").wait_for()
    assert page.evaluate("document.activeElement.id") == "count"
    assert "/print" in page.url
    # Typing a number and pressing the button slowly: it may neither move nor vanish meanwhile.
    page.click("#count")
    page.keyboard.press("Control+A")
    page.keyboard.type("3")
    button = page.locator("button[value=print]")
    button.evaluate("found => found.scrollIntoView()")  # at once: an answer may draw it anew
    page.wait_for_timeout(200)
    box = button.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 24)
    page.mouse.down()
    page.wait_for_timeout(600)
    page.mouse.up()
    page.wait_for_url("**/console/runs/*")


def test_who_was_signed_out_in_the_wizard_finds_the_choices_again(
    live: Live, reader: Reader
) -> None:
    sign_in(reader, "lan")
    page = reader.page
    reader.open(f"/console/lots/{live.world.lot}/print?layout=a4-65")
    page.wait_for_load_state("networkidle")
    page.check("input[name=layout][value=a4-24]")
    page.locator(".first-sheet [data-cell='25']").wait_for(state="detached")
    page.locator(".first-sheet [data-cell='4']").click()
    page.locator(".first-sheet [data-cell='4'][data-state='used']").wait_for()
    page.context.clear_cookies()
    page.fill("#count", "9")
    page.locator("#signed-out").wait_for()
    page.click("#signed-out a")
    page.fill("#name", "lan")
    page.fill("#password", worlds.PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/print")
    page.get_by_role("button", name="In 9 tem").wait_for()
    page.locator(".first-sheet [data-cell='4'][data-state='used']").wait_for()
    assert page.locator("input[name=layout]:checked").input_value() == "a4-24"
    page.click("button[value=print]")
    page.wait_for_url("**/console/runs/*")
    # A run was made of them: the next one begins anew.
    reader.open(f"/console/lots/{live.world.lot}/print?layout=a4-65")
    page.wait_for_load_state("networkidle")
    assert page.locator(".first-sheet [data-state='used']").count() == 0


def test_the_wizard_works_without_scripts(live: Live, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="vi-VN", java_script_enabled=False
    )
    page = context.new_page()
    reader = Reader(context, page, live.url, [])
    sign_in(reader, "lan")
    reader.open(f"/console/lots/{live.world.lot}/print?layout=a4-65")
    page.check("input[name=layout][value=a4-24]")
    page.click("[data-part=figures] button[value=look]")
    assert page.locator(".first-sheet [data-cell]").count() == 24
    page.fill("#count", "2")
    page.click("button[value=print]")
    page.wait_for_url("**/console/runs/*")
    page.wait_for_selector("a[href$='labels.pdf']", timeout=30_000)  # the page renews itself
    context.close()


def test_wrong_input_and_the_rest_of_the_pages(live: Live, reader: Reader) -> None:
    sign_in(reader, "lan")
    page = reader.page
    reader.open(f"/console/products/{live.world.product}/lots/new")
    page.fill("#declared", "nhiều")
    page.click("main form button.wide")
    page.locator("#declared-error").wait_for()
    reader.check("new lot, wrong")
    page.click(".problems a")
    assert page.evaluate("document.activeElement.id") == "declared"
    reader.open(f"/console/lots/{live.world.lot}")
    page.click("#journey summary")
    page.fill("#place", "Xã Bát Tràng")
    page.click("#journey button")
    page.locator(".flash.good").wait_for()
    reader.check("journey")
    reader.open(f"/console/lots/{live.world.lot}/edit")
    reader.check("correct the lot")
    reader.open("/console/lots?q=khong-co-gi")
    reader.check("nothing found")
    picture = io.BytesIO()
    Image.new("RGB", (300, 300), "green").save(picture, "PNG")
    reader.open(f"/console/products/{live.world.product}")
    if not page.locator("#photo").is_visible():
        page.click("#pictures summary")
    page.set_input_files("#photo", {"name": "a.png", "mimeType": "image/png", "buffer": picture.getvalue()})  # fmt: skip
    page.click("#pictures details button")
    page.locator(".photo img").first.wait_for()
    reader.check("product with a picture")
