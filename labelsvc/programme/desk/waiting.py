"""Waiting: counts what waits for somebody of the office. Used by the overview and by the menu of every page."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.models import AccountProposal
from labelsvc.catalogue.importing.staging import MAX_AGE
from labelsvc.catalogue.importing.waiting import StagedList
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.recognition import RENEWAL_CLOSES_DAYS, RENEWAL_OPENS_DAYS, Recognition
from labelsvc.catalogue.stars.certify import is_ending
from labelsvc.catalogue.stars.proposals import ProposalState, WithdrawalProposal
from labelsvc.codes.models import RangeClaim, Withdrawal, WithdrawalState
from labelsvc.inspections.models import Case, CaseState, Report, ReportState
from labelsvc.messages.models import Message, MessageState
from labelsvc.messages.overview import FORGET
from labelsvc.programme.models import Merge, MergeState

#: State of every proposal that two people decide, whatever its table.
_PROPOSED: Final = "proposed"


class Waiting(NamedTuple):
    """Numbers of what waits. `mine_recalls`: those that this person may confirm, since another proposed them."""

    recalls: int
    mine_recalls: int
    stars: int
    accounts: int
    merges: int
    ranges: int
    cases: int
    contested: int
    reports: int
    given_reports: int
    given_cases: int
    lists: int
    failed: int
    ending_120: int
    ending_180: int
    guessed: int

    @property
    def open_cases(self) -> int:
        return self.cases + self.contested


def count(session: Session, actor: str, on: date) -> Waiting:
    """Count in one statement, each part along an index.

    :param actor: "user:12"; what they proposed themselves is not theirs to confirm.
    """
    recall = Withdrawal.state == WithdrawalState.PROPOSED
    stars = WithdrawalProposal.state == ProposalState.PROPOSED
    account = AccountProposal.state == _PROPOSED
    merge = Merge.state.in_((MergeState.PROPOSED, MergeState.UNDOING))
    me = int(actor[5:]) if actor.startswith("user:") else 0
    now = clock.now()
    failed = Message.state.in_((MessageState.FAILED, MessageState.REFUSED))
    rules: dict[str, tuple[Any, ColumnElement[bool]]] = {
        "recalls": (Withdrawal, recall),
        "mine_recalls": (Withdrawal, and_(recall, Withdrawal.proposed_by != actor)),
        "stars": (WithdrawalProposal, stars),
        "accounts": (AccountProposal, account),
        "merges": (Merge, merge),
        "ranges": (RangeClaim, RangeClaim.state == _PROPOSED),
        "cases": (Case, Case.state == CaseState.NEW),
        "contested": (Case, Case.state == CaseState.CONTESTED),
        "reports": (Report, Report.state.in_((ReportState.NEW, ReportState.OPEN))),
        "given_reports": (
            Report,
            and_(Report.assignee_id == me, Report.state != ReportState.CLOSED),
        ),
        "given_cases": (Case, and_(Case.assignee_id == me, Case.state != CaseState.CLOSED)),
        "lists": (StagedList, StagedList.at > now - MAX_AGE),
        "failed": (Message, and_(failed, Message.created_at > now - FORGET)),
        "ending_120": (Recognition, is_ending(RENEWAL_CLOSES_DAYS, on)),
        "ending_180": (Recognition, is_ending(RENEWAL_OPENS_DAYS, on)),
        "guessed": (Product, and_(Product.set_guessed, Product.merged_into_id.is_(None))),
    }
    parts = [_number(table, rule).label(name) for name, (table, rule) in rules.items()]
    return Waiting(*session.execute(select(*parts)).one())


def _number(table: Any, rule: ColumnElement[bool]) -> Any:
    counted: Select[Any] = select(func.count()).select_from(table).where(rule)
    return counted.scalar_subquery()
