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
from labelsvc.errors import BadInput, Conflict
from tests.factories import make_producer, make_product, make_recognition, make_village

#: What a check takes that wants more than words.
SAMPLES = {
    "tax_code": "0100109106", "gtin": "09520000001001", "ocop_code": "01-00577-012-2026",
    "phone": "024 3999 0123", "email": "lan@example.vn", "website": "https://lan.example.vn",
    "decision_number": "1147/QĐ-UBND", "goods_kind": "food", "nutrition_exempt": "small_maker",
    "date_kind": "best_before", "hours": "08:00-17:00||||||", "craft_code": "gom-su",
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


def test_another_name_than_that_of_the_decision_asks(database: Database) -> None:
    with database.writing() as session:
        product = make_product(session, name="Trà sen")
        register.update_product(session, product, name="Trà hoa sen", actor="test")
        make_recognition(session, product)
        register.update_product(session, product, name="TRÀ HOA SEN", actor="test")
        with pytest.raises(Conflict) as told:
            register.update_product(session, product, name="Trà cúc", actor="test")
        assert (told.value.params["field"], told.value.params["name"]) == ("name", "Trà hoa sen")
        register.update_product(session, product, name="Trà cúc", agreed=True, actor="test")
        assert product.recognitions[0].product_name == "Trà hoa sen"


def test_rows_of_ingredients_set_the_text_largest_first(database: Database) -> None:
    rows = "muối\nỚt; 60 %\nnatri benzoat; ; chất bảo quản; 211\nvani; 0,5; hương liệu; ; Tổng hợp"
    with database.writing() as session:
        product = make_product(session)
        register.update_product(session, product, ingredient_rows=rows, actor="test")
        assert product.ingredients == (
            "muối, Ớt (60 %), hương liệu tổng hợp (vani, 0,5 %), chất bảo quản: natri benzoat (INS 211)"
        )
        register.update_product(session, product, ingredients="Khác", actor="test")
        assert product.ingredients.startswith("muối")
        register.update_product(
            session, product, ingredient_rows="", ingredients="Khác", actor="test"
        )
        assert product.ingredients == "Khác"


@pytest.mark.parametrize(
    "rows",
    [
        "Ớt; sáu mươi",
        "Ớt; 160 %",
        "Ớt; 60\nmuối; 50",
        "benzoat; ; ; mười",
        "vani; ; ; ; giả",
        "; 20 %",
    ],
)
def test_rows_of_ingredients_that_cannot_be_are_refused(database: Database, rows: str) -> None:
    with database.writing() as session:
        product = make_product(session)
        with pytest.raises(BadInput) as told:
            register.update_product(session, product, ingredient_rows=rows, actor="test")
        assert told.value.params["field"] == "ingredient_rows"


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
