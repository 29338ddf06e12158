"""Ledger: writes and reads which labels were printed, spoiled, replaced, used. Used by the page of a run.

Labels are named by the numbers printed on them, 1 to the count of their run. A label that is spoiled
or void has a dead code from the same transaction on, and a replacement gets a new number: there is
never a second live label of one unit.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.codes.models import Form, Mark, MarkState
from labelsvc.codes.register import revoke
from labelsvc.codes.register.keys import lock_counter
from labelsvc.errors import BadInput, Conflict
from labelsvc.labels.ledger import ranges
from labelsvc.labels.ledger.ranges import Range
from labelsvc.labels.models import Entry, LedgerEntry, Printer, PrintRun, RunState


def entries(session: Session, run: PrintRun) -> Sequence[LedgerEntry]:
    """Everything that was written about *run*, oldest first."""
    return session.scalars(
        select(LedgerEntry).where(LedgerEntry.run_id == run.id).order_by(LedgerEntry.id)
    ).all()


def printed(session: Session, run: PrintRun) -> list[Range]:
    """Labels of *run* that are on paper, as far as it was written down."""
    return on_paper(entries(session, run))


def note_printed(
    session: Session,
    *,
    run: PrintRun,
    first: int,
    last: int,
    actor: str,
    printer: Printer | None = None,
) -> LedgerEntry:
    """Labels *first* to *last* came out of the printer.

    :raises BadInput: no such labels. :raises Conflict: the run is not released.
    """
    return write(session, run, Entry.PRINTED, (first, last), actor=actor, printer=printer)


def note_unprinted(
    session: Session,
    *,
    run: PrintRun,
    first: int,
    last: int,
    reason: str,
    actor: str,
    printer: Printer | None = None,
) -> LedgerEntry:
    """A printer took labels *first* to *last*, and they never came out: they may be sent again.

    :raises BadInput: no such labels, or no reason. :raises Conflict: some are on goods, or have a
        replacement: then they were on paper.
    """
    need(reason)
    for kind in (Entry.ACTIVATED, Entry.SOLD, Entry.REPRINTED):
        if found := ranges.common(ranges_of(session, run, kind), [(first, last)]):
            raise Conflict(
                "Labels {first} to {last} did come out: they are on goods or were replaced.",
                fix="Begin after them.",
                first=found[0][0],
                last=found[-1][1],
                field="from_unit",
            )
    return write(
        session, run, Entry.UNPRINTED, (first, last), reason=reason, actor=actor, printer=printer
    )


def note_activated(
    session: Session, *, run: PrintRun, first: int, last: int, actor: str
) -> LedgerEntry:
    """Labels *first* to *last* are on their goods; said twice, it is written once.

    :raises Conflict: one of them is void: it must not be on any.
    """
    check(run, first, last)
    dead = next((pair for pair in dead_labels(session, run) if meets(pair, (first, last))), None)
    if dead is not None:
        raise Conflict(
            "Labels {first} to {last} of the run are void and must not be on goods.",
            fix="Take them off, and leave them out of the range.",
            first=dead[0],
            last=dead[1],
        )
    if said := _said(session, run, Entry.ACTIVATED, first, last):
        return said
    revoke.activate(session, **_numbers(run, first, last), reason="activated", by=actor)
    return write(session, run, Entry.ACTIVATED, (first, last), actor=actor)


def note_sold(session: Session, *, run: PrintRun, first: int, last: int, actor: str) -> LedgerEntry:
    """The goods with labels *first* to *last* are sold or used up; said twice, it is written once.

    :raises Conflict: one of them is void or withdrawn.
    """
    check(run, first, last)
    if said := _said(session, run, Entry.SOLD, first, last):
        return said
    revoke.sell(session, **_numbers(run, first, last), reason="sold", by=actor)
    return write(session, run, Entry.SOLD, (first, last), actor=actor)


def note_spoiled(
    session: Session, *, run: PrintRun, first: int, last: int, reason: str, actor: str
) -> LedgerEntry:
    """Labels *first* to *last* are unusable, or will not be used: their codes are void from now on.
    Said twice for the same reason, it is written once.

    :raises BadInput: no such labels, or no reason. :raises Conflict: codes are withdrawn, or used.
    """
    check(run, first, last)
    need(reason)
    # Who says at the same time that they are on goods comes before or after: the numbers are locked.
    if said := _said(session, run, Entry.SPOILED, first, last, reason):
        return said
    used = ranges_of(session, run, Entry.ACTIVATED)
    if any(meets(pair, (first, last)) for pair in used):
        raise Conflict(
            "Some of these labels were entered as used on goods.",
            fix="A label on goods cannot be spoiled; if the goods are destroyed, have the codes withdrawn.",
        )
    revoke.void(session, **_numbers(run, first, last), reason=reason, by=actor)
    return write(session, run, Entry.SPOILED, (first, last), reason=reason, actor=actor)


def on_paper(written: Sequence[LedgerEntry]) -> list[Range]:
    """List what was printed and not taken back by a later entry; *written* is of one run, in order."""
    found: list[Range] = []
    for entry in written:
        if entry.kind == Entry.PRINTED:
            found = ranges.merged([*found, (entry.first, entry.last)])
        elif entry.kind == Entry.UNPRINTED:
            found = ranges.without(found, [(entry.first, entry.last)])
    return found


def check(run: PrintRun, first: int, last: int) -> None:
    """:raises BadInput: no such labels, or labels that all carry one code."""
    if run.form == Form.LOT:
        raise BadInput(
            "All labels of this run carry one lot code: single ones cannot be void.",
            fix="Destroy the misprinted labels; the others stay good.",
        )
    _within(run, first, last)


def _within(run: PrintRun, first: int, last: int) -> None:
    if not 1 <= first <= last <= run.count:
        raise BadInput(
            "The run has labels 1 to {count}; {first} to {last} are not all among them.",
            fix="Take the numbers printed on the first and the last misprinted label.",
            count=run.count,
            first=first,
            last=last,
        )


def _numbers(run: PrintRun, first: int, last: int) -> dict[str, int]:
    return {"first": run.issue.first + first - 1, "count": last - first + 1}


def need(reason: str) -> None:
    """:raises BadInput: *reason* says nothing."""
    if not reason.strip():
        raise BadInput("A reason is needed.", fix="Say in a few words what happened.")


def meets(one: Range, other: Range) -> bool:
    """True if they have a label in common."""
    return one[0] <= other[1] and other[0] <= one[1]


def ranges_of(session: Session, run: PrintRun, kind: Entry) -> list[Range]:
    """Labels of *run* of which *kind* was written, entry by entry."""
    rows = session.execute(
        select(LedgerEntry.first, LedgerEntry.last).where(
            LedgerEntry.run_id == run.id, LedgerEntry.kind == kind
        )
    )
    return [(first, last) for first, last in rows]


def _said(
    session: Session, run: PrintRun, kind: Entry, first: int, last: int, reason: str = ""
) -> LedgerEntry | None:
    """The entry that says just this, if there is one: a button may be pressed twice. The caller's
    transaction is alone from here on."""
    lock_counter(session)
    return session.scalars(
        select(LedgerEntry).where(
            LedgerEntry.run_id == run.id,
            LedgerEntry.kind == kind,
            LedgerEntry.first == first,
            LedgerEntry.last == last,
            LedgerEntry.reason == reason.strip(),
        )
    ).first()


def dead_labels(session: Session, run: PrintRun) -> list[Range]:
    """Labels of *run* whose codes are void or withdrawn."""
    rows = session.execute(
        select(Mark.first, Mark.last).where(
            Mark.issue_id == run.issue_id,
            Mark.state.in_([MarkState.VOID, MarkState.WITHDRAWN]),
        )
    )
    base = run.issue.first - 1
    return [(first - base, last - base) for first, last in rows]


def write(
    session: Session,
    run: PrintRun,
    kind: Entry,
    labels: Range,
    *,
    actor: str,
    reason: str = "",
    printer: Printer | None = None,
) -> LedgerEntry:
    """Write a line of the ledger, and one of the audit trail. *labels*: first and last.

    :raises BadInput: no such labels. :raises Conflict: the run is not released.
    """
    first, last = labels
    if kind in (Entry.PRINTED, Entry.UNPRINTED):
        _within(run, first, last)
    else:
        check(run, first, last)
    if run.state != RunState.RELEASED:
        raise Conflict(
            "The run is not released: nothing of it may be printed.",
            fix="Wait until it is finished.",
        )
    entry = LedgerEntry(
        run_id=run.id,
        kind=kind,
        first=first,
        last=last,
        reason=reason.strip(),
        printer_id=printer.id if printer is not None else run.printer_id,
        actor=actor,
    )
    session.add(entry)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action=f"print_run.{kind}",
        subject=f"print_run:{run.id}",
        facts={"first": first, "last": last, "reason": entry.reason},
    )
    return entry
