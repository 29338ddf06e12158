"""The ledger of printing: which labels came out of the printer, were spoiled, voided, replaced, used.

Labels are named by the numbers printed on them, 1 to the count of their run. A label that is spoiled
or void has a dead code from the same transaction on, and a replacement gets a new number: there is
never a second live label of one unit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.codes import blank, revoke
from labelsvc.codes.keys import lock_counter
from labelsvc.codes.models import Form, Mark, MarkState
from labelsvc.errors import BadInput, Conflict
from labelsvc.labels import ranges
from labelsvc.labels.imprint import Imprint
from labelsvc.labels.models import Entry, LedgerEntry, Printer, PrintRun, RunState
from labelsvc.labels.parts import layout_of
from labelsvc.labels.print_run import start_run
from labelsvc.labels.ranges import Range
from labelsvc.labels.run_check import balance


@dataclass(frozen=True)
class Account:
    """Labels of a lot, each counted once."""

    declared: int
    issued: int  # live codes
    printed: int
    spoiled: int
    void: int  # spoiled ones too
    reprinted: int
    activated: int
    remaining: int
    #: From blank rolls: printed for no lot, and on goods since they were bound.
    bound: int = 0
    #: On paper with a live code.
    good: int = 0
    #: With a live code, and nobody wrote down that they were printed.
    unwritten: int = 0


def entries(session: Session, run: PrintRun) -> Sequence[LedgerEntry]:
    """Everything that was written about *run*, oldest first."""
    return session.scalars(
        select(LedgerEntry).where(LedgerEntry.run_id == run.id).order_by(LedgerEntry.id)
    ).all()


def printed(session: Session, run: PrintRun) -> list[Range]:
    """Labels of *run* that are on paper, as far as it was written down."""
    return _on_paper(entries(session, run))


def account(session: Session, lot: Lot) -> Account:
    """The whole lot on one screen: declared, printed, spoiled, activated, and what is left."""
    have, bound = balance(session, lot), blank.bound_units(session, lot)
    figures: Counter[str] = Counter()
    for run in session.scalars(select(PrintRun).where(PrintRun.lot_id == lot.id)):
        written = entries(session, run)
        paper, void = _on_paper(written), _void(session, run)
        live = [] if run.form == Form.LOT else ranges.without([(1, run.count)], void)
        figures["printed"] += ranges.size(paper)
        figures["good"] += ranges.size(ranges.without(paper, void))
        figures["unwritten"] += ranges.size(ranges.without(live, paper))
        for kind, kinds in (
            ("spoiled", (Entry.SPOILED, Entry.VOIDED)),
            ("reprinted", (Entry.REPRINTED,)),
            ("activated", (Entry.ACTIVATED,)),
        ):
            figures[kind] += ranges.size((e.first, e.last) for e in written if e.kind in kinds)
    return Account(
        declared=have.declared,
        issued=have.issued - have.void,
        printed=figures["printed"],
        spoiled=figures["spoiled"],
        void=have.void,
        reprinted=figures["reprinted"],
        activated=figures["activated"] + bound,
        remaining=have.remaining,
        bound=bound,
        good=figures["good"] + bound,
        unwritten=figures["unwritten"],
    )


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
    return _write(session, run, Entry.PRINTED, first, last, actor=actor, printer=printer)


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
    _need(reason)
    for kind in (Entry.ACTIVATED, Entry.SOLD, Entry.REPRINTED):
        if found := ranges.common(_ranges(session, run, kind), [(first, last)]):
            raise Conflict(
                "Labels {first} to {last} did come out: they are on goods or were replaced.",
                fix="Begin after them.",
                first=found[0][0],
                last=found[-1][1],
                field="from_unit",
            )
    return _write(
        session, run, Entry.UNPRINTED, first, last, reason=reason, actor=actor, printer=printer
    )


def note_activated(
    session: Session, *, run: PrintRun, first: int, last: int, actor: str
) -> LedgerEntry:
    """Labels *first* to *last* are on their goods; said twice, it is written once.

    :raises Conflict: one of them is void: it must not be on any.
    """
    _check(run, first, last)
    dead = next((pair for pair in _void(session, run) if _meets(pair, (first, last))), None)
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
    return _write(session, run, Entry.ACTIVATED, first, last, actor=actor)


def note_sold(session: Session, *, run: PrintRun, first: int, last: int, actor: str) -> LedgerEntry:
    """The goods with labels *first* to *last* are sold or used up; said twice, it is written once.

    :raises Conflict: one of them is void or withdrawn.
    """
    _check(run, first, last)
    if said := _said(session, run, Entry.SOLD, first, last):
        return said
    revoke.sell(session, **_numbers(run, first, last), reason="sold", by=actor)
    return _write(session, run, Entry.SOLD, first, last, actor=actor)


def note_spoiled(
    session: Session, *, run: PrintRun, first: int, last: int, reason: str, actor: str
) -> LedgerEntry:
    """Labels *first* to *last* are unusable, or will not be used: their codes are void from now on.
    Said twice for the same reason, it is written once.

    :raises BadInput: no such labels, or no reason. :raises Conflict: codes are withdrawn, or used.
    """
    _check(run, first, last)
    _need(reason)
    lock_counter(session)  # who says at the same time that they are on goods comes before or after
    used = _ranges(session, run, Entry.ACTIVATED)
    if any(_meets(pair, (first, last)) for pair in used):
        raise Conflict(
            "Some of these labels were entered as used on goods.",
            fix="A label on goods cannot be spoiled; if the goods are destroyed, have the codes withdrawn.",
        )
    if said := _said(session, run, Entry.SPOILED, first, last, reason):
        return said
    revoke.void(
        session, first=run.issue.first + first - 1, count=last - first + 1, reason=reason, by=actor
    )
    return _write(session, run, Entry.SPOILED, first, last, reason=reason, actor=actor)


def reprint(
    session: Session,
    *,
    run: PrintRun,
    first: int,
    last: int,
    reason: str,
    actor: str,
    printer: Printer | None = None,
    start_at: int = 1,
    used: Sequence[int] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> PrintRun:
    """A new run in place of labels *first* to *last*, on the same layout, with new numbers, in the
    same order and with as many copies; spares in proportion, at least one where the run had some.

    Those that are still live become void in the same transaction.

    :param start_at: cell of the first sheet to begin with, and *used* cells: the sheet of the old
        run is not at hand any more.
    :param pictures: of the programme, `mark.pictures`.
    :raises BadInput: no such labels, or no reason.
    :raises Conflict: some were replaced before. :raises PrintRefused: as `start_run`.
    """
    _check(run, first, last)
    _need(reason)
    # Two who replace the same labels take turns. The lot first, then the numbers, as every run does:
    # the other way round, a run that begins meanwhile and this one would wait for each other.
    session.execute(select(Lot.id).where(Lot.id == run.lot_id).with_for_update())
    replaced = _ranges(session, run, Entry.REPRINTED)
    again = next((pair for pair in replaced if _meets(pair, (first, last))), None)
    if again is not None:
        raise Conflict(
            "Labels {first} to {last} were replaced before.",
            fix="Reprint the labels of the run that replaced them, or choose others.",
            first=again[0],
            last=again[1],
        )
    covered = ranges.size(ranges.common(_void(session, run), [(first, last)]))
    if covered < last - first + 1:
        note_spoiled(session, run=run, first=first, last=last, reason=reason, actor=actor)
    before = Imprint.read(run.imprint or {})
    new = start_run(
        session,
        lot=run.lot,
        layout=layout_of(run),
        count=last - first + 1,
        form=run.form,
        imprint=replace(
            before,
            start_at=start_at,
            used=tuple(sorted(set(used))),
            spares=-(-before.spares * (last - first + 1) // run.count),
        ),
        output=run.output,  # type: ignore[arg-type]
        printer=printer,
        base_url=run.base_url,
        actor=actor,
        pictures=pictures,
    )
    new.reprint_of, new.reason = run.id, reason.strip()
    session.flush()
    entry = _write(
        session, run, Entry.REPRINTED, first, last, reason=reason, actor=actor, printer=printer
    )
    entry.other_run_id = new.id
    return new


def _on_paper(written: Sequence[LedgerEntry]) -> list[Range]:
    """What was printed and not taken back by a later entry; *written* is of one run, in order."""
    found: list[Range] = []
    for entry in written:
        if entry.kind == Entry.PRINTED:
            found = ranges.merged([*found, (entry.first, entry.last)])
        elif entry.kind == Entry.UNPRINTED:
            found = ranges.without(found, [(entry.first, entry.last)])
    return found


def _check(run: PrintRun, first: int, last: int) -> None:
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


def _need(reason: str) -> None:
    if not reason.strip():
        raise BadInput("A reason is needed.", fix="Say in a few words what happened.")


def _meets(one: Range, other: Range) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _ranges(session: Session, run: PrintRun, kind: Entry) -> list[Range]:
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


def _void(session: Session, run: PrintRun) -> list[Range]:
    """Labels of *run* whose codes are void or withdrawn."""
    rows = session.execute(
        select(Mark.first, Mark.last).where(
            Mark.issue_id == run.issue_id,
            Mark.state.in_([MarkState.VOID, MarkState.WITHDRAWN]),
        )
    )
    base = run.issue.first - 1
    return [(first - base, last - base) for first, last in rows]


def _write(
    session: Session,
    run: PrintRun,
    kind: Entry,
    first: int,
    last: int,
    *,
    actor: str,
    reason: str = "",
    printer: Printer | None = None,
) -> LedgerEntry:
    if kind in (Entry.PRINTED, Entry.UNPRINTED):
        _within(run, first, last)
    else:
        _check(run, first, last)
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
