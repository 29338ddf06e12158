"""Lot account: counts the labels of a lot: declared, issued, printed, spoiled, used, left. Used by its page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot
from labelsvc.codes.models import Form
from labelsvc.codes.register import blank
from labelsvc.labels.ledger import ledger, ranges
from labelsvc.labels.models import Entry, PrintRun
from labelsvc.labels.runs.rules import balance


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


def account(session: Session, lot: Lot) -> Account:
    """The whole lot on one screen: declared, printed, spoiled, activated, and what is left."""
    have, bound = balance(session, lot), blank.bound_units(session, lot)
    figures: Counter[str] = Counter()
    for run in session.scalars(select(PrintRun).where(PrintRun.lot_id == lot.id)):
        written = ledger.entries(session, run)
        paper, void = ledger.on_paper(written), ledger.dead_labels(session, run)
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
