"""Scope of a withdrawal (range, run or lot), and whether it needs a second person."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.codes.models import Form, Issue, MarkState, Scope
from labelsvc.codes.register import revoke
from labelsvc.codes.register.pieces import Piece


def takes_two(session: Session, pieces: Sequence[Piece]) -> bool:
    """True if withdrawing *pieces* of a lot comes to withdrawing the lot.

    It does for the code that stands on every label; when no label of the lot would be left that is
    neither sold nor void nor withdrawn; and when, with what was withdrawn before, it is more than
    half of the labels.
    """
    if any(piece.issue.form == Form.LOT for piece in pieces):
        return True
    lot = pieces[0].issue.lot_id
    units = 0
    states = dict.fromkeys((MarkState.WITHDRAWN, MarkState.VOID, MarkState.SOLD), 0)
    for issue in session.scalars(
        select(Issue).where(Issue.lot_id == lot, Issue.form != Form.LOT).order_by(Issue.id)
    ):
        units += issue.count
        ranges = revoke.ruled(session, issue)
        for piece in pieces:
            if piece.issue.id == issue.id:
                ranges = revoke.laid_over(ranges, (piece.first, piece.last, MarkState.WITHDRAWN))
        for start, stop, state in ranges:
            if state in states:
                states[MarkState(state)] += stop - start + 1
    withdrawn, used = states[MarkState.WITHDRAWN], units - states[MarkState.VOID]
    return sum(states.values()) == units or 2 * withdrawn > used


def is_called(scope: Scope, pieces: Sequence[Piece]) -> bool:
    """True if *pieces* are what *scope* calls them."""
    one = len(pieces) == 1
    if scope == Scope.UNIT:
        return one and pieces[0].count == 1
    if scope == Scope.RUN:
        return one and pieces[0].count == pieces[0].issue.count
    return scope == Scope.RANGE
