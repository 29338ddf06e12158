"""A blank roll from the order to a label that names its lot, by hand scanner and by camera."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Browser, Page

from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.symbols import encode
from tests.e2e.conftest import Live, Reader, sign_in
from tests.labels.press.icc_profile import cmyk_profile

pytestmark = pytest.mark.e2e

#: A browser that reads QR codes by itself, and a camera that shows what the test says.
_CAMERA = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["qr_code"]; }
  async detect() { return window.shown ? [{ rawValue: window.shown }] : []; }
};
const devices = { getUserMedia: async () => {
  if (!window.permitted) throw new DOMException("no", "NotAllowedError");
  const canvas = document.createElement("canvas");
  canvas.getContext("2d").fillRect(0, 0, 9, 9);
  window.stream = canvas.captureStream(5);
  return window.stream;
} };
Object.defineProperty(navigator, "mediaDevices", { value: devices });
"""


def scan(page: Page, text: str) -> None:
    """As a hand scanner: types fast, then Enter."""
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def ordered(reader: Reader, *, scripts: bool = True) -> list[str]:
    """Order a roll of 12 labels on the page; its codes, read off the file that was fetched."""
    page = reader.page
    reader.open("/console/blanks/new")
    page.wait_for_load_state("networkidle")
    if scripts:
        reader.check("new roll")
    page.check("input[name=layout][value=blank-a4-65]")
    page.fill("#count", "12")
    page.click("main form button.wide")
    page.wait_for_url(re.compile(r"/blanks/\d+$"))
    page.wait_for_selector("a[href$='/labels']", timeout=30_000)
    if scripts:
        reader.check("roll")
    with page.expect_download() as waiting:
        page.click("a[href$='/labels']")
    document = pypdfium2.PdfDocument(Path(waiting.value.path()))
    reads = encode.read_back(grey_page(document, 0, 300))
    document.close()
    assert len(reads) == 12
    return [read.text for read in sorted(reads, key=lambda r: (round(r.y / 100), r.x))]


def test_a_hand_scanner_binds_labels_and_their_page_names_the_lot(
    live: Live, reader: Reader, language: str
) -> None:
    page = reader.page
    sign_in(reader, "lan")
    if language == "en":
        page.click(".language button")
    codes = ordered(reader)
    roll = page.url
    page.goto(f"{live.url}/console/lots/{live.world.lot}")
    page.click(f"a[href='/console/blanks/bind?lot={live.world.lot}']")
    page.wait_for_function("document.activeElement.id === 'first'")
    reader.check("bind")
    scan(page, codes[3])
    assert page.evaluate("document.activeElement.id") == "last"
    shown = page.input_value("#first")  # what stands under the symbol, not a long link
    assert shown.replace(" ", "") == codes[3].rpartition("/")[2]
    scan(page, "8935049500001")  # the bar code of something else
    page.locator("#last-error").wait_for()
    assert page.evaluate("document.activeElement.id") == "last"
    reader.check("bind, wrong label")
    scan(page, codes[0])
    page.locator("button[value=bind]").wait_for()
    reader.check("confirm")
    scan(page, codes[0])  # once too often: nothing is written by it
    assert "/bind" in page.url
    assert page.locator("button[value=bind]").is_visible()
    page.click("button[value=bind]")
    page.locator(".note.good").wait_for()
    reader.check("bound")
    assert page.evaluate("document.activeElement.id") == "first"  # ready for the next roll
    page.goto(roll)
    assert page.locator("tbody tr").count() == 1
    reader.check("roll, partly used")
    reader.open("/console/blanks")
    reader.check("rolls")
    reader.open(codes[2].lower().replace(live.url.lower(), ""))
    assert "L-MAIN" in page.locator("main").inner_text()


def test_the_camera_fills_both_fields_and_is_switched_off(live: Live, reader: Reader) -> None:
    page = reader.page
    page.add_init_script(_CAMERA)
    sign_in(reader, "lan")
    codes = ordered(reader)
    reader.open(f"/console/blanks/bind?lot={live.world.lot}")
    page.click("#use-camera")
    page.locator("#camera [role=status]", has_text="Không dùng được máy ảnh").wait_for()
    reader.check("camera refused")
    page.evaluate("window.permitted = true")
    page.click("#use-camera")
    page.locator("#camera [role=status]", has_text="ĐẦU").wait_for()
    reader.check("camera")
    page.evaluate("code => (window.shown = code)", codes[5])
    page.locator("#camera [role=status]", has_text="CUỐI").wait_for()
    page.wait_for_timeout(400)
    assert page.input_value("#last") == ""  # the first label is still before the camera
    page.evaluate("code => (window.shown = code)", codes[8])
    page.locator("#camera").wait_for(state="hidden")
    assert page.evaluate("window.stream.getTracks().every(t => t.readyState === 'ended')")
    assert page.input_value("#last").replace(" ", "") == codes[8].rpartition("/")[2]
    page.click("#bind button:not([type])")
    page.locator("button[value=bind]").wait_for()


def test_everything_works_without_scripts(live: Live, browser: Browser) -> None:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="vi-VN", java_script_enabled=False
    )
    plain = Reader(context, context.new_page(), live.url, [])
    sign_in(plain, "lan")
    page = plain.page
    codes = ordered(plain, scripts=False)  # the page of the roll renews itself
    plain.open("/console/blanks/bind")
    assert not page.locator("#use-camera").is_visible()
    page.select_option("#lot", str(live.world.lot))
    page.fill("#first", codes[0])
    page.fill("#last", codes[1])
    page.keyboard.press("Enter")
    page.click("button[value=bind]")
    page.locator(".note.good").wait_for()
    context.close()


def test_files_for_the_print_shop_from_the_run(live: Live, reader: Reader, tmp_path: Path) -> None:
    page = reader.page
    sign_in(reader, "lan")
    reader.open(f"/console/lots/{live.world.lot}/print")
    page.wait_for_load_state("networkidle")
    page.fill("#count", "2")
    page.click("button[value=print]")
    page.wait_for_url("**/console/runs/*")
    page.click("a[href$='/files']", timeout=30_000)
    reader.check("no file yet")
    profile = tmp_path / "may-in.icc"
    profile.write_bytes(cmyk_profile())
    page.set_input_files("#profile", str(profile))
    page.click("summary:has-text('Bình nhiều tem')")
    page.fill("#columns", "40")
    page.fill("#rows", "1")
    page.click("button:has-text('Tạo tệp cho nhà in')")
    page.locator("#columns-error").wait_for()
    assert page.locator("#columns").is_visible()
    reader.check("refused")
    page.fill("#columns", "2")
    page.click("button:has-text('Tạo tệp cho nhà in')")
    page.locator("#files").wait_for()
    page.fill("#bleed", "3,5")  # what is typed while a file is being made stays
    page.locator("#files[data-waiting='0']").wait_for(timeout=30_000)
    assert page.input_value("#bleed") == "3,5"
    reader.check("ready")
    with page.expect_download() as waiting:
        page.click("#files .actions a >> nth=0")
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF-")
