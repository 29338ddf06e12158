"""Columns: somebody points at the row of heads of a sheet, and says what each column is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.files.guard import column_letters
from labelsvc.catalogue.importing.files.read import Table
from labelsvc.catalogue.importing.heads.header import SEARCHED, given_header
from labelsvc.catalogue.importing.heads.memory import remember
from labelsvc.catalogue.importing.heads.words import FIELDS, field_of
from labelsvc.catalogue.importing.staging import TOP_ROWS
from labelsvc.catalogue.importing.values.plain import text_of
from labelsvc.errors import BadInput, ImportRefused
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.field_words import FIELD_GROUPS, FIELD_WORDS
from labelsvc.web.console.office.imports.work import idle, read_again, staging
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Rows that are shown, columns that can be assigned, and values below a head.
_ROWS, _COLUMNS, _SAMPLES = 25, 40, 3
#: What a list must have a column of.
_LEADS = ("product", "outlet", "village")


@dataclass(frozen=True)
class Column:
    """A column of a sheet: its letter, its head, some of its values, and what it may be."""

    index: int
    letter: str
    words: str
    samples: list[str]
    field: str


@bp.get("/imports/preview/<token>/columns")
def import_columns(token: str) -> ResponseReturnValue:
    return _page(token, Posted())


@bp.post("/imports/preview/<token>/columns")
def import_columns_said(token: str) -> ResponseReturnValue:
    """Take the row as heads and the columns as somebody says, now and for the next such list."""
    posted = Posted()
    tables, name = _tables(token)
    table, row = _chosen(tables)
    said = {column.index: request.form.get(f"column-{column.index}", "-") for column in _columns(table, row)}  # fmt: skip
    if wrong := set(said.values()) - {*FIELDS, "-"}:
        abort(404, ", ".join(wrong))
    columns = {index: "" if field == "-" else field for index, field in said.items()}
    try:
        if not set(columns.values()) & set(_LEADS):
            raise BadInput(
                "No column holds the product, the point of sale or the village.",
                fix="Say which one does.",
            )
        _read(token, table, (row, columns), name)
    except BadInput as error:
        posted.add(error)
        return _page(token, posted)
    if row:
        with site().database.writing() as session:
            remember(session, given_header(table, row, columns).fingerprint, columns, actor=actor())
        flash(gettext("Remembered for every list with the same heads."), "good")
    return redirect(url_for("office.import_preview", token=token), code=303)


def _read(token: str, table: Table, heads: tuple[int, dict[int, str]], name: str) -> None:
    store = staging()
    held = store.read(token).choices if store.planned(token) else Choices()
    choices = replace(
        held, heads={**held.heads, table.name: heads}, sheets={**held.sheets, table.name: True}
    )
    read_again(token, choices, file_name=name)


def _tables(token: str) -> tuple[list[Table], str]:
    """The sheets of an upload, and the name of its file."""
    found = idle(token)
    if found is None:
        abort(404)
    return staging().tops(token, found.file_name), found.file_name


def _chosen(tables: list[Table]) -> tuple[Table, int]:
    """The sheet that the page is of, and the row of its heads; 0: it has none."""
    place = request.values.get("sheet", 0, type=int)
    if place not in range(len(tables)):
        abort(404)
    table = tables[place]
    row = request.values.get("row", type=int)
    return table, _likely(table) if row is None else max(0, min(row, SEARCHED))


def _likely(table: Table) -> int:
    """The first row with most short texts: most lists have their heads there."""
    best, found = 0, 0
    for number, cells in islice(table.rows(), _ROWS):
        texts = sum(isinstance(c, str) and 0 < len(c.strip()) <= 60 for c in cells)
        if texts > best:
            best, found = texts, number
    return found


def _columns(table: Table, row: int) -> list[Column]:
    heads: list[str] = []
    samples: dict[int, list[str]] = {}
    for number, cells in islice(table.rows(), TOP_ROWS):
        texts = [" ".join(text_of(cell).split())[:80] for cell in cells[:_COLUMNS]]
        if number == row:
            heads = texts
        elif number > row:
            for index, text in enumerate(texts):
                if text and len(samples.setdefault(index, [])) < _SAMPLES:
                    samples[index].append(text)
    indices = sorted({*samples, *(i for i, text in enumerate(heads) if text)})
    return [
        Column(i, column_letters(i + 1), words, samples.get(i, []), field_of(words))
        for i in indices
        for words in [heads[i] if i < len(heads) else ""]
    ]


def _page(token: str, posted: Posted) -> ResponseReturnValue:
    try:
        tables, name = _tables(token)
    except ImportRefused as error:
        posted.add(error)
        tables, name = [], ""
    if not tables:
        return redirect(url_for("office.import_preview", token=token), code=303)
    table, row = _chosen(tables)
    columns = _columns(table, row)
    first = [
        (number, [text_of(cell)[:60] for cell in cells[:8]])
        for number, cells in islice(table.rows(), _ROWS)
    ]
    said: dict[int, str] = {c.index: request.form.get(f"column-{c.index}", c.field or "-") for c in columns}  # fmt: skip
    page = render_template(
        "console/office/import_columns.html", token=token, name=name, tables=tables,
        place=request.values.get("sheet", 0, type=int), row=row, rows=first, columns=columns,
        said=said, list_words=FIELD_WORDS, groups=FIELD_GROUPS, problems=posted.problems,
    )  # fmt: skip
    return page, posted.status
