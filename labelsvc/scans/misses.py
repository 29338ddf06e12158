"""Misses: counts wrong codes of a network in a moving minute, in memory.

Never of hits: behind one address of a carrier stand thousands of phones, and a right code is
answered whatever the others do. So the window stops nobody from guessing; it makes a flood of
guesses cheap to answer, and `refusals` counts them for the watch. What a guess is worth is in
docs/codes.md.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from math import ceil

#: Networks that are remembered; the one that was quiet longest is forgotten first.
LARGEST = 10_000
SECONDS = 60.0


class Misses:
    """One a process.

    :param most: misses of a network in a minute that are answered in full.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, network: str) -> int:
        """Count a miss. Gives the whole seconds until the next one is answered; 0: this one is."""
        now = self._clock()
        with self._lock:
            times = self._times.setdefault(network, deque())
            self._times.move_to_end(network)
            while len(self._times) > LARGEST:
                self._times.popitem(last=False)
            wait = self._wait(times, now)
            if not wait:
                times.append(now)
            return wait

    def wait(self, network: str) -> int:
        """What `add` would give, without counting."""
        with self._lock:
            times = self._times.get(network)
            return self._wait(times, self._clock()) if times else 0

    def _wait(self, times: deque[float], now: float) -> int:
        while times and times[0] <= now - SECONDS:
            times.popleft()
        return max(1, ceil(times[0] + SECONDS - now)) if len(times) >= self._most else 0
