"""A forgotten password by mail, and an account that two people make, in a browser on a phone and a desk."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from werkzeug.serving import make_server

from labelsvc import settings as settings_module
from labelsvc.accounts import users
from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.models import Role, User
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.migrations import upgrade
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from labelsvc.worker.local import LocalPool
from tests import world as worlds
from tests.e2e.conftest import Live, Reader, sign_in
from tests.messages.servers import MailServer, mail_server

pytestmark = pytest.mark.e2e
NEW = "con đê chiều gió lộng"


@dataclass
class Post:
    """The site, and the mail server that it sends to."""

    live: Live
    mail: MailServer

    def link(self, to: str, page: str) -> str:
        """The path in the newest letter to *to*, once it is there."""
        for count in range(1, 200):
            letter = self.mail.wait(count)[count - 1]
            body = letter.get_body(("plain",))
            assert body is not None
            found = re.search(rf"http://[^/]+(/account/{page}/\S+)", body.get_content())
            if letter["To"] == to and found:
                return found[1]
        raise AssertionError(to)


@pytest.fixture(scope="module")
def post(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Post]:
    """A site with workers that send to a mail server of the test."""
    with mail_server() as mail:
        server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
        found = settings_module.load(
            dev=True, data_dir=tmp_path_factory.mktemp("post"), database_url="", render_processes=0,
            secret_keys=(), base_url=f"http://127.0.0.1:{server.server_port}", files_url="",
            smtp_host="127.0.0.1", smtp_port=mail.port, smtp_tls="none", smtp_from="ocop@example.vn",
        )  # fmt: skip
        database = Database.of(found)
        upgrade(database)
        world = worlds.build(database, found)
        app = create_app(found, database)
        server.app = app
        pool = LocalPool(found)
        pool.start()
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield Post(Live(found.base_url, world, database, found), mail)
        server.shutdown()
        thread.join()
        server.server_close()
        pool.stop()
        ScanSite.of(app).recorder.flush()
        database.close()


@pytest.fixture(params=[360, 1280])
def reader(browser: Browser, post: Post, request: pytest.FixtureRequest) -> Iterator[Reader]:
    context = browser.new_context(
        viewport={"width": request.param, "height": 800}, locale="vi-VN", bypass_csp=True
    )
    made = Reader(context, context.new_page(), post.live.url, [])
    made.page.set_default_timeout(15_000)
    made.page.on("pageerror", lambda error: made.problems.append(str(error)))
    yield made
    context.close()


def test_a_forgotten_password_comes_back_by_mail(post: Post, reader: Reader) -> None:
    page, width = reader.page, reader.page.viewport_size
    assert width is not None
    address = f"hoa.{width['width']}@example.vn"
    with post.live.database.writing() as session:
        user = users.create_user(
            session, name=f"hoa {width['width']}", full_name="Nguyễn Thị Hoa", role=Role.PRODUCER,
            producer_id=post.live.world.producer, password=worlds.PASSWORD, actor="test",
        )  # fmt: skip
        session.add(Contact(user_id=user.id, channel="mail", address=address, verified_at=now()))
    reader.open("/account/sign-in")
    page.click("a[href='/account/forgotten']")
    reader.check("forgotten")
    page.fill("#name", address.upper())
    page.click("main form button")
    reader.check("asked")
    assert "đã được gửi tới đó" in page.inner_text("main")
    reader.open(post.link(address, "reset"))
    reader.check("choose a password")
    page.fill("#new", NEW)
    page.fill("#again", NEW)
    page.click("main form button")
    page.wait_for_url("**/console/")
    assert "bạn đã đăng nhập" in page.inner_text("body")
    reader.open("/account/messages")
    reader.check("messages to me")
    assert address in page.inner_text("main")


def test_two_people_make_an_account_and_its_person_is_invited_by_mail(
    post: Post, reader: Reader, browser: Browser
) -> None:
    width = reader.page.viewport_size
    assert width is not None
    name = f"can.bo.{width['width']}@example.vn"
    second = f"binh {width['width']}"
    with post.live.database.writing() as session:
        users.create_user(
            session, name=second, full_name="Trần Văn Bình", role=Role.OFFICE,
            password=worlds.PASSWORD, actor="test",
        ).renewed_at = None  # fmt: skip
    sign_in(reader, "office")
    page = reader.page
    reader.open("/office/accounts/new")
    page.fill("#name", name)
    page.fill("#full_name", "Lê Thị Cúc")
    page.select_option("#role", "office")
    page.click("main form button.button")
    page.wait_for_url("**/accounts/proposals")
    reader.check("proposed")
    assert "Lê Thị Cúc" in page.inner_text("main")
    context = browser.new_context(viewport=width, locale="vi-VN", bypass_csp=True)
    other = Reader(context, context.new_page(), post.live.url, [])
    sign_in(other, second)
    other.open("/office/accounts/proposals")
    other.page.click("button[value=confirm]")
    other.settle()
    context.close()
    reader.open("/office/messages")
    reader.check("messages of the office")
    reader.open("/office/messages/kinds")
    reader.check("what messages say")
    reader.open("/office/messages/kinds?as=text")
    reader.check("what messages say, as text")
    context = browser.new_context(viewport=width, locale="vi-VN", bypass_csp=True)
    invited = Reader(context, context.new_page(), post.live.url, [])
    invited.open(post.link(name, "invitation"))
    invited.page.fill("#new", NEW)
    invited.page.fill("#again", NEW)
    invited.page.click("main form button")
    invited.page.wait_for_url("**/office/")
    invited.check("first page")
    context.close()
    with post.live.database.reading() as session:
        user = session.scalars(select(User).where(User.name == name)).one()
        contact = session.scalars(select(Contact).where(Contact.user_id == user.id)).one()
    assert contact.verified_at is not None and user.renewed_at is not None
