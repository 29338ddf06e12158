"""Steady: sees that the clock was put forward while a process runs, and for how long it may be doubted.

What is signed with a time to come is believed longer than what follows it. A jump of more than minutes
holds publishing back for an hour: then the clock was put right, or nobody will.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Final

from labelsvc import clock
from labelsvc.errors import Refused

#: How far the clock may run ahead of the seconds that passed.
MOST: Final = timedelta(minutes=5)
#: How long a jump is doubted.
DOUBTED: Final = timedelta(hours=1)


class Steady:
    """Compares the clock with the seconds since the machine was started, which nobody sets."""

    def __init__(self) -> None:
        self._offset = self._now()
        self._since: float | None = None

    def check(self) -> None:
        """:raises Refused: the clock was put forward within the last hour."""
        ahead = self._now() - self._offset
        if abs(ahead) <= MOST.total_seconds() or ahead < 0:
            self._offset, self._since = self._offset + min(ahead, 0), None
            return
        passed = elapsed()
        self._since = passed if self._since is None else self._since
        if passed - self._since >= DOUBTED.total_seconds():
            self._offset, self._since = self._now(), None
            return
        raise Refused(
            "The clock was put forward by {minutes} minutes; nothing is signed with that time for an hour.",
            fix="Compare the clock of this machine. If it is right now, restart the service.",
            minutes=round(ahead / 60),
        )

    @staticmethod
    def _now() -> float:
        return clock.now().timestamp() - elapsed()


def elapsed() -> float:
    """Seconds since the machine was started, sleep included."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
