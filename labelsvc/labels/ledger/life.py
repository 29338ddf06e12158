"""Life: activates and sells labels of a lot, from the first to the last. Used by the pages of producers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue, MarkState
from labelsvc.codes.register import revoke
from labelsvc.codes.register.pieces import Piece as Piece
from labelsvc.codes.register.pieces import between as between
from labelsvc.codes.register.resolve import find_code
from labelsvc.errors import BadInput, Conflict
from labelsvc.labels.ledger import ledger
from labelsvc.labels.models import Entry, PrintRun

#: What stands on a label: "Đ14 · 12/65", "12 / 65", or the number alone; dots between thousands.
_PRINTED = re.compile(
    r"(?:[Đđ]\s*(?P<run>\d{1,9})\s*[·.,:-]?\s+)?(?P<number>\d{1,3}(?:\.\d{3})+|\d{1,9})(?:\s*/\s*\d{1,9})?"
)
#: Steps that a producer enters, and what they are called in marks and in the ledger.
STEPS = {"activated": Entry.ACTIVATED, "sold": Entry.SOLD}


def number_in(session: Session, ring: Keyring, run: PrintRun, text: str) -> int:
    """The number in *run* of a label: as it stands on it ("12", "Đ14 · 12/65"), or its scanned code.

    :raises Conflict: it is a label of another run. :raises BadInput: it is no label at all.
    """
    text = text.strip()
    if found := _PRINTED.fullmatch(text):
        if found["run"] and int(found["run"]) != run.id:
            raise _of_another(int(found["run"]))
        return int(found["number"].replace(".", ""))
    issue, number = find_code(session, ring, text)
    if issue.id != run.issue_id:
        other = session.scalar(select(PrintRun.id).where(PrintRun.issue_id == issue.id))
        raise _of_another(other)
    return number - issue.first + 1


def _of_another(run_id: int | None) -> Conflict:
    if run_id is None:
        return Conflict("This is no label of a print run.", fix="Scan a label of this run.")
    return Conflict(
        "This is a label of print run {number}.",
        fix="Open the page of that run, or scan a label of this one.",
        number=run_id,
    )


def whole(session: Session, lot: Lot) -> Sequence[Piece]:
    """All labels of *lot* that are neither void nor withdrawn nor sold."""
    issues = session.scalars(
        select(Issue).where(Issue.lot_id == lot.id, Issue.form != Form.LOT).order_by(Issue.first)
    )
    return [Piece(issue, *part) for issue in issues for part in _living(session, issue)]


def enter(session: Session, lot: Lot, pieces: Sequence[Piece], step: str, *, actor: str) -> int:
    """Write down that labels are on released goods ("activated"), or that the goods are "sold".

    Pages, and lists for verifiers without a network, follow at once.

    :returns: how many labels.
    :raises BadInput: no such step, or no labels. :raises Conflict: some are void, withdrawn, sold.
    """
    if step not in STEPS or not pieces:
        raise BadInput("There is no label to write down.", fix="Scan the first and the last one.")
    for piece in pieces:
        run = session.scalars(select(PrintRun).where(PrintRun.issue_id == piece.issue.id)).first()
        first, last = piece.shown
        if run is None:  # of a blank roll
            _mark(session, piece, step, actor)
        elif step == "sold":
            ledger.note_sold(session, run=run, first=first, last=last, actor=actor)
        else:
            ledger.note_activated(session, run=run, first=first, last=last, actor=actor)
    return sum(piece.count for piece in pieces)


@dataclass(frozen=True)
class Living:
    """The numbers of unit labels of a lot in each state; a label is in its latest one."""

    waiting: int
    activated: int
    sold: int
    void: int
    withdrawn: int


def living(session: Session, lot: Lot) -> Living:
    """Count the labels of *lot* by the state of their lives."""
    total = session.scalar(
        select(func.coalesce(func.sum(Issue.count), 0)).where(
            Issue.lot_id == lot.id, Issue.form != Form.LOT
        )
    )
    states: dict[str, int] = {}
    issues = session.scalars(select(Issue).where(Issue.lot_id == lot.id, Issue.form != Form.LOT))
    for issue in issues:
        for first, last, state in revoke.ruled(session, issue):
            states[state] = states.get(state, 0) + last - first + 1
    return Living(
        int(total or 0) - sum(states.values()),
        *(states.get(state, 0) for state in ("activated", "sold", "void", "withdrawn")),
    )


def _mark(session: Session, piece: Piece, step: str, actor: str) -> None:
    verb = revoke.sell if step == "sold" else revoke.activate
    verb(session, first=piece.first, count=piece.count, reason=step, by=actor)
    audit.record(
        session,
        actor=actor,
        action=f"blank.{step}",
        subject=f"lot:{piece.issue.lot_id}",
        facts={"first": piece.shown[0], "last": piece.shown[1]},
    )


def _living(session: Session, issue: Issue) -> list[tuple[int, int]]:
    """Ranges of numbers that may still go on."""
    gone = (MarkState.VOID, MarkState.WITHDRAWN, MarkState.SOLD)
    at, found = issue.first, []
    for first, last, state in revoke.ruled(session, issue):
        if state in gone:
            if at < first:
                found.append((at, first - 1))
            at = last + 1
    if at <= issue.last:
        found.append((at, issue.last))
    return found
