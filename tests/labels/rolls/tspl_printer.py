"""A TSPL printer for tests: takes commands as the manual says and prints bitmaps.

Knows SIZE, GAP, DIRECTION, REFERENCE, OFFSET, SHIFT, SET, REM, CLS, BITMAP, TEXT, PRINT; anything else is
an error like on the real ones, which beep and stop.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.bool_]
#: Lines without a picture.
_HEEDED = (b"GAP", b"DIRECTION", b"REFERENCE", b"OFFSET", b"SHIFT", b"SET", b"REM")


class TsplPrinter:
    """Feed it bytes; `labels` are what came out, True is a dot."""

    def __init__(self, dots_per_mm: float) -> None:
        self.scale = dots_per_mm
        self.labels: list[Bits] = []
        self.texts: list[bytes] = []
        self.canvas: Bits = np.zeros((0, 0), np.bool_)
        self.size = (0, 0)

    def feed(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            if found := re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),(\d),").match(data, at):
                x, y, row_bytes, height, mode = (int(v) for v in found.groups())
                assert mode == 0
                end = found.end() + row_bytes * height
                self._bitmap(x, y, data[found.end() : end], row_bytes, height)
                assert data[end : end + 2] == b"\r\n"
                at = end + 2
                continue
            end = data.index(b"\r\n", at)
            self._line(data[at:end])
            at = end + 2

    def _line(self, line: bytes) -> None:
        name, _, rest = line.partition(b" ")
        if name == b"SIZE":
            sizes = [float(part.removesuffix(b" mm")) for part in rest.split(b",")]
            self.size = (round(sizes[0] * self.scale), round(sizes[1] * self.scale))
        elif name == b"CLS":
            self.canvas = np.zeros((self.size[1], self.size[0]), np.bool_)
        elif name == b"PRINT":
            sets, copies = (int(v) for v in rest.split(b","))
            self.labels += [self.canvas.copy() for _ in range(sets * copies)]
        elif name == b"TEXT":
            self.texts.append(rest)
        else:
            assert name in _HEEDED, line

    def _bitmap(self, x: int, y: int, data: bytes, row_bytes: int, height: int) -> None:
        bits = np.unpackbits(np.frombuffer(data, np.uint8).reshape(height, row_bytes), axis=1) == 0
        high = min(height, self.size[1] - y)
        wide = min(row_bytes * 8, self.size[0] - x)
        self.canvas[y : y + high, x : x + wide] = bits[:high, :wide]
