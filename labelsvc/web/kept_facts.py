"""Kept facts: holds the facts of the register in the memory of a process, read again once anything has changed.

Used by figures, open data and plans.
"""

from __future__ import annotations

from flask import current_app
from sqlalchemy.orm import Session

from labelsvc.programme.figures import facts as reading
from labelsvc.programme.figures.facts import Facts


class KeptFacts:
    """Facts and the version of the database that they were read from."""

    def __init__(self) -> None:
        self._held: tuple[int, Facts] | None = None

    def get(self, session: Session) -> Facts:
        version = reading.version(session)
        held = self._held
        if held is None or held[0] != version:
            held = self._held = (version, reading.load(session))
        return held[1]


def kept_facts(session: Session) -> Facts:
    """The facts that this application keeps."""
    kept: KeptFacts = current_app.extensions.setdefault("labelsvc_facts", KeptFacts())
    return kept.get(session)
