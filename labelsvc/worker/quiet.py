"""Quiet: sees with one cheap statement that the queue is as it was when nothing could be taken from it.

The full question joins two tables, compares times and builds objects: a millisecond, which ten looks a
second turn into a tenth of a core at a service that does nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Final

from labelsvc.db import Database

#: Open jobs, and the newest of them: a job that is queued or ends changes either.
_OPEN: Final = "SELECT count(*), max(id) FROM job WHERE state IN ('queued', 'running')"
#: Seconds after which open jobs are looked at anyway: leases and delays end without a change.
AGAIN: Final = 1.0


class Quiet:
    """State of the queue as one thread saw it before its last full look."""

    def __init__(self, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._database, self._clock = database, clock
        self._seen: tuple[Any, ...] | None = None
        self._next = 0.0

    def is_over(self) -> bool:
        """True where a full look may find what the one before did not; the caller then takes it."""
        # The first look is a full one: it opens the database with all that is checked there.
        seen = self._database.glance(_OPEN, {}) if self._seen is not None else ()
        present = self._clock()
        if seen == self._seen and (not seen or not seen[0] or present < self._next):
            return False
        self._seen, self._next = seen, present + AGAIN
        return True
