"""The office's search and lists, and its pages, the producer's and the inspector's by day and in the dark."""

from __future__ import annotations

import os

import pytest

from labelsvc.inspections.cases import open_case
from tests.e2e.conftest import Live, Reader, sign_in

pytestmark = pytest.mark.e2e
OFFICE = (
    "", "find?q=bat+trang", "products", "lots", "lots/1", "runs", "producers", "cases", "reports", "audit",
    "recognitions", "withdrawals", "products/1", "accounts",
)  # fmt: skip
PRODUCER = ("/console/", "/console/products/1", "/console/lots", "/account/")


def see(reader: Reader, path: str, scheme: str) -> None:
    reader.page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert reader.open(path) == 200
    reader.check(f"{path} {scheme}")
    if folder := os.environ.get("LABELSVC_SHOTS"):
        width = reader.page.viewport_size["width"] if reader.page.viewport_size else 0
        name = path.strip("/").replace("/", "-").replace("?", "-") or "first"
        reader.page.screenshot(path=f"{folder}/{name}-{width}-{scheme}.png", full_page=True)


def test_the_slash_leads_to_the_search_box_and_is_a_letter_where_somebody_types(
    live: Live, reader: Reader
) -> None:
    sign_in(reader, "office")
    page = reader.page
    page.goto(f"{live.url}/office/producers")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "find"
    page.keyboard.type("bat trang/")
    assert page.input_value("#find") == "bat trang/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/find?**")
    assert "Gốm Sông Nhuệ" in page.inner_text("main")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_pages_of_office_and_producer_are_readable_in_the_dark(
    live: Live, reader: Reader, scheme: str
) -> None:
    with live.database.writing() as session:
        open_case(session, kind="inspection", actor="test")
    sign_in(reader, "office")
    for path in OFFICE:
        see(reader, f"/office/{path}", scheme)
    if scheme == "light":
        return  # the others are seen by daylight in tests of their own
    reader.context.clear_cookies()
    sign_in(reader, "lan")
    for path in PRODUCER:
        see(reader, path, scheme)
    see(reader, "/inspect/", scheme)
    # Its worker fetches files for itself: gone in the middle, the server would be left with an open one.
    reader.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
