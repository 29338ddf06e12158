"""Counts: what waits for the office, asked once in a request. Used by the overview and by the menu."""

from __future__ import annotations

from typing import cast

from flask import g

from labelsvc import clock
from labelsvc.programme.desk.waiting import Waiting, count
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


def waiting() -> Waiting | None:
    """The counts for who is signed in; None where nobody is."""
    if g.get("user") is None:
        return None
    if g.get("waiting") is None:
        with site().database.reading() as session:
            g.waiting = count(session, actor(), clock.today())
    return cast(Waiting, g.waiting)
