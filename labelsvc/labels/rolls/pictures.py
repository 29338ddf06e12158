"""Pictures: packs the rows of a roll, merges like ones, and cuts a file after a jam. Used by every printer
language.

Every word of a label is part of its picture. So no text of a user reaches the printer as a command,
and letters look as on paper whatever fonts the printer has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from labelsvc.errors import ReadBackFailed
from labelsvc.labels.rolls.raster import Bits, Row

#: A row that is printed several times is asked for at most this often at once, so that a jam costs
#: no more than these.
MOST_COPIES = 50


class Picture(NamedTuple):
    """A row of labels as it stands in a file: `labels` of them from number `first`, `copies` rows
    of it; `data` is packed, 8 dots a byte, the leftmost in the highest bit, 1 a dot."""

    first: int
    labels: int
    copies: int
    width: int
    height: int
    data: bytes

    @property
    def last(self) -> int:
        """Number of the last label."""
        return self.first + self.labels - 1

    def from_label(self, number: int) -> Picture:
        """The rows from that of label *number* on."""
        across = self.labels // self.copies
        gone = max(0, number - self.first) // across
        return self._replace(
            first=self.first + gone * across,
            labels=self.labels - gone * across,
            copies=self.copies - gone,
        )

    @property
    def bits(self) -> Bits:
        packed = np.frombuffer(self.data, np.uint8).reshape(self.height, -1)
        return np.unpackbits(packed, axis=1, count=self.width).astype(np.bool_)

    @property
    def grey(self) -> npt.NDArray[np.uint8]:
        """For a reader of symbols: 0 is a dot."""
        return np.where(self.bits, np.uint8(0), np.uint8(255))


def pictures(rows: Iterable[Row]) -> Iterator[Picture]:
    """*rows* packed; like ones after another become one with copies."""
    waiting: Picture | None = None
    for row in rows:
        height, width = row.bits.shape
        made = Picture(
            row.first, row.labels, 1, width, height, np.packbits(row.bits, axis=1).tobytes()
        )
        if (
            waiting is not None
            and waiting.data == made.data
            and waiting.copies < MOST_COPIES
            and waiting.labels // waiting.copies == made.labels
        ):
            waiting = waiting._replace(
                copies=waiting.copies + 1, labels=waiting.labels + made.labels
            )
            continue
        if waiting is not None:
            yield waiting
        waiting = made
    if waiting is not None:
        yield waiting


def from_label(
    formats: Iterable[tuple[Picture | None, bytes]],
    number: int,
    command: Callable[[Picture], bytes],
) -> Iterator[tuple[Picture | None, bytes]]:
    """Give what is left of a file after a jam: from the row of label *number* on.

    A row is never cut; of like rows that are asked for together only those that are missing are.
    """
    for picture, commands in formats:
        if picture is None or picture.first >= number:
            yield picture, commands
        elif picture.last >= number:
            rest = picture.from_label(number)
            yield rest, commands if rest == picture else command(rest)


def damaged(offset: int, reason: str) -> ReadBackFailed:
    """Refuse a file for bytes at *offset* that this program does not write; *reason* is for the log."""
    return ReadBackFailed(
        "The file was not released: at byte {offset} stands what this program does not write",
        fix="Print nothing of it. Make the run again.",
        offset=offset,
        reason=reason,
    )
