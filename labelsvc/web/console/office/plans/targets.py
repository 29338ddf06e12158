"""Targets: the office's list of targets beside what is reached, and the form of one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.programme.plans.enter import create_target, remove_target, update_target
from labelsvc.programme.plans.models import TARGETS, Target, TargetKind
from labelsvc.programme.plans.reached import Progress, reached
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.kept_facts import kept_facts
from labelsvc.web.language import current, gettext
from labelsvc.web.paging import paged
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

_DAYS = {"since": "From", "until": "Until", "reached_on": "Reached as of"}
_FIGURES = {"least": "Planned", "most": "Up to", "reached": "Reached"}
_FIELDS = ("kind", "source", *_DAYS, *_FIGURES)


@bp.get("/plans")
def plans() -> ResponseReturnValue:
    query = select(Target).order_by(Target.until.desc(), Target.since.desc(), Target.id)
    with site().database.reading() as session:
        shown, facts, today = paged(session, query), kept_facts(session), clock.today()
        rows = [Progress(one, reached(session, facts, one, today)) for one in shown.rows]
    return render_template("console/office/plans.html", shown=shown, plans=rows, targets=TARGETS)


@bp.route("/plans/new", methods=["GET", "POST"])
def new_plan() -> ResponseReturnValue:
    return _edit(None)


@bp.route("/plans/<int:target_id>", methods=["GET", "POST"])
def edit_plan(target_id: int) -> ResponseReturnValue:
    return _edit(target_id)


@bp.post("/plans/<int:target_id>/remove")
def remove_plan(target_id: int) -> ResponseReturnValue:
    """Remove a target that was entered by mistake."""
    with site().database.writing() as session:
        remove_target(session, found_or_404(session.get(Target, target_id)), actor=actor())
    flash(gettext("The target is removed."), "good")
    return redirect(url_for("office.plans"))


def _edit(target_id: int | None) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        facts: dict[str, Any] = {name: posted.text(name) for name in ("kind", "source")}
        facts |= {name: posted.day(name, label) for name, label in _DAYS.items()}
        facts |= {name: _figure(posted, name, label) for name, label in _FIGURES.items()}

        def change(session: Session) -> bool:
            if target_id is None:
                create_target(session, actor=actor(), **facts)
            else:
                found = found_or_404(session.get(Target, target_id))
                update_target(session, found, actor=actor(), **facts)
            return True

        if posted.attempt(change):
            flash(gettext("Saved."), "good")
            return redirect(url_for("office.plans"))
    with site().database.reading() as session:
        found = found_or_404(session.get(Target, target_id)) if target_id else None
    page = render_template(
        "console/office/plan_form.html",
        target=found,
        v={name: _typed(value) for name, value in shown_values(found, _FIELDS).items()},
        kinds=[
            ("", "–"),
            *((kind, gettext(words)) for kind, words in TARGETS.items()),
        ],
        problems=posted.problems,
        errors=posted.errors,
    )
    return page, posted.status


def _figure(posted: Posted, name: str, label: str) -> Decimal | None:
    """A share has a decimal sign, a number of things signs between thousands: “2.000” is two thousand."""
    if posted.text("kind") in (TargetKind.POTENTIAL_SHARE, TargetKind.NEW_SHARE):
        return posted.decimal(name, label)
    whole = posted.number(name, label)
    return None if whole is None else Decimal(whole)


def _typed(value: Any) -> Any:
    """A figure of a row as a person would type it."""
    if not isinstance(value, Decimal):
        return value
    text = f"{value:f}".removesuffix(".0")
    return text.replace(".", ",") if current() == "vi" else text
