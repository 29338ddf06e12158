"""Tokens of a day: the same for one visitor, and dead at midnight."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine

from labelsvc.scans.day_key import DayKey, network_of

NOON = "2026-11-23T05:00:00+00:00"  # in Hanoi
NEXT = "2026-11-23T17:01:00+00:00"  # the 24th, 00:01


def test_one_visitor_has_one_token_all_day_in_every_process(tmp_path: Path) -> None:
    with time_machine.travel(NOON, tick=False):
        token = DayKey(tmp_path).token("cb0071", "Chrome/Android")
        assert DayKey(tmp_path).token("cb0071", "Chrome/Android") == token
        assert DayKey(tmp_path).token("cb0072", "Chrome/Android") != token
        assert DayKey(tmp_path).token("cb0071", "Safari/iOS") != token


def test_the_key_is_destroyed_when_its_day_is_over(tmp_path: Path) -> None:
    key = DayKey(tmp_path)
    with time_machine.travel(NOON, tick=False):
        token = key.token("cb0071", "Chrome/Android")
        (file,) = (tmp_path / "ephemeral").iterdir()
        secret = file.read_bytes()
    with time_machine.travel(NEXT, tick=False):
        key.forget()
        assert list((tmp_path / "ephemeral").iterdir()) == []
        assert key._key != secret
        assert key.token("cb0071", "Chrome/Android") != token


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    with time_machine.travel(NOON, tick=False), ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(lambda _: DayKey(tmp_path).token("a", "b"), range(40)))
    assert len(tokens) == 1
    (file,) = (tmp_path / "ephemeral").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.250", True),
        ("203.0.113.7", "203.0.114.7", False),
        ("::ffff:203.0.113.7", "203.0.113.99", True),
        ("2001:db8:7::1", "2001:db8:7:ffff:1:2:3:4", True),
        ("2001:db8:7::1", "2001:db8:8::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "no address", True),
    ],
)
def test_only_the_network_goes_into_a_token(one: str, other: str, same: bool) -> None:
    assert (network_of(one) == network_of(other)) is same
