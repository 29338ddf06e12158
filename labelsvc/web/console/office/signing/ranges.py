"""Programme-office pages: ranges of a frozen key that the public log lacks, decided by two people."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.codes.models import RangeClaim, WithdrawalState
from labelsvc.codes.register import claims
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404, names_of
from labelsvc.web.console.office.dashboard import bp, may_write
from labelsvc.web.console.office.signing.keys import lots_of, show_key
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

STATES = {
    WithdrawalState.PROPOSED: "Waits for a second person",
    WithdrawalState.DONE: "Believed",
    WithdrawalState.REFUSED: "Not believed",
}


@bp.post("/keys/<int:kid>/ranges")
def propose_ranges(kid: int) -> ResponseReturnValue:
    """Proposed here; a colleague confirms it on the page of the proposal."""
    posted = Posted()
    posted.confirm()
    made = posted.attempt(
        lambda session: (
            claims.propose(
                session, kid, request.form.getlist("rows"), reason=posted.text("reason"),
                actor=actor(), secrets=site().settings.keys,
            ).id
        )
    )  # fmt: skip
    if made is None:
        return show_key(kid, posted, "ranges")
    return redirect(url_for("office.range_claim", claim_id=made), code=303)


@bp.get("/ranges/<int:claim_id>")
def range_claim(claim_id: int) -> ResponseReturnValue:
    return _page(claim_id, Posted())


def _page(claim_id: int, posted: Posted, doing: str = "") -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(RangeClaim, claim_id))
        rows = claims.rows_of(found)
        page = render_template(
            "console/office/range_claim.html",
            c=found,
            rows=rows,
            lots=lots_of(session, rows),
            digest=claims.digest(found),
            states=STATES,
            mine=found.proposed_by == actor(),
            may_decide=may_write() and found.state == WithdrawalState.PROPOSED,
            people=names_of(session, [found.proposed_by, found.decided_by]),
            form=request.form,
            doing=doing,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )
    return page, posted.status


@bp.post("/ranges/<int:claim_id>/confirm")
def confirm_ranges(claim_id: int) -> ResponseReturnValue:
    posted = Posted()
    posted.confirm()

    def act(session: Session) -> bool:
        found = found_or_404(session.get(RangeClaim, claim_id))
        claims.confirm(
            session, found, seen=posted.text("seen"), actor=actor(), secrets=site().settings.keys
        )
        return True

    if posted.attempt(act) is None:
        return _page(claim_id, posted, "confirm")
    flash(gettext("These ranges are believed from now on."), "good")
    return redirect(url_for("office.range_claim", claim_id=claim_id), code=303)


@bp.post("/ranges/<int:claim_id>/refuse")
def refuse_ranges(claim_id: int) -> ResponseReturnValue:
    posted = Posted()

    def act(session: Session) -> bool:
        found = found_or_404(session.get(RangeClaim, claim_id))
        claims.refuse(session, found, answer=posted.text("reason"), actor=actor())
        return True

    if posted.attempt(act) is None:
        return _page(claim_id, posted, "refuse")
    flash(gettext("The proposal is refused; nothing was changed."), "good")
    return redirect(url_for("office.range_claim", claim_id=claim_id), code=303)
