"""Villages: the office's pages of craft villages."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Producer, Village
from labelsvc.catalogue.register import create_village, update_village
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.producers import commune_of, commune_options
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_TEXTS = ("name", "name_en", "craft", "craft_en", "decision_number", "story", "story_en")
_FIELDS = (*_TEXTS, "decision_date", "commune_code")


@bp.get("/villages")
def villages() -> ResponseReturnValue:
    makers = select(Producer.village_id, func.count()).group_by(Producer.village_id)
    with site().database.reading() as session:
        rows = session.scalars(
            select(Village).options(joinedload(Village.commune)).order_by(Village.name)
        ).all()
        counts = {village: count for village, count in session.execute(makers)}
    return render_template("console/office/villages.html", rows=rows, counts=counts)


@bp.route("/villages/new", methods=["GET", "POST"])
def new_village() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/villages/<int:village_id>", methods=["GET", "POST"])
def edit_village(village_id: int) -> ResponseReturnValue:
    return _edit(village_id)


def _edit(village_id: int | None) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        facts: dict[str, Any] = {name: posted.text(name) for name in _TEXTS}
        facts["decision_date"] = posted.day("decision_date", "Date of the decision")

        def change(session: Session) -> Village:
            facts["commune"] = commune_of(session, posted.text("commune_code"))
            if village_id is None:
                return create_village(session, actor=actor(), **facts)
            found = found_or_404(session.get(Village, village_id))
            update_village(session, found, actor=actor(), **facts)
            return found

        if posted.attempt(change) is not None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("office.villages"))
    with site().database.reading() as session:
        found = found_or_404(session.get(Village, village_id)) if village_id else None
        page = render_template(
            "console/office/village_form.html",
            village=found,
            v=shown_values(found, _FIELDS),
            commune_options=commune_options(session),
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status
