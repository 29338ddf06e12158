"""Changing rows of the catalogue: a field that was filled may be emptied, a name may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from labelsvc.catalogue import register
from labelsvc.catalogue.lots import LotFacts, open_lot
from labelsvc.catalogue.models import Outlet, Producer, Product, Village
from labelsvc.catalogue.register import OUTLET, PRODUCER, PRODUCT, VILLAGE
from labelsvc.db import Database
from labelsvc.errors import BadInput
from tests.factories import make_producer, make_product, make_village

#: What a check takes that wants more than words.
SAMPLES = {
    "tax_code": "0100109106", "gtin": "09520000001001", "ocop_code": "01-00577-012-2026",
    "phone": "024 3999 0123", "email": "lan@example.vn", "website": "https://lan.example.vn",
    "decision_number": "1147/QĐ-UBND", "goods_kind": "food", "nutrition_exempt": "small_maker",
    "date_kind": "best_before",
}  # fmt: skip


def make_outlet(session: Session) -> Outlet:
    return register.create_outlet(session, name="Cửa hàng OCOP", actor="test")


KINDS: dict[str, tuple[Callable[[Session], Any], Callable[..., Any], type[Any], Any]] = {
    "producer": (make_producer, register.update_producer, Producer, PRODUCER),
    "product": (make_product, register.update_product, Product, PRODUCT),
    "village": (make_village, register.update_village, Village, VILLAGE),
    "outlet": (make_outlet, register.update_outlet, Outlet, OUTLET),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_but_the_name_may_be_filled_and_emptied_again(
    database: Database, kind: str
) -> None:
    make, update, model, checks = KINDS[kind]
    optional = {name: SAMPLES.get(name, "Lời kể") for name in checks if name != "name"}
    with database.writing() as session:
        row = make(session)
        number = row.id
        update(session, row, actor="test", **optional)
    with database.writing() as session:
        row = session.get_one(model, number)
        assert {name: getattr(row, name) for name in optional} == optional
        update(session, row, actor="test", **dict.fromkeys(optional, " "))
    with database.reading() as session:
        row = session.get_one(model, number)
        assert {name: getattr(row, name) or "" for name in optional} == dict.fromkeys(optional, "")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["", "  ", None])
def test_a_name_is_never_emptied(database: Database, kind: str, name: str | None) -> None:
    make, update, _, _ = KINDS[kind]
    with database.writing() as session:
        row = make(session)
        before = row.name
        with pytest.raises(BadInput, match="cannot be empty") as told:
            update(session, row, actor="test", name=name)
        assert (told.value.params["field"], row.name) == ("name", before)


@pytest.mark.parametrize("activation", [False, True])
def test_labels_of_a_lot_wait_for_their_activation_only_where_that_is_asked(
    database: Database, activation: bool
) -> None:
    facts = LotFacts(declared=5, activation=True) if activation else LotFacts(declared=5)
    with database.writing() as session:
        lot = open_lot(session, make_product(session), facts, actor="test")
        assert lot.activation is activation


@pytest.mark.parametrize("days", [1, 36_500])
def test_the_ends_of_a_shelf_life_are_taken_and_what_lies_beyond_is_refused(
    database: Database, days: int
) -> None:
    with database.writing() as session:
        product = make_product(session)
        register.update_product(session, product, shelf_life_days=days, actor="test")
        assert product.shelf_life_days == days
        with pytest.raises(BadInput, match="shelf life"):
            register.update_product(
                session, product, shelf_life_days=0 if days == 1 else days + 1, actor="test"
            )
