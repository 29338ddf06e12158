"""Taken: tells what printers took of a run, and from which label it may go on. Used by sending.

A run goes to its printers from front to back. Whoever sends it from label *k* on says two things:
all before *k* is on paper, and nothing from *k* on is. The first is written into the ledger. The
second must not contradict what a printer took: then the same codes would be on two labels. Such
labels are printed again under new numbers, unless the person says, with a reason, that they never
came out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.errors import Conflict
from labelsvc.labels.ledger import ledger, ranges
from labelsvc.labels.ledger.ranges import Range
from labelsvc.labels.models import Printer, PrintRun, Sending, SendingState
from labelsvc.labels.runs.parts import layout_of
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.labels.sheets.sheet import Sheet

_ON_ITS_WAY = (SendingState.QUEUED, SendingState.SENDING)


@dataclass(frozen=True)
class Progress:
    """The progress of a run on its way to paper; labels are counted with copies and spares."""

    labels: int
    #: The last label that a printer surely took.
    taken: int
    #: A printer waits for it, or takes it now.
    under_way: bool
    #: Where it goes on; None where only a look at the paper tells, or nothing is left.
    following: int | None

    @property
    def complete(self) -> bool:
        return self.taken >= self.labels


def labels_of(run: PrintRun) -> int:
    """Labels on the roll: copies and spares too."""
    return _imprint(run).labels(run.count)


def row_of(run: PrintRun, label: int) -> int:
    """The first label of the row that *label* is in: a printer cannot print half a row."""
    return label - (label - 1) % Sheet.of(layout_of(run)).per_page


def sendings_of(session: Session, run: PrintRun) -> Sequence[Sending]:
    """Newest first."""
    return session.scalars(
        select(Sending).where(Sending.run_id == run.id).order_by(Sending.id.desc())
    ).all()


def progress(session: Session, run: PrintRun) -> Progress:
    """Tell how far *run* is: the latest sending says, for it began where the one before had stopped."""
    sent, labels = sendings_of(session, run), labels_of(run)
    if not sent:
        return Progress(labels, 0, False, 1)
    latest = sent[0]
    taken = max(latest.sent_units, latest.from_unit - 1)
    under_way = any(row.state in _ON_ITS_WAY for row in sent)
    vague = (latest.error or {}).get("interrupted")
    return Progress(
        labels, taken, under_way, None if under_way or vague or taken >= labels else taken + 1
    )


def go_on(
    session: Session,
    *,
    run: PrintRun,
    printer: Printer,
    from_label: int,
    lost_because: str,
    actor: str,
) -> None:
    """Write down what it says about the paper that *run* is sent from label *from_label* on.

    :param lost_because: why labels that were taken, or written down as printed, never came out.
    :raises Conflict: the run is under way, or codes would be on two labels.
    """
    # Two who press at the same time wait for each other here.
    session.execute(select(PrintRun.id).where(PrintRun.id == run.id).with_for_update())
    far = progress(session, run)
    if far.under_way:
        raise Conflict(
            "The run is on its way to a printer.", fix="Wait until it has arrived or failed."
        )
    on_paper = ledger.printed(session, run)
    only_later = ranges.without([(1, run.count)], codes_of_labels(run, 1, from_label - 1))
    twice = ranges.merged(
        [
            *codes_of_labels(run, from_label, far.taken),
            *ranges.common(on_paper, only_later),
        ]
    )
    if twice and not lost_because.strip():
        raise Conflict(
            "Labels {first} to {last} were printed before: their codes would be on two labels.",
            fix="Print them again under new numbers, or say that they did not come out, and why.",
            first=twice[0][0],
            last=twice[-1][1],
            field="from_unit",
        )
    for first, last in twice:
        ledger.note_unprinted(
            session, run=run, first=first, last=last, reason=lost_because, actor=actor,
            printer=printer,
        )  # fmt: skip
    note_printed(session, run, 1, from_label - 1, actor=actor, printer=None)


def note_printed(
    session: Session, run: PrintRun, first: int, last: int, *, actor: str, printer: Printer | None
) -> None:
    """Labels *first* to *last* of the roll are on paper: their codes, where nobody wrote it yet."""
    new = ranges.without(codes_of_labels(run, first, last), ledger.printed(session, run))
    for one, other in new:
        ledger.note_printed(session, run=run, first=one, last=other, actor=actor, printer=printer)


def codes_of_labels(run: PrintRun, first: int, last: int) -> list[Range]:
    """Numbers, from 1, of the codes on labels *first* to *last* of the roll; spares have none."""
    stretches = _imprint(run).stretches(run.count, first - 1, last - first + 1)
    return ranges.merged((s.first + 1, s.first + s.codes) for s in stretches)


def _imprint(run: PrintRun) -> Imprint:
    return Imprint.from_json(run.imprint or {})
