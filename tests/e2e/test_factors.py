"""Second factors in a real browser, with Chromium's virtual authenticator; phone and desk."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import pyotp
import pytest
from playwright.sync_api import Browser
from sqlalchemy import select, update
from werkzeug.serving import make_server

from labelsvc import settings as settings_module
from labelsvc.accounts import deciding, users
from labelsvc.accounts.models import AccountProposal, AuditEntry, Role, SignIn, Totp, User
from labelsvc.accounts.models import Passkey as Key
from labelsvc.db import Database
from labelsvc.migrations import upgrade
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite
from tests import world as worlds
from tests.e2e.conftest import Live, Reader, sign_in
from tests.e2e.test_inspect import clean

pytestmark = pytest.mark.e2e
_NUMBERS = count(1)


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """A site that asks for second factors. Its name is localhost: an address has no passkeys."""
    folder = tmp_path_factory.mktemp("strict")
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True)
    found = settings_module.load(
        dev=True, second_factor=True, data_dir=folder, database_url="", render_processes=0,
        secret_keys=(), base_url=f"http://localhost:{server.server_port}", files_url="",
    )  # fmt: skip
    database = Database(found.database)
    upgrade(database)
    world = worlds.build(database, found)
    app = create_app(found, database)
    server.app = app
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Live(url=found.base_url, world=world, database=database, settings=found)
    server.shutdown()
    thread.join()
    server.server_close()
    ScanSite.of(app).recorder.flush()
    database.close()


@pytest.fixture(params=[(360, "vi"), (1280, "en")], ids=str)
def reader(browser: Browser, strict: Live, request: pytest.FixtureRequest) -> Iterator[Reader]:
    """A window with an authenticator built in that always says yes."""
    width, language = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        locale={"vi": "vi-VN", "en": "en-GB"}[language],
        bypass_csp=True,
    )
    context.add_cookies([{"name": "lang", "value": language, "url": strict.url}])
    page = context.new_page()
    page.set_default_timeout(10_000)
    made = Reader(context, page, strict.url, [])
    page.on("pageerror", lambda error: made.problems.append(str(error)))
    page.on(
        "console",
        lambda message: (
            made.problems.append(message.text)
            if message.type == "error" and "Failed to load resource" not in message.text
            else None
        ),
    )
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield made
    context.close()


@pytest.fixture
def person(strict: Live) -> Callable[[Role], str]:
    """A new person with that role; gives the sign-in name."""

    def make(role: Role) -> str:
        name = f"nguyen.thi.minh.thu.{next(_NUMBERS)}@example.vn"
        with strict.database.writing() as session:
            owner = strict.world.producer if role is Role.PRODUCER else None
            users.create_user(
                session, name=name, full_name="Nguyễn Thị Minh Thư", role=role, producer_id=owner,
                password=worlds.PASSWORD, actor="test",
            )  # fmt: skip
        return name

    return make


def forget_step_up(strict: Live) -> None:
    """As if ten minutes had gone by."""
    with strict.database.writing() as session:
        session.execute(update(SignIn).values(confirmed_at=None))


def test_an_app_is_set_up_and_asked_for_and_a_paper_code_stands_in_for_it(
    strict: Live, reader: Reader, person: Callable[[Role], str]
) -> None:
    page, name = reader.page, person(Role.OFFICE)
    sign_in(reader, name)
    page.wait_for_url("**/account/factors?next=**")
    reader.check("enrolment")
    page.goto(f"{strict.url}/office/recognitions")
    page.wait_for_url("**/account/factors?next=**")  # nothing else opens
    page.click("a[href*='/account/factors/app']")
    reader.check("app")
    page.fill("#code", "12345")
    page.click("ol button")
    page.wait_for_selector(".problems")
    reader.check("wrong first code")
    page.click("details summary")
    reader.check("typed key")
    app = pyotp.TOTP("".join(page.inner_text(".secret").split()))
    page.fill("#code", app.now())
    page.click("ol button")
    page.wait_for_url("**/account/recovery**")
    reader.check("recovery codes are offered")
    page.click("main form button")
    page.wait_for_selector(".recovery-codes")
    reader.check("recovery codes")
    codes = [text.strip() for text in page.locator(".recovery-codes li").all_inner_texts()]
    assert len(codes) == 10 and all(re.fullmatch(r"(\w{4}-){2}\w{4}", code) for code in codes)
    page.emulate_media(media="print")  # on paper: whose codes of which site, and nothing to press
    assert page.is_visible(".recovery-codes") and name in page.inner_text(".print-only")
    assert not any(page.is_visible(part) for part in ("header", "footer", ".actions", ".note"))
    page.emulate_media(media="screen")
    page.click(".actions a")
    page.wait_for_url(f"{strict.url}/office/recognitions")  # where the person was going
    page.goto(f"{strict.url}/account/")
    reader.check("my account")
    page.click("form[action$='/sign-out'] button")

    sign_in(reader, name)
    page.wait_for_url("**/account/factor?next=**")
    reader.check("second step")
    page.fill("#code", "000000")
    page.click("main form button")
    page.wait_for_selector(".problems")
    reader.check("wrong code")
    page.fill("#code", app.at(int(time.time()) + 30))  # the step of enrolment is used up
    page.click("main form button")
    page.wait_for_url(f"{strict.url}/office/")
    page.click("form[action$='/sign-out'] button")

    sign_in(reader, name)
    page.click("details summary")
    reader.check("recovery code asked for")
    page.fill("#recovery", codes[3].lower().replace("-", " "))
    page.click("details form button")
    page.wait_for_url(f"{strict.url}/account/factors")
    reader.check("signed in with paper")
    assert "9" in page.inner_text(".flash")


def test_a_passkey_signs_in_alone_and_after_the_password_and_confirms(
    strict: Live, reader: Reader, person: Callable[[Role], str]
) -> None:
    page, name = reader.page, person(Role.OFFICE)
    sign_in(reader, name)
    page.wait_for_url("**/account/factors?next=**")
    page.fill("#passkey-name", "Điện thoại của Thư")
    page.click("[data-passkey=create] button")
    page.wait_for_url("**/account/recovery**")
    page.goto(f"{strict.url}/account/factors")
    reader.check("one passkey")
    assert "Điện thoại của Thư" in page.inner_text(".factor-list")
    page.click("[data-passkey=create] button")  # the same device once more
    page.wait_for_selector(".passkey [role=status]:not(:empty)")
    reader.check("the device has one already")
    page.click("form[action$='/sign-out'] button")

    page.goto(f"{strict.url}/account/sign-in?next=/office/audit")
    reader.check("sign-in")
    page.click("[data-passkey=get] button")
    page.wait_for_url(f"{strict.url}/office/audit")  # without name and password
    assert "Nguyễn Thị Minh Thư" in page.inner_text("header")
    page.click("form[action$='/sign-out'] button")

    sign_in(reader, name)
    page.wait_for_url("**/account/factor?next=**")
    reader.check("second step")
    page.click("[data-passkey=get] button")
    page.wait_for_url(f"{strict.url}/office/")

    forget_step_up(strict)
    page.goto(f"{strict.url}/office/recognitions/{strict.world.recognition}")
    reader.check("step-up in a form")
    box = page.locator("[data-step-up]").first
    box.locator("button").click()
    page.wait_for_selector("[data-step-up] [role=status]:not(:empty)")
    assert page.locator("[data-step-up] input, [data-step-up] button").count() == 0
    assert page.evaluate("document.activeElement.className").startswith("button")
    reader.check("confirmed in the form")
    with strict.database.reading() as session:
        key = session.scalars(select(Key).join(User).where(User.name == name)).one()
    assert key.sign_count >= 3 and key.used_at is not None

    forget_step_up(strict)
    page.goto(f"{strict.url}/account/factors")
    page.wait_for_url("**/account/confirm?next=**")
    reader.check("step-up")
    page.click("[data-passkey=get] button")
    page.wait_for_url(f"{strict.url}/account/factors")
    page.click("details summary")
    reader.check("renaming")
    page.fill(f"#name-{key.id}", "X" * 60)
    page.click("details form button")
    page.wait_for_selector(f"text={'X' * 60}")
    reader.check("a long name")


def test_a_producer_may_switch_it_on_and_off(
    strict: Live, reader: Reader, person: Callable[[Role], str]
) -> None:
    page, name = reader.page, person(Role.PRODUCER)
    sign_in(reader, name)
    page.wait_for_url("**/console/")
    page.goto(f"{strict.url}/account/factors")
    page.wait_for_url("**/account/confirm?next=**")  # the sign-in alone is no step-up
    reader.check("password once more")
    page.fill("#password", worlds.PASSWORD)
    page.click("main form button")
    page.wait_for_url(f"{strict.url}/account/factors")
    reader.check("nothing set up")
    page.click("[data-passkey=create] button")
    page.wait_for_url("**/account/recovery**")
    page.goto(f"{strict.url}/account/factors")
    page.click(".danger")
    page.wait_for_selector(".flash.good")
    reader.check("removed")
    with strict.database.reading() as session:
        actor = f"user:{session.scalars(select(User.id).where(User.name == name)).one()}"
        done = session.scalars(select(AuditEntry.action).where(AuditEntry.actor == actor)).all()
    assert [one for one in done if one.startswith("account.")] == [
        "account.factor.add",
        "account.factor.remove",
    ]


def test_the_office_manages_accounts(
    strict: Live, reader: Reader, person: Callable[[Role], str]
) -> None:
    page, name = reader.page, person(Role.OFFICE)
    lost, colleague = person(Role.INSPECTOR), person(Role.OFFICE)

    def confirm_all() -> None:
        with strict.database.writing() as session:
            session.execute(update(User).values(renewed_at=None))
            second = session.scalars(select(User.id).where(User.name == colleague)).one()
            query = select(AccountProposal).where(AccountProposal.state == "proposed")
            for row in session.scalars(query).all():
                deciding.confirm(session, row, actor=f"user:{second}")

    with strict.database.writing() as session:
        user = session.scalars(select(User).where(User.name == lost)).one()
        number = user.id
        session.add(Totp(user_id=number, sealed=b"x" * 40, last_step=1))
    sign_in(reader, name)
    page.fill("#passkey-name", "Máy bàn")
    page.click("[data-passkey=create] button")
    page.wait_for_url("**/account/recovery**")
    page.goto(f"{strict.url}/office/accounts?q=khong-co-ai")
    reader.check("no account")
    page.goto(f"{strict.url}/office/accounts")
    reader.check("accounts")
    page.goto(f"{strict.url}/office/accounts/new")
    reader.check("invitation")
    page.fill("#full_name", "Phạm Văn Dũng")
    page.fill("#name", f"dung.{next(_NUMBERS)}@example.vn")
    page.select_option("#role", "producer")
    page.click(".form button")
    page.wait_for_selector(".problems")
    reader.check("producer missing")
    page.select_option("#role", "inspector")
    page.click(".form button")
    page.wait_for_url("**/accounts/proposals")
    reader.check("proposed")
    confirm_all()
    page.reload()
    page.click("form[action$='/link'] button")
    page.wait_for_selector("code.link")
    reader.check("invited")
    assert f"{strict.url}/account/invitation/" in page.inner_text("code.link")
    page.goto(f"{strict.url}/office/accounts/{number}")
    reader.check("account")
    page.click("button[formaction$='reset-factors']")
    page.wait_for_selector(".flash.good")
    reader.check("reset is proposed")
    confirm_all()
    page.goto(f"{strict.url}/office/accounts/{number}")
    page.click("button[formaction$='active']")
    page.wait_for_selector(".flash.good")
    reader.check("kept out")
    with strict.database.reading() as session:
        assert session.get(Totp, number) is None
        assert not session.get_one(User, number).active


def test_a_password_is_shown_on_request_and_sent_as_one(browser: Browser, live: Live) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800}, locale="vi-VN")
    page.goto(f"{live.url}/account/sign-in")
    field = page.locator("input[name=password]")
    field.fill("sai mật khẩu")
    assert field.get_attribute("type") == "password"
    page.get_by_label("Hiện mật khẩu").check()
    assert field.get_attribute("type") == "text"
    clean(page, "shown password")
    page.fill("input[name=name]", "khong-co")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    assert field.get_attribute("type") == "password"
    page.close()
