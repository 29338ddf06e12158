"""Replacement: begins a run in place of labels that were lost or spoiled, so that no unit has two
live labels. Used by the page of a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.errors import Conflict
from labelsvc.labels.ledger import ledger, ranges
from labelsvc.labels.models import Entry, Printer, PrintRun
from labelsvc.labels.runs.parts import layout_of
from labelsvc.labels.runs.request import RunRequest
from labelsvc.labels.runs.start import start_run
from labelsvc.labels.sheets.imprint import Imprint


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """Labels `first` to `last` of `run` that are to be made again, and why.

    `start_at` and `used` are cells of a new first sheet: that of the old run is not at hand any
    more. `pictures` are those of the programme (`artwork.pictures`).
    """

    run: PrintRun
    first: int
    last: int
    reason: str
    printer: Printer | None = None
    start_at: int = 1
    used: Sequence[int] = ()
    pictures: Mapping[str, bytes] = field(default_factory=dict)


def reprint(session: Session, wanted: Reprint, *, actor: str) -> PrintRun:
    """Begin a run in place of the labels, on the same layout, with new numbers, in the same order
    and with as many copies; spares in proportion, at least one where the run had some.

    Those that are still live become void in the same transaction.

    :raises BadInput: no such labels, or no reason.
    :raises Conflict: some were replaced before. :raises PrintRefused: as `start_run`.
    """
    run, first, last, reason = wanted.run, wanted.first, wanted.last, wanted.reason
    ledger.check(run, first, last)
    ledger.need(reason)
    # Two who replace the same labels take turns. The lot first, then the numbers, as every run does:
    # the other way round, a run that begins meanwhile and this one would wait for each other.
    session.execute(select(Lot.id).where(Lot.id == run.lot_id).with_for_update())
    replaced = ledger.ranges_of(session, run, Entry.REPRINTED)
    again = next((pair for pair in replaced if ledger.meets(pair, (first, last))), None)
    if again is not None:
        raise Conflict(
            "Labels {first} to {last} were replaced before.",
            fix="Reprint the labels of the run that replaced them, or choose others.",
            first=again[0],
            last=again[1],
        )
    covered = ranges.size(ranges.common(ledger.dead_labels(session, run), [(first, last)]))
    if covered < last - first + 1:
        ledger.note_spoiled(session, run=run, first=first, last=last, reason=reason, actor=actor)
    before = Imprint.from_json(run.imprint or {})
    request = RunRequest(
        lot=run.lot,
        layout=layout_of(run),
        count=last - first + 1,
        form=Form(run.form),
        imprint=replace(
            before,
            start_at=wanted.start_at,
            used=tuple(sorted(set(wanted.used))),
            spares=-(-before.spares * (last - first + 1) // run.count),
        ),
        output=run.output,
        printer=wanted.printer,
        base_url=run.base_url,
        pictures=wanted.pictures,
    )
    new = start_run(session, request, actor=actor)
    new.reprint_of, new.reason = run.id, reason.strip()
    session.flush()
    entry = ledger.write(
        session, run, Entry.REPRINTED, (first, last), reason=reason, actor=actor,
        printer=wanted.printer,
    )  # fmt: skip
    entry.other_run_id = new.id
    return new
