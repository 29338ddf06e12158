"""Programme-office pages: taking codes, lots and products off the market."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes import withdrawal as verbs
from labelsvc.codes.keys import load_keyring
from labelsvc.codes.models import Form, Issue, Scope, Withdrawal, WithdrawalState
from labelsvc.codes.resolve import find_code
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.web.console.office import bp, found_or_404, may_write, names_of, paged
from labelsvc.web.console.office_form import Posted
from labelsvc.web.language import gettext
from labelsvc.web.security import actor, confirmed
from labelsvc.web.site import site

#: What can be withdrawn from a scanned code, in words.
SCOPES = {
    Scope.UNIT: "This label only",
    Scope.RUN: "All labels of its print run",
    Scope.LOT: "The whole lot",
    Scope.PRODUCT: "All lots of the product",
}
#: The same for what was withdrawn.
DONE = SCOPES | {Scope.RANGE: "A range of labels", Scope.KEY: "All codes of a signing key"}
STATES = {
    WithdrawalState.PROPOSED: "Waits for a second person",
    WithdrawalState.DONE: "Withdrawn",
    WithdrawalState.REFUSED: "Not withdrawn",
}


@bp.get("/withdrawals")
def withdrawals() -> ResponseReturnValue:
    query = (
        select(Withdrawal)
        .options(joinedload(Withdrawal.product).joinedload(Product.producer))
        .options(joinedload(Withdrawal.lot))
        # What waits for somebody stands first.
        .order_by(Withdrawal.state != WithdrawalState.PROPOSED, Withdrawal.id.desc())
    )
    with site().database.reading() as session:
        shown = paged(session, query)
        people = names_of(session, [row.proposed_by for row in shown.rows])
    return render_template(
        "console/office/withdrawals.html",
        shown=shown,
        people=people,
        scopes=DONE,
        states=STATES,
        stale=verbs.stale,
    )


@bp.route("/withdrawals/new", methods=["GET", "POST"])
def new_withdrawal() -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST" and posted.text("do") == "withdraw":
        posted.confirm()
        made = posted.attempt(lambda session: _withdraw(session, posted).id)
        if made is not None:
            return redirect(url_for("office.withdrawal", withdrawal_id=made), code=303)
    with site().database.reading() as session:
        found = None
        if request.values.get("code"):
            try:
                found = _found(session, request.values["code"])
            except LabelsvcError as error:
                posted.add(error)
        page = render_template(
            "console/office/withdrawal_new.html",
            issue=found[0] if found else None,
            number=found[1] if found else None,
            scopes={
                scope: words
                for scope, words in SCOPES.items()
                if not found or found[0].form != Form.LOT or scope in (Scope.LOT, Scope.PRODUCT)
            },
            code=request.values.get("code", ""),
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )
    return page, posted.status


def _found(session: Session, code: str) -> tuple[Issue, int]:
    settings = site().settings
    ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
    return find_code(session, ring, code)


def _withdraw(session: Session, posted: Posted) -> Withdrawal:
    issue, number = _found(session, posted.text("code"))
    scope, reason = posted.text("scope"), posted.text("reason")
    if scope == Scope.LOT:
        return verbs.propose(session, lot=issue.lot, reason=reason, actor=actor())
    if scope == Scope.PRODUCT:
        return verbs.propose(session, product=issue.lot.product, reason=reason, actor=actor())
    if scope not in (Scope.UNIT, Scope.RUN) or issue.form == Form.LOT:
        raise BadInput(
            "Choose what is to be withdrawn.", fix="Choose one of the list.", field="scope"
        )
    first, last = (number, number) if scope == Scope.UNIT else (issue.first, issue.last)
    return verbs.withdraw_codes(
        session, first=first, last=last, scope=Scope(scope), reason=reason, actor=actor()
    )


@bp.get("/withdrawals/<int:withdrawal_id>")
def withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    return _page(withdrawal_id, Posted())


def _page(withdrawal_id: int, posted: Posted, doing: str = "") -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(Withdrawal, withdrawal_id))
        lots = []
        if found.scope == Scope.PRODUCT:
            lots = list(session.scalars(select(Lot).where(Lot.product_id == found.product_id)))
        issue = None
        if found.first is not None:
            issue = session.scalars(
                select(Issue)
                .where(Issue.first <= found.first)
                .order_by(Issue.first.desc())
                .limit(1)
            ).first()
        page = render_template(
            "console/office/withdrawal.html",
            w=found,
            issue=issue,
            lots=lots,
            producer=found.product.producer if found.product else None,
            scopes=DONE,
            states=STATES,
            stale=verbs.stale(found),
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


@bp.post("/withdrawals/<int:withdrawal_id>/confirm")
def confirm_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    posted = Posted()
    posted.confirm()

    def act(session: Session) -> bool:
        found = found_or_404(session.get(Withdrawal, withdrawal_id))
        verbs.confirm(session, found, actor=actor(), secrets=site().settings.keys)
        return True

    if posted.attempt(act) is None:
        return _page(withdrawal_id, posted, "confirm")
    flash(gettext("It is withdrawn. Scan pages say so from now on."), "good")
    return redirect(url_for("office.withdrawal", withdrawal_id=withdrawal_id), code=303)


@bp.post("/withdrawals/<int:withdrawal_id>/refuse")
def refuse_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    posted = Posted()

    def act(session: Session) -> bool:
        found = found_or_404(session.get(Withdrawal, withdrawal_id))
        verbs.refuse(session, found, answer=posted.text("reason"), actor=actor())
        return True

    if posted.attempt(act) is None:
        return _page(withdrawal_id, posted, "refuse")
    flash(gettext("The proposal is refused; nothing was changed."), "good")
    return redirect(url_for("office.withdrawals"), code=303)
