"""Marks of codes: activates, sells, voids and withdraws ranges. No row per unit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form, Issue, Mark, MarkState
from labelsvc.codes.register.keys import lock_counter
from labelsvc.errors import BadInput, Conflict, NotFound

State = TypeVar("State")

#: What cannot be undone: a code goes on its way from printed to activated to sold to void or
#: withdrawn, and never back.
_STANDS_AGAINST = {
    MarkState.ACTIVATED: (MarkState.WITHDRAWN, MarkState.VOID, MarkState.SOLD),
    MarkState.SOLD: (MarkState.WITHDRAWN, MarkState.VOID),
    MarkState.VOID: (MarkState.WITHDRAWN,),
    MarkState.WITHDRAWN: (),
}
_WORDS = {
    MarkState.WITHDRAWN: (
        "Codes of this range are withdrawn.",
        "Withdrawal stands. Choose a range without withdrawn codes.",
    ),
    MarkState.VOID: (
        "Labels of this range are void.",
        "A void label stays so. Choose a range without void labels.",
    ),
    MarkState.SOLD: (
        "Goods of this range are sold.",
        "Choose a range of goods that are not sold yet.",
    ),
}


def void(session: Session, *, first: int, count: int, reason: str, by: str) -> list[Mark]:
    """Labels of `count` numbers from *first* on were misprinted and not used.

    They may be printed again under new numbers. The range may span several issues.

    :returns: one mark for each issue it touches.
    :raises NotFound: a number in it was never issued.
    :raises Conflict: a number in it is withdrawn; that stands.
    :raises BadInput: an empty range, or no reason.
    """
    return _mark(session, first, count, MarkState.VOID, reason, by)


def withdraw(session: Session, *, first: int, count: int, reason: str, by: str) -> list[Mark]:
    """Codes of `count` numbers from *first* on are no longer good: their pages warn.

    Arguments, result and errors as `void`, but what is withdrawn may be withdrawn again.
    """
    return _mark(session, first, count, MarkState.WITHDRAWN, reason, by)


def activate(session: Session, *, first: int, count: int, reason: str, by: str) -> list[Mark]:
    """Labels of `count` numbers from *first* on are on goods that are released.

    Only lots that ask for it need it. Arguments, result and errors as `void`; a void or sold code
    is not activated either.
    """
    return _mark(session, first, count, MarkState.ACTIVATED, reason, by)


def sell(session: Session, *, first: int, count: int, reason: str, by: str) -> list[Mark]:
    """The goods with `count` numbers from *first* on were sold or used up: a second item with such
    a code is suspicious. Arguments, result and errors as `void`; a void code is not sold either.
    """
    return _mark(session, first, count, MarkState.SOLD, reason, by)


def state_of(session: Session, number: int) -> Mark | None:
    """The newest mark on a number; None while nothing has happened to it."""
    return session.scalars(
        select(Mark)
        .join(Issue)
        .where(Issue.first <= number, Issue.first + Issue.count > number)
        .where(Mark.first <= number, Mark.last >= number)
        .order_by(Mark.id.desc())
        .limit(1)
    ).first()


def marks_of(session: Session, issue: Issue) -> Sequence[Mark]:
    """Everything that was said about codes of *issue*, oldest first."""
    return session.scalars(select(Mark).where(Mark.issue_id == issue.id).order_by(Mark.id)).all()


def voided_units(session: Session, lot: Lot) -> int:
    """Count the unit labels of *lot* that are void, each once."""
    return voided_of_lots(session, [lot.id]).get(lot.id, 0)


def voided_of_lots(session: Session, lots: Sequence[int]) -> dict[int, int]:
    """Lot → unit labels that are void; lots without any are left out."""
    marks = session.execute(
        select(Issue.lot_id, Mark.first, Mark.last)
        .join(Issue, Issue.id == Mark.issue_id)
        .where(Issue.lot_id.in_(lots), Issue.form != Form.LOT, Mark.state == MarkState.VOID)
        .order_by(Mark.first)
    )
    total: dict[int, int] = {}
    behind: dict[int, int] = {}
    for lot, first, last in marks:
        end = behind.get(lot, -1)
        total[lot] = total.get(lot, 0) + max(0, last - max(first - 1, end))
        behind[lot] = max(end, last)
    return total


def laid_over(
    ranges: list[tuple[int, int, State]], newer: tuple[int, int, State]
) -> list[tuple[int, int, State]]:
    """*ranges* (first, last, what is said of them) that do not overlap, ascending, with a newer one
    laid over them: what lies under it is no longer ruled by the older."""
    first, last, _ = newer
    kept = []
    for low, high, was in ranges:
        if low < first:
            kept.append((low, min(high, first - 1), was))
        if high > last:
            kept.append((max(low, last + 1), high, was))
    return sorted([*kept, newer], key=lambda found: found[0])


def ruled(session: Session, issue: Issue) -> list[tuple[int, int, str]]:
    """Ranges of numbers of *issue* and the state that their newest mark gives them, ascending."""
    ranges: list[tuple[int, int, str]] = []
    rows = session.execute(
        select(Mark.first, Mark.last, Mark.state).where(Mark.issue_id == issue.id).order_by(Mark.id)
    )
    for first, last, state in rows:
        ranges = laid_over(ranges, (first, last, state))
    return ranges


def _mark(
    session: Session, first: int, count: int, state: MarkState, reason: str, by: str
) -> list[Mark]:
    if count < 1 or not reason.strip():
        raise BadInput(
            "A range of at least one label and a reason are needed.",
            fix="Say why: it stands in the log and, for withdrawn codes, on their pages.",
        )
    lock_counter(session)  # two people marking one range take turns
    last = first + count - 1
    issues = session.scalars(
        select(Issue)
        .where(Issue.first <= last, Issue.first + Issue.count > first)
        .order_by(Issue.first)
    ).all()
    if sum(min(i.last, last) - max(i.first, first) + 1 for i in issues) != count:
        raise NotFound(
            "Not all numbers from {first} to {last} were issued.", first=first, last=last
        )
    stands = session.scalar(
        select(Mark.state)
        .where(Mark.issue_id.in_([i.id for i in issues]), Mark.state.in_(_STANDS_AGAINST[state]))
        .where(Mark.first <= last, Mark.last >= first)
        .limit(1)
    )
    if stands is not None:
        words, fix = _WORDS[MarkState(stands)]
        raise Conflict(words, fix=fix)
    marks = [
        Mark(
            issue_id=issue.id,
            first=max(issue.first, first),
            last=min(issue.last, last),
            state=state,
            reason=reason.strip(),
            actor=by,
        )
        for issue in issues
    ]
    session.add_all(marks)
    session.flush()
    return marks
