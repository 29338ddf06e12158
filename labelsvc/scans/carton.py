"""Carton: the verdict on a carton, from the units in it. Used by the scan page and the command."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from labelsvc.codes.models import Issue, Mark, MarkState
from labelsvc.codes.register import revoke
from labelsvc.scans import lookup
from labelsvc.scans.verdict import Verdict

_OUT = (MarkState.WITHDRAWN, MarkState.VOID)


class Judged(NamedTuple):
    """The knowledge about a carton."""

    verdict: Verdict
    #: What was said of all units; None where some are in another state.
    mark: Mark | None
    #: How many units are in each state; the rest were only printed.
    states: dict[MarkState, int]


def judge(session: Session, issue: Issue, *, first: int, count: int, on: date) -> Judged:
    """The verdict on *count* numbers of *issue* from *first* on.

    What became of all of them is said of the carton. Else, in this order: a recall of the lot; some that are
    withdrawn or void, or all of them, some the one and some the other; the expiry day; none activated.
    """
    states = dict.fromkeys(MarkState, 0)
    for low, high, state in revoke.ruled(session, issue):
        states[MarkState(state)] += max(0, min(high, first + count - 1) - max(low, first) + 1)
    whole = next((state for state, found in states.items() if found == count), None)
    mark = revoke.state_of(session, first) if whole else None
    verdict = lookup.judge(mark, issue, on)
    out = sum(states[state] for state in _OUT)
    if whole is None and out and verdict is not Verdict.RECALLED:
        verdict = Verdict.REVOKED if out == count else Verdict.PARTLY_WITHDRAWN
    elif verdict is Verdict.NOT_ACTIVATED and states[MarkState.ACTIVATED]:
        verdict = Verdict.ISSUED_OK
    return Judged(verdict, mark, states)
