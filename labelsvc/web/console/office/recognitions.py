"""Recognitions: the office's list of decisions, their withdrawal and their extension."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import (
    EXTENDABLE,
    EXTENSION_MAX_DAYS,
    RENEWAL_CLOSES_DAYS,
    RENEWAL_OPENS_DAYS,
    Recognition,
    Standing,
    number_key,
)
from labelsvc.catalogue.stars.certify import ending_within, extend_recognition
from labelsvc.catalogue.stars.proposals import Ending, propose_withdrawal, waiting_for
from labelsvc.catalogue.stars.withdrawing import REASON_WORDS
from labelsvc.errors import BadInput
from labelsvc.i18n import fold
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.words import points_above
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

#: What the list may be narrowed to, in the order of the choice.
SHOWS = {
    "": "All states",
    "ending_120": "End within 120 days",
    "ending_180": "End within 180 days",
    Standing.IN_FORCE: "In force",
    Standing.ENDING_SOON: "Ends soon",
    Standing.EXTENDED: "Extended (art. 12)",
    Standing.EXPIRED: "Expired",
    Standing.WITHDRAWN: "Withdrawn",
    Standing.NOT_RECOGNISED: "Not recognised yet",
}
STANDING_WORDS = {key: words for key, words in SHOWS.items() if isinstance(key, Standing)}
_ENDING = {"ending_120": RENEWAL_CLOSES_DAYS, "ending_180": RENEWAL_OPENS_DAYS}


def standing_is(standing: Standing, on: date) -> ColumnElement[bool]:
    """`Recognition.standing(on) == standing` as the database asks it."""
    withdrawn = and_(Recognition.withdrawn_on.is_not(None), Recognition.withdrawn_on <= on)
    begun, held = Recognition.valid_from <= on, Recognition.valid_to >= on
    soon = Recognition.valid_to <= on + timedelta(days=RENEWAL_OPENS_DAYS)
    kept = and_(Recognition.extended_to.is_not(None), Recognition.extended_to >= on)
    if standing is Standing.WITHDRAWN:
        return withdrawn
    rules = {
        Standing.NOT_RECOGNISED: ~begun,
        Standing.IN_FORCE: and_(begun, held, ~soon),
        Standing.ENDING_SOON: and_(begun, held, soon),
        Standing.EXTENDED: and_(begun, ~held, kept),
        Standing.EXPIRED: and_(begun, ~held, ~kept),
    }
    # NULL-safe "not withdrawn": NOT over a NULL comparison is NULL, which filters everything.
    live = or_(Recognition.withdrawn_on.is_(None), Recognition.withdrawn_on > on)
    return and_(live, rules[standing])


def chosen(session: Session, on: date) -> Select[Any]:
    """The recognitions that the address asks for: state, stars, words; first to end first."""
    show, words = choice_of("show", [*_ENDING, *STANDING_WORDS]), request.args.get("q", "")
    stars = choice_of("stars", ("3", "4", "5"))
    query = (
        select(Recognition)
        .join(Product)
        .join(Producer)
        .options(joinedload(Recognition.product).joinedload(Product.producer))
    )
    if show in _ENDING:
        ending = [found.id for found in ending_within(session, _ENDING[show], on=on)]
        query = query.where(Recognition.id.in_(ending))
    elif show:
        query = query.where(standing_is(Standing(show), on))
    if stars:
        query = query.where(Recognition.stars == int(stars))
    for word in fold(words).split()[:8]:
        query = query.where(
            or_(
                Product.search_key.contains(word, autoescape=True),
                Producer.search_key.contains(word, autoescape=True),
                number_key().contains(word, autoescape=True),
            )
        )
    newest_first = show in ("", Standing.EXPIRED, Standing.WITHDRAWN)
    end = Recognition.valid_to.desc() if newest_first else Recognition.valid_to
    return query.order_by(end, Recognition.id)


@bp.get("/recognitions")
def recognitions() -> ResponseReturnValue:
    today = clock.today()
    with site().database.reading() as session:
        shown = paged(session, chosen(session, today))
    return render_template(
        "console/office/recognitions.html",
        shown=shown,
        rows=[(found, found.standing(today)) for found in shown.rows],
        shows=SHOWS,
        today=today,
    )


@bp.get("/recognitions/<int:recognition_id>")
def recognition(recognition_id: int) -> ResponseReturnValue:
    return _recognition_page(recognition_id, Posted())


def _recognition_page(recognition_id: int, posted: Posted, doing: str = "") -> ResponseReturnValue:
    """The page; *doing* is the form whose problems it shows."""
    today = clock.today()
    with site().database.reading() as session:
        found = found_or_404(session.get(Recognition, recognition_id))
        entries = session.scalars(
            select(AuditEntry)
            .where(AuditEntry.subject == f"recognition:{recognition_id}")
            .order_by(AuditEntry.id.desc())
        ).all()
        standing, waiting = found.standing(today), waiting_for(session, recognition_id)
        names = [entry.actor for entry in entries] + [waiting.proposed_by if waiting else ""]
        page = render_template(
            "console/office/recognition.html",
            r=found,
            p=found.product,
            standing=standing,
            above=points_above(found),
            window=found.renewal_window(),
            latest=found.valid_to + timedelta(days=EXTENSION_MAX_DAYS),
            may_extend=EXTENDABLE[0] <= found.valid_to <= EXTENDABLE[1],
            reasons=REASON_WORDS,
            proposal=waiting,
            mine=actor(),
            entries=entries,
            people=names_of(session, names),
            form=request.form,
            doing=doing,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
            today=today,
        )
    return page, posted.status


@bp.post("/recognitions/<int:recognition_id>/withdraw")
def withdraw(recognition_id: int) -> ResponseReturnValue:
    """Propose to take the stars back; somebody else confirms it on the page of proposals."""
    posted = Posted()
    on = posted.day("on", "First day without stars")
    day = posted.day("decision_date", "Date of the decision")
    found_on = posted.day("found_on", "Day of the finding")
    posted.confirm()

    def change(session: Session) -> Recognition:
        found = found_or_404(session.get(Recognition, recognition_id))
        ending = Ending(
            posted.text("decision"), on or clock.today(), posted.text("reason"), day,
            posted.text("words"), found_on=found_on,
        )  # fmt: skip
        propose_withdrawal(session, found, ending, actor=actor())
        return found

    if posted.attempt(change) is None:
        return _recognition_page(recognition_id, posted, "withdraw")
    flash(
        gettext("The withdrawal is proposed. The stars stay until somebody else confirms it."),
        "good",
    )
    return redirect(url_for("office.recognition", recognition_id=recognition_id))


@bp.post("/recognitions/<int:recognition_id>/extend")
def extend(recognition_id: int) -> ResponseReturnValue:
    posted = Posted()
    until = posted.day("until", "Extended until")
    posted.confirm()

    def change(session: Session) -> Recognition:
        found = found_or_404(session.get(Recognition, recognition_id))
        if until is None:
            raise BadInput("This field cannot be empty.", fix="Fill it in.", field="until")
        extend_recognition(
            session,
            recognition=found,
            until=until,
            evidence=posted.text("evidence"),
            actor=actor(),
        )
        return found

    if posted.attempt(change) is None:
        return _recognition_page(recognition_id, posted, "extend")
    flash(gettext("The extension is entered."), "good")
    return redirect(url_for("office.recognition", recognition_id=recognition_id))
