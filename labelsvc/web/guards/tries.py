"""Tries: counts the codes that did not hold on pages of people who signed in.

The scan page counts its own (`web/scan/state.py`). Without this a form of the console would be a second door
for guessing: the same window of a minute holds for both, and a right code is always answered.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from labelsvc.errors import NotIssued, TooManyTries
from labelsvc.scans.day_key import network_of
from labelsvc.web.site import site


@contextmanager
def counted() -> Iterator[None]:
    """Count a code that turns out to be none inside.

    :raises NotIssued: it is none. :raises TooManyTries: and many came from the same network before.
    """
    try:
        yield
    except NotIssued:
        if wait := site().misses.add(network_of(request.remote_addr or "")):
            raise TooManyTries(
                "Many wrong codes have come from your network in the last minute.",
                fix="Wait a minute and scan the code again.",
                wait=wait,
            ) from None
        raise
