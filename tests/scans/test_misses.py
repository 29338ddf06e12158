"""The moving window of wrong codes: by network, and small whatever comes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


def test_a_network_that_only_asks_is_not_remembered() -> None:
    window = Misses(1, Clock())
    assert window.wait("a") == 0 and not any(window._memory[:])


def test_the_network_that_was_quiet_longest_is_forgotten_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(misses, "GROUPS", 1)
    monkeypatch.setattr(misses, "WAYS", 3)
    clock = Clock()
    window = Misses(1, clock)
    for number in range(50):
        clock.now = 1000 + number
        window.add(str(number))
    assert [n for n in range(50) if window.wait(str(n))] == [47, 48, 49]


#: A service of four processes that guess at once; a fifth dies in the middle of a count. In an interpreter
#: of its own: this one has threads, which do not survive a fork.
_SERVICE = """
import os, signal
from multiprocessing import get_context
from labelsvc.scans.misses import Misses

context, window = get_context("fork"), Misses(500)
answered = context.Array("i", 4)

def guess(place):
    for _ in range(400):
        answered[place] += window.add("a") == 0

def die():
    with window._alone():
        os.kill(os.getpid(), signal.SIGKILL)

processes = [context.Process(target=die)]
processes += [context.Process(target=guess, args=(place,)) for place in range(4)]
for process in processes:
    process.start()
for process in processes:
    process.join()
print(sum(answered), processes[0].exitcode, window.wait("a") > 0, window.wait("b"))
"""


def test_processes_of_one_service_count_together_though_one_dies_over_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _SERVICE], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.split() == ["500", "-9", "True", "0"]


@settings(deadline=None, max_examples=50)  # a busy machine is no fault
@given(
    most=st.integers(1, 5),
    steps=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40)), max_size=40),
)
def test_the_window_is_that_of_a_list_of_seconds(most: int, steps: list[tuple[str, int]]) -> None:
    clock, told = Clock(), dict[str, list[float]](a=[], b=[])
    window = Misses(most, clock)
    for network, pause in steps:
        clock.now += pause
        told[network] = [at for at in told[network] if at > clock.now - 60]
        expected = int(told[network][0] + 60 - clock.now) if len(told[network]) >= most else 0
        assert window.wait(network) == window.add(network) == expected
        if not expected:
            told[network].append(clock.now)
