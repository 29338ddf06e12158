"""Inner codes: checks one; the second time it answers "already checked"; five wrong tries a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes.forms import inner
from labelsvc.scans.models import InnerRedeemed, InnerTries

#: Wrong inner codes of a unit on one Vietnamese day.
TRIES = 5


class Outcome(StrEnum):
    FIRST = "first"  # right, and nobody has checked it before
    AGAIN = "again"  # right, but checked before: the layer was off already
    WRONG = "wrong"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Checked:
    """The answer.

    :param at: when it was checked the first time, for `AGAIN`.
    :param left: tries that are left today, for `WRONG`.
    """

    outcome: Outcome
    at: datetime | None = None
    left: int = 0


def check(session: Session, key: bytes, number: int, text: str) -> Checked:
    """Check *text* against the inner code of *number*, in a writing session.

    After five wrong ones the right one is refused as well until midnight, or the sixth guess would
    tell something.

    :raises MalformedCode: not an inner code at all; does not count as a try.
    """
    right = inner.fits(key, number, text)
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    today = clock.today()
    session.execute(
        make(InnerTries).values(number=number, day=today, count=0).on_conflict_do_nothing()
    )
    # Two guesses at one moment wait for each other here, also the right ones.
    tries = session.get_one(InnerTries, (number, today), with_for_update=True)
    if tries.count >= TRIES:
        return Checked(Outcome.TOO_MANY)
    if not right:
        tries.count += 1
        return Checked(Outcome.WRONG, left=TRIES - tries.count)
    redeemed = session.get(InnerRedeemed, number)
    if redeemed is not None:
        return Checked(Outcome.AGAIN, at=redeemed.at)
    session.add(InnerRedeemed(number=number, at=clock.now()))
    session.flush()
    return Checked(Outcome.FIRST)
