"""Read back: rebuilds every picture of a roll file, reads every symbol, and compares. Used by runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from labelsvc.labels.checks import spot_check
from labelsvc.labels.checks.faults import Faults
from labelsvc.labels.checks.read_back import ReadBackReport
from labelsvc.labels.checks.spot_check import Rule, Spot, SpotCheck
from labelsvc.labels.rolls.languages import Language
from labelsvc.labels.rolls.pictures import Picture
from labelsvc.labels.rolls.raster import Media
from labelsvc.labels.symbols import encode


@dataclass(frozen=True, slots=True)
class Stretch:
    """The contents that a file of one part of a run should have: labels from number `number` of the run on,
    then `spares` without a symbol. Modules must have `least_mm`. `numbers` (printed on each label) and
    `first_row` are for the words of a refusal."""

    number: int = 1
    spares: int = 0
    least_mm: float = 0.0
    numbers: Sequence[int] = ()
    first_row: int = 1


#: A whole run without spares.
WHOLE = Stretch()


def read_back_roll(
    data: bytes,
    expected: Sequence[str],
    media: Media,
    language: Language,
    stretch: Stretch = WHOLE,
) -> ReadBackReport:
    """Read every symbol of a file in *language* and compare with *expected* (in printing order), and
    measure those of its first row.

    Raises
    `ReadBackFailed` with label, expected and found text of every fault, up to a limit; also for
    commands that this program does not write.
    """
    number, first_row = stretch.number, stretch.first_row
    faults, reader = Faults(roll=True), _Rows(expected, stretch.numbers, media, number)
    total, label, rows = len(expected) + stretch.spares, 0, 0
    measured: SpotCheck | None = None
    for picture in language.read(data):
        _check_size(picture, media, label + number, faults)
        grey = picture.grey
        found = encode.read_back(grey)
        for copy in range(picture.copies):
            if label >= total:
                raise faults.fatal("it has more labels than {expected}", expected=total)
            across = min(media.across, total - label)
            spots = reader.row(grey, found, label, across, first_row + rows, faults, first=not copy)
            if measured is None and spots:
                rule = Rule(stretch.least_mm, media.module_mm, media.dpi)
                dpi = media.dots_per_mm * 25.4
                seen = [window.of(grey) for window in spot_check.windows(spots, dpi)]
                measured = spot_check.take(seen, dpi, spots, rule, faults, page=first_row + rows)
            label += across
            rows += 1
    if label != total:
        raise faults.fatal(
            "it has {found} labels instead of {expected}", found=label, expected=total
        )
    faults.settle()
    return ReadBackReport(
        len(expected), rows, media.dpi, reader.again, reader.unused, (), media.dots, media.module_mm,
        measured=measured,
    )  # fmt: skip


def _check_size(picture: Picture, media: Media, label: int, faults: Faults) -> None:
    if picture.first != label:
        raise faults.fatal(
            "label {label} is not where it belongs", label=label, found=picture.first
        )
    if picture.height != media.height or (picture.width + 7) // 8 != (media.width + 7) // 8:
        raise faults.fatal(
            "label {label} has {width} × {height} dots", label=label, width=picture.width,
            height=picture.height,
        )  # fmt: skip


class _Rows:
    """Compares what was read of each row; `again` and `unused` add up."""

    def __init__(
        self, expected: Sequence[str], numbers: Sequence[int], media: Media, number: int
    ) -> None:
        self.expected, self.media = expected, media
        self.numbers = numbers or range(number, number + len(expected))
        self.again, self.unused = 0, 1.0

    def row(
        self,
        grey: npt.NDArray[np.uint8],
        found: Sequence[encode.Read],
        label: int,
        across: int,
        row: int,
        faults: Faults,
        *,
        first: bool,
    ) -> list[Spot]:
        """The labels of one row from *label* on; where sound symbols stand. *first*: of its copies."""
        spots, left = [], list(found)
        for column in range(across):
            index = label + column
            if index >= len(self.expected):
                continue
            here, second = self._at(grey, found, column)
            left = [read for read in left if read not in here]
            self.again += second and first and bool(here)
            place = {"page": row, "cell": column + 1, "unit": self.numbers[index]}
            text = self.expected[index]
            if not here:
                faults.add("unreadable", **place, expected=text)
            elif len(here) > 1:
                faults.add("several", **place, count=len(here), expected=text)
            elif here[0].text != text:
                faults.add("text", **place, found=here[0].text, expected=text)
            else:
                self.unused = min(self.unused, 1.0 if here[0].unused is None else here[0].unused)
                spots.append(self._spot(column, self.numbers[index]))
        for read in left:
            x, y = (round(v / self.media.dots_per_mm, 1) for v in (read.x, read.y))
            faults.add("stray", page=row, x=x, y=y, found=read.text)
        return spots

    def _at(
        self, grey: npt.NDArray[np.uint8], found: Sequence[encode.Read], column: int
    ) -> tuple[list[encode.Read], bool]:
        """Select what was read in *column*; tell whether it took a second look, at that place alone."""
        media = self.media
        x, y = media.corners[column]
        edge = encode.QUIET * media.dots
        left, top, right, bottom = x - edge, y - edge, x + media.side + edge, y + media.side + edge
        here = [read for read in found if left <= read.x <= right and top <= read.y <= bottom]
        second = not here
        if second:
            part = grey[max(0, top) : bottom, max(0, left) : right]
            here = encode.read_back(part.repeat(2, 0).repeat(2, 1))
        return here, second

    def _spot(self, column: int, unit: int) -> Spot:
        media = self.media
        x, y = ((at + media.side / 2) / media.dots_per_mm for at in media.corners[column])
        half = (media.side / 2 + encode.QUIET * media.dots) / media.dots_per_mm
        left, top, right, bottom = media.cells[column]
        return Spot(x, y, half, (x - left, y - top, right - x, bottom - y), column + 1, unit)
