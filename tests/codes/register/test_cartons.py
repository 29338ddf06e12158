"""Cartons of a run: cut, made, found again, and not found where there are no such units."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import carton
from labelsvc.codes.forms.carton import CartonPayload
from labelsvc.codes.models import Form
from labelsvc.codes.register import cartons
from labelsvc.codes.register.issue import codes_of
from labelsvc.codes.register.keys import freeze, rotate
from labelsvc.codes.register.resolve import find_code, find_goods
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, NotFound, NotIssued
from labelsvc.files import Files
from tests.factories import publish_log

from .test_issue import BASE_URL, SECRETS, issue, ready, the_keyring

__all__ = ["ready"]


@pytest.mark.parametrize(
    ("count", "per", "parts"),
    [
        (48, 24, [(0, 24), (24, 24)]),
        (50, 24, [(0, 24), (24, 24), (48, 2)]),
        (5, 24, [(0, 5)]),
        (3, 1, [(0, 1), (1, 1), (2, 1)]),
        (400, carton.MOST_UNITS, [(0, 360), (360, 40)]),
    ],
)
def test_a_run_is_cut_in_order_and_the_last_carton_holds_what_is_left(
    count: int, per: int, parts: list[tuple[int, int]]
) -> None:
    assert cartons.cut(count, per) == parts


@pytest.mark.parametrize("per", [0, -1, 361])
def test_a_size_that_no_code_has_room_for_is_refused(per: int) -> None:
    with pytest.raises(BadInput, match="room for 1 to 360") as caught:
        cartons.cut(10, per)
    assert caught.value.fix == "Choose fewer units a carton."


def made(ready: Database, form: Form, *, count: int = 50) -> tuple[int, list[CartonPayload]]:
    kept = issue(ready, count, form)
    ring = the_keyring(ready)
    with ready.reading() as session:
        run = session.get_one(type(kept), kept.id)
        return kept.id, list(cartons.payloads(run, ring, per=24))


@pytest.mark.parametrize("form", [Form.SHORT, Form.GS1, Form.OFFLINE])
def test_each_carton_of_a_run_is_found_again(ready: Database, form: Form) -> None:
    run, payloads = made(ready, form)
    ring = the_keyring(ready)
    assert [payload.numbers for payload in payloads] == [(1, 24), (25, 48), (49, 50)]
    assert {payload.room for payload in payloads} == {24}
    with ready.reading() as session:
        for payload in payloads:
            code = carton.parse(ring.carton(payload))
            found = cartons.find(session, ring, ring.verify_carton(code))
            assert found is not None and found.id == run
            assert find_goods(session, ring, f"{BASE_URL}/{code.canonical}") == (found, None)


@pytest.mark.parametrize(("gtin", "last_day"), [("08938505974019", date(2028, 5, 1)), (None, None)])
def test_a_carton_says_what_its_units_say(
    ready: Database, gtin: str | None, last_day: date | None
) -> None:
    with ready.writing() as session:
        lot = session.scalars(select(Lot)).one()
        lot.product.gtin, lot.expires_on = gtin, last_day
        product = lot.product_id
    _, found = made(ready, Form.SHORT)
    for payload in found:
        assert (payload.is_gtin, payload.expires) == (gtin is not None, last_day)
        assert payload.reference == (int(gtin) if gtin else product)


def test_units_are_told_by_the_canonical_spelling_of_their_codes(ready: Database) -> None:
    kept, ring = issue(ready, 3, Form.SHORT), the_keyring(ready)
    with ready.reading() as session:
        run = session.get_one(type(kept), kept.id)
        (payload,) = cartons.payloads(run, ring, per=3)
        texts = [text.rpartition("/")[2] for text in codes_of(run, ring)]
    assert payload.tags == b"".join(carton.tag(ring.host, text) for text in texts)


def test_a_carton_is_not_taken_for_one_label(ready: Database) -> None:
    _, (first, *_) = made(ready, Form.SHORT)
    ring = the_keyring(ready)
    code = ring.carton(first)
    with ready.reading() as session:
        with pytest.raises(Conflict, match="labels 1 to 24"):
            find_code(session, ring, code)
        with pytest.raises(NotIssued):
            find_code(session, ring, code[:-1] + str((int(code[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "change",
    [{"issue": 999}, {"lot": 999}, {"first": 24}, {"first": 40}, {"tags": bytes(48), "count": 24}],
    ids=["another issue", "another lot", "half beyond", "beyond the end", "other tags"],
)
def test_units_that_are_not_there_are_not_found_though_the_signature_holds(
    ready: Database, change: dict[str, int | bytes]
) -> None:
    _, (first, *_) = made(ready, Form.SHORT)
    ring = the_keyring(ready)
    forged = replace(first, **change)  # type: ignore[arg-type]
    code = carton.parse(ring.carton(forged))
    with ready.reading() as session:
        assert cartons.find(session, ring, ring.verify_carton(code)) is None
        with pytest.raises(NotFound):
            find_goods(session, ring, code.canonical)


def test_cartons_of_a_stolen_key_are_still_found_by_the_register(
    ready: Database, files: Files
) -> None:
    run, (first, *_) = made(ready, Form.SHORT)
    code = carton.parse(the_keyring(ready).carton(first))
    with ready.writing() as session:
        rotate(session, secrets=SECRETS)
        freeze(session, first.kid, secrets=SECRETS)
    ring = the_keyring(ready)
    with ready.reading() as session:  # the log is not published: none of its units is believed
        assert cartons.find(session, ring, ring.verify_carton(code, logged=True)) is None
    publish_log(ready, files, SECRETS)
    ring = the_keyring(ready)
    with ready.reading() as session:
        found = cartons.find(session, ring, ring.verify_carton(code, logged=True))
        assert found is not None and found.id == run


def test_a_lot_code_has_no_cartons(ready: Database) -> None:
    kept = issue(ready, 1, Form.LOT)
    ring = the_keyring(ready)
    with ready.reading() as session, pytest.raises(BadInput) as caught:
        next(cartons.payloads(session.get_one(type(kept), kept.id), ring, per=24))
    assert caught.value.fix == "Only labels with a code of their own are counted into cartons."
