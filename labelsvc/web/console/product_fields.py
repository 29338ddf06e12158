"""Product fields: arranges the declared columns of a product as a form and reads what was typed.

Used by the product pages of the office and of producers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import request

from labelsvc.catalogue.products import ingredients as ingredient_rows
from labelsvc.catalogue.products.columns import (
    COLUMNS,
    CRAFTS,
    OF_PRODUCER,
    Kind,
    ProductColumn,
    Section,
    in_lines,
)
from labelsvc.web.console.forms import Posted

SECTION_WORDS = {
    Section.IDENTITY: "What it is",
    Section.LABEL: "What stands on the label",
    Section.STORY: "Story",
}
#: Inputs of one row of ingredients, in the order of its cells.
ROW_INPUTS = (
    "ingredient_name", "ingredient_share", "ingredient_group", "ingredient_ins", "ingredient_nature",
)  # fmt: skip
#: Sections of the office's form: words, lines.
OFFICE_FORM = [
    (words, in_lines(column for column in COLUMNS if column.section is section))
    for section, words in SECTION_WORDS.items()
]


#: Columns that handmade goods have under another name: what pottery is made of is no list of ingredients.
_OF_CRAFTS = {
    "ingredients": ("Material", "What it is made of: đất sét, men gốm; lụa tơ tằm 100 %."),
    "ingredients_en": ("Material in English", ""),
}
#: Columns of the label that handmade goods do not have.
_NOT_OF_CRAFTS = frozenset({"shelf_life_days", "packs"})


def producer_form(set_number: int) -> list[list[ProductColumn]]:
    """Lines of the form of a producer, for goods of a criteria set; the label comes first."""
    order = (Section.LABEL, Section.IDENTITY, Section.STORY)
    crafts = set_number in CRAFTS
    shown = (
        column
        for column in OF_PRODUCER
        if (not column.only_sets or set_number in column.only_sets)
        and not (crafts and column.name in _NOT_OF_CRAFTS)
    )
    lines = in_lines(sorted(shown, key=lambda column: order.index(column.section)))
    return [[_of_craft(column) for column in line] for line in lines] if crafts else lines


def _of_craft(column: ProductColumn) -> ProductColumn:
    words, hint = _OF_CRAFTS.get(column.name, (column.words, column.hint))
    return replace(column, words=words, hint=hint)


def read(posted: Posted, columns: Iterable[ProductColumn]) -> dict[str, Any]:
    """Values of *columns* as typed; one that is not readable is a problem of *posted*."""
    return {
        column.name: posted.number(column.name, column.words)
        if column.kind in (Kind.NUMBER, Kind.SET)
        else rows(posted)
        if column.kind is Kind.ROWS
        else posted.text(column.name)
        for column in columns
    }


def rows(posted: Posted) -> str:
    """The ingredients that were typed, one line a row: from the inputs of the form, else as text."""
    columns = [request.form.getlist(name) for name in ROW_INPUTS]
    return ingredient_rows.joined(columns) if any(columns) else posted.text("ingredient_rows")
