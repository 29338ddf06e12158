"""Withdrawals: the office's pages that take codes, lots and products off the market."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from labelsvc.catalogue.models import Lot, Outlet, Producer, Product
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue, Scope, Withdrawal, WithdrawalState
from labelsvc.codes.register import extent, notices
from labelsvc.codes.register import withdrawal as verbs
from labelsvc.codes.register.issue import units_of_lots
from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.register.pieces import Piece, between, spanned
from labelsvc.codes.register.resolve import find_code
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp, may_write
from labelsvc.web.guards import tries
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site
from labelsvc.web.spreadsheet import as_csv
from labelsvc.web.step_up import confirmed

#: What can be withdrawn from scanned codes, in words.
SCOPES = {
    Scope.UNIT: "This label only",
    Scope.RANGE: "A range of labels",
    Scope.RUN: "All labels of its print run",
    Scope.LOT: "The whole lot",
    Scope.PRODUCT: "All lots of the product",
}
#: The same for what was withdrawn.
DONE = SCOPES | {Scope.KEY: "All codes of a signing key"}
STATES = {
    WithdrawalState.PROPOSED: "Waits for a second person",
    WithdrawalState.DONE: "Withdrawn",
    WithdrawalState.REFUSED: "Not withdrawn",
}


@dataclass(frozen=True)
class Choice:
    """Something that can be withdrawn, how many labels it is, and whether it takes two people."""

    scope: Scope
    labels: int
    takes_two: bool
    #: Numbers of a label, range or run.
    pieces: Sequence[Piece] = ()
    lots: int = 1

    @property
    def words(self) -> str:
        return SCOPES[self.scope]


def query_withdrawals() -> Select[Any]:
    """Withdrawals; what waits for somebody stands first."""
    return (
        select(Withdrawal)
        .where(notices.decided())
        .options(joinedload(Withdrawal.product).joinedload(Product.producer))
        .options(joinedload(Withdrawal.lot))
        .order_by(Withdrawal.state != WithdrawalState.PROPOSED, Withdrawal.id.desc())
    )


@bp.get("/withdrawals")
def withdrawals() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_withdrawals())
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
    code, last = request.values.get("code", ""), request.values.get("last", "")
    with site().database.reading() as session:
        found, choices = None, []
        if code:
            ring = keyring_of(session, site().settings)
            try:
                with tries.counted():
                    found = find_code(session, ring, code)
                choices = _choices(session, ring, *found, code, last)
            except LabelsvcError as error:
                if found is not None:
                    choices = _choices(session, ring, *found, code, "")
                if not posted.problems:
                    posted.add(error)
        page = render_template(
            "console/office/withdrawal_new.html",
            issue=found[0] if found else None,
            number=found[1] if found else None,
            choices=choices,
            code=code,
            last=last,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
            confirmed=confirmed(),
        )
    return page, posted.status


def _choices(
    session: Session, ring: Keyring, issue: Issue, number: int, code: str, last: str
) -> list[Choice]:
    """List what can be withdrawn from a label, or from that label to the label *last*."""
    numbered: dict[Scope, Sequence[Piece]] = {}
    if last.strip():
        numbered[Scope.RANGE] = between(session, ring, issue.lot, code, last)
    elif issue.form != Form.LOT:
        numbered[Scope.UNIT] = [Piece(issue, number, number)]
    if issue.form != Form.LOT:
        numbered[Scope.RUN] = [Piece(issue, issue.first, issue.last)]
    choices = [
        Choice(
            scope,
            sum(piece.count for piece in pieces),
            extent.takes_two(session, pieces),
            pieces,
        )
        for scope, pieces in numbered.items()
    ]
    if issue.lot.recalled_at is None:
        choices.append(Choice(Scope.LOT, _labels(session, [issue.lot_id]), takes_two=True))
    left = session.scalars(
        select(Lot.id).where(Lot.product_id == issue.lot.product_id, Lot.recalled_at.is_(None))
    ).all()
    if left:
        labels = _labels(session, left)
        choices.append(Choice(Scope.PRODUCT, labels, takes_two=True, lots=len(left)))
    return choices


def _labels(session: Session, lots: Sequence[int]) -> int:
    """Labels that lots got, also those that carry one code of the whole lot."""
    same = session.scalar(
        select(func.sum(PrintRun.count))
        .join(Issue, Issue.id == PrintRun.issue_id)
        .where(Issue.lot_id.in_(lots), Issue.form == Form.LOT)
        .where(PrintRun.state == RunState.RELEASED)
    )
    return sum(units_of_lots(session, lots).values()) + (same or 0)


def _withdraw(session: Session, posted: Posted) -> Withdrawal:
    ring, code, reason = (
        keyring_of(session, site().settings),
        posted.text("code"),
        posted.text("reason"),
    )
    with tries.counted():
        issue, number = find_code(session, ring, code)
    chosen = posted.text("scope")
    for choice in _choices(session, ring, issue, number, code, posted.text("last")):
        if choice.scope != chosen:
            continue
        if choice.scope == Scope.LOT:
            return verbs.propose(session, lot=issue.lot, reason=reason, actor=actor())
        if choice.scope == Scope.PRODUCT:
            return verbs.propose(session, product=issue.lot.product, reason=reason, actor=actor())
        return verbs.withdraw_codes(
            session,
            first=choice.pieces[0].first,
            last=choice.pieces[-1].last,
            scope=choice.scope,
            reason=reason,
            actor=actor(),
        )
    raise BadInput("Choose what is to be withdrawn.", fix="Choose one of the list.", field="scope")


@bp.get("/withdrawals/<int:withdrawal_id>")
def withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    return _withdrawal_page(withdrawal_id, Posted())


@bp.get("/withdrawals/<int:withdrawal_id>/outlets.csv")
def withdrawal_outlets(withdrawal_id: int) -> ResponseReturnValue:
    """Addresses for the letter of recall."""
    with site().database.reading() as session:
        found = found_or_404(session.get(Withdrawal, withdrawal_id))
        rows = [[o.name, o.address, o.phone] for o in _outlets(session, found)]
    header = [gettext(words) for words in ("Point of sale", "Address", "Telephone")]
    answer = Response(as_csv([header, *rows]), content_type="text/csv; charset=utf-8")
    name = f"withdrawal-{withdrawal_id}-outlets.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _outlets(session: Session, found: Withdrawal) -> Sequence[Outlet]:
    """Points of sale that may have the goods on their shelves."""
    if found.product is None:
        return []
    product = session.scalars(
        select(Product)
        .where(Product.id == found.product_id)
        .options(selectinload(Product.outlets).joinedload(Outlet.commune))
    ).one()
    return sorted((o for o in product.outlets if o.active), key=lambda o: o.name)


def _withdrawal_page(withdrawal_id: int, posted: Posted, doing: str = "") -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(Withdrawal, withdrawal_id))
        lots = []
        if found.scope == Scope.PRODUCT:
            lots = list(session.scalars(select(Lot).where(Lot.product_id == found.product_id)))
        pieces: Sequence[Piece] = ()
        if found.first is not None and found.last is not None:
            pieces = spanned(session, found.first, found.last)
        told = notices.of_key(session, found)
        names = select(Producer.id, Producer.name).where(
            Producer.id.in_([notice.producer_id for notice in told])
        )
        page = render_template(
            "console/office/withdrawal.html",
            w=found,
            pieces=pieces,
            lots=lots,
            producer=found.product.producer if found.product else None,
            told=told,
            names={number: name for number, name in session.execute(names)},
            outlets=_outlets(session, found),
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

    def change(session: Session) -> bool:
        found = found_or_404(session.get(Withdrawal, withdrawal_id))
        verbs.confirm(session, found, actor=actor(), secrets=site().settings.keys)
        return True

    if posted.attempt(change) is None:
        return _withdrawal_page(withdrawal_id, posted, "confirm")
    flash(gettext("It is withdrawn. Scan pages say so from now on."), "good")
    return redirect(url_for("office.withdrawal", withdrawal_id=withdrawal_id), code=303)


@bp.post("/withdrawals/<int:withdrawal_id>/refuse")
def refuse_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> bool:
        found = found_or_404(session.get(Withdrawal, withdrawal_id))
        verbs.refuse(session, found, answer=posted.text("reason"), actor=actor())
        return True

    if posted.attempt(change) is None:
        return _withdrawal_page(withdrawal_id, posted, "refuse")
    flash(gettext("The proposal is refused; nothing was changed."), "good")
    return redirect(url_for("office.withdrawals"), code=303)
