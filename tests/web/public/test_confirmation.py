"""The link of a point of sale: what it can do, once, and what it cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

import pypdfium2
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from labelsvc.accounts.contact import links as tokens
from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.models import AuditEntry, User
from labelsvc.catalogue.models import Outlet, OutletState, Product, outlet_product
from labelsvc.clock import now, today
from labelsvc.db import Database
from labelsvc.labels.symbols.encode import read_back
from labelsvc.messages.models import Message
from labelsvc.programme.points import links
from labelsvc.settings import Settings
from labelsvc.web.public import confirmation as page
from labelsvc.worker.posting import Sender
from tests.web.desk import Desk
from tests.web.public.test_points import make
from tests.world import World


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    page.limiter.storage.reset()


@pytest.fixture
def number(database: Database, world: World) -> int:
    return make(database, sold=world.product, hours="8h-17h", email="diem@example.vn")


@pytest.fixture
def address(database: Database, settings: Settings, number: int) -> str:
    return new_link(database, settings, number)


def new_link(database: Database, settings: Settings, number: int) -> str:
    with database.writing() as session:
        made = links.make(
            session, session.get_one(Outlet, number), keys=settings.keys, actor="test"
        )
        return f"/outlet/confirm/{links.token(session, made.id, keys=settings.keys)}"


def state_of(database: Database, number: int) -> tuple[str, str, bool, list[int]]:
    with database.reading() as session:
        found = session.get_one(Outlet, number)
        return (
            found.state, found.hours, found.confirmed_on == today(), [one.id for one in found.products]
        )  # fmt: skip


WORK = "|".join(["08:00-17:00"] * 7)


def test_hours_and_products_are_confirmed_once(
    app: Flask, database: Database, world: World, number: int, address: str
) -> None:
    desk = Desk(app, database, "")
    assert "8:00–17:00" in desk.get(address).text
    form = {"hours": "T2-T6: 8h-18h", "note": "Nghỉ Tết", "sold": [world.product]}
    answer = desk.post(address, form)
    assert answer.status_code == 303
    assert "Confirmed on" in desk.words(answer.location)
    week = "|".join([*["08:00-18:00"] * 5, "", ""])
    assert state_of(database, number) == (OutletState.PUBLISHED, week, True, [world.product])
    assert f"confirmed {today():%d/%m/%Y}" in desk.words(f"/outlet/{number}")
    again = desk.post(address, form | {"hours": "9h-10h"})
    assert again.status_code == 409
    assert "once in a quarter" in again.text
    assert state_of(database, number)[1] == week
    with database.reading() as session:
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "outlet.confirm")
        ).one()
    assert entry.actor == f"outlet:{number}"


def test_what_is_not_ticked_is_no_longer_sold(
    app: Flask, database: Database, world: World, number: int, address: str
) -> None:
    desk = Desk(app, database, "")
    assert desk.post(address, {"hours": ""}).status_code == 303
    assert state_of(database, number) == (OutletState.PUBLISHED, "", True, [])


def test_hours_that_cannot_be_read_use_nothing_up(
    app: Flask, database: Database, world: World, number: int, address: str
) -> None:
    desk = Desk(app, database, "")
    answer = desk.post(address, {"hours": "khi nào có người"})
    assert answer.status_code == 400
    assert "khi nào có người" in answer.text
    assert "checked" not in answer.text.partition('name="sold"')[2][:60], (
        "what was unticked stays so"
    )
    assert state_of(database, number) == (OutletState.PUBLISHED, WORK, False, [world.product])
    assert desk.post(address, {"hours": "8h-17h", "sold": [world.product]}).status_code == 303


def test_a_point_says_that_it_is_closed_and_the_office_puts_it_back(
    app: Flask, database: Database, number: int, address: str, desk: Callable[[str], Desk]
) -> None:
    nobody, office = Desk(app, database, ""), desk("office")
    assert "taken out of the list" in nobody.post(address, {"closed": "yes"}).text
    assert state_of(database, number)[0] == OutletState.CLOSED
    assert nobody.get(address).status_code == 404
    assert "by its link" in office.words(f"/office/outlets/{number}")
    office.post(f"/office/outlets/{number}/active", {"active": "yes"})
    assert state_of(database, number)[0] == OutletState.PUBLISHED


@pytest.mark.parametrize("how", ["revoked", "newer", "late", "other"])
def test_a_link_that_ended_does_nothing(
    app: Flask, database: Database, settings: Settings, number: int, address: str, how: str,
    desk: Callable[[str], Desk],
) -> None:  # fmt: skip
    later = now()
    if how == "revoked":
        assert (
            desk("office").post(f"/office/outlets/{number}/link", {"act": "revoke"}).status_code
            == 302
        )
    elif how == "newer":
        new_link(database, settings, number)
    elif how == "late":
        later += links.LIFE + timedelta(minutes=1)
    else:
        address = address[:-3] + "AAA"
    nobody = Desk(app, database, "")
    with time_machine.travel(later, tick=False):
        assert nobody.get(address).status_code == 404
        assert nobody.post(address, {"hours": "9h-10h"}).status_code == 404
        assert nobody.get(f"{address}/poster.pdf").status_code == 404
    assert state_of(database, number)[1] == WORK


def test_the_page_is_kept_nowhere_and_tells_nobody_its_address(
    app: Flask, database: Database, address: str
) -> None:
    headers = Desk(app, database, "").get(address).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex"


def test_many_tries_wait(app: Flask, database: Database, address: str) -> None:
    desk = Desk(app, database, "")
    statuses = {desk.get(f"/outlet/confirm/x{i}").status_code for i in range(121)}
    assert statuses == {404, 429}


@pytest.fixture
def mailed(database: Database) -> Iterator[Mapping[str, None]]:
    """Messages by mail, for as long as a test runs."""
    before, database.channels = database.channels, {"mail": None}
    yield database.channels
    database.channels = before


def test_one_tap_tells_the_producer_once_a_day(
    app: Flask, database: Database, world: World, number: int, address: str, mailed: object,
    desk: Callable[[str], Desk],
) -> None:  # fmt: skip
    with database.writing() as session:
        person = session.scalars(select(User).where(User.producer_id == world.producer)).first()
        assert person is not None
        session.add(
            Contact(user_id=person.id, channel="mail", address="lan@example.vn", verified_at=now())
        )
    nobody = Desk(app, database, "")
    for _ in range(2):
        assert nobody.post(address, {"low": str(world.product)}).status_code == 303
    assert nobody.post(address, {"low": "999"}).status_code == 400
    with database.reading() as session:
        told = session.scalars(select(Message).where(Message.kind == "runs_low")).all()
        low = session.scalar(
            select(outlet_product.c.low_on).where(outlet_product.c.outlet_id == number)
        )
        name = session.get_one(Product, world.product).name
    assert [(m.address, m.facts["product"]) for m in told] == [("lan@example.vn", name)]
    assert low == today()
    assert "Điểm OCOP Giang Cao" in desk("lan").words("/console/points")


def test_a_quarter_asks_each_point_once_by_its_own_address(
    database: Database, settings: Settings, number: int, mailed: object
) -> None:
    def ask() -> int:
        with database.writing() as session:
            due = links.due(session, today())
            return sum(links.send(session, one, keys=settings.keys, actor="worker") for one in due)

    assert ask() == 0, "it was published in this quarter"
    with time_machine.travel(now() + timedelta(days=93), tick=False):
        assert ask() == 1
        assert ask() == 0, "it was asked"
        with database.reading() as session:
            message = session.scalars(select(Message)).one()
            assert message.address == "diem@example.vn"
            link = Sender(database, settings)._link(session, message)
            row = session.scalars(select(links.OutletLink)).one()
        assert "token" not in str(message.facts)
        assert link is not None
        assert link.startswith("/outlet/confirm/")
        assert tokens.fingerprint(link.rpartition("/")[2]) == row.token_hash
    with time_machine.travel(now() + timedelta(days=186), tick=False):
        assert ask() == 1, "and again in the next quarter"


@pytest.mark.parametrize("kind", ["sheet", "poster", "own"])
def test_sheets_carry_a_symbol_that_is_read(
    app: Flask,
    database: Database,
    number: int,
    address: str,
    kind: str,
    desk: Callable[[str], Desk],
) -> None:
    office = desk("office")
    answer = {
        "sheet": lambda: office.post(f"/office/outlets/{number}/sheet"),
        "poster": lambda: office.get(f"/office/outlets/{number}/poster.pdf"),
        "own": lambda: Desk(app, database, "").get(f"{address}/poster.pdf"),
    }[kind]()
    assert answer.mimetype == "application/pdf"
    with pypdfium2.PdfDocument(answer.data) as document:
        assert len(document) == 1
        picture = document[0].render(scale=1.5).to_numpy()
        words = document[0].get_textpage().get_text_bounded()
    assert "Điểm OCOP Giang Cao" in words
    (read,) = read_back(picture)
    if kind != "sheet":
        assert read.text == f"https://qr.example.vn/outlet/{number}"
        return
    path = read.text.removeprefix("https://qr.example.vn")
    assert path.startswith("/outlet/confirm/")
    nobody = Desk(app, database, "")
    assert nobody.get(path).status_code == 200
    assert nobody.get(address).status_code == 404, "the one before ended"
