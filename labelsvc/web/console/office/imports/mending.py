"""Mending: a refused row is corrected in the preview, in its own cells, and the list is read again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from labelsvc.catalogue.importing.heads.header import added_column
from labelsvc.catalogue.importing.heads.words import FIELDS
from labelsvc.errors import BadInput, ImportRefused
from labelsvc.i18n import nfc
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.imports.preview import preview
from labelsvc.web.console.office.imports.work import read_again, read_plan, staging
from labelsvc.web.language import gettext

#: Characters that a cell may have.
_LONGEST = 2000


@bp.post("/imports/preview/<token>/row")
def import_row(token: str) -> ResponseReturnValue:
    """Put what somebody wrote into the cells of a refused row."""
    seen = read_plan(token)
    place, number = request.form.get("sheet", -1, type=int), request.form.get("row", 0, type=int)
    sheets = seen.facts["sheets"]
    if place not in range(len(sheets)):
        abort(404)
    name = sheets[place]["name"]
    row = _row(seen.rows(), name, number)
    if row is None or not row.get("cells"):
        abort(404)
    said = _said(row["cells"])
    if not said:
        return _refused(token, BadInput("No cell was changed.", fix="Correct the cell that the reason names."))  # fmt: skip
    if any(len(text) > _LONGEST for text in said.values()):
        return _refused(token, BadInput("The text is too long.", fix="Shorten it."))
    rows = {k: dict(v) for k, v in seen.choices.cells.get(name, {}).items()}
    rows[number] = {**rows.get(number, {}), **said}
    choices = replace(seen.choices, cells={**seen.choices.cells, name: rows})
    try:
        done = read_again(token, choices)
    except ImportRefused as error:
        return _refused(token, error)
    if done:
        now = _row(staging().read(token).rows(), name, number)
        if now is not None and now["state"] != "refused":
            flash(gettext("Row {row} is mended.", row=number), "good")
        else:
            flash(gettext("Row {row} is still refused: look at the reason.", row=number), "bad")
    address = url_for("office.import_preview", token=token, state="refused", _anchor="rows")
    return redirect(address, code=303)


def _row(rows: Any, sheet: str, number: int) -> dict[str, Any] | None:
    return next((row for row in rows if row["row"] == number and row["sheet"] == sheet), None)


def _said(shown: dict[str, str]) -> dict[int, str]:
    """Column → what the form has and the row has not."""
    made: dict[int, str] = {}
    for key, value in request.form.items():
        text = nfc(value.replace("\r\n", "\n")).strip()
        kind, _, index = key.partition("-")
        if kind == "cell" and index.isascii() and index.isdigit():
            held = shown.get(str(int(index)))
            if held is not None and text != held.strip():
                made[int(index)] = text
        elif kind == "added" and index in FIELDS and text:
            column = added_column(index)
            if shown.get(str(column), "").strip() != text:
                made[column] = text
    return made


def _refused(token: str, error: BadInput) -> ResponseReturnValue:
    posted = Posted()
    posted.add(error)
    return preview(token, posted)
