"""Stars: recording, extending, withdrawing, and what ends soon.

The rules of Decision 26/2026/QĐ-TTg that say which stars who may give; the import keeps the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased, joinedload

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.places import REFORM
from labelsvc.catalogue.recognition import (
    EXTENSION_MAX_DAYS,
    Authority,
    Recognition,
    default_valid_to,
)
from labelsvc.clock import today
from labelsvc.errors import BadInput, Conflict, Refused

#: The programme began with Decision 490/QĐ-TTg on this day.
BEGINNING = date(2018, 5, 7)
#: From which day on which decision was the basis of a recognition, newest first.
_BASES = (
    (date(2026, 5, 22), "26/2026/QĐ-TTg"),
    (date(2025, 7, 6), "1489/QĐ-TTg"),
    (date(2023, 2, 24), "148/QĐ-TTg"),
    (date(2019, 8, 21), "1048/QĐ-TTg"),
    (BEGINNING, "490/QĐ-TTg"),
)
#: Average points that each star begins and ends with (art. 3).
BANDS = {3: (50, 70), 4: (70, 90), 5: (90, 100)}
_SPARE_DAY = timedelta(days=1)


def legal_basis_on(day: date) -> str:
    """The decision of the Prime Minister that a recognition of *day* rests on."""
    return next((number for since, number in _BASES if day >= since), _BASES[-1][1])


def stars_reached(score: Decimal | None) -> int | None:
    """The most stars that *score* is enough for; None below 50 points and without a score."""
    if score is None:
        return None
    return max((stars for stars, (least, _) in BANDS.items() if score >= least), default=None)


def stars_above(score: Decimal | None, stars: int, *, potential_five: bool = False) -> int | None:
    """How many stars *score* would do for where that is more than *stars*; None where it fits.

    Such a decision is worth a look and no error: a product may lack what a star demands beside the
    points (appendix II), and the central council may have judged lower than the province (art. 7).
    """
    reached = stars_reached(score)
    if potential_five or reached is None or reached <= stars:
        return None
    return reached


def check_award(
    *,
    stars: int,
    authority: Authority,
    decision_date: date,
    valid_from: date,
    valid_to: date,
    score: Decimal | None = None,
    potential_five: bool = False,
) -> None:
    """Refuse stars that nobody can have given this way.

    :raises BadInput: `field` names what to look at.
    """
    if stars not in BANDS:
        raise BadInput(
            "There is no certificate for {stars} stars, only for 3, 4 and 5.",
            fix="Check the decision.",
            field="stars",
            stars=stars,
        )
    if stars == 5 and authority is not Authority.MINISTRY:
        raise BadInput(
            "Five stars are given by the ministry only.",
            fix="Give the ministry's decision, or 4 stars with the note 'potential 5 stars'.",
            field="stars",
        )
    if stars < 5 and authority is Authority.MINISTRY:
        raise BadInput(
            "The ministry gives five stars only; {stars} are given by the province.",
            fix="Check the number of the decision.",
            field="decision_number",
            stars=stars,
        )
    if authority is Authority.DISTRICT and (stars != 3 or decision_date >= REFORM):
        raise BadInput(
            "A district could give three stars only, and until 30 June 2025.",
            fix="Check who signed the decision.",
            field="authority",
        )
    if potential_five and stars != 4:
        raise BadInput(
            "'Potential 5 stars' is a note beside 4 stars.", fix="Enter 4 stars.", field="stars"
        )
    _check_score(stars, score, potential_five)
    _check_days(decision_date, valid_from, valid_to)


def _check_score(stars: int, score: Decimal | None, potential_five: bool) -> None:
    if score is None:
        return
    if not 0 <= score <= 100:
        raise BadInput("A score is between 0 and 100.", fix="Check the figure.", field="score")
    # Above the band is possible (`stars_above`); pages and imports say so.
    if score < BANDS[stars][0]:
        raise BadInput(
            "{score} points are not enough for {stars} stars; they begin at {least}.",
            fix="Check the score and the stars against the decision.",
            field="score",
            score=score,
            stars=stars,
            least=BANDS[stars][0],
        )
    if potential_five and score < BANDS[5][0]:
        raise BadInput(
            "{score} points are not enough for the note 'potential 5 stars'; it begins at {least}.",
            fix="Check the score against the decision, or leave the note out.",
            field="score",
            score=score,
            least=BANDS[5][0],
        )


def _check_days(decision_date: date, valid_from: date, valid_to: date) -> None:
    if decision_date > today():
        raise BadInput(
            "The decision is dated in the future.", fix="Check the year.", field="decision_date"
        )
    if decision_date < BEGINNING:
        raise BadInput(
            "The decision is older than the OCOP programme (7 May 2018).",
            fix="Check the year.",
            field="decision_date",
        )
    if valid_from < decision_date:
        raise BadInput(
            "A recognition cannot begin before its decision.",
            fix="Check the dates.",
            field="valid_from",
        )
    if valid_to < valid_from:
        raise BadInput(
            "The recognition ends before it begins.", fix="Check the dates.", field="valid_to"
        )
    # Provinces count the last day differently by one (signed 23 Dec 2019: void from 24 Dec 2022).
    if valid_to > default_valid_to(valid_from) + _SPARE_DAY:
        raise BadInput(
            "A recognition holds for 36 months at most.",
            fix="Check the dates; an extension of a renewal is recorded separately.",
            field="valid_to",
        )


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
