"""TSPL2, the language of TSC printers and of most small ones sold in Vietnam.

    SIZE / DIRECTION / REFERENCE / OFFSET / SHIFT, then
    CLS / BITMAP 0,0,35,176,0,<bytes> / PRINT 1,1

Source: TSC, TSPL/TSPL2 programming manual, SIZE, BITMAP, PRINT. In a bitmap a 0 is a dot. The gap
between labels is not set: the printer has measured its own roll.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import IO

from labelsvc.labels.rolls.pictures import Picture, damaged, pictures
from labelsvc.labels.rolls.raster import Row

_INVERT = bytes(255 - value for value in range(256))
_SETUP = re.compile(rb"SIZE (\d{1,3}(?:\.\d{1,3})?) mm,(\d{1,3}(?:\.\d{1,3})?) mm\r\n")
_HEAD = re.compile(rb"REM labels (\d{1,9})-(\d{1,9})\r\nCLS\r\nBITMAP 0,0,(\d{1,4}),(\d{1,5}),0,")
_TAIL = re.compile(rb"\r\nPRINT (\d{1,3}),1\r\n")
#: Of files of edition 1.
_FIRST = b"DIRECTION 0,0\r\nREFERENCE 0,0\r\n"
#: What another program may have left in force is set back: further feed, and labels that were moved.
_LINES = _FIRST + b"OFFSET 0 mm\r\nSHIFT 0\r\n"
_LONGEST_HEAD = 120
_LONGEST = 1 << 24


#: Asks a printer for its state.
QUESTION = b"\x1b!?"
#: Bits of the answer (TSPL manual), worst first.
_STATUS = ((0x04, "paper"), (0x02, "jam"), (0x01, "head"), (0x08, "ribbon"), (0x10, "paused"))


def write(out: IO[bytes], rows: Iterable[Row], width_mm: float, height_mm: float) -> int:
    """Write *rows* of a roll of *width_mm* x *height_mm* a row to *out*; how many were written."""
    return _write(out, rows, setup(width_mm, height_mm))


def write_first(out: IO[bytes], rows: Iterable[Row], width_mm: float, height_mm: float) -> int:
    """As `write`, for runs of edition 1."""
    return _write(out, rows, setup(width_mm, height_mm, lines=_FIRST))


def _write(out: IO[bytes], rows: Iterable[Row], begun: bytes) -> int:
    out.write(begun)
    count = 0
    for picture in pictures(rows):
        out.write(command(picture))
        count += picture.copies
    return count


def setup(width_mm: float, height_mm: float, *, lines: bytes = _LINES) -> bytes:
    """Write the beginning of a file; it may be sent again before any label."""
    return f"SIZE {width_mm:g} mm,{height_mm:g} mm\r\n".encode() + lines


def formats(source: IO[bytes]) -> Iterator[tuple[Picture | None, bytes]]:
    """Read a file of `write`: each picture with its commands; None for the setup lines.

    :raises ReadBackFailed: anything else stands in it.
    """
    reader = _Reader(source)
    while head := reader.peek(_LONGEST_HEAD):
        if found := _SETUP.match(head):
            line = reader.take(found.end())
            ahead = reader.peek(len(_LINES))
            lines = next((known for known in (_LINES, _FIRST) if ahead.startswith(known)), None)
            if lines is None:
                raise damaged(reader.offset, "a command that this program does not write")
            yield None, line + reader.take(len(lines))
            continue
        found = _HEAD.match(head)
        if found is None:
            raise damaged(reader.offset, "a command that this program does not write")
        first, last, row_bytes, height = (int(v) for v in found.groups())
        size = row_bytes * height
        if not 0 < size <= _LONGEST or not 1 <= first <= last:
            raise damaged(reader.offset, "the sizes of a picture contradict each other")
        before = reader.take(found.end())
        data = reader.take(size)
        end = _TAIL.match(reader.peek(40))
        if len(data) < size or end is None or not int(end[1]):
            raise damaged(reader.offset, "a picture without an end")
        tail = reader.take(end.end())
        # The width in dots is not in the file; the dots that fill the last byte are white.
        yield (
            Picture(
                first, last - first + 1, int(end[1]), row_bytes * 8, height,
                data.translate(_INVERT),
            ),
            before + data + tail,
        )  # fmt: skip


def command(picture: Picture) -> bytes:
    """Write the command that prints *picture*."""
    row_bytes = len(picture.data) // picture.height
    head = (
        f"REM labels {picture.first}-{picture.last}\r\nCLS\r\n"
        f"BITMAP 0,0,{row_bytes},{picture.height},0,"
    )
    tail = f"\r\nPRINT {picture.copies},1\r\n"
    return head.encode() + picture.data.translate(_INVERT) + tail.encode()


def status(answer: bytes) -> str:
    """The trouble that the answer to `QUESTION` tells of, or ""."""
    return next((word for bit, word in _STATUS if answer and answer[0] & bit), "")


class _Reader:
    """Reads ahead as far as asked, and no further than the source goes."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._ahead, self.offset = source, b"", 0

    def peek(self, count: int) -> bytes:
        while len(self._ahead) < count:
            piece = self._source.read(max(1 << 16, count - len(self._ahead)))
            if not piece:
                break
            self._ahead += piece
        return self._ahead[:count]

    def take(self, count: int) -> bytes:
        taken = self.peek(count)
        self._ahead = self._ahead[count:]
        self.offset += len(taken)
        return taken
