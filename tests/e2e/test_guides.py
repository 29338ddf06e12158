"""Pictures of the guides: taken from the pages as they are.

LABELSVC_GUIDES names the folder that gets them (tools/guides.py); without it the pages are only opened.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser

from labelsvc.accounts.models import Role
from labelsvc.accounts.users import create_user
from labelsvc.catalogue.models import Lot
from labelsvc.labels.runs import start as print_run
from tests import world as worlds
from tests.e2e.conftest import Live
from tests.factories import make_lot, make_producer, make_product, make_recognition

pytestmark = pytest.mark.e2e
#: Pixels of a telephone, of which a guide shows the upper part.
SIZE = {"width": 360, "height": 560}
#: Picture → who is signed in, and which page.
PICTURES = {
    "nguoi-moi": ("man", "/console/"),
    "nhu-lan-truoc": ("sen", "/console/products/{again}/again"),
    "nhap-danh-sach": ("office", "/office/imports"),
    "tong-quan": ("office", "/office/"),
    "kiem-tra": ("inspector", "/inspect/"),
}


@pytest.fixture(scope="module")
def printed(live: Live) -> int:
    """A newcomer, and a product that was printed before."""
    with live.database.writing() as session:
        man = make_producer(session, name="Hộ kinh doanh Phùng Thị Mận", kind="household")
        make_product(
            session, producer=man, name="Chè lam gừng", set_number=6, storage="", warning=""
        )
        sen = make_producer(session, name="Hợp tác xã Trà sen Tây Hồ")
        product = make_product(session, producer=sen, name="Trà sen Tây Hồ")
        make_recognition(session, product)
        for name, who, tenant in (("man", "Phùng Thị Mận", man.id), ("sen", "Lê Thị Sen", sen.id)):
            create_user(
                session, name=name, full_name=who, role=Role.PRODUCER, producer_id=tenant,
                password=worlds.PASSWORD, actor="test",
            )  # fmt: skip
        lot = make_lot(session, product, declared=240)
        print_run.start_run(
            session,
            print_run.RunRequest(
                lot=session.get_one(Lot, lot.id), layout="a4-24", count=24,
                base_url=live.settings.base_url,
            ),
            actor="user:1",
        )  # fmt: skip
        return product.id


@pytest.mark.parametrize("picture", PICTURES)
def test_the_page_of_a_picture_opens(
    live: Live, browser: Browser, printed: int, picture: str
) -> None:
    name, path = PICTURES[picture]
    context = browser.new_context(viewport=SIZE, locale="vi-VN", service_workers="block")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(f"{live.url}/account/sign-in")
    page.fill("#name", name)
    page.fill("#password", worlds.PASSWORD)
    page.click("main form button")
    page.wait_for_load_state()
    page.goto(live.url + path.format(again=printed))
    page.wait_for_load_state("load")
    assert page.locator("h1").first.is_visible()
    if folder := os.environ.get("LABELSVC_GUIDES"):
        shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        shot.save(Path(folder) / f"{picture}.webp", quality=70, method=6)
    context.close()
