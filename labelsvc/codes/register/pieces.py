"""Pieces: ranges of neighbouring labels, from the first that was scanned to the last.

Labels are counted by their place in the lot, so a range may span print runs and blank rolls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.issue import find_issue
from labelsvc.codes.register.resolve import find_code
from labelsvc.errors import BadInput, Conflict, NotFound


@dataclass(frozen=True)
class Piece:
    """Neighbouring labels of one issue: numbers *first* to *last*."""

    issue: Issue
    first: int
    last: int

    @property
    def count(self) -> int:
        return self.last - self.first + 1

    @property
    def shown(self) -> tuple[int, int]:
        """As printed on the labels of a run, from 1."""
        return self.first - self.issue.first + 1, self.last - self.issue.first + 1


def between(session: Session, ring: Keyring, lot: Lot, first: str, last: str) -> Sequence[Piece]:
    """Labels of *lot* from the scanned code *first* to *last*, in the order they were issued.

    The order of the two does not matter.

    :raises BadInput: one is no code of ours, or names the whole lot. :raises NotFound: not issued.
    :raises Conflict: it is a label of another lot.
    """
    ends = [_scanned(session, ring, lot, text) for text in (first, last)]
    return _placed(session, lot.id, min(ends), max(ends))


def spanned(session: Session, first: int, last: int) -> Sequence[Piece]:
    """Labels of a lot from number *first* to number *last*; the code of a whole lot stands alone.

    :raises NotFound: one was not issued, they are of two lots, or they stand the wrong way round.
    """
    one, other = find_issue(session, first), find_issue(session, last)
    if one is not None and other is not None and one.lot_id == other.lot_id:
        if one is other and first <= last:
            return [Piece(one, first, last)]
        start, stop = _place(one, first), _place(other, last)
        if Form.LOT not in (one.form, other.form) and start <= stop:
            return _placed(session, one.lot_id, start, stop)
    raise NotFound(
        "Labels {first} to {last} were not issued for one lot.", first=first, last=last
    )  # fmt: skip


def _placed(session: Session, lot_id: int, start: int, stop: int) -> Sequence[Piece]:
    issues = session.scalars(
        select(Issue)
        .where(Issue.lot_id == lot_id, Issue.form != Form.LOT)
        .where(Issue.first_in_lot <= stop, Issue.first_in_lot + Issue.count > start)
        .order_by(Issue.first_in_lot)
    )
    return [
        Piece(
            issue,
            issue.first + max(0, start - issue.first_in_lot),
            min(issue.last, issue.first + stop - issue.first_in_lot),
        )
        for issue in issues
    ]


def _scanned(session: Session, ring: Keyring, lot: Lot, text: str) -> int:
    if not text.strip():
        raise BadInput(
            "No label was scanned.",
            fix="Scan the symbol of the label, or type the characters printed under it.",
        )
    issue, number = find_code(session, ring, text)
    if issue.form == Form.LOT:
        raise BadInput(
            "This code stands on every label of the lot.",
            fix="Only labels with a code of their own have a life of their own.",
        )
    if issue.lot_id != lot.id:
        raise Conflict(
            "This is a label of another lot, not of {lot}.",
            fix="Scan a label of this lot, or open the page of the other one.",
            lot=lot.code,
        )
    return _place(issue, number)


def _place(issue: Issue, number: int) -> int:
    return issue.first_in_lot + number - issue.first
