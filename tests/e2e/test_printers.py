"""A label printer from its entry to the ledger of a roll, at the width of a phone and of a desk."""

from __future__ import annotations

import secrets

from playwright.sync_api import expect

from labelsvc.labels.rolls.languages import LANGUAGES

from .conftest import Live, Reader, sign_in


def test_a_roll_is_made_for_a_measured_printer_and_written_into_the_ledger(
    live: Live, reader: Reader
) -> None:
    sign_in(reader, "lan")
    page = reader.page
    name = f"Zebra {secrets.token_hex(3)}"  # a second try finds the first one's profile saved
    reader.open("/console/printers")
    reader.check("printers")
    page.locator("p.actions a.button").first.click()
    page.fill("#name", name)
    page.select_option("#language", "zpl")
    page.select_option("#dpi", "203")
    for field, value in (("left", "20,4"), ("right", "190,4"), ("top", "20"), ("bottom", "277")):
        page.fill(f"#{field}", value)
    page.click("button[value=measure]")
    expect(page.locator("#offset_x")).to_have_value("-0,4")
    expect(page.locator("#name")).to_have_value(name)
    reader.check("measured")
    page.locator("button[value=save]:visible").click()
    page.wait_for_url("**/console/printers")

    reader.open(f"/console/lots/{live.world.lot}/print?layout=roll-35x22")
    page.wait_for_load_state("networkidle")
    page.select_option("#printer", label=name)
    page.get_by_text(f"Sẽ tạo tệp lệnh cho {name}").wait_for()
    page.fill("#count", "6")
    page.locator("[data-part=more] summary").click()
    page.fill("#spares", "2")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="In 8 tem").wait_for()
    reader.check("wizard")
    page.click("button[value=print]")
    page.wait_for_url("**/console/runs/*")
    page.wait_for_selector("a[href$='labels.zpl']", timeout=30_000)
    with page.expect_download() as waiting:
        page.click("a[href$='labels.zpl']")
    assert (
        len(LANGUAGES["zpl"].read(waiting.value.path().read_bytes())) == 7
    )  # two spares are alike

    for kind, first, last, why in (("printed", 1, 6, ""), ("spoiled", 2, 3, "Kẹt giấy")):
        page.locator("#ledger summary").click()
        page.fill("#from_label", str(first))
        page.fill("#to_label", str(last))
        page.select_option("#kind", kind)
        page.fill("#why", why)
        page.locator("#ledger form button").click()
        page.wait_for_load_state()
    assert "Kẹt giấy" in page.locator("#ledger table").inner_text()
    reader.check("ledger")
    reader.open(f"/console/lots/{live.world.lot}")
    reader.check("account of the lot")
