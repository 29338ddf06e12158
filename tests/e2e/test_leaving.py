"""Signing out on a telephone: what the inspector's application kept there is gone, and not without a word."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Dialog

from .conftest import Live
from .test_inspect import codes, opened, prepare, published, typed

__all__ = ["published"]
pytestmark = pytest.mark.e2e
_KEPT = """new Promise((done) => {
  const opening = indexedDB.open("labelsvc-inspect");
  opening.onsuccess = () => {
    const names = [...opening.result.objectStoreNames];
    if (!names.length) return (opening.result.close(), done([]));
    const asked = opening.result.transaction("kept").objectStore("kept").getAllKeys();
    asked.onsuccess = () => (opening.result.close(), done(asked.result));
  };
})"""


def test_signing_out_clears_the_device_and_asks_before_cases_go(
    browser: Browser, published: Live
) -> None:
    device = browser.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True)
    page = device.new_page()
    prepare(page, published)
    page.close()
    page = opened(device, published)
    typed(page, codes(published)[0])
    page.route("**/inspect/sync", lambda route: route.abort())
    page.click("#open-case")
    page.fill("#case-note", "Chưa gửi")
    page.click("#case-form button[value=keep]")
    page.wait_for_selector("#cases .waiting")
    page.goto(f"{published.url}/account/")
    assert "cases" in page.evaluate(_KEPT)

    asked: list[str] = []
    answers = iter(["dismiss", "accept"])

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.message)
        getattr(dialog, next(answers))()

    page.on("dialog", answer)
    words = page.locator("header form[data-unsent]").get_attribute("data-unsent")
    leave = page.locator("header form[data-unsent] button")
    with page.expect_event("dialog"):
        leave.click()
    assert "cases" in page.evaluate(_KEPT) and page.url.endswith("/account/")
    with page.expect_navigation():
        leave.click()
    assert words and asked == [words, words]
    assert page.evaluate(_KEPT) == []
    device.close()
