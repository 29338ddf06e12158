"""Proposals: the office's page of stars that somebody proposed to take back; another confirms."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars import proposals as verbs
from labelsvc.catalogue.stars.proposals import ProposalState, WithdrawalProposal
from labelsvc.catalogue.stars.withdrawing import REASON_WORDS
from labelsvc.errors import BadInput
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

STATES = {
    ProposalState.PROPOSED: "Waits for a second person",
    ProposalState.DONE: "Withdrawn",
    ProposalState.REFUSED: "Not withdrawn",
}


@bp.get("/recognitions/withdrawals")
def proposals() -> ResponseReturnValue:
    """Every proposal, those that wait first."""
    return _page(Posted())


def _page(posted: Posted) -> ResponseReturnValue:
    query = (
        select(WithdrawalProposal)
        .options(
            joinedload(WithdrawalProposal.recognition)
            .joinedload(Recognition.product)
            .joinedload(Product.producer)
        )
        .order_by(WithdrawalProposal.state != ProposalState.PROPOSED, WithdrawalProposal.id.desc())
    )
    with site().database.reading() as session:
        shown = paged(session, query)
        people = names_of(
            session, [name for row in shown.rows for name in (row.proposed_by, row.decided_by)]
        )
    page = render_template(
        "console/office/proposals.html",
        shown=shown,
        people=people,
        states=STATES,
        reason_words=REASON_WORDS,
        waits=any(row.state == ProposalState.PROPOSED for row in shown.rows),
        mine=actor(),
        chosen=set(request.form.getlist("proposal")),
        problems=posted.problems,
        confirmed=confirmed(),
    )
    return page, posted.status


@bp.post("/recognitions/withdrawals")
def decide_proposals() -> ResponseReturnValue:
    """Confirm or refuse the chosen ones: all of them, or none where one cannot be."""
    posted = Posted()
    confirms = posted.text("do") == "confirm"
    if confirms:
        posted.confirm()

    def change(session: Session) -> int:
        numbers = request.form.getlist("proposal", type=int)
        if not numbers or posted.text("do") not in ("confirm", "refuse"):
            raise BadInput("No proposal was chosen.", fix="Tick those that you decide.")
        for number in dict.fromkeys(numbers):
            found = found_or_404(session.get(WithdrawalProposal, number))
            if confirms:
                verbs.confirm_withdrawal(session, found, actor=actor())
            else:
                verbs.refuse_withdrawal(session, found, actor=actor())
        return len(numbers)

    if posted.attempt(change) is None:
        return _page(posted)
    flash(
        gettext("The stars are withdrawn. The scan pages show it from now on.")
        if confirms
        else gettext("The proposals are refused; the stars stay."),
        "good",
    )
    return redirect(url_for("office.proposals"), code=303)
