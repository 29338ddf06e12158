"""Forms of people whose sign-in ended: kept in the page that asks for the password, and carried out after it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import delete, select
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.routing import AnyConverter
from werkzeug.test import TestResponse

from labelsvc import clock
from labelsvc.accounts import roles
from labelsvc.accounts.models import SignIn, Totp, User
from labelsvc.accounts.notices import unseen
from labelsvc.catalogue.models import Lot, Outlet, Product, ProductPhoto, Village
from labelsvc.db import Database
from labelsvc.events.models import Event
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun
from labelsvc.sealing import seal
from labelsvc.settings import Settings
from labelsvc.web.browsers import kept_files
from tests import world as worlds
from tests.web.console.producer.test_products import jpeg
from tests.web.desk import BASE, Desk
from tests.world import World

Open = Callable[[str], Desk]
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


def kept(answer: TestResponse) -> MultiDict[str, str]:
    """Hidden fields of the form that asks for the password."""
    form = answer.text[answer.text.index('<section class="card narrow" data-waits>') :]
    return MultiDict((unescape(name), unescape(value)) for name, value in _HIDDEN.findall(form))


def signed_out(database: Database) -> None:
    """Every sign-in ends, as after twelve hours."""
    with database.writing() as session:
        session.execute(delete(SignIn))


def gone_on(person: Desk, asked: TestResponse, secret: str = worlds.PASSWORD, name: str = "lan") -> TestResponse:  # fmt: skip
    """Type name and password on the page that asks, and send it where it says."""
    where = re.search(r'<form method="post" action="(/(?:console|office)/[^"]*)"', asked.text)
    assert where is not None
    fields = kept(asked)
    fields.setlist("resume-name", [name])
    fields.setlist("resume-secret", [secret])
    return person.client.post(unescape(where[1]), data=fields, base_url=BASE)


#: Form → who sends it, where, what is typed, and what is there afterwards.
FORMS: dict[str, tuple[str, str, dict[str, Any], Callable[[], Any]]] = {
    "story": ("lan", "/console/products/{product}", {"story": "Dòng một\r\nDòng \"hai\" <b>"},
        lambda: select(Product.id).where(Product.story.contains("Dòng \"hai\" <b>"))),
    "new lot": ("lan", "/console/products/{product}/lots/new", {"declared": "70", "code": "L-NEW"},
        lambda: select(Lot.id).where(Lot.code == "L-NEW", Lot.declared == 70)),
    "journey": ("lan", "/console/lots/{lot}/events", {"step": "packing", "at": "01/11/2026 08:00", "note": "Đóng hũ"},
        lambda: select(Event.id).where(Event.note == "Đóng hũ")),
    "wizard": ("lan", "/console/lots/{lot}/print", {"layout": "a4-65-plain", "count": "7", "used": ["1", "2"], "do": "print"},
        lambda: select(PrintRun.id).where(PrintRun.count == 7)),
    "outlet": ("office", "/office/outlets/new", {"name": "Cửa hàng Hoa Sen", "commune": "Bát Tràng"},
        lambda: select(Outlet.id).where(Outlet.name == "Cửa hàng Hoa Sen")),
    "village": ("office", "/office/villages/new", {"name": "Làng Đậu", "craft": "Làm đậu phụ"},
        lambda: select(Village.id).where(Village.name == "Làng Đậu")),
    "picture": ("lan", "/console/products/{product}/photos", {"photo": jpeg, "description": "Hũ gốm"},
        lambda: select(ProductPhoto.id).where(ProductPhoto.description == "Hũ gốm")),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_a_form_goes_on_after_the_password(
    desk: Open, database: Database, world: World, settings: Settings, form: str
) -> None:
    name, path, typed, made = FORMS[form]
    address = path.format(product=world.product, lot=world.lot)
    person = desk(name)
    person.get("/console/" if name == "lan" else "/office/")
    signed_out(database)
    data = {k: (io.BytesIO(v()), "a.jpg") if callable(v) else v for k, v in typed.items()}
    asked = person.post(address, data)
    with database.reading() as session:
        assert asked.status_code == 401 and session.scalar(made()) is None
    assert 'name="resume-name"' in asked.text and f'value="{name}"' in asked.text
    answer = gone_on(person, asked, name=name)
    with database.reading() as session:
        assert answer.status_code in (302, 303), answer.text
        assert session.scalar(made()) is not None
    assert person.get(answer.location).status_code == 200
    assert Files(settings.files).names("kept") == []


def test_every_form_behind_a_sign_in_is_kept(app: Flask, desk: Open, database: Database) -> None:
    """Kinds, not instances: whatever takes a form gives it back, with its address and all its values."""
    person = desk("lan")
    person.get("/console/")
    signed_out(database)
    looked = 0
    for rule in app.url_map.iter_rules():
        room = rule.endpoint.partition(".")[0]
        if "POST" not in (rule.methods or ()) or room not in ("producer", "office"):
            continue
        if roles.is_public(rule.endpoint):
            continue
        with app.test_request_context(base_url=BASE):
            words = {
                name: min(converter.items)
                for name, converter in rule._converters.items()
                if isinstance(converter, AnyConverter)
            }
            values = dict.fromkeys(rule.arguments, 1) | {"kind": "csv"} | words
            address = app.url_map.bind("x").build(rule.endpoint, values, force_external=False)
        asked = person.post(address, {"text": "a\r\nb", "many": ["1", "2"], "password": "x"})
        fields = kept(asked)
        assert asked.status_code == 401, address
        assert fields.getlist("text") == ["a\r\nb"] and fields.getlist("many") == ["1", "2"]
        assert "password" not in fields and f'action="{address}"' in asked.text, address
        looked += 1
    assert looked > 60


def test_a_wrong_password_keeps_the_form_and_counts(
    desk: Open, database: Database, world: World
) -> None:
    person = desk("lan")
    person.get("/console/")
    signed_out(database)
    asked = person.post(f"/console/products/{world.product}", {"story": "Chuyện nhà tôi"})
    again = gone_on(person, asked, "sai mật khẩu rồi")
    assert again.status_code == 401 and kept(again)["story"] == "Chuyện nhà tôi"
    for _ in range(12):
        again = gone_on(person, again, "sai mật khẩu rồi")
    assert again.status_code == 429 and kept(again)["story"] == "Chuyện nhà tôi"


def test_somebody_else_does_not_send_it(desk: Open, database: Database, world: World) -> None:
    person = desk("lan")
    person.get("/console/")
    signed_out(database)
    asked = person.post(f"/console/products/{world.product}", {"story": "Của Lan"})
    answer = gone_on(person, asked, name="office")
    assert (answer.status_code, answer.location) == (303, "/office/")
    assert "was not sent" in person.get("/office/").text
    with database.reading() as session:
        assert session.get_one(Product, world.product).story != "Của Lan"


def test_a_form_of_another_site_is_not_kept(desk: Open, world: World) -> None:
    """A password typed on such a page would carry out what the other site wrote."""
    person = desk("")
    for headers in (
        {},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": BASE.replace("https", "http")},
    ):
        answer = person.client.post(
            f"/console/products/{world.product}", data={"story": "x"}, base_url=BASE, headers=headers
        )  # fmt: skip
        assert answer.status_code == 400 and "resume-secret" not in answer.text


@pytest.mark.parametrize("still_in", [True, False])
def test_a_form_from_before_another_sign_in_is_sent_once_more(
    desk: Open, database: Database, world: World, still_in: bool
) -> None:
    """Signed in again in another window, or the browser was closed: the token of the form is of before."""
    person = desk("lan")
    person.get("/console/")
    if not still_in:
        signed_out(database)
    asked = person.client.post(
        f"/console/products/{world.product}", data={"csrf_token": "old", "story": "Còn nguyên"},
        base_url=BASE, headers={"Origin": BASE},
    )  # fmt: skip
    assert asked.status_code == (400 if still_in else 401)
    assert ('name="resume-name"' in asked.text) is not still_in
    with database.reading() as session:
        assert session.get_one(Product, world.product).story != "Còn nguyên"
    assert gone_on(person, asked).status_code == 302
    with database.reading() as session:
        assert session.get_one(Product, world.product).story == "Còn nguyên"


def test_a_known_browser_is_not_told_of_as_a_new_one(
    desk: Open, database: Database, world: World
) -> None:
    person = desk("lan")
    person.get("/console/")
    signed_out(database)
    gone_on(person, person.post(f"/console/products/{world.product}", {"story": "x"}))
    with database.reading() as session:
        lan = session.scalars(select(User).where(User.name == "lan")).one()
        assert not unseen(session, lan.id)


def test_the_second_factor_is_asked_for_on_the_page_too(
    desk: Open, database: Database, world: World, settings: Settings
) -> None:
    secret = pyotp.random_base32()
    with database.writing() as session:
        lan = session.scalars(select(User).where(User.name == "lan")).one()
        sealed = seal(settings.keys, secret.encode(), purpose=f"totp {lan.id}")
        session.add(Totp(user_id=lan.id, sealed=sealed, last_step=0))
    person = desk("lan")
    person.get("/console/")
    signed_out(database)
    asked = person.post(f"/console/products/{world.product}", {"story": "Hai lớp"})
    code_asked = gone_on(person, asked)
    assert code_asked.status_code == 401 and kept(code_asked)["story"] == "Hai lớp"
    wrong = gone_on(person, code_asked, "000000")
    assert wrong.status_code == 401 and "The code is not right" in wrong.text
    assert gone_on(person, wrong, pyotp.TOTP(secret).now()).status_code == 302
    with database.reading() as session:
        assert session.get_one(Product, world.product).story == "Hai lớp"


def test_files_wait_an_hour_and_only_so_many(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = Files(settings.files)

    def sent() -> list[tuple[str, FileStorage]]:
        return [("photo", FileStorage(io.BytesIO(b"secret picture"), "a.jpg"))]

    tickets = [kept_files.keep(settings, files, sent()) for _ in range(kept_files.MOST + 5)]
    stored = files.names("kept")
    assert len(stored) <= kept_files.MOST
    assert b"secret" not in files.get(stored[0])
    back = kept_files.bring_back(settings, files, tickets[-1])
    assert back["photo"].read() == b"secret picture"
    assert not kept_files.bring_back(settings, files, tickets[-1])  # given back once
    assert not kept_files.bring_back(settings, files, "made up")
    later = clock.now() + kept_files.MAX_AGE + timedelta(seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    kept_files.keep(settings, files, sent())
    assert len(files.names("kept")) == 1
