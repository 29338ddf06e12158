"""A producer's whole path, from signing in to a PDF that decodes, on a phone and at a desk."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from labelsvc.labels import symbol
from labelsvc.labels.preview import grey_page
from tests.e2e.conftest import Live, Reader, sign_in

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("language", ["vi", "en"])
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
    reads = symbol.read_back(grey_page(document, 0, 300))
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
    reader.open(f"/console/lots/{live.world.expired_lot}/print")
    words = reader.page.locator(".problems").inner_text()
    assert "không được in sao" in words
    assert "Hãy chọn mẫu không có sao" in words
    reader.check("refused")
    reader.page.wait_for_load_state("networkidle")
    reader.page.check("input[name=layout][value=a4-65-plain]")
    reader.page.locator(".problems").wait_for(state="detached")
    assert reader.page.evaluate("document.activeElement.value") == "a4-65-plain"
