"""Signing in with second factors, through the pages."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pyotp
import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from labelsvc.accounts import factors, throttle
from labelsvc.accounts.models import AuditEntry, Passkey, SignIn, Totp, User
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.labels.symbols import encode
from labelsvc.settings import Settings
from labelsvc.web import step_up
from tests import world as worlds
from tests.accounts.authenticator import Authenticator
from tests.conftest import HOST
from tests.web.desk import BASE, Desk, seen

KEY_OF_PAGE = re.compile(r'<code class="secret">([^<]+)</code>')


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """As in earnest: certain roles need a second factor."""
    return settings.model_copy(update={"second_factor": True})


class Browser(Desk):
    """Somebody who signs in by the form; forms of before carry another token afterwards."""

    def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        self._form_token = ""
        return super().post(path, data, **options)

    def send(self, path: str, body: object = None) -> TestResponse:
        """What the script sends: JSON, with the form token in a header."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/").text)
        assert found is not None
        return self.client.post(
            path, json={} if body is None else body, base_url=BASE,
            headers={"X-CSRFToken": found[1], "Accept": "application/json"},
        )  # fmt: skip

    def sign_in(self, name: str, target: str = "") -> TestResponse:
        answer = self.post(f"/account/sign-in{target}", {"name": name, "password": worlds.PASSWORD})
        assert answer.status_code == 302
        return answer

    def set_up_app(self) -> pyotp.TOTP:
        shown = KEY_OF_PAGE.search(self.get("/account/factors/app").text)
        assert shown is not None
        app = pyotp.TOTP(shown[1].replace(" ", ""))
        answer = self.post("/account/factors/app", {"code": app.at(now())})
        assert answer.status_code == 302, seen(answer)
        return app

    def set_up_passkey(self, phone: Authenticator) -> TestResponse:
        options = self.send("/account/factors/passkeys/options")
        assert options.status_code == 200, options.text
        made = phone.create(options.text)
        return self.send("/account/factors/passkeys", {"credential": made, "name": "Máy của tôi"})


@pytest.fixture
def browser(app: Flask, database: Database) -> Callable[[], Browser]:
    return lambda: Browser(app, database, "")


def phone() -> Authenticator:
    return Authenticator(BASE, HOST)


def forget_step_up(database: Database) -> None:
    with database.writing() as session:
        session.execute(update(SignIn).values(confirmed_at=now() - timedelta(minutes=11)))


def fresh(database: Database) -> None:
    """As if the app's last code were long ago."""
    with database.writing() as session:
        session.execute(update(Totp).values(last_step=1))


@pytest.mark.parametrize("name", ["office", "auditor", "inspector"])
def test_roles_that_need_a_factor_set_one_up_before_anything_else(
    browser: Callable[[], Browser], name: str
) -> None:
    there = browser()
    led = there.sign_in(name, "?next=/office/audit")
    assert led.location == "/account/factors?next=/office/audit"
    assert there.get("/office/audit").location == led.location
    words = there.words(led.location)
    assert "Until then nothing else opens" in words and "Sign out" not in words.split("Later")[0]
    app = there.set_up_app()
    assert there.get("/account/factors").status_code == 200  # a full sign-in now
    assert app.secret not in there.get("/account/factors").text


def test_where_the_person_was_going_is_kept_on_the_way(browser: Callable[[], Browser]) -> None:
    there = browser()
    there.sign_in("office")
    page = there.get("/account/factors?next=/office/audit").text
    assert "/account/factors/app?next=/office/audit" in page
    app = pyotp.TOTP(
        KEY_OF_PAGE.search(there.get("/account/factors/app").text)[1].replace(" ", "")  # type: ignore[index]
    )
    answer = there.post("/account/factors/app?next=/office/audit", {"code": app.at(now())})
    assert answer.location == "/account/recovery?next=/office/audit"
    codes = there.post(answer.location)
    assert 'href="/office/audit"' in codes.text
    assert len(re.findall(r"<li>[0-9A-Z-]{14}</li>", codes.text)) == 10
    assert "10 of 10 codes are left" in there.words("/account/recovery")
    assert not re.findall(r"<li>[0-9A-Z-]{14}</li>", there.get("/account/recovery").text)


