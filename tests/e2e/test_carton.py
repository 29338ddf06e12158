"""A carton and the packs inside it, looked through by an inspector without a network, and by a buyer."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, expect

from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import cartons, keys
from labelsvc.codes.register.issue import codes_of
from labelsvc.labels.symbols import encode

from .conftest import Live, Reader
from .test_inspect import clean, device, opened, published, typed

__all__ = ["device", "published"]
pytestmark = pytest.mark.e2e


def packed(live: Live, form: Form) -> tuple[list[str], list[str]]:
    """Carton codes of the first run in *form*, eight packs each, and the codes of the packs."""
    with live.database.reading() as session:
        ring = keys.load_keyring(session, base_url=live.url, secrets=live.settings.keys)
        run = session.query(Issue).filter_by(form=form).order_by(Issue.id).first()
        assert run is not None
        stem = live.url.upper() + "/"
        boxes = [stem + ring.carton(payload) for payload in cartons.payloads(run, ring, per=8)]
        return boxes, codes_of(run, ring)


@pytest.mark.parametrize("form", [Form.SHORT, Form.GS1, Form.OFFLINE])
def test_packs_are_told_from_strangers_without_a_network(
    device: BrowserContext, published: Live, form: Form
) -> None:
    page = opened(device, published)
    boxes, units = packed(published, form)
    expect(page.locator("#carton")).to_be_hidden()
    typed(page, units[16])
    expect(page.locator("#result")).not_to_contain_text("thùng")
    assert typed(page, boxes[1]) == "ISSUED_OK"
    expect(page.locator("#carton-range")).to_have_text("Tem số 9–16 (8 sản phẩm)")
    expect(page.locator("#carton-seen")).to_have_text("Đã quét 0/8")
    expect(page.locator("#result")).to_contain_text("L-MAIN")
    clean(page, "carton")
    typed(page, units[10])
    expect(page.locator("#result")).to_contain_text("tem số 11, đúng thùng")
    typed(page, units[11])
    expect(page.locator("#carton-seen")).to_have_text("Đã quét 2/8")
    expect(page.locator("#carton-strangers")).to_be_hidden()
    typed(page, units[17])
    expect(page.locator("#result")).to_contain_text("Không thuộc thùng đang kiểm")
    expect(page.locator("#carton-strangers")).to_have_text("1 sản phẩm không thuộc thùng này")
    clean(page, "stranger")
    page.close()
    page = opened(device, published)  # it goes on where it was
    expect(page.locator("#carton-seen")).to_have_text("Đã quét 2/8")
    page.click("#lang-en")
    expect(page.locator("#carton-range")).to_have_text("Labels 9–16 (8 packs)")
    with page.expect_download() as waiting:
        page.click("#save-visit")
    rows = waiting.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert rows[0].endswith(',"in_carton"')
    assert [row.rpartition(",")[2] for row in rows[1:]] == ['"outside"', '"12"', '"11"', '""', '""']
    page.click("#carton-done")
    expect(page.locator("#carton")).to_be_hidden()
    typed(page, units[12])
    expect(page.locator("#result")).not_to_contain_text("belongs inside")
    page.evaluate("localStorage.clear()")


def test_a_changed_carton_is_not_begun_and_the_next_one_takes_the_place(
    device: BrowserContext, published: Live
) -> None:
    page = opened(device, published)
    boxes, _ = packed(published, Form.SHORT)
    forged = boxes[0][:-1] + str((int(boxes[0][-1]) + 1) % 10)
    assert typed(page, forged) == "BAD_SIGNATURE"
    expect(page.locator("#carton")).to_be_hidden()
    typed(page, boxes[0])
    expect(page.locator("#carton-range")).to_contain_text("1–8")
    typed(page, boxes[2])
    expect(page.locator("#carton-range")).to_contain_text("17–20 (4 sản phẩm)")


def test_with_a_network_the_service_says_what_became_of_the_packs(
    device: BrowserContext, published: Live
) -> None:
    device.set_offline(False)
    page = opened(device, published)
    boxes, _ = packed(published, Form.SHORT)
    assert typed(page, boxes[0]) == "PARTLY_WITHDRAWN"  # label 6 is withdrawn
    expect(page.locator("#result")).to_contain_text("máy chủ, vừa xong")
    expect(page.locator("#carton-range")).to_contain_text("1–8")


def test_a_photo_of_a_carton_label_is_read(
    device: BrowserContext, published: Live, tmp_path: object
) -> None:
    page = opened(device, published)
    boxes, _ = packed(published, Form.SHORT)
    dark = np.pad(encode.matrix(boxes[0]), 6)
    photo = np.where(dark, 25, 235).astype(np.uint8).repeat(8, 0).repeat(8, 1)
    path = f"{tmp_path}/thung.png"
    Image.fromarray(photo).rotate(3, fillcolor=235).save(path)
    page.set_input_files("#photo", path)
    expect(page.locator("#carton-range")).to_contain_text("1–8")


def test_a_buyer_sees_what_a_carton_holds(
    live: Live, reader: Reader, published: Live, language: str
) -> None:
    boxes, _ = packed(live, Form.SHORT)
    path = boxes[0][len(live.url) :]
    reader.open(f"{path}?lang={language}")
    words = "Thùng 8 sản phẩm" if language == "vi" else "A carton of 8 packs"
    expect(reader.page.locator("main")).to_contain_text(words)
    reader.check(f"carton {language}")
