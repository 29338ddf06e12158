from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from labelsvc.accounts import hashing
from labelsvc.errors import Busy


def test_beyond_the_pool_strangers_are_told_to_come_back_and_known_people_are_not() -> None:
    began, end, running = threading.Event(), threading.Event(), []

    def work() -> bool:
        running.append(threading.get_ident())
        began.set()
        return end.wait(30)

    with ThreadPoolExecutor(hashing.MAX_STRANGERS + 1) as people:
        first = [
            people.submit(hashing.run, work, known=False) for _ in range(hashing.MAX_STRANGERS)
        ]
        assert began.wait(30)
        while hashing._room.places[False]._value:  # all stand in line
            end.wait(0.01)
        with pytest.raises(Busy) as caught:
            hashing.run(work, known=False)
        assert caught.value.http_status == 503 and caught.value.params["seconds"] > 0
        known = people.submit(hashing.run, work, known=True)
        assert len(running) == 1  # one at a time
        end.set()
        assert known.result(30) and all(one.result(30) for one in first)
    assert len(set(running)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority of their own on Linux")
def test_hashing_steps_back_behind_scans() -> None:
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def nice() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    assert hashing.run(nice, known=True) == min(mine + 10, 19)
    assert nice() == mine


def test_a_failed_hash_gives_its_place_back() -> None:
    def fail() -> None:
        raise ValueError("no hash")

    for _ in range(hashing.MAX_KNOWN + hashing.MAX_STRANGERS):
        with pytest.raises(ValueError, match="no hash"):
            hashing.run(fail, known=False)
