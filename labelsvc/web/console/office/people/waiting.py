"""Programme-office pages: acts on accounts of officials that wait for a second person, and their links."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from labelsvc.accounts import deciding
from labelsvc.accounts.deciding import Act
from labelsvc.accounts.models import AccountProposal, User
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404, names_of
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.console.office.people.accounts import ROLE_WORDS, account_page
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.step_up import confirmed

ACT_WORDS = {
    Act.CREATE: "New account",
    Act.LINK: "New link for a password",
    Act.RESET: "Remove all second factors",
    Act.ROLE: "Change the role",
    Act.LET_IN: "Let in again",
}


@bp.get("/accounts/proposals")
def account_proposals() -> ResponseReturnValue:
    return _page(Posted())


def _page(posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        rows = deciding.waiting(session)
        users = [session.get(User, row.user_id) if row.user_id else None for row in rows]
        people = names_of(session, [row.proposed_by for row in rows])
    page = render_template(
        "console/office/account_proposals.html",
        rows=list(zip(rows, users, strict=True)),
        people=people,
        me=actor(),
        acts=ACT_WORDS,
        roles=ROLE_WORDS,
        problems=posted.problems,
        errors=posted.errors,
        confirmed=confirmed(),
    )
    return page, posted.status


@bp.post("/accounts/proposals/<int:number>")
def decide_account(number: int) -> ResponseReturnValue:
    """Confirm or refuse one."""
    posted = Posted()
    posted.confirm()

    def change(session: Session) -> bool:
        found = found_or_404(session.get(AccountProposal, number))
        if posted.text("do") == "confirm":
            deciding.confirm(session, found, actor=actor())
        else:
            deciding.refuse(session, found, actor=actor())
        return True

    if posted.attempt(change) is None:
        return _page(posted)
    if posted.text("do") == "confirm":
        words = "Confirmed. Whoever proposed it hands a link over, where there is one."
    else:
        words = "Refused; nothing was changed."
    flash(gettext(words), "good")
    return redirect(url_for("office.account_proposals"), code=303)


@bp.post("/accounts/proposals/<int:number>/link")
def account_proposal_link(number: int) -> ResponseReturnValue:
    """Show the link once, to whoever proposed it."""
    posted, keys = Posted(), site().settings.keys
    posted.confirm()

    def change(session: Session) -> tuple[int, str]:
        found = found_or_404(session.get(AccountProposal, number))
        user, value = deciding.link(session, found, keys=keys, actor=actor())
        return user.id, value

    made = posted.attempt(change)
    if made is None:
        return _page(posted)
    return account_page(made[0], Posted(), link=made[1])
