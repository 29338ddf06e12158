"""Withdrawals of stars that one person proposes and another confirms (Decision 26/2026/QĐ-TTg art. 8).

Lists of withdrawn products come to this; nothing of a recognition changes before it is confirmed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from labelsvc.accounts import audit, two_people
from labelsvc.catalogue import fields
from labelsvc.catalogue.recognition import Authority, Recognition
from labelsvc.catalogue.stars.certify import withdraw_recognition
from labelsvc.catalogue.stars.withdrawing import REASON_WORDS, Reason
from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.errors import BadInput, Conflict, Refused

#: From the finding to the withdrawal (Decision 26/2026 art. 8.4).
MAX_DAYS = 15
#: So many days before their end the office is reminded.
_NEAR_DAYS = 5


class ProposalState(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    REFUSED = "refused"


class WithdrawalProposal(Base):
    """Stars that somebody proposed to take back, and what became of it."""

    __tablename__ = "withdrawal_proposal"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    recognition_id: Mapped[int] = mapped_column(ForeignKey("recognition.id"), index=True)
    decision: Mapped[str] = mapped_column(String(60))
    decision_date: Mapped[date | None]
    #: First day without stars.
    on: Mapped[date] = mapped_column("first_day")
    reason: Mapped[str] = mapped_column(String(20))
    #: The reason as the list words it.
    words: Mapped[str] = mapped_column(Text, default="")
    #: The list it came from: file name and row.
    source: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(10), default=ProposalState.PROPOSED, index=True)
    #: Day of the finding: the withdrawal follows within 15 days (art. 8.4).
    found_on: Mapped[date | None]
    proposed_by: Mapped[str] = mapped_column(String(60))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    recognition: Mapped[Recognition] = relationship()


@dataclass(frozen=True)
class Ending:
    """By which decision stars end, from which day, why; `words` of the list, `source` of it."""

    decision: str
    on: date
    reason: str
    decision_date: date | None = None
    words: str = ""
    source: str = ""
    found_on: date | None = None


def propose_withdrawal(
    session: Session, recognition: Recognition, ending: Ending, *, actor: str
) -> WithdrawalProposal:
    """Propose that stars are taken back; a second person confirms it.

    :param actor: a person, "user:12": a machine proposes nothing.
    :raises BadInput: something is missing. :raises Conflict: it is withdrawn, or proposed already.
    """
    _person(actor)
    number = fields.checked("decision", fields.decision_number, ending.decision)
    if not number:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="decision")
    if ending.reason not in list(Reason):
        raise BadInput("Choose one of the six reasons.", field="reason")
    if not ending.source:
        _by_whom(recognition, number)
    if ending.found_on is not None and ending.found_on > ending.on:
        raise BadInput(
            "The finding comes before the withdrawal.", fix="Check both dates.", field="found_on"
        )
    words = fields.checked("words", partial(fields.line, most=1000), ending.words)
    if ending.on < recognition.valid_from:
        raise BadInput(
            "A recognition cannot be withdrawn before it began.", fix="Check the date.", field="on"
        )
    if recognition.withdrawn_on is not None:
        raise Conflict(
            "This recognition was withdrawn already, by decision {decision}.",
            decision=recognition.withdrawal_decision,
        )
    if waiting_for(session, recognition.id) is not None:
        raise Conflict(
            "This withdrawal is proposed already.", fix="Somebody else can confirm it now."
        )
    made = WithdrawalProposal(
        recognition_id=recognition.id, decision=number, decision_date=ending.decision_date, on=ending.on,
        reason=ending.reason, words=words, source=ending.source[:300], found_on=ending.found_on,
        proposed_by=actor,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record_row(session, recognition, "propose_withdrawal", actor=actor, decision=number,
                     on=ending.on, reason=ending.reason, proposal=made.id)  # fmt: skip
    # A list proposes hundreds at once: one message an hour says that there are some.
    hour = f"{now():%Y%m%d%H}"
    two_people.ask(session, "stars", hour, "/office/recognitions/withdrawals", actor)
    return made


def confirm_withdrawal(session: Session, proposal: WithdrawalProposal, *, actor: str) -> None:
    """Do what was proposed; the pages show it at once.

    :raises Refused: the same person proposed it. :raises Conflict: it is decided already.
    """
    _person(actor)
    _take(session, proposal)
    same = Refused(
        "Whoever proposes a withdrawal cannot confirm it.",
        fix="Ask somebody else of the office.",
    )
    two_people.check(session, proposal.proposed_by, actor, same=same)
    words = REASON_WORDS[Reason(proposal.reason)]
    if proposal.words and proposal.words != words:
        words = f"{words}: {proposal.words}"
    withdraw_recognition(
        session, recognition=proposal.recognition, decision=proposal.decision, reason=words,
        on=proposal.on, actor=actor,
    )  # fmt: skip
    recognition = proposal.recognition
    recognition.withdrawal_ground, recognition.found_on = proposal.reason, proposal.found_on
    recognition.withdrawal_authority = authority_of(recognition)
    two_people.decide(session, proposal, ProposalState.DONE, actor)


def authority_of(recognition: Recognition) -> str:
    """Tell who withdraws: the ministry five stars, the province three and four (art. 8.2)."""
    return str(Authority.MINISTRY if recognition.stars == 5 else Authority.PROVINCE)


def late(recognition: Recognition) -> bool:
    """True if more than 15 days lie between finding and withdrawal (art. 8.4)."""
    found, on = recognition.found_on, recognition.withdrawn_on
    return found is not None and on is not None and (on - found).days > MAX_DAYS


def count_due(session: Session, on: date) -> int:
    """Count the proposals whose 15 days end within five days of *on*, or have ended."""
    return (
        session.scalar(
            select(func.count()).where(
                WithdrawalProposal.state == ProposalState.PROPOSED,
                WithdrawalProposal.found_on <= on - timedelta(days=MAX_DAYS - _NEAR_DAYS),
            )
        )
        or 0
    )


def _by_whom(recognition: Recognition, number: str) -> None:
    """:raises BadInput: a decision of the wrong authority, by its number."""
    by_ministry = bool(re.search(r"QĐ-B[A-ZĐ]", number))
    if by_ministry is not (recognition.stars == 5):
        raise BadInput(
            "Five stars are withdrawn by the ministry, three and four by the province.",
            fix="Check the number of the decision.",
            field="decision",
        )


def refuse_withdrawal(session: Session, proposal: WithdrawalProposal, *, actor: str) -> None:
    """It is not done; the one who proposed it may refuse it too, that is taking it back."""
    _person(actor)
    _take(session, proposal)
    two_people.decide(session, proposal, ProposalState.REFUSED, actor)
    audit.record_row(
        session, proposal.recognition, "refuse_withdrawal", actor=actor, proposal=proposal.id
    )


def waiting_for(session: Session, recognition_id: int) -> WithdrawalProposal | None:
    """The proposal for a recognition that nobody has decided yet."""
    return session.scalars(
        select(WithdrawalProposal).where(
            WithdrawalProposal.recognition_id == recognition_id,
            WithdrawalProposal.state == ProposalState.PROPOSED,
        )
    ).first()


def waiting(session: Session) -> Sequence[WithdrawalProposal]:
    """Every proposal that waits for a second person, the oldest first."""
    return session.scalars(
        select(WithdrawalProposal)
        .where(WithdrawalProposal.state == ProposalState.PROPOSED)
        .order_by(WithdrawalProposal.id)
    ).all()


def is_person(actor: str) -> bool:
    """True if *actor* names a person: "user:12", not "cli"."""
    return actor.startswith("user:")


def _person(actor: str) -> None:
    if not is_person(actor):
        raise Refused(
            "A withdrawal of stars is proposed and confirmed by people.",
            fix="Sign in, or name who does it.",
        )


def _take(session: Session, proposal: WithdrawalProposal) -> None:
    decided = Conflict("This proposal is decided already.", fix="Look at it again.")
    two_people.take(session, proposal, ProposalState.PROPOSED, decided=decided)
