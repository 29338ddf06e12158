"""The real server in a thread, one Chromium, and axe-core for accessibility."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import update
from werkzeug.serving import make_server

from labelsvc import settings as settings_module
from labelsvc.accounts.models import User
from labelsvc.db import Database
from labelsvc.migrations import upgrade
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from labelsvc.worker.local import LocalPool
from tests import world as worlds

AXE = Path(__file__).parent / "vendor" / "axe-core-4.14.1.min.js"
#: WCAG 2.0 to 2.2, A and AA, and what axe calls best practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run",
         # As a person's: one that calls itself headless is counted as a program.
         "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"]  # fmt: skip


@dataclass
class Live:
    url: str
    world: worlds.World
    database: Database
    settings: Settings


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The site on 127.0.0.1 with the small world, and a rendering thread."""
    folder = tmp_path_factory.mktemp("live")
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    found = settings_module.load(
        dev=True, data_dir=folder, database_url="", render_processes=0, secret_keys=(),
        base_url=f"http://127.0.0.1:{server.server_port}", files_url="",
    )  # fmt: skip
    database = Database(found.database)
    upgrade(database)
    world = worlds.build(database, found)
    app = create_app(found, database)
    server.app = app
    pool = LocalPool(found)
    pool.start()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(found.base_url, world, database, found)
    server.shutdown()
    thread.join()
    server.server_close()
    pool.stop()
    ScanSite.of(app).recorder.flush()
    database.close()


def chromium_binary() -> str:
    """Path of Chromium, without its window parts where there are both: half the processor time."""
    for name in ("chromium-headless-shell", "chromium", "chromium-browser"):
        if binary := shutil.which(name):
            return binary
    pytest.skip("Chromium is not installed: apt-get install chromium-headless-shell")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    binary = chromium_binary()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=binary, args=FLAGS)
        yield chromium
        chromium.close()


@dataclass
class Reader:
    """A browser window that notes what a page must not do."""

    context: BrowserContext
    page: Page
    url: str
    problems: list[str]

    def open(self, path: str) -> int:
        """Go to *path*; gives the status."""
        answer = self.page.goto(self.url + path)
        if answer is not None:
            return answer.status
        # On a busy machine Playwright may miss the answer; the page that is shown knows it.
        assert self.page.url == self.url + path
        shown = "performance.getEntriesByType('navigation')[0].responseStatus"
        return int(self.page.evaluate(shown))

    def settle(self) -> None:
        """Wait until a whole document is there: a click returns when the next one has only begun."""
        self.page.wait_for_load_state("load")
        self.page.wait_for_function("document.readyState === 'complete' && document.body !== null")

    def check(self, where: str) -> None:
        """No error in the console, no sideways scrolling, nothing axe objects to."""
        self.settle()
        assert not self.problems, (where, self.problems)
        wide = self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        assert wide <= 0, f"{where}: {wide} px wider than the window"
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}}).then(r => r.violations"
            ".map(v => v.id + ': ' + v.nodes.map(n => n.html.slice(0, 160)).join(' | ')))",
            TAGS,
        )
        assert not found, f"{where}: " + "\n".join(found)


@pytest.fixture(params=[360, 1280])
def reader(browser: Browser, live: Live, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A window at the width of a phone, and of a desk. Scripts of axe need a bypass of the CSP."""
    with live.database.writing() as session:  # a test that chose English leaves it to its own end
        session.execute(update(User).values(language="vi"))
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, locale="vi-VN", bypass_csp=True
    )
    page = context.new_page()
    made = Reader(context, page, live.url, [])
    page.on("pageerror", lambda error: made.problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            made.problems.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    yield made
    context.close()


@pytest.fixture
def language(reader: Reader) -> str:
    """Vietnamese on the phone, where its longer words have less room, and English at the desk."""
    size = reader.page.viewport_size
    assert size is not None
    return "vi" if size["width"] == 360 else "en"


def sign_in(reader: Reader, name: str) -> None:
    reader.open("/account/sign-in")
    reader.page.fill("#name", name)
    reader.page.fill("#password", worlds.PASSWORD)
    reader.page.click("main form button")
    reader.page.wait_for_load_state()
