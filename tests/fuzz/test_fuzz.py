"""A short round of the fuzzer with every test run; `python -m tests.fuzz` is the long one."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.__main__ import feed, targets

TARGETS = targets()


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_inputs_are_read_or_refused_with_our_error(name: str) -> None:
    _, refused = feed(TARGETS[name], 600, random.Random(name))
    assert refused > 0


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_themselves_are_read(name: str) -> None:
    """A target whose seeds are refused would test its first line only."""
    for seed in TARGETS[name].seeds:
        if name != "payload":
            TARGETS[name].read(seed)
