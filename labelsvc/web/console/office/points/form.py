"""Form: the office's form of a point of sale, for a new one, one that a commune proposes, or a change."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Outlet
from labelsvc.catalogue.points import hours, position
from labelsvc.catalogue.points.shown import KIND_WORDS
from labelsvc.catalogue.register import create_outlet, update_outlet
from labelsvc.programme.points.propose import propose
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.producers import commune_of, commune_options
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_TEXTS = (
    "name", "kind", "street", "position", "phone", "website", "hours", "hours_note", "operator", "email",
)  # fmt: skip
_FIELDS = (*_TEXTS, "commune_code", "units", "on")


@bp.route("/outlets/new", methods=["GET", "POST"])
def new_outlet() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/outlets/<int:outlet_id>/edit", methods=["GET", "POST"])
def edit_outlet(outlet_id: int) -> ResponseReturnValue:
    return _edit(outlet_id)


def _edit(outlet_id: int | None) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        saved = posted.attempt(_saver(posted, outlet_id))
        if saved is not None:
            flash(gettext("Saved."), "good")
            return redirect(url_for("office.outlet", outlet_id=saved))
    with site().database.reading() as session:
        found = found_or_404(session.get(Outlet, outlet_id)) if outlet_id else None
        values = shown_values(found, _FIELDS)
        if found is not None and request.method == "GET":
            values["hours"] = hours.said(found.hours, current())
            values["position"] = position.said(found.latitude, found.longitude)
        page = render_template(
            "console/office/outlet_form.html",
            o=found,
            v=values,
            kind_options=[("", gettext("Choose one"))]
            + [(str(kind), gettext(words)) for kind, words in KIND_WORDS.items()],
            commune_options=commune_options(session),
            problems=posted.problems,
            errors=posted.errors,
        )
    return page, posted.status


def _saver(posted: Posted, outlet_id: int | None) -> Any:
    # A form without a field, such as one of before, leaves that fact as it is.
    facts: dict[str, Any] = {name: posted.text(name) for name in _TEXTS if name in request.form}
    since = posted.day("on", "In the list since")
    units = posted.text("units").replace(";", "\n").split("\n")

    def change(session: Session) -> int:
        facts["commune"] = commune_of(session, posted.text("commune_code"))
        if outlet_id is not None:
            found = found_or_404(session.get(Outlet, outlet_id))
            update_outlet(session, found, actor=actor(), **facts)
            return found.id
        if "".join(units).strip():
            return propose(session, units=units, actor=actor(), on=since, **facts).id
        return create_outlet(session, actor=actor(), on=since, **facts).id

    return change
