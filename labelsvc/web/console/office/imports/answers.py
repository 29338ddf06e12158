"""Import answers: what somebody says in the preview of a list. Each answer reads the list again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from labelsvc.catalogue.importing.choices import Choices
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.importing.heads.memory import remember
from labelsvc.catalogue.importing.heads.words import FIELDS
from labelsvc.errors import BadInput, ImportRefused
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.imports.preview import preview
from labelsvc.web.console.office.imports.work import read_again, read_plan
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: What the select beside a head sends for a column that is left out.
LEFT_OUT = "-"


@bp.post("/imports/preview/<token>/kind")
def import_kind(token: str) -> ResponseReturnValue:
    """Say what a sheet, or every sheet, is a list of."""
    facts, held = _read(token)
    kind, asked = request.form.get("kind", ""), _sheet(facts)
    if kind not in list(ListKind):
        abort(404)
    names = [one["name"] for one in facts["sheets"]] if request.form.get("all") else [asked["name"]]
    made = replace(held, kinds={**held.kinds, **dict.fromkeys(names, ListKind(kind))})
    if (problems := _answered(token, made)) is not None:
        return problems
    return _back(token)


@bp.post("/imports/preview/<token>/sheet")
def import_sheet(token: str) -> ResponseReturnValue:
    """Read a sheet, or leave it out."""
    facts, held = _read(token)
    sheets = {**held.sheets, _sheet(facts)["name"]: request.form.get("read") == "1"}
    return _answered(token, replace(held, sheets=sheets)) or _back(token)


@bp.post("/imports/preview/<token>/font")
def import_font(token: str) -> ResponseReturnValue:
    """Say that the texts of a sheet were turned from their old font as they should be."""
    facts, held = _read(token)
    fonts = {**held.fonts, _sheet(facts)["name"]: True}
    return _answered(token, replace(held, fonts=fonts)) or _back(token)


@bp.post("/imports/preview/<token>/decision")
def import_decision(token: str) -> ResponseReturnValue:
    """Say whether rows rest on the decision of their title."""
    facts, held = _read(token)
    key = request.form.get("key", "")
    if key not in {one["key"] for one in facts["decisions"]}:
        abort(404)
    decisions = {**held.decisions, key: request.form.get("take") == "1"}
    return _answered(token, replace(held, decisions=decisions)) or _back(token)


@bp.post("/imports/preview/<token>/sets")
def import_sets(token: str) -> ResponseReturnValue:
    """Say that the criteria sets guessed from names are right, or refuse the rows that rest on them."""
    _, held = _read(token)
    return _answered(token, replace(held, sets=request.form.get("take") == "1")) or _back(token)


@bp.post("/imports/preview/<token>/heads")
def import_heads(token: str) -> ResponseReturnValue:
    """Say what columns mean; remembered for every list with the same heads once it could be read."""
    facts, held = _read(token)
    sheet, said = _sheet(facts), {}
    for column in sheet["columns"]:
        asked = request.form.get(f"column-{column['index']}", "")
        if asked not in ("", LEFT_OUT, *FIELDS):
            abort(404)
        if asked and asked != shown_field(column):
            said[int(column["index"])] = "" if asked == LEFT_OUT else asked
    if not said:
        return _refused(
            token, BadInput("No column was changed.", fix="Choose what a column means.")
        )
    fingerprint = sheet["fingerprint"]
    columns = {**held.columns, fingerprint: {**held.columns.get(fingerprint, {}), **said}}
    if (problems := _answered(token, replace(held, columns=columns))) is not None:
        return problems
    with site().database.writing() as session:
        remember(session, fingerprint, said, actor=actor())
    flash(gettext("Remembered for every list with the same heads."), "good")
    return _back(token)


def shown_field(column: Mapping[str, Any]) -> str:
    """Choose the option that the select beside a head stands on."""
    field = str(column["field"])
    return LEFT_OUT if field == "left_out" else field


def _read(token: str) -> tuple[dict[str, Any], Choices]:
    seen = read_plan(token)
    return seen.facts, seen.choices


def _sheet(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The sheet that the form speaks of, by its place in the file."""
    number, sheets = request.form.get("sheet", -1, type=int), facts["sheets"]
    if number not in range(len(sheets)):
        abort(404)
    found: dict[str, Any] = sheets[number]
    return found


def _answered(token: str, choices: Choices) -> ResponseReturnValue | None:
    """Read the list again; the page with what is wrong where nothing of it would be left."""
    try:
        read_again(token, choices)
    except ImportRefused as error:
        return _refused(token, error)
    return None


def _refused(token: str, error: BadInput) -> ResponseReturnValue:
    posted = Posted()
    posted.add(error)
    return preview(token, posted)


def _back(token: str) -> ResponseReturnValue:
    return redirect(url_for("office.import_preview", token=token), code=303)
