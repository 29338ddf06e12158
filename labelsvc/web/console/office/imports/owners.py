"""Programme-office pages: an owner of a list that may be a known one. "The same" or "another"."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.catalogue.owners.decisions import decide
from labelsvc.catalogue.owners.index import OwnerKey
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.imports.work import read_again, read_plan
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


@bp.post("/imports/preview/<token>/owner")
def import_owner(token: str) -> ResponseReturnValue:
    """Say of the owner of a row whether it is one of those shown, and compare the list anew."""
    seen = read_plan(token)
    number = request.form.get("row", 0, type=int)
    row = next((row for row in seen.rows() if row["row"] == number), None)
    if row is None or not row["asked"]:
        abort(404)
    chosen = request.form.get("same", "")
    same = int(chosen) if chosen.isascii() and chosen.isdigit() else -1
    if chosen != "none" and same not in range(len(row["asked"])):
        abort(404)

    def say(session: Session) -> None:
        key = OwnerKey(*row["owner"]["key"])
        for place, one in enumerate(row["asked"]):
            if chosen == "none" or place == same:
                decide(
                    session, key, OwnerKey(*one["key"]), producer_id=one["producer"],
                    same=place == same, actor=actor(), written=row["producer"],
                )  # fmt: skip

    with site().database.writing() as session:
        say(session)
    read_again(token, seen.choices)
    flash(gettext("Remembered: the next list is not asked about this owner again."), "good")
    return redirect(url_for("office.import_preview", token=token, state="refused"), code=303)
