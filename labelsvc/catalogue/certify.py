"""Stars: recording, extending, withdrawing, and what ends soon.

`award` has the rules of Decision 26/2026/QĐ-TTg that say which stars who may give.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.award import check_award, legal_basis_on
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import (
    EXTENSION_MAX_DAYS,
    Authority,
    Recognition,
    default_valid_to,
)
from labelsvc.clock import today
from labelsvc.errors import BadInput, Conflict, Refused


def create_recognition(
    session: Session,
    *,
    product: Product,
    stars: int,
    decision_number: str,
    decision_date: date,
    authority: Authority,
    authority_name: str,
    actor: str,
    score: Decimal | None = None,
    potential_five: bool = False,
    legal_basis: str = "",
    certificate_number: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Recognition:
    """Record a decision that gives *product* stars.

    `valid_from` is the day of the decision and `valid_to` 36 months later where not given.

    :raises BadInput: the facts do not fit together; `field` names what to look at.
    :raises Conflict: this decision is recorded for the product already.
    """
    number = fields.checked("decision_number", fields.decision_number, decision_number)
    if not number:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="decision_number")
    name = fields.checked("authority_name", fields.name, authority_name)
    begins = valid_from or decision_date
    ends = valid_to or default_valid_to(begins)
    check_award(
        stars=stars, authority=authority, decision_date=decision_date, valid_from=begins,
        valid_to=ends, score=score, potential_five=potential_five,
    )  # fmt: skip
    if session.scalar(
        select(Recognition.id).where(
            Recognition.product_id == product.id,
            Recognition.decision_number == number,
            Recognition.decision_date == decision_date,
        )
    ):
        raise Conflict(
            "Decision {number} is recorded for this product already.", field="decision_number",
            fix="Look at its recognitions.", number=number,
        )  # fmt: skip
    recognition = Recognition(
        product=product,
        stars=stars,
        score=score,
        potential_five=potential_five,
        decision_number=number,
        decision_date=decision_date,
        authority=authority,
        authority_name=name,
        legal_basis=fields.checked("legal_basis", fields.line, legal_basis)
        or legal_basis_on(decision_date),
        certificate_number=fields.checked("certificate_number", fields.line, certificate_number),
        valid_from=begins,
        valid_to=ends,
    )
    session.add(recognition)
    session.flush()
    audit.record_row(
        session,
        recognition,
        "create",
        actor=actor,
        stars=stars,
        decision=number,
        product=product.id,
    )
    return recognition


def withdraw_recognition(
    session: Session, *, recognition: Recognition, decision: str, reason: str, on: date, actor: str
) -> None:
    """Record that the stars were withdrawn (Decision 26/2026/QĐ-TTg art. 8); pages show it at once.

    :param decision: number of the withdrawing decision.
    :param on: first day on which the stars are void.
    """
    if recognition.withdrawn_on is not None:
        raise Conflict(
            "This recognition was withdrawn already, by decision {decision}.",
            decision=recognition.withdrawal_decision,
        )
    number = fields.checked("decision", fields.decision_number, decision)
    why = fields.checked("reason", fields.prose, reason)
    for field, value in (("decision", number), ("reason", why)):
        if not value:
            raise BadInput("This field cannot be empty.", fix="Fill it in.", field=field)
    if on < recognition.valid_from:
        raise BadInput(
            "A recognition cannot be withdrawn before it began.", fix="Check the date.", field="on"
        )
    recognition.withdrawn_on = on
    recognition.withdrawal_decision = number
    recognition.withdrawal_reason = why
    session.flush()
    audit.record_row(
        session, recognition, "withdraw", actor=actor, decision=number, on=on, reason=why
    )


def extend_recognition(
    session: Session, *, recognition: Recognition, until: date, evidence: str, actor: str
) -> None:
    """Keep a recognition past its end while its renewal is judged (art. 12.3), at most 180 days.

    :param evidence: the receipt of the renewal file; never extended without one.
    """
    proof = fields.checked("evidence", fields.line, evidence)
    if not proof:
        raise BadInput(
            "An extension needs evidence.",
            fix="Give the number and date of the receipt of the renewal file.",
            field="evidence",
        )
    if recognition.withdrawn_on is not None:
        raise Refused("A withdrawn recognition cannot be extended.")
    latest = recognition.valid_to + timedelta(days=EXTENSION_MAX_DAYS)
    if not recognition.valid_to < until <= latest:
        raise BadInput(
            "An extension ends between {first} and {latest}.",
            fix="Choose a day in that time: 180 days past the end at most.",
            field="until",
            first=recognition.valid_to + timedelta(days=1),
            latest=latest,
        )
    old = recognition.extended_to
    recognition.extended_to = until
    recognition.extension_evidence = proof
    session.flush()
    audit.record_row(
        session, recognition, "extend", actor=actor, until=[old, until], evidence=proof
    )


def ending_within(session: Session, days: int, *, on: date | None = None) -> Sequence[Recognition]:
    """Recognitions that end in the next *days* days and are not renewed yet, first to end first.

    Product and producer come loaded.
    """
    first = on or today()
    later = aliased(Recognition)
    renewed = (
        select(later.id)
        .where(
            later.product_id == Recognition.product_id,
            later.valid_to > Recognition.valid_to,
            later.withdrawn_on.is_(None),
        )
        .exists()
    )
    return session.scalars(
        select(Recognition)
        .where(
            Recognition.valid_to.between(first, first + timedelta(days=days)),
            Recognition.withdrawn_on.is_(None),
            ~renewed,
        )
        .options(joinedload(Recognition.product).joinedload(Product.producer))
        .order_by(Recognition.valid_to, Recognition.id)
    ).all()
