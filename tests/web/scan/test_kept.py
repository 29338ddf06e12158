"""A kept page is the page of now, whatever was changed by whom; what it does not show leaves it kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import AdminUnit, Lot, Outlet, Producer, Product, Village
from labelsvc.catalogue.recognition import Certificate, Recognition
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import allocate
from labelsvc.db import Database, Revision
from labelsvc.events.models import Event
from labelsvc.revisions import OF_PRODUCER
from labelsvc.web.scan.cache import Pages
from labelsvc.web.scan.state import ScanSite
from tests.factories import make_lot
from tests.world import World

Change = Callable[[Session, World, str], object]


def _set(mapped: type, column: str) -> Change:
    def change(session: Session, _world: World, text: str) -> None:
        for row in session.scalars(select(mapped)):
            setattr(row, column, text)

    return change


def _other(session: Session, world: World) -> Product:
    return session.get_one(Product, world.stranger_product)


def _move_recognition(session: Session, world: World, _text: str) -> None:
    row = session.get_one(Recognition, world.recognition)
    there = row.product_id == world.product
    row.product_id = world.stranger_product if there else world.product


def _sell(session: Session, world: World, text: str) -> None:
    outlet = session.scalars(select(Outlet)).first() or Outlet(name="Điểm bán Hà Đông")
    session.add(outlet)
    outlet.street = text
    product = session.get_one(Product, world.product)
    if outlet in product.outlets:
        product.outlets.remove(outlet)
    else:
        product.outlets.append(outlet)


def _issue(session: Session, world: World, _text: str) -> None:
    allocate(session, lot=session.get_one(Lot, world.lot), count=2, form=Form.SHORT)


#: All that may change a page of the main product, in the ways that the verbs do it.
CHANGES: dict[str, Change] = {
    **{f"product.{name}": _set(Product, name) for name in ("name_en", "ingredients", "warning_en", "story", "allergens")},
    **{f"producer.{name}": _set(Producer, name) for name in ("name", "phone", "street")},
    **{f"village.{name}": _set(Village, name) for name in ("craft", "name_en", "decision_number")},
    "lot.growing_area": _set(Lot, "growing_area"),
    "commune": _set(AdminUnit, "name"),
    "event": lambda s, w, t: s.add(Event(lot_id=w.lot, step="packing", at=clock.now(), note=t)),
    "event.note": _set(Event, "note"),
    "no event": lambda s, w, t: [s.delete(e) for e in s.scalars(select(Event))],
    "certificate": lambda s, w, t: s.add(Certificate(product_id=w.product, kind="HACCP", number=t)),
    "certificate of the producer": lambda s, w, t: s.add(Certificate(producer_id=w.producer, kind="ISO", number=t)),
    "no certificate": lambda s, w, t: [s.delete(c) for c in s.scalars(select(Certificate))],
    "stars": lambda s, w, t: setattr(s.get_one(Recognition, w.recognition), "decision_number", t),
    "stars of another": _move_recognition,
    "producer of the product": lambda s, w, t: setattr(
        s.get_one(Product, w.product), "producer_id", _other(s, w).producer_id
    ),
    "recall": lambda s, w, t: setattr(s.get_one(Lot, w.lot), "recalled_at", clock.now()),
    "in bulk": lambda s, w, t: s.execute(update(Lot).values(expires_on=clock.today() - timedelta(days=len(t)))),
    "outlet": _sell,
    "issue": _issue,
    "mark": lambda s, w, t: revoke.withdraw(s, first=_first(s, w), count=1, reason=t, by="test"),
}  # fmt: skip


def _first(session: Session, world: World) -> int:
    return session.scalars(select(Issue.first).where(Issue.lot_id == world.lot)).first() or 0


def _compare(
    client: FlaskClient, app: Flask, database: Database, world: World, step: tuple[str, str]
) -> None:
    """Keep a page, change something, and compare the next answer with one that is made anew."""
    name, text = step
    path = world.codes["in_force"] + "?format=json"
    client.get(path)
    with database.writing() as session:
        CHANGES[name](session, world, text)
    kept = client.get(path).json
    ScanSite.of(app).pages = Pages()
    fresh = client.get(path).json
    for page in (kept, fresh):
        page.pop("seen")  # of the code, not of the page
    assert kept == fresh, name


def test_each_change_shows_with_the_next_request(
    client: FlaskClient, world: World, database: Database, app: Flask
) -> None:
    for number, name in enumerate(CHANGES):
        _compare(client, app, database, world, (name, str(number)))


@given(data=st.data())
@rules(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_changes_in_any_order_show_with_the_next_request(
    client: FlaskClient, world: World, database: Database, app: Flask, data: st.DataObject
) -> None:
    steps = st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(1, 10**6).map(str))
    for step in data.draw(st.lists(steps, min_size=2, max_size=4)):
        _compare(client, app, database, world, step)


@pytest.mark.parametrize("what", ["product", "lot", "run", "event"])
def test_what_another_producer_does_leaves_a_page_kept(
    world: World, database: Database, what: str
) -> None:
    def numbers() -> dict[int, int]:
        with database.reading() as session:
            return {row.id: row.number for row in session.scalars(select(Revision))}

    before = numbers()
    with database.writing() as session:
        product = _other(session, world)
        owner = product.producer_id
        if what == "product":
            product.story = "Một câu chuyện khác."
        elif what == "lot":
            make_lot(session, product, code="L-NEW")
        elif what == "run":
            lot = session.get_one(Lot, world.stranger_lot)
            allocate(session, lot=lot, count=2, form=Form.SHORT)
        else:
            session.add(Event(lot_id=world.stranger_lot, step="packing", at=clock.now()))
    changed = {row for row, number in numbers().items() if before.get(row) != number}
    assert changed == {OF_PRODUCER + owner}
