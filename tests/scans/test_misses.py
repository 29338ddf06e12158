"""The moving window of wrong codes: by network, and small whatever comes."""

from __future__ import annotations

import pytest

from labelsvc.scans import misses
from labelsvc.scans.misses import Misses


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_window_moves_and_says_how_long_to_wait() -> None:
    clock = Clock()
    window = Misses(3, clock)
    for second in range(3):
        clock.now = 1000 + second
        assert window.add("a") == 0
    assert (window.wait("a"), window.add("a"), window.add("b")) == (58, 58, 0)
    clock.now = 1059.5
    assert window.add("a") == 1  # not zero: that would say "go on"
    clock.now = 1060  # the first is a minute old, the second is not
    assert (window.add("a"), window.add("a")) == (0, 1)


def test_waiting_networks_do_not_wait_longer_by_asking() -> None:
    clock = Clock()
    window = Misses(1, clock)
    window.add("a")
    for second in range(60):
        clock.now = 1000 + second
        assert window.add("a") == 60 - second
    clock.now = 1060
    assert window.add("a") == 0


def test_a_network_that_only_asks_is_not_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(misses, "LARGEST", 5)
    window = Misses(1, Clock())
    assert window.wait("a") == 0 and not window._times
    for number in range(50):
        window.add(str(number))
    assert list(window._times) == ["45", "46", "47", "48", "49"]
