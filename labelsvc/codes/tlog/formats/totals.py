"""Totals: counts codes of each lot against its declaration, and finds leaves that contradict."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field

from labelsvc.codes.tlog.formats.leaf import AuditHeadLeaf, Leaf, PrintRunLeaf, RecognitionLeaf
from labelsvc.codes.tlog.formats.missing import Missing, missing
from labelsvc.errors import BadLog


@dataclass
class LotTotal:
    """The sums that a log gives for one lot."""

    lot: int
    lot_code: str
    product: int
    gtin: str | None = None
    ocop_code: str | None = None
    #: Units declared, as of the newest leaf, and the fewest that any leaf said.
    declared: int = 0
    declared_first: int = 0
    #: Codes of units. A code of the whole lot is none.
    issued: int = 0
    void: int = 0
    #: All that are not void, where the lot was recalled.
    withdrawn: int = 0
    recalled: bool = False
    #: Labels that carry a code of the whole lot: nobody can count those in a shop.
    lot_labels: int = 0
    #: Where its leaves stand in the log.
    leaves: list[int] = field(default_factory=list)

    @property
    def live(self) -> int:
        """Codes that may be on goods, good or withdrawn."""
        return self.issued - self.void

    @property
    def over(self) -> bool:
        """More of them than units."""
        return self.live > self.declared


@dataclass
class _Placed:
    place: str
    number: int
    leaf: PrintRunLeaf


class Totals:
    """Takes leaves in the order of the log."""

    def __init__(self) -> None:
        #: Contradictions: place and error.
        self.problems: list[tuple[str, BadLog]] = []
        #: What no leaf tells of.
        self.missing: list[Missing] = []
        self._lots: dict[int, LotTotal] = {}
        self._subjects: set[str] = set()
        self._runs: list[_Placed] = []
        self._blanks: list[_Placed] = []
        self._ended: dict[int, int] = {}
        self._head: AuditHeadLeaf | None = None
        self._marks: dict[str, list[tuple[str, int, int, int]]] = {"void": [], "withdrawn": []}

    def add(self, number: int, place: str, leaf: Leaf) -> None:
        """Leaf *number* of the log, which stands at *place*."""
        if leaf.id in self._subjects:
            self._wrong(place, BadLog("{subject} is in the log twice.", subject=leaf.id))
        self._subjects.add(leaf.id)
        if isinstance(leaf, RecognitionLeaf):
            return
        if isinstance(leaf, AuditHeadLeaf):
            self._add_head(place, leaf)
            return
        if isinstance(leaf, PrintRunLeaf):
            self._add_run(_Placed(place, number, leaf))
            return
        if leaf.kid is not None:
            self._ended.setdefault(leaf.kid, number)
            return
        if leaf.lot is None:
            return
        total = self._lots.setdefault(
            leaf.lot, LotTotal(leaf.lot, leaf.lot_code or "", leaf.product or 0)
        )
        total.leaves.append(number)
        if leaf.state == "recalled":
            total.recalled = True
        elif leaf.first is not None and leaf.count is not None:
            self._marks[leaf.state].append((place, leaf.lot, leaf.first, leaf.first + leaf.count))

    def lots(self) -> list[LotTotal]:
        """The totals, by lot. Call once, when every leaf was added: `problems` is whole then."""
        self._check_overlaps(self._runs)
        self._check_overlaps(self._blanks)
        self._check_keys()
        for state, marks in self._marks.items():
            self._count_marks(state, marks)
        self.missing = missing(run.leaf for run in (*self._runs, *self._blanks))
        for total in self._lots.values():
            if total.recalled:
                total.withdrawn = total.live
        return [self._lots[lot] for lot in sorted(self._lots)]

    def _add_head(self, place: str, leaf: AuditHeadLeaf) -> None:
        """The trail only grows."""
        before, self._head = self._head, leaf
        if before is not None and (
            leaf.day < before.day or leaf.entry <= before.entry or leaf.count <= before.count
        ):
            error = BadLog("{subject} is not longer than the audit trail before.", subject=leaf.id)
            self._wrong(place, error)

    def _add_run(self, run: _Placed) -> None:
        leaf = run.leaf
        if leaf.lot is None:
            self._blanks.append(run)
            return
        self._runs.append(run)
        total = self._lots.setdefault(
            leaf.lot, LotTotal(leaf.lot, leaf.lot_code or "", leaf.product or 0)
        )
        total.leaves.append(run.number)
        total.gtin, total.ocop_code = leaf.gtin, leaf.ocop_code
        declared = leaf.declared or 0
        total.declared_first = min(total.declared_first or declared, declared)
        total.declared = declared
        if leaf.form == "lot":
            total.lot_labels += leaf.labels
        else:
            total.issued += leaf.count

    def _check_overlaps(self, runs: list[_Placed]) -> None:
        """No number is given twice."""
        runs.sort(key=lambda run: (run.leaf.first, run.number))
        stop, before = 0, ""
        for run in runs:
            if run.leaf.first < stop:
                error = BadLog(
                    "The numbers of {one} and {other} overlap.", one=before, other=run.leaf.id
                )
                self._wrong(run.place, error)
            if run.leaf.first + run.leaf.count > stop:
                stop, before = run.leaf.first + run.leaf.count, run.leaf.id

    def _check_keys(self) -> None:
        """A key that was frozen signs nothing more, but blank rolls of before may still be used."""
        starts = [blank.leaf.first for blank in self._blanks]
        for run in (*self._runs, *self._blanks):
            ended = self._ended.get(run.leaf.kid)
            if ended is None or run.number < ended:
                continue
            at = bisect_right(starts, run.leaf.first) - 1
            blank = self._blanks[at] if at >= 0 and run.leaf.lot is not None else None
            if blank is None or blank.number > ended or not _inside(run.leaf, blank.leaf):
                error = BadLog(
                    "{subject} uses key {kid} after it was stopped.",
                    subject=run.leaf.id,
                    kid=run.leaf.kid,
                )
                self._wrong(run.place, error)

    def _count_marks(self, state: str, marks: list[tuple[str, int, int, int]]) -> None:
        starts = [run.leaf.first for run in self._runs]
        ranges: dict[int, list[tuple[int, int]]] = {}
        for place, lot, first, stop in marks:
            at = bisect_right(starts, first) - 1
            run = self._runs[at].leaf if at >= 0 else None
            if run is None or run.lot != lot or stop > run.first + run.count:
                error = BadLog(
                    "Numbers {first} to {last} were not issued to the lot.",
                    first=first,
                    last=stop - 1,
                )
                self._wrong(place, error)
            elif run.form != "lot":
                ranges.setdefault(lot, []).append((first, stop))
        for lot, found in ranges.items():
            setattr(self._lots[lot], state, _covered(found))

    def _wrong(self, place: str, error: BadLog) -> None:
        self.problems.append((place, error))


def _inside(run: PrintRunLeaf, blank: PrintRunLeaf) -> bool:
    return blank.first <= run.first and run.first + run.count <= blank.first + blank.count


def _covered(ranges: Iterable[tuple[int, int]]) -> int:
    """Numbers in *ranges*, each counted once."""
    total, behind = 0, 0
    for first, stop in sorted(ranges):
        total += max(0, stop - max(first, behind))
        behind = max(behind, stop)
    return total
