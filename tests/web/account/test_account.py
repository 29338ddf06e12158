from __future__ import annotations

from collections.abc import Callable
from threading import BoundedSemaphore

import pytest
from flask import Flask
from sqlalchemy import select

from labelsvc.accounts import hashing, throttle
from labelsvc.accounts.models import SignIn, User
from labelsvc.db import Database
from labelsvc.web.guards.targets import local_target
from tests import world as worlds
from tests.conftest import HOST
from tests.web.desk import BASE, Desk, seen

PAIR = {"name": "office", "password": worlds.PASSWORD}


def test_signing_in_leads_to_the_own_first_page(desk: Callable[[str], Desk]) -> None:
    for name, page in (("office", "/office/"), ("auditor", "/office/"), ("lan", "/console/")):
        answer = desk("").post("/account/sign-in", PAIR | {"name": name})
        assert answer.status_code == 302 and answer.location == page


def test_the_cookie_is_bound_to_the_host_and_hidden_from_scripts(
    desk: Callable[[str], Desk],
) -> None:
    answer = desk("").post("/account/sign-in", PAIR)
    cookie = next(
        c for c in answer.headers.getlist("Set-Cookie") if c.startswith("__Host-session=")
    )
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie and "Max-Age" not in cookie


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    desk: Callable[[str], Desk],
) -> None:
    answers = [
        desk("").post("/account/sign-in", {"name": name, "password": "wrong words here"})
        for name in ("office", "nobody")
    ]
    pages = [seen(answer).replace("office", "nobody") for answer in answers]
    assert {answer.status_code for answer in answers} == {401} and pages[0] == pages[1]
    assert "Name or password is not right." in pages[0]


def test_too_many_failures_are_told_to_wait(desk: Callable[[str], Desk]) -> None:
    guest = desk("")
    for _ in range(throttle.FREE_NAME):
        guest.post("/account/sign-in", PAIR | {"password": "wrong words here"})
    answer = guest.post("/account/sign-in", PAIR)
    assert answer.status_code == 429 and "Try again in 15 seconds" in seen(answer)


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/office/recognitions?show=expired", "/office/recognitions?show=expired"),
        ("https://evil.example", None),
        ("//evil.example/x", None),
        ("/\\evil.example", None),
        ("\\\\evil.example", None),
        ("javascript:alert(1)", None),
        ("/\t/evil.example", None),
        ("/\n/evil.example", None),
        ("", None),
        (None, None),
    ],
)
def test_nobody_is_sent_to_another_site(target: str | None, expected: str | None) -> None:
    assert local_target(target) == expected


def test_signing_in_returns_to_the_page_that_was_asked_for(desk: Callable[[str], Desk]) -> None:
    guest = desk("")
    asked = guest.get("/office/recognitions?show=expired")
    assert asked.status_code == 302
    answer = guest.post(asked.location, PAIR)
    assert answer.location == "/office/recognitions?show=expired"