def test_with_a_factor_the_password_alone_opens_nothing(
    browser: Callable[[], Browser], app: Flask
) -> None:
    there = browser()
    there.sign_in("office")
    made = there.set_up_app()
    there = browser()
    there.sign_in("office")
    for path in ("/office/", "/account/", "/account/factors", "/account/factors/app", "/account/recovery",
                 "/account/confirm", "/office/accounts"):  # fmt: skip
        answer = there.get(path)
        assert (answer.status_code, urlsplit(answer.location).path) == (302, "/account/factor"), (
            path
        )
    for path in ("/account/recovery", "/account/factors/app", "/account/password", "/account/confirm",
                 "/account/sign-out-everywhere", "/office/villages/new"):  # fmt: skip
        assert there.post(path, {"code": made.at(now())}).status_code == 401, path
    assert there.send("/account/factors/passkeys/options").status_code == 401
    assert "nobody" not in there.words("/") and "Sign out" not in there.words("/")


def test_a_code_of_the_app_opens_the_rest_once(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    app = there.set_up_app()
    there = browser()
    half = there.sign_in("office", "?next=/office/audit")
    code = app.at(now())  # that of the enrolment
    path = half.location
    assert path == "/account/factor?next=/office/audit"
    wrong = there.post(path, {"code": code})
    assert wrong.status_code == 401 and "The code is not right." in seen(wrong)
    fresh(database)
    good = there.post(path, {"code": app.at(now())})
    assert (good.status_code, good.location) == (302, "/office/audit")
    cookies = [c for c in good.headers.getlist("Set-Cookie") if c.startswith("__Host-session=")]
    assert len(cookies) == 1 and "HttpOnly" in cookies[0]  # another token than the half one
    assert there.get("/office/audit").status_code == 200
    assert there.get("/account/factor").location == "/office/"


def test_wrong_codes_are_slowed_and_look_alike(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    there.set_up_app()
    there.post("/account/recovery")
    there = browser()
    there.sign_in("office")
    pages = [
        seen(there.post("/account/factor", {"code": code}))
        for code in ("000000", "AAAA-BBBB-CCCC", "", "x" * 100)
    ]
    assert len(set(pages)) == 1
    for _ in range(throttle.FREE_CODE - len(pages)):
        there.post("/account/factor", {"code": "000000"})
    answer = there.post("/account/factor", {"code": "000000"})
    assert answer.status_code == 429 and "Use a passkey" in seen(answer)


def test_a_recovery_code_signs_in_and_leads_to_a_new_factor(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    there.set_up_app()
    codes = re.findall(r"<li>([0-9A-Z-]{14})</li>", there.post("/account/recovery").text)
    there = browser()
    there.sign_in("office")
    answer = there.post("/account/factor", {"code": codes[0].lower()})
    assert answer.location == "/account/factors"
    assert "9 are left" in there.words("/account/factors")
    assert "9 of 10 codes are left" in there.words("/account/recovery")


def test_a_passkey_signs_in_alone(browser: Callable[[], Browser], database: Database) -> None:
    there, key = browser(), phone()
    there.sign_in("office")
    answer = there.set_up_passkey(key)
    assert answer.json == {"next": "/account/recovery"}
    assert "Máy của tôi" in there.words("/account/factors")
    there = browser()
    options = there.send("/account/sign-in/options")
    assert '"allowCredentials": []' in options.text  # tells nobody who has which keys
    answer = there.send("/account/sign-in/passkey?next=/office/audit", {"credential": key.get(options.text)})  # fmt: skip
    assert answer.json == {"next": "/office/audit"}
    assert there.get("/office/audit").status_code == 200
    with database.reading() as session:
        row = session.scalars(select(SignIn).order_by(SignIn.created_at.desc())).first()
    assert row is not None and (row.factor, row.stage) == ("passkey", "full")


def test_a_passkey_is_the_second_step_of_its_owner_only(
    browser: Callable[[], Browser], database: Database
) -> None:
    keys = {}
    for name in ("office", "auditor"):
        there = browser()
        there.sign_in(name)
        keys[name] = phone()
        keys[name].credential_id = name.encode()
        there.set_up_passkey(keys[name])
    there = browser()
    there.sign_in("office")
    for name, status in (("auditor", 401), ("office", 200)):
        options = there.send("/account/factor/options").text
        answer = there.send("/account/factor/passkey", {"credential": keys[name].get(options)})
        assert answer.status_code == status, name
    assert there.get("/office/").status_code == 200


@pytest.mark.parametrize("body", [[], "text", 7, {"credential": None}, {"credential": {"id": []}}])
def test_what_is_no_answer_is_refused_in_words(
    browser: Callable[[], Browser], body: object
) -> None:
    there = browser()
    there.send("/account/sign-in/options")
    answer = there.send("/account/sign-in/passkey", body)
    assert answer.status_code in (400, 401)
    assert answer.json is not None and answer.json["message"]


def test_an_answer_that_is_too_large_is_not_read(browser: Callable[[], Browser]) -> None:
    there = browser()
    answer = there.send("/account/sign-in/passkey", {"credential": {"id": "x" * 70_000}})
    assert answer.status_code == 413


def test_a_challenge_of_another_browser_does_not_sign_in(browser: Callable[[], Browser]) -> None:
    there, key = browser(), phone()
    there.sign_in("office")
    there.set_up_passkey(key)
    answer = key.get(browser().send("/account/sign-in/options").text)
    thief = browser()
    thief.send("/account/sign-in/options")
    assert thief.send("/account/sign-in/passkey", {"credential": answer}).status_code == 401
    assert thief.get("/office/").status_code == 302


def test_a_passkey_needs_a_name(browser: Callable[[], Browser]) -> None:
    there, key = browser(), phone()
    there.sign_in("office")
    made = key.create(there.send("/account/factors/passkeys/options").text)
    for name in ("", "   ", None, 7):
        answer = there.send("/account/factors/passkeys", {"credential": made, "name": name})
        assert answer.status_code == 400
    assert there.send("/account/factors/passkeys", {"credential": made, "name": "x" * 500}).json


# --- step-up ------------------------------------------------------------------------------------


def test_signing_in_by_password_is_no_step_up_any_more(browser: Callable[[], Browser]) -> None:
    there = browser()
    there.sign_in("lan")
    answer = there.get("/account/factors")
    assert answer.location == "/account/confirm?next=/account/factors"
    assert there.post(answer.location, {"password": "wrong words here"}).status_code == 401
    assert there.post(answer.location, {"password": worlds.PASSWORD}).location == "/account/factors"
    assert there.get("/account/factors").status_code == 200


def test_who_has_a_factor_steps_up_by_it_and_not_by_the_password(
    browser: Callable[[], Browser], database: Database, world: worlds.World
) -> None:
    there = browser()
    there.sign_in("office")
    app = there.set_up_app()
    forget_step_up(database)
    path = f"/office/recognitions/{world.recognition}"
    assert "Code of your authenticator app" in there.words(path)
    form = {"decision": "5120/QĐ-UBND", "reason": "mark"}
    refused = there.post(f"{path}/withdraw", form | {"password": worlds.PASSWORD})
    assert refused.status_code == 401 and "The code is not right." in seen(refused)
    fresh(database)
    answer = there.post(f"{path}/withdraw", form | {"decision": "x", "password": app.at(now())})
    assert answer.status_code == 400
    assert "Code of your authenticator app" not in seen(answer)  # it holds for ten minutes
    assert there.post(f"{path}/withdraw", form).status_code == 302


def test_a_passkey_steps_up(browser: Callable[[], Browser], database: Database) -> None:
    there, key = browser(), phone()
    there.sign_in("office")
    there.set_up_passkey(key)
    forget_step_up(database)
    led = there.get("/account/factors").location
    assert led == "/account/confirm?next=/account/factors"
    options = there.send("/account/confirm/options").text
    answer = there.send("/account/confirm/passkey?next=/account/factors", {"credential": key.get(options)})  # fmt: skip
    assert answer.json == {"next": "/account/factors"}
    assert there.get("/account/factors").status_code == 200


def test_programs_are_told_that_a_step_up_is_needed(
    browser: Callable[[], Browser], database: Database, app: Flask
) -> None:
    def careful() -> str:
        step_up.require_step_up()
        return "inside"

    app.view_functions["office.villages"] = careful
    there = browser()
    there.sign_in("office")
    there.set_up_app()
    assert there.get("/office/villages").text == "inside"
    forget_step_up(database)
    led = there.get("/office/villages?x=1")
    assert parse_qs(urlsplit(led.location).query) == {"next": ["/office/villages?x=1"]}
    told = there.get("/office/villages", headers={"Accept": "application/json"})
    assert told.status_code == 403 and told.json is not None
    assert told.json["code"] == "step_up_needed"


def test_a_form_without_step_up_leads_back_to_its_page(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    there.set_up_app()
    forget_step_up(database)
    for referrer, back in (
        (f"{BASE}/account/recovery?a=b", "/account/recovery?a=b"),
        ("https://evil.example//evil.example/x", None),
        ("", None),
    ):
        answer = there.post("/account/recovery", headers={"Referer": referrer})
        asked = parse_qs(urlsplit(answer.location).query).get("next", [None])[0]
        assert answer.status_code == 302 and asked == back


# --- changing -----------------------------------------------------------------------------------


def test_the_last_factor_of_the_office_stays_and_that_of_a_producer_goes(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    there.set_up_app()
    there.post("/account/factors/app/remove")
    assert "this is the last one" in there.words("/account/factors")
    there = browser()
    there.sign_in("lan")
    there.post("/account/confirm", {"password": worlds.PASSWORD})
    there.set_up_app()
    there.post("/account/factors/app/remove")
    assert "The second factor is removed." in there.words("/account/factors")
    assert browser().sign_in("lan").location == "/console/"


def test_moving_to_another_telephone_keeps_the_old_code_until_the_new_one_fits(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    old = there.set_up_app()
    page = there.get("/account/factors/app")
    assert "works until the new one is confirmed" in seen(page)
    fresh(database)
    with database.reading() as session:
        office = session.scalars(select(User.id).where(User.name == "office")).one()
    assert there.post("/account/factors/app", {"code": "000000"}).status_code == 401
    new = there.set_up_app()
    assert new.secret != old.secret
    fresh(database)
    keys = ("test-key-that-is-long-enough-for-the-rule-0123456789",)
    for app, given in ((old, None), (new, "totp")):
        taken = factors.check_code(database, office, app.at(now()), keys=keys, network="x")
        assert taken == given


def test_passkeys_are_renamed_and_removed_by_their_owner_only(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    there.set_up_passkey(phone())
    there.set_up_app()
    with database.reading() as session:
        number = session.scalars(select(Passkey.id)).one()
    other = browser()
    other.sign_in("auditor")
    other.set_up_app()
    for action in ("name", "remove"):
        other.post(f"/account/factors/passkeys/{number}/{action}", {"name": "mine"})
    assert "Máy của tôi" in there.words("/account/factors")
    there.post(f"/account/factors/passkeys/{number}/name", {"name": "  <b>Máy mới</b> "})
    assert "&lt;b&gt;Máy mới" in there.get("/account/factors").text
    there.post(f"/account/factors/passkeys/{number}/name", {"name": " "})
    assert "Máy mới" in there.words("/account/factors")
    there.post(f"/account/factors/passkeys/{number}/remove")
    assert "Máy mới" not in there.words("/account/factors")


def test_the_password_is_changed_by_both(
    browser: Callable[[], Browser], database: Database
) -> None:
    there = browser()
    there.sign_in("office")
    there.set_up_app()
    form = {"old": worlds.PASSWORD, "new": "một hai ba bốn năm"}
    assert there.post("/account/password", form | {"old": "000000"}).status_code == 401
    forget_step_up(database)
    assert "/account/confirm" in there.post("/account/password", form).location
    with database.writing() as session:
        session.execute(update(SignIn).values(confirmed_at=now()))
    assert there.post("/account/password", form).location == "/account/"
    assert there.get("/office/").status_code == 200  # the factor of this sign-in still counts


def test_the_page_of_the_app_shows_the_key_as_a_picture_without_calling_anybody(
    browser: Callable[[], Browser],
) -> None:
    there = browser()
    there.sign_in("office")
    answer = there.get("/account/factors/app")
    assert 'src="data:image/png;base64,' in answer.text and "unsafe" not in answer.headers["Content-Security-Policy"]  # fmt: skip
    link = re.search(r'href="(otpauth://[^"]+)"', answer.text)
    assert link is not None and "office" in unescape(link[1])
    drawn = re.search(r'src="data:image/png;base64,([^"]+)"', answer.text)
    assert drawn is not None
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(drawn[1]))).convert("L"))
    assert [read.text for read in encode.read_back(pixels)] == [unescape(link[1])]
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_sign_in_of_before_the_rule_ends(
    app: Flask, database: Database, browser: Callable[[], Browser]
) -> None:
    there = Desk(app, database, "office")  # by password alone, as all were
    assert there.get("/office/").location == "/account/sign-in?next=/office/"
    assert Desk(app, database, "lan").get("/console/").status_code == 200


def test_everything_is_in_the_audit_trail(
    browser: Callable[[], Browser], database: Database
) -> None:
    there, key = browser(), phone()
    there.sign_in("office")
    there.set_up_app()
    there.set_up_passkey(key)
    codes = re.findall(r"<li>([0-9A-Z-]{14})</li>", there.post("/account/recovery").text)
    there.post("/account/factors/app/remove")
    there = browser()
    there.sign_in("office")
    there.post("/account/factor", {"code": codes[0]})
    with database.reading() as session:
        done = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert done[-7:] == [
        "account.factor.add",
        "sign_in",  # whole only now
        "account.factor.add",
        "account.factor.recovery_made",
        "account.factor.remove",
        "account.factor.recovery_used",
        "sign_in",
    ]
    words = browser()
    words.sign_in("auditor")
    words.set_up_app()
    assert "Recovery code used" in words.words("/office/audit")
