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
_IN_MEMORY = 1 << 20


class Spool(Generic[_Row]):
    """Rows in the order in which they were put in; walked as often as needed.

    The file has no name and goes with the spool: nobody else can write what is read from it.
    """

    def __init__(self) -> None:
        self._file: Any = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 -- kept open
        weakref.finalize(self, self._file.close)
        self._starts = array("q")
        self._end = 0

    def append(self, row: _Row) -> None:
        self._starts.append(self._end)
        data = pickle.dumps(row, pickle.HIGHEST_PROTOCOL)
        self._file.seek(self._end)
        self._file.write(data)
        self._end += len(data)

    def replace(self, index: int, row: _Row) -> None:
        """Put *row* in the place of another; what stood there stays in the file."""
        self.append(row)
        self._starts[index] = self._starts.pop()

    def __len__(self) -> int:
        return len(self._starts)

    def __getitem__(self, index: int) -> _Row:
        self._file.seek(self._starts[index])
        return cast("_Row", pickle.load(self._file))  # noqa: S301 -- see above

    def __iter__(self) -> Iterator[_Row]:
        return (self[index] for index in range(len(self)))