def test_signing_out_ends_the_sign_in_on_the_server(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    assert office.post("/account/sign-out").status_code == 302
    with database.reading() as session:
        assert session.scalars(select(SignIn)).all() == []
    assert office.get("/office/").status_code == 302


def test_a_changed_password_signs_out_the_other_browsers(
    desk: Callable[[str], Desk], database: Database
) -> None:
    here, elsewhere = desk("office"), desk("office")
    form = {"old": worlds.PASSWORD, "new": "một hai ba bốn năm"}
    assert here.post("/account/password", form | {"old": "not the one"}).status_code == 401
    assert here.post("/account/password", form | {"new": "short"}).status_code == 400
    assert elsewhere.get("/office/").status_code == 200
    assert here.post("/account/password", form).status_code == 302
    assert here.get("/office/").status_code == 200
    assert elsewhere.get("/office/").status_code == 302
    again = desk("").post("/account/sign-in", PAIR | {"password": "một hai ba bốn năm"})
    assert again.status_code == 302


def test_the_account_page_lists_the_sign_ins_and_ends_them(desk: Callable[[str], Desk]) -> None:
    here, elsewhere = desk("office"), desk("office")
    assert here.words("/account/").count("last used") == 2
    assert here.post("/account/sign-out-everywhere").status_code == 302
    assert elsewhere.get("/office/").status_code == 302


def test_the_language_is_kept_with_the_person(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    answer = office.post("/account/language", {"lang": "vi", "next": "https://evil.example"})
    assert answer.location == "/"
    with database.reading() as session:
        user = session.scalars(select(User).where(User.name == "office")).one()
    assert user.language == "vi"
    assert "Việc cần làm" in office.words("/office/")


def test_pages_of_signed_in_people_are_kept_by_nobody(desk: Callable[[str], Desk]) -> None:
    answer = desk("office").get("/office/")
    assert answer.headers["Cache-Control"] == "no-store"


def test_every_answer_carries_the_protective_headers(
    app: Flask, desk: Callable[[str], Desk]
) -> None:
    office = desk("office")
    for path in (
        "/",
        "/office/",
        "/account/sign-in",
        "/no/such/page/at/all",
        "/static/app.css",
        "/health",
    ):
        headers = office.get(path).headers
        csp = headers["Content-Security-Policy"]
        assert "default-src 'none'" in csp and "frame-ancestors 'none'" in csp, path
        assert "unsafe" not in csp, path
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert headers["Strict-Transport-Security"].startswith("max-age="), path
        assert "camera=()" in headers["Permissions-Policy"], path


def test_no_page_carries_script_or_style_in_its_markup(
    desk: Callable[[str], Desk], world: worlds.World
) -> None:
    office = desk("office")
    for path in ("/", "/office/", "/office/recognitions", f"/office/recognitions/{world.recognition}",
                 f"/office/producers/{world.producer}", f"/office/products/{world.product}/edit",
                 "/office/audit", "/office/reports", "/office/villages", "/account/"):  # fmt: skip
        text = office.get(path).text
        assert "<script>" not in text and "<style" not in text, path
        assert " style=" not in text and " onclick=" not in text, path


def test_errors_are_pages_for_people_and_json_for_machines(desk: Callable[[str], Desk]) -> None:
    guest = desk("")
    page = guest.get("/no/such/page/at/all")
    assert page.status_code == 404 and "There is no such page" in seen(page)
    answer = guest.get("/no/such/page/at/all", headers={"Accept": "application/json"})
    assert answer.json is not None and answer.json["code"] == "http_404"
    big = guest.client.post("/account/sign-in", data=b"x" * 21 * 1024 * 1024, base_url=BASE,
                            content_type="application/x-www-form-urlencoded")  # fmt: skip
    assert big.status_code == 413 and "too large" in seen(big)
    wrong = guest.client.put("/office/", base_url=BASE)
    assert wrong.status_code in (401, 405)


def test_a_failure_on_our_side_says_so_and_shows_nothing_else(
    app: Flask, desk: Callable[[str], Desk]
) -> None:
    def broken() -> str:
        raise RuntimeError("a secret detail")

    app.view_functions["office.villages"] = broken
    answer = desk("office").get("/office/villages")
    assert answer.status_code == 500 and "secret detail" not in answer.text
    assert "Something went wrong on our side" in seen(answer)


def test_static_files_are_kept_for_a_year_under_the_hash_of_their_content(
    desk: Callable[[str], Desk],
) -> None:
    guest = desk("")
    home = guest.get("/").text
    start = home.index("/static/app.css?v=")
    answer = guest.get(home[start : home.index('"', start)])
    assert answer.status_code == 200 and "max-age=31536000" in answer.headers["Cache-Control"]
    assert HOST not in home[start : start + 60]


def test_the_owner_signs_in_on_a_known_device_while_others_wait(
    desk: Callable[[str], Desk],
) -> None:
    owner, guest = desk(""), desk("")
    assert owner.post("/account/sign-in", PAIR).status_code == 302
    given = owner.client.get_cookie("__Secure-device", "qr.example.vn", "/account")
    assert given is not None and given.http_only and given.secure
    owner.post("/account/sign-out")
    owner._form_token = ""  # of another sign-in
    for _ in range(throttle.FREE_NAME):
        guest.post("/account/sign-in", PAIR | {"password": "wrong words here"})
    told = guest.post("/account/sign-in", PAIR)
    assert told.status_code == 429 and told.headers["Retry-After"] == "15"
    assert "a device from which you signed in before" in seen(told)
    assert owner.post("/account/sign-in", PAIR).status_code == 302


def test_when_many_sign_in_at_once_the_page_says_so(
    desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing._room, "places", {False: BoundedSemaphore(0), True: BoundedSemaphore(0)})  # fmt: skip
    answer = desk("").post("/account/sign-in", PAIR)
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "2"
    assert "Try again in 2 seconds" in seen(answer) and PAIR["password"] not in answer.text
