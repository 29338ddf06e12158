"""Runs: ranges of numbers that the log names and a copy does not know, and the keys that signed them."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import Blank, Issue, KeyRecord, Mark, MarkState
from labelsvc.codes.register import revoke
from labelsvc.codes.tlog import describe, log
from labelsvc.codes.tlog.formats import same
from labelsvc.codes.tlog.formats.leaf import Leaf, PrintRunLeaf, parse
from labelsvc.codes.tlog.models import LogLeaf
from labelsvc.recovery.withdrawn import ACTOR, Applied, is_of

_DOUBLED = "Số của mã này đã được cấp cho nhãn khác trước khi một bản sao cũ được khôi phục."
#: Subject of numbers that were given and of which nothing is known.
LOST = "lost"


def activate(session: Session, leaves: Iterable[Leaf]) -> None:
    """Keys that waited in the copy and signed meanwhile: they sign from the first number of theirs."""
    firsts: dict[int, int] = {}
    for leaf in leaves:
        if isinstance(leaf, PrintRunLeaf):
            firsts[leaf.kid] = min(firsts.get(leaf.kid, leaf.first), leaf.first)
    for kid in sorted(firsts):
        record = session.get(KeyRecord, kid, populate_existing=True)
        if record is None or record.first_number is not None:
            continue
        for older in session.scalars(select(KeyRecord).where(KeyRecord.state == KeyState.ACTIVE)):
            older.state, older.retired_at = KeyState.RETIRED, now()
        record.state, record.activated_at = KeyState.ACTIVE, now()
        record.first_number = firsts[kid]
        session.flush()


def apply(session: Session, leaves: Iterable[Leaf], found: Applied) -> None:
    """Write the issues of *leaves* that the database lacks; name those that it cannot have."""
    for leaf in leaves:
        if not isinstance(leaf, PrintRunLeaf) or leaf.id.startswith(f"{LOST}:"):
            continue
        if _known(session, leaf):
            continue
        why = _why_not(session, leaf)
        if why:
            found.left[leaf.id] = why
            _stop_doubled(session, leaf, found)
            continue
        session.add(
            Issue(
                id=int(same.subject(leaf).partition(":")[2]), form=leaf.form, lot_id=leaf.lot,
                first=leaf.first, count=leaf.count, first_in_lot=leaf.first_in_lot, kid=leaf.kid,
                created_at=leaf.at, created_by=ACTOR,
                reference=leaf.reference, expiry=leaf.expiry, flags=leaf.flags,
            )
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.flush()
        except IntegrityError:
            found.left[leaf.id] = "its numbers were given to others"
            _stop_doubled(session, leaf, found)
        else:
            found.count("issued")


def note_own(session: Session) -> int:
    """Leaves for rows whose leaf tells of another row: they got the number of one that was lost."""
    made = 0
    facts: dict[str, set[tuple[object, ...]]] = {}
    kinds = ("print_run", "withdrawal")
    for body in session.scalars(select(LogLeaf.body).where(LogLeaf.kind.in_(kinds))):
        leaf = parse(body)
        facts.setdefault(same.subject(leaf), set()).add(same.fact(leaf))
    for leaf in _own(session):
        if leaf.id in facts and same.fact(leaf) not in facts[leaf.id]:
            log.append(session, leaf, again=True)
            made += 1
    return made


def gaps(session: Session, upto: int) -> list[tuple[int, int]]:
    """Numbers ``[first, stop)`` below *upto* that neither a row nor a leaf tells of."""
    ranges = [(first, first + count) for table in (Issue, Blank)
              for first, count in session.execute(select(table.first, table.count))]  # fmt: skip
    for body in session.scalars(select(LogLeaf.body).where(LogLeaf.kind == "print_run")):
        leaf = parse(body)
        if isinstance(leaf, PrintRunLeaf):
            ranges.append((leaf.first, leaf.first + leaf.count))
    found, behind = [], 1
    for first, stop in sorted(ranges):
        if first > behind:
            found.append((behind, min(first, upto)))
        behind = max(behind, stop)
    if behind < upto:
        found.append((behind, upto))
    return found


def note_gaps(session: Session, upto: int, kid: int) -> int:
    """Say in the log that numbers below *upto* were given of which nothing is known. Gives how many."""
    total = 0
    for first, stop in gaps(session, upto):
        count = stop - first
        leaf = PrintRunLeaf(
            id=f"{LOST}:{first}", at=now().replace(microsecond=0), form="blank", kid=kid,
            first=first, count=count, labels=count,
        )  # fmt: skip
        log.append(session, leaf)
        total += count
    return total


def _own(session: Session) -> Iterable[Leaf]:
    yield from map(describe.blank, session.scalars(select(Blank)))
    yield from map(describe.issue, session.scalars(select(Issue)))
    ends = Mark.state.in_((MarkState.VOID, MarkState.WITHDRAWN))
    for mark in session.scalars(select(Mark).where(ends)):
        yield describe.mark(session, mark)


def _known(session: Session, leaf: PrintRunLeaf) -> bool:
    own: PrintRunLeaf | None = None
    if leaf.form == "blank":
        roll = session.scalar(select(Blank).where(Blank.first == leaf.first))
        own = describe.blank(roll) if roll is not None else None
    else:
        row = session.scalar(select(Issue).where(Issue.first == leaf.first))
        own = describe.issue(row) if row is not None else None
    return own is not None and same.fact(own) == same.fact(leaf)


def _why_not(session: Session, leaf: PrintRunLeaf) -> str:
    """Tell why the issue of *leaf* cannot be written; "" if it can."""
    if session.get(KeyRecord, leaf.kid) is None:
        return "its key is not known here"
    if leaf.form == "blank":
        return "its producer is not known here"
    lot = session.get(Lot, leaf.lot)
    if lot is None or not is_of(lot, leaf.lot_code):
        return "its lot is not known here"
    if session.get(Issue, int(same.subject(leaf).partition(":")[2])) is not None:
        return "another issue has its number"
    return ""


def _stop_doubled(session: Session, leaf: PrintRunLeaf, found: Applied) -> None:
    """Codes that were given a second time are good on neither label."""
    stop = leaf.first + leaf.count
    meets = Issue.first < stop, Issue.first + Issue.count > leaf.first
    for issue in session.scalars(select(Issue).where(*meets)).all():
        first, last = max(issue.first, leaf.first), min(issue.last, stop - 1)
        if leaf.form == "blank" and issue.first >= leaf.first and issue.last < stop:
            continue  # bound from the lost roll
        revoke.withdraw(session, first=first, count=last - first + 1, reason=_DOUBLED, by=ACTOR)
        found.done["doubled"] = found.done.get("doubled", 0) + last - first + 1
