"""Rows that wait on disk: a plan of a hundred thousand rows needs no more memory than one of ten."""

from __future__ import annotations

import pickle
import tempfile
import weakref
from array import array
from collections.abc import Iterator
from typing import Any, Generic, TypeVar, cast

_Row = TypeVar("_Row")

#: Bytes that stay in memory before a file is made.
_IN_MEMORY = 1 << 18
#: Rows that are written as one: what they have in common, the names of fields above all, is then
#: written and read once, which is most of the work.
_TOGETHER = 32


class Spool(Generic[_Row]):
    """Rows in the order in which they were put in; walked as often as needed.

    The file has no name and goes with the spool: nobody else can write what is read from it.
    """

    def __init__(self) -> None:
        self._file: Any = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- kept open
        weakref.finalize(self, self._file.close)
        #: Where each block of rows begins in the file.
        self._starts = array("q")
        self._end = 0
        #: Rows that are not written yet; never handed out as they are.
        self._waiting: list[_Row] = []
        #: Rows that took the place of another, by index: where each begins.
        self._replaced: dict[int, int] = {}
        #: The rows of the block that was asked for last, each handed out once.
        self._ahead: tuple[int, dict[int, _Row]] = -1, {}

    def append(self, row: _Row) -> None:
        """Put *row* behind the others; it must not be changed afterwards."""
        self._waiting.append(row)
        if len(self._waiting) == _TOGETHER:
            self._starts.append(self._written(self._waiting))
            self._waiting = []

    def replace(self, index: int, row: _Row) -> None:
        """Put *row* in the place of another; what stood there stays in the file."""
        self._replaced[range(len(self))[index]] = self._written(row)

    def __len__(self) -> int:
        return len(self._starts) * _TOGETHER + len(self._waiting)

    def __getitem__(self, index: int) -> _Row:
        index = range(len(self))[index]
        if (start := self._replaced.get(index)) is not None:
            return cast("_Row", self._read(start))
        block, place = divmod(index, _TOGETHER)
        if self._ahead[0] != block or place not in self._ahead[1]:
            self._ahead = block, dict(enumerate(self._block(block)))
        return self._ahead[1].pop(place)

    def __iter__(self) -> Iterator[_Row]:
        index = 0
        while index < len(self):
            for row in self._block(index // _TOGETHER):
                start = self._replaced.get(index)
                yield row if start is None else cast("_Row", self._read(start))
                index += 1

    def _block(self, number: int) -> list[_Row]:
        """A block of rows, made anew each time: a change of one is not seen by the next walk."""
        if number < len(self._starts):
            return cast("list[_Row]", self._read(self._starts[number]))
        copies = pickle.dumps(self._waiting, pickle.HIGHEST_PROTOCOL)  # as if they had been written
        return cast("list[_Row]", pickle.loads(copies))  # noqa: S301 -- our own

    def _written(self, what: Any) -> int:
        """Write *what* at the end; gives where it begins."""
        start, data = self._end, pickle.dumps(what, pickle.HIGHEST_PROTOCOL)
        self._file.seek(start)
        self._file.write(data)
        self._end += len(data)
        return start

    def _read(self, start: int) -> Any:
        self._file.seek(start)
        return pickle.load(self._file)  # noqa: S301 -- see above
