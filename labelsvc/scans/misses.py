"""Misses: counts wrong codes of a network in a moving minute, in memory that serving processes share.

Never of hits: behind one address of a carrier stand thousands of phones, and a right code is
answered whatever the others do. So the window stops nobody from guessing; it makes a flood of
guesses cheap to answer, and `refusals` counts them for the watch. What a guess is worth is in
docs/codes.md.

The memory has no file: networks reach no disk and no backup, and are gone with the service.
"""

from __future__ import annotations

import fcntl
import hashlib
import mmap
import os
import secrets
import struct
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import Final, NamedTuple

SECONDS: Final = 60
#: Networks that are remembered: so many groups, and of each group the ones that missed last.
GROUPS, WAYS = 2048, 8
#: A network: its digest (all zero: none), the second of its last miss, and misses by second modulo 60.
_ROW: Final = struct.Struct(f"<8sq{SECONDS}I")
_NOBODY: Final = bytes(8)


class _Row(NamedTuple):
    at: int
    last: int
    #: Misses by second, the oldest first.
    counts: list[int]


class Misses:
    """One a service: made before it forks, or one a process.

    :param most: misses of a network in a minute that are answered in full.
    :param clock: seconds, the same in all processes.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._memory = mmap.mmap(-1, GROUPS * WAYS * _ROW.size)
        # The system takes the lock of a file from a process that dies with it, as no other kind.
        self._file, path = tempfile.mkstemp()
        os.unlink(path)  # noqa: PTH108  # nobody else is to find it
        weakref.finalize(self, os.close, self._file)
        self._lock = threading.Lock()
        #: Else somebody could choose networks that push others out of their group.
        self._salt = secrets.token_bytes(16)

    def add(self, network: str) -> int:
        """Count a miss. Gives the whole seconds until the next one is answered; 0: this one is."""
        name = self._name(network)
        with self._alone():
            now = self._clock()  # not before: whoever came between has counted a later second
            row = self._find(name, int(now))
            wait = self._wait(row, now)
            if not wait:
                row.counts[-1] += 1
                self._write(name, row, int(now))
            return wait

    def wait(self, network: str) -> int:
        """Return what `add` would give, without counting."""
        name = self._name(network)
        with self._alone():
            now = self._clock()
            return self._wait(self._find(name, int(now)), now)

    def _name(self, network: str) -> bytes:
        return hashlib.blake2s(network.encode(), key=self._salt, digest_size=8).digest()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Locks of files hold other processes off, not other threads of this one.
        with self._lock:
            fcntl.lockf(self._file, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _find(self, name: bytes, second: int) -> _Row:
        """The row of *name* as it is in *second*; a new one in the place of who was quiet longest."""
        start = int.from_bytes(name[:4]) % GROUPS * WAYS * _ROW.size
        quietest = _Row(start, second + 1, [])
        for at in range(start, start + WAYS * _ROW.size, _ROW.size):
            known, last = struct.unpack_from("<8sq", self._memory, at)
            if known == name:
                return _Row(at, last, self._minute(at, last, second))
            last = -1 if known == _NOBODY else last
            if last < quietest.last:
                quietest = _Row(at, last, [])
        return quietest._replace(counts=[0] * SECONDS)

    def _minute(self, at: int, last: int, second: int) -> list[int]:
        """Misses of the minute that ends with *second*, the oldest second first."""
        found = _ROW.unpack_from(self._memory, at)[2:]
        seconds = range(second - SECONDS + 1, second + 1)
        return [found[s % SECONDS] if last - SECONDS < s <= last else 0 for s in seconds]

    def _write(self, name: bytes, row: _Row, second: int) -> None:
        first = (second + 1) % SECONDS  # where the oldest second stands
        counts = row.counts[SECONDS - first :] + row.counts[: SECONDS - first]
        _ROW.pack_into(self._memory, row.at, name, second, *counts)

    def _wait(self, row: _Row, now: float) -> int:
        if sum(row.counts) < self._most:
            return 0
        oldest = next(n for n, count in enumerate(row.counts) if count)
        return max(1, ceil(int(now) + 1 + oldest - now))
