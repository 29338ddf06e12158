"""Imprint: says how the codes of a run go on paper: cells, order, copies, spares. Used by runs and by the
ledger.

A run has `count` codes. It prints `copies` labels of each and then the spares: crossed out, without
a code and without a word of the goods (`spare`), for setting up the printer and the labelling
machine. Positions are counted from 0 over all labels of the run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

from labelsvc.errors import BadInput
from labelsvc.labels.sheets.placement import Order, Placement
from labelsvc.labels.sheets.profile import NO_CORRECTION, Profile
from labelsvc.labels.sheets.sheet import Sheet

#: Labels of one code; more is a slip of the finger.
MOST_COPIES = 20


class Stretch(NamedTuple):
    """Labels one after another: `repeat` of each of the codes `[first, first + codes)`."""

    first: int
    codes: int
    repeat: int
    skip: int  # labels of the first code that belong to the stretch before
    labels: int


@dataclass(frozen=True, slots=True)
class Imprint:
    """`start_at` and `used`: cells of the first sheet, from 1. `collate`: the whole set, then the
    whole set again; otherwise all copies of a code one after another."""

    start_at: int = 1
    used: tuple[int, ...] = ()
    order: Order = "across"
    copies: int = 1
    collate: bool = True
    spares: int = 0

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Imprint:
        """From JSON; what is missing has its default."""
        known = {f.name for f in fields(cls)}
        values = {key: value for key, value in kept.items() if key in known}
        values["used"] = tuple(values.get("used", ()))
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """As JSON, without what is as usual."""
        usual = Imprint()
        return {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
            if value != getattr(usual, key)
        }

    def check(self, sheet: Sheet) -> None:
        """Raises `BadInput` for cells that the sheet does not have, and impossible numbers."""
        sheet.pages(1, self.placement())
        if not 1 <= self.copies <= MOST_COPIES:
            raise BadInput(
                "{count} labels of each code cannot be printed.",
                fix="Give a number from 1 to {most}.",
                count=self.copies,
                most=MOST_COPIES,
            )
        if not 0 <= self.spares <= 100_000:
            raise BadInput("The number of spare labels is impossible.", fix="Give 0 or more.")

    def placement(self, profile: Profile | None = None) -> Placement:
        """Place the labels of the whole run on pages that are bent by *profile*."""
        return Placement(
            self.start_at, self.used, self.order, self.spares, profile or NO_CORRECTION
        )

    def labels(self, count: int) -> int:
        """Labels on paper for *count* codes, spares too."""
        return count * self.copies + self.spares

    def stretches(self, count: int, offset: int, length: int) -> Iterator[Stretch]:
        """Tell which codes stand on the labels `[offset, offset + length)` that are no spares."""
        stop = min(offset + length, count * self.copies)
        while offset < stop:
            if self.collate or self.copies == 1:
                first = offset % count
                taken = min(stop - offset, count - first)
                yield Stretch(first, taken, 1, 0, taken)
            else:
                first, skip = divmod(offset, self.copies)
                taken = stop - offset
                last = (stop - 1) // self.copies
                yield Stretch(first, last - first + 1, self.copies, skip, taken)
            offset += taken

    def spare_labels(self, count: int, offset: int, length: int) -> int:
        """Count the spares among the labels `[offset, offset + length)`."""
        return max(0, offset + length - max(offset, count * self.copies))


def usual_spares(labels: int) -> int:
    """Count the spares that print shops add to *labels* on paper, copies too: two and five in a hundred,
    rounded up."""
    return 2 + -(-labels * 5 // 100)
