"""The demo's goods are the model: each is printed on every full label without a finding."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, object_session

from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import Standing
from labelsvc.db import Base
from labelsvc.demo import sample
from labelsvc.labels import legal
from labelsvc.labels.drawing import fonts
from labelsvc.labels.drawing.compose import compose
from labelsvc.labels.layouts import library
from labelsvc.labels.runs.catalogue_content import lot_content

TODAY = date(2026, 11, 30)
FULL = [name for name in library.names() if library.get(name).purpose == "full_label"]


@pytest.fixture(scope="module")
def goods() -> Iterator[list[Product]]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        load_places(session)
        drawn = sample.fill_catalogue(session, random=Random(2026), today=TODAY)
        yield [one.product for one in drawn]
    engine.dispose()


def lot_of(product: Product) -> Lot:
    made, days = TODAY - timedelta(days=1), product.shelf_life_days
    ends = made + timedelta(days=days) if days else None
    lot = Lot(product=product, code="L261129-01", declared=10, made_on=made, expires_on=ends)
    session = object_session(product)
    assert session is not None
    session.add(lot)
    return lot


@pytest.mark.parametrize("name", FULL)
def test_every_product_is_printed_without_a_finding(goods: list[Product], name: str) -> None:
    layout, found = library.get(name), {}
    lots = [lot_of(product) for product in {one.name: one for one in goods}.values()]
    for lot in lots:
        content = lot_content(lot, base_url="https://ocop.example", on=TODAY)
        drawing = compose(layout, content, fonts.load())
        said = legal.check_label(layout, drawing, content, lot.product.set_number, fonts.load())
        if said:
            found[lot.product.name] = [(one.severity, one.code, one.params) for one in said]
    assert len(lots) > 50
    assert found == {}


def test_only_what_the_law_lets_go_on_is_extended(goods: list[Product]) -> None:
    held = [r for product in goods for r in product.recognitions]
    extended = [r for r in held if r.standing(TODAY) is Standing.EXTENDED]
    assert extended
    assert all(date(2026, 5, 22) <= r.valid_to <= date(2026, 9, 19) for r in extended)
