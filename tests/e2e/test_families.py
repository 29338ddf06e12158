"""A producer gives labels the own logo and the family Gốm in blue, on a sheet and on a roll."""

from __future__ import annotations

from pathlib import Path

import pypdfium2
import pytest

from labelsvc.labels.pdf.rendering import grey_page
from labelsvc.labels.symbols import encode
from tests.artwork import ring
from tests.e2e.conftest import Live, Reader, sign_in

pytestmark = pytest.mark.e2e


def test_logo_and_family_on_sheet_and_roll(live: Live, reader: Reader, tmp_path: Path) -> None:
    page = reader.page
    reader.open("/account/sign-in")
    sign_in(reader, "lan")
    page.goto(f"{live.url}/console/logo")
    reader.check("logo")
    picture = tmp_path / "logo.png"
    picture.write_bytes(ring("#b02a30"))
    page.set_input_files("#logo", picture)
    page.click("main form button.button:not(.second)")
    page.wait_for_selector(".artwork img")
    for layout in ("a4-24", "roll-50x30"):
        page.goto(f"{live.url}/console/lots/{live.world.lot}/print?layout={layout}")
        page.wait_for_load_state("networkidle")
        page.check("input[name=family][value=gom]")
        page.check("input[name=palette][value=lam]")
        page.wait_for_selector(f".preview img[src*='{layout}--gom-lam']")
        page.wait_for_load_state("networkidle")
        reader.check(f"family {layout}")
        page.fill("#count", "2")
        page.click("button[value=print]")
        page.wait_for_url("**/console/runs/*")
        page.wait_for_selector("a[href$='labels.pdf']", timeout=30_000)
        with page.expect_download() as waiting:
            page.click("a[href$='labels.pdf']")
        target = tmp_path / f"{layout}.pdf"
        waiting.value.save_as(target)
        document = pypdfium2.PdfDocument(target)
        assert encode.read_back(grey_page(document, 0, 300))
        document.close()
