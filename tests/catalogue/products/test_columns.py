"""The declaration of a product's columns fits the table, the lists and the forms that read it."""

from __future__ import annotations

import pytest
from sqlalchemy import String, Text

from labelsvc.catalogue.importing.heads.words import NAMES
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.products import columns as product_columns
from labelsvc.catalogue.products.columns import COLUMNS, Kind, ProductColumn
from labelsvc.web.console import product_fields


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_each_declared_column_stands_in_the_table_and_what_may_be_typed_fits(
    column: ProductColumn,
) -> None:
    kind = Product.__table__.columns[column.name].type
    if column.kind is Kind.PROSE:
        assert isinstance(kind, Text) and column.rows
    elif column.kind is Kind.LINE:
        assert isinstance(kind, String) and column.length
        assert column.spelling is not None or column.length <= (kind.length or 0)


def test_no_head_of_a_list_means_two_columns() -> None:
    heads = [head for names in NAMES.values() for head in names]
    assert len(heads) == len(set(heads))


@pytest.mark.parametrize(("set_number", "shown"), [(14, True), (15, True), (9, False), (21, False)])
def test_producers_of_spirits_alone_are_asked_for_alcohol(set_number: int, shown: bool) -> None:
    lines = [[column.name for column in line] for line in product_fields.producer_form(set_number)]
    assert (["alcohol"] in lines) is shown  # beside the origin in the office's form only
    craft = set_number in product_columns.CRAFTS
    assert (["net_content"] if craft else ["net_content", "shelf_life_days"]) in lines
    of_office = {"name", "origin", "gtin", "ocop_code", "set_number", "risk_level"}
    assert not of_office & {name for line in lines for name in line}


def test_the_office_sees_every_column_once() -> None:
    shown = [column for _, lines in product_fields.OFFICE_FORM for line in lines for column in line]
    assert shown == list(product_columns.COLUMNS)
