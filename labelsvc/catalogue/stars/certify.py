"""Certify: records decisions that give stars, extends and withdraws them, lists those that end soon.

Used by the office's pages. The rules of Decision 26/2026/QĐ-TTg are in `award`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased, joinedload

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import (
    EXTENDABLE,
    EXTENSION_MAX_DAYS,
    Authority,
    Recognition,
    default_valid_to,
)
from labelsvc.catalogue.stars.award import check_award, check_basis, check_signer, legal_basis_on
from labelsvc.clock import today
from labelsvc.errors import BadInput, Conflict, Refused


@dataclass(frozen=True, kw_only=True)
class Award:
    """The terms of a decision, as they were typed. `valid_from` is the day of the decision where not given,
    `valid_to` 36 months later, `legal_basis` the law of the day.
    """

    stars: int
    decision_number: str
    decision_date: date | None
    authority: Authority
    authority_name: str
    score: Decimal | None = None
    potential_five: bool = False
    legal_basis: str = ""
    certificate_number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def create_recognition(
    session: Session, product: Product, award: Award, *, actor: str
) -> Recognition:
    """Record a decision that gives *product* stars.

    :raises BadInput: the facts do not fit together; `field` names what to look at.
    :raises Conflict: this decision is recorded for the product already.
    """
    decided = award.decision_date
    if decided is None:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="decision_date")
    recognition = Recognition(
        stars=award.stars,
        score=award.score,
        potential_five=award.potential_five,
        decision_number=_number("decision_number", award.decision_number),
        decision_date=decided,
        authority=award.authority,
        authority_name=fields.checked("authority_name", fields.name, award.authority_name),
        legal_basis=fields.checked("legal_basis", fields.line, award.legal_basis)
        or legal_basis_on(decided),
        certificate_number=fields.checked(
            "certificate_number", fields.line, award.certificate_number
        ),
        valid_from=award.valid_from or decided,
        valid_to=award.valid_to or default_valid_to(award.valid_from or decided),
    )
    check_award(
        stars=award.stars, authority=award.authority, decision_date=decided,
        valid_from=recognition.valid_from, valid_to=recognition.valid_to, score=award.score,
        potential_five=award.potential_five,
    )  # fmt: skip
    check_basis(recognition.legal_basis, decided)
    check_signer(award.authority, recognition.authority_name)
    if session.scalar(
        select(Recognition.id).where(
            Recognition.product_id == product.id,
            Recognition.decision_number == recognition.decision_number,
            Recognition.decision_date == decided,
        )
    ):
        raise Conflict(
            "Decision {number} is recorded for this product already.", field="decision_number",
            fix="Look at its recognitions.", number=recognition.decision_number,
        )  # fmt: skip
    recognition.product = product
    session.add(recognition)
    session.flush()
    audit.record_row(
        session, recognition, "create", actor=actor, stars=award.stars,
        decision=recognition.decision_number, product=product.id,
    )  # fmt: skip
    return recognition


def _number(field: str, text: str) -> str:
    """The number of a decision in one spelling. :raises BadInput: it is none, or empty."""
    number = fields.checked(field, fields.decision_number, text)
    if not number:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field=field)
    return number


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
    number = _number("decision", decision)
    why = fields.checked("reason", fields.prose, reason)
    if not why:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="reason")
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
    first_end, last_end = EXTENDABLE
    if not first_end <= recognition.valid_to <= last_end:
        raise Refused(
            "Only a recognition that ends between {first} and {last} can be extended.",
            fix="Hand in the renewal file in time: 180 to 120 days before the end.",
            first=first_end,
            last=last_end,
        )
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


def is_ending(days: int, on: date) -> ColumnElement[bool]:
    """Condition that a recognition ends in the *days* days after *on* and is not renewed yet."""
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
    return and_(
        Recognition.valid_to.between(on, on + timedelta(days=days)),
        Recognition.withdrawn_on.is_(None),
        ~renewed,
    )


def ending_within(session: Session, days: int, *, on: date | None = None) -> Sequence[Recognition]:
    """Recognitions that end in the next *days* days and are not renewed yet, first to end first.

    Product and producer come loaded.
    """
    return session.scalars(
        select(Recognition)
        .where(is_ending(days, on or today()))
        .options(joinedload(Recognition.product).joinedload(Product.producer))
        .order_by(Recognition.valid_to, Recognition.id)
    ).all()
