"""A page that knows the modules of the verifier."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.conftest import Live

#: What the page knows: all modules, and base 64 in and out.
_SETUP = """
async () => {
  const root = "/static/inspect/verify/";
  const names = ["parse", "carton", "ed25519", "note", "manifest", "head", "status", "verdict", "bytes", "units", "wrapping"];
  const found = await Promise.all(names.map((name) => import(root + name + ".js")));
  window.v = Object.fromEntries(names.map((name, at) => [name, found[at]]));
  window.raw = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  window.listed = (map) => [...map].map(([lot, units]) => [lot, units && [...units]]);
}
"""


@pytest.fixture(scope="module")
def page(browser: Browser, live: Live) -> Iterator[Page]:
    context = browser.new_context(bypass_csp=True)
    made = context.new_page()
    made.goto(f"{live.url}/log/")
    made.evaluate(_SETUP)
    yield made
    context.close()
