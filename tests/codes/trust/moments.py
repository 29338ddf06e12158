"""Clocks and heads that a verifier meets, and what it answers: the same in Python and in the browser."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from labelsvc.codes.keys.key import KeyState

GOOD, STALE = "ISSUED_OK", "ISSUED_OK_STALE"
ASK, RED, UNKNOWN = "SHORT_CODE_NEEDS_NETWORK", "FROZEN_KEY_OUTSIDE_RANGE", "UNKNOWN_KEY"
_H, _D, _Y = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
_MIN, _S = timedelta(minutes=5), timedelta(seconds=1)


class Case(NamedTuple):
    """Manifest and head are issued at one moment, from which the others are counted."""

    name: str
    answer: str
    #: The clock of the device.
    now: timedelta = timedelta(0)
    #: The latest moment it ever saw.
    latest: timedelta | None = None
    head_later: timedelta = timedelta(0)
    manifest_later: timedelta = timedelta(0)
    #: Of the head.
    facts: Mapping[str, Any] = MappingProxyType({})
    #: State of the key in the manifest.
    state: KeyState = KeyState.ACTIVE


CASES = [
    Case("at once", GOOD),
    Case("an hour later", GOOD, _H),
    Case("to the last second", GOOD, _D),
    Case("a second too late", STALE, _D + _S),
    Case("a week later", STALE, 7 * _D),
    Case("ten years later", STALE, 10 * _Y),
    Case("five minutes slow", GOOD, -_MIN),
    Case("five minutes and a second slow", STALE, -_MIN - _S),
    Case("an hour back", STALE, -_H),
    Case("ten days back", STALE, -10 * _D),
    Case("thirty years back", STALE, -30 * _Y),
    Case("back by hours since it was used", STALE, _H, 5 * _H),
    Case("back by days since it was used", STALE, _H, 5 * _D),
    Case("back by years since it was used", STALE, _H, 5 * _Y),
    Case("back by less than five minutes", GOOD, _H, _H + _MIN),
    Case("used long ago", GOOD, _H, -_Y),
    Case("a head of later today", STALE, _S, head_later=_H),
    Case("a head of next year", STALE, _S, head_later=_Y),
    Case("a head of in five minutes", GOOD, head_later=_MIN),
    Case("a manifest of later today", STALE, _S, manifest_later=_H),
    Case("the head names a newer manifest", STALE, facts={"manifest": 2}),
    Case("the head names a much newer manifest", STALE, facts={"manifest": 9}),
    Case("the head is older than the manifest", GOOD, facts={"manifest": 0}),
    Case("the head names none", STALE, facts={"manifest": None}),
    Case("frozen, says the head alone", ASK, facts={"states": ((4, KeyState.FROZEN),)}),
    Case("revoked, says the head alone", RED, facts={"states": ((4, KeyState.REVOKED),)}),
    Case("next, says the head alone", UNKNOWN, facts={"states": ((4, KeyState.NEXT),)}),
    Case("retired, says the head alone", GOOD, facts={"states": ((4, KeyState.RETIRED),)}),
    Case("another key is frozen", GOOD, facts={"states": ((2, KeyState.FROZEN),)}),
    Case("next in the manifest", UNKNOWN, state=KeyState.NEXT),
    Case("next in the manifest, old head", UNKNOWN, 9 * _D, state=KeyState.NEXT),
    Case("next, and active says no head", UNKNOWN, state=KeyState.NEXT, facts={"states": ()}),
    Case("frozen without a network for a year", ASK, _Y, facts={"states": ((4, KeyState.FROZEN),)}),
]  # fmt: skip
