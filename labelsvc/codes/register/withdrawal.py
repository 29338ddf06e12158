"""Withdrawals: proposes, confirms and applies them. A lot or more takes two people.

One person may withdraw single codes, a range, a run: the harm of a mistake is small, and a market
cannot wait. A lot, a product or a key is proposed by one and confirmed by another (ASVS 5.0, 2.3.5).
What comes to a lot is a lot, whatever it is called: the run or the range that holds most of its
labels, the rest of them, the one code that stands on all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit, two_people
from labelsvc.catalogue import lots
from labelsvc.catalogue.models import Lot, Product
from labelsvc.clock import now
from labelsvc.codes.models import (
    KeyRecord,
    KeyState,
    Scope,
    Withdrawal,
    WithdrawalState,
)
from labelsvc.codes.register import notices, revoke
from labelsvc.codes.register.extent import is_called, takes_two
from labelsvc.codes.register.keys import freeze, lock_counter, revoke_key
from labelsvc.codes.register.pieces import Piece, spanned
from labelsvc.errors import BadInput, Conflict, NotFound, Refused
from labelsvc.i18n import nfc

#: Scopes that are told by numbers; one person may do them, unless they come to a lot.
NUMBERED = (Scope.UNIT, Scope.RANGE, Scope.RUN)
#: A proposal nobody confirmed is no longer about today's market.
LASTS = timedelta(days=14)
_SHORTEST = 5


def withdraw_codes(
    session: Session, *, first: int, last: int, scope: Scope, reason: str, actor: str
) -> Withdrawal:
    """Labels of a lot from number *first* to number *last* are good no longer.

    From now on; or, where `takes_two`, once a second person confirms it: the state tells.

    :param scope: unit, range or run.
    :raises BadInput: no reason. :raises NotFound: not issued, not for one lot, not of that scope.
    :raises Conflict: it is proposed already.
    """
    _need(reason)
    lock_counter(session)  # two people, each with a half, are one after the other
    pieces = spanned(session, first, last)
    if not is_called(scope, pieces):
        raise NotFound("This is not what was chosen: look the label up again.")
    lot = pieces[0].issue.lot
    made = Withdrawal(
        scope=scope, producer_id=lot.product.producer_id, product_id=lot.product_id, lot_id=lot.id,
        first=first, last=last, reason=nfc(reason).strip(), state=WithdrawalState.PROPOSED,
        proposed_by=actor,
    )  # fmt: skip
    if takes_two(session, pieces):
        return _proposed(session, made)
    _mark(session, pieces, made.reason, actor)
    made.state, made.decided_by, made.decided_at = WithdrawalState.DONE, actor, now()
    _written(session, made, "withdrawal.do", actor)
    notices.send(session, made)
    return made


def propose(
    session: Session,
    *,
    reason: str,
    actor: str,
    lot: Lot | None = None,
    product: Product | None = None,
    kid: int | None = None,
) -> Withdrawal:
    """Propose that a lot, all lots of a product, or all codes of a key are withdrawn.

    :raises BadInput: no reason, or not exactly one of the three.
    :raises Conflict: it is withdrawn already, or proposed. :raises NotFound: no such key.
    """
    _need(reason)
    if [lot is not None, product is not None, kid is not None].count(True) != 1:
        raise BadInput("Choose what is to be withdrawn.", fix="A lot, a product or a key.")
    if lot is not None and lot.recalled_at is not None:
        raise Conflict("Lot {lot} is recalled already.", lot=lot.code)
    if kid is not None:
        key = session.get(KeyRecord, kid)
        if key is None:
            raise NotFound("There is no key {kid}.", kid=kid)
        if key.state == KeyState.REVOKED:
            raise Conflict("Key {kid} is revoked already.", kid=kid)
    owner = lot.product if lot is not None else product
    made = Withdrawal(
        scope=Scope.LOT if lot is not None else Scope.PRODUCT if product is not None else Scope.KEY,
        producer_id=owner.producer_id if owner is not None else None,
        product_id=owner.id if owner is not None else None,
        lot_id=lot.id if lot is not None else None,
        kid=kid,
        reason=nfc(reason).strip(),
        state=WithdrawalState.PROPOSED,
        proposed_by=actor,
    )
    return _proposed(session, made)


def confirm(
    session: Session,
    withdrawal: Withdrawal,
    *,
    actor: str,
    secrets: Sequence[str],
    answer: str = "",
) -> None:
    """The second person: it is done, at once.

    :param secrets: of the settings; a new key is made when an active one is withdrawn.
    :param answer: what they have to say.
    :raises Refused: the same person proposed it. :raises Conflict: it is decided, or too old.
    """
    _take(session, withdrawal)
    same = Refused(
        "Whoever proposes a withdrawal cannot confirm it.",
        fix="Ask a colleague: two people look at what is taken off the market.",
    )
    two_people.check(session, withdrawal.proposed_by, actor, same=same)
    withdrawal.answer = nfc(answer).strip()
    for lot in _lots(session, withdrawal):
        lots.recall(session, lot, reason=withdrawal.reason, actor=actor)
    if withdrawal.first is not None and withdrawal.last is not None:
        pieces = spanned(session, withdrawal.first, withdrawal.last)
        _mark(session, pieces, withdrawal.reason, actor)
    if withdrawal.kid is not None:
        revoke_key(session, withdrawal.kid, secrets=secrets)
    _decide(session, withdrawal, WithdrawalState.DONE, "withdrawal.confirm", actor)
    notices.send(session, withdrawal)
    if withdrawal.kid is not None:
        notices.tell_of_key(session, withdrawal)


def revoke_alone(
    session: Session, kid: int, *, reason: str, actor: str, secrets: Sequence[str]
) -> Withdrawal:
    """All codes of a key are withdrawn by one person, which stands in the audit trail as that.

    For a machine room at night; `propose` and `confirm` are the way.

    :raises BadInput: no reason. :raises NotFound: no such key. :raises Conflict: revoked already.
    """
    _need(reason)
    revoke_key(session, kid, secrets=secrets)
    made = Withdrawal(
        scope=Scope.KEY, kid=kid, reason=nfc(reason).strip(), state=WithdrawalState.DONE,
        proposed_by=actor, decided_by=actor, decided_at=now(),
    )  # fmt: skip
    _written(session, made, "key.revoke", actor, alone=True)
    notices.tell_of_key(session, made)
    return made


def freeze_key(
    session: Session, kid: int, *, reason: str, actor: str, secrets: Sequence[str]
) -> KeyRecord:
    """A key was stolen. At once and by one person: genuine labels survive it, and a thief does not
    wait.

    :raises BadInput: no reason. :raises NotFound: no such key. :raises Conflict: it was revoked.
    """
    _need(reason)
    record = freeze(session, kid, secrets=secrets)
    facts = {"reason": nfc(reason).strip()}
    audit.record(session, actor=actor, action="key.freeze", subject=f"key:{kid}", facts=facts)
    return record


def waiting_for_key(session: Session, kid: int) -> Withdrawal | None:
    """The proposal to revoke key *kid* that waits for a second person."""
    return session.scalars(
        select(Withdrawal).where(
            Withdrawal.state == WithdrawalState.PROPOSED,
            Withdrawal.kid == kid,
            Withdrawal.proposed_at > now() - LASTS,
        )
    ).first()


def refuse(session: Session, withdrawal: Withdrawal, *, answer: str, actor: str) -> None:
    """It is not done; the one who proposed it may refuse it too, that is taking it back.

    :raises BadInput: no answer. :raises Conflict: it is decided already.
    """
    _take(session, withdrawal)
    _need(answer)
    withdrawal.answer = nfc(answer).strip()
    _decide(session, withdrawal, WithdrawalState.REFUSED, "withdrawal.refuse", actor)


def stale(withdrawal: Withdrawal) -> bool:
    """A proposal that was left lying: it must be made anew."""
    return withdrawal.state == WithdrawalState.PROPOSED and withdrawal.proposed_at <= now() - LASTS


def _lots(session: Session, withdrawal: Withdrawal) -> Sequence[Lot]:
    if withdrawal.scope == Scope.LOT:
        return [withdrawal.lot] if withdrawal.lot is not None else []
    if withdrawal.scope != Scope.PRODUCT:
        return []
    query = select(Lot).where(Lot.product_id == withdrawal.product_id, Lot.recalled_at.is_(None))
    return session.scalars(query.order_by(Lot.id)).all()


def _mark(session: Session, pieces: Sequence[Piece], reason: str, actor: str) -> None:
    for piece in pieces:
        revoke.withdraw(session, first=piece.first, count=piece.count, reason=reason, by=actor)


def _proposed(session: Session, made: Withdrawal) -> Withdrawal:
    """:raises Conflict: the same waits for a second person already."""
    same = select(Withdrawal.id).where(
        Withdrawal.state == WithdrawalState.PROPOSED,
        Withdrawal.scope == made.scope,
        Withdrawal.proposed_at > now() - LASTS,
        *(
            getattr(Withdrawal, name).is_not_distinct_from(getattr(made, name))
            for name in ("lot_id", "product_id", "kid", "first", "last")
        ),
    )
    if session.scalar(same.limit(1)) is not None:
        raise Conflict(
            "This withdrawal is proposed already.", fix="Somebody else can confirm it now."
        )
    _written(session, made, "withdrawal.propose", made.proposed_by)
    two_people.ask(
        session, "withdrawal", made.id, f"/office/withdrawals/{made.id}", made.proposed_by
    )
    return made


def _take(session: Session, withdrawal: Withdrawal) -> None:
    decided = Conflict("This withdrawal is decided already.")
    two_people.take(session, withdrawal, WithdrawalState.PROPOSED, decided=decided)
    if stale(withdrawal):
        raise Conflict(
            "This proposal is more than {days} days old.", fix="Propose it anew.", days=LASTS.days
        )


def _need(reason: str) -> None:
    if len(reason.strip()) < _SHORTEST:
        raise BadInput(
            "A reason is needed.", fix="Say in a few words what happened.", field="reason"
        )


def _decide(
    session: Session, withdrawal: Withdrawal, state: WithdrawalState, action: str, actor: str
) -> None:
    two_people.decide(session, withdrawal, state, actor)
    _written(session, withdrawal, action, actor)


def _written(
    session: Session, withdrawal: Withdrawal, action: str, actor: str, **more: object
) -> Withdrawal:
    session.add(withdrawal)
    session.flush()
    facts = {
        name: value
        for name in ("scope", "lot_id", "product_id", "kid", "first", "last", "reason", "answer")
        if (value := getattr(withdrawal, name)) not in (None, "")
    }
    audit.record(
        session,
        actor=actor,
        action=action,
        subject=f"withdrawal:{withdrawal.id}",
        facts=facts | more,
    )
    return withdrawal
