"""Hashing: runs password hashes in a small pool of its own, and says "busy" beyond it. Used by passwords.

A hash takes 64 MiB and all cores for a tenth of a second. Without a bound, anybody fills the memory and
the processors with sign-ins; so one hash runs at a time in a process, at a low priority, few wait, and
the waiting room of strangers is apart from that of people whose device is known.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar

from labelsvc.errors import Busy

Result = TypeVar("Result")
#: Hashes of strangers that run or wait, and as many of people who are known.
MAX_STRANGERS: Final = 4
MAX_KNOWN: Final = 4
#: Seconds after which trying again is worth it: all who wait have had their turn.
RETRY_SECONDS: Final = 2
_NICE: Final = 10


class _Room:
    """One thread that hashes, and the places before it."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1, "hashing", initializer=_step_back)
        self.places = {
            False: threading.BoundedSemaphore(MAX_STRANGERS),
            True: threading.BoundedSemaphore(MAX_KNOWN),
        }


def _step_back() -> None:
    """Let whoever scans a code go first: on Linux a thread has a priority of its own."""
    with suppress(OSError, AttributeError):
        os.setpriority(
            os.PRIO_PROCESS,
            threading.get_native_id(),
            min(19, os.getpriority(os.PRIO_PROCESS, 0) + _NICE),
        )


_room = _Room()


def _anew() -> None:
    """A forked child has the pool's locks and none of its threads."""
    global _room
    _room = _Room()


os.register_at_fork(after_in_child=_anew)


def run(work: Callable[[], Result], *, known: bool) -> Result:
    """Run *work* when its turn comes.

    :param known: the person signed in from this device before, or is signed in.
    :raises Busy: too many wait already.
    """
    room = _room
    places = room.places[known]
    if not places.acquire(blocking=False):
        raise Busy(
            "Many people are signing in at this moment. Try again in {seconds} seconds.",
            fix="Your password was not looked at; this is no failed try.",
            seconds=RETRY_SECONDS,
        )
    try:
        return room.thread.submit(work).result()
    finally:
        places.release()
