"""Two people: says whether somebody is the second person for what another proposed.

An account that somebody made, gave a new link or promoted is in the hands of whoever did so until its
person has come and looked: for a while it confirms nothing. So nobody is two people. Used by each act
that takes two.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from labelsvc.accounts import notices
from labelsvc.accounts.models import User
from labelsvc.clock import now
from labelsvc.errors import Conflict, Refused
from labelsvc.i18n import moment
from labelsvc.messages.kinds import WAITING
from labelsvc.messages.outbox import Note

#: Where the database was opened without settings.
WAIT: Final = timedelta(hours=72)


def check(session: Session, first: str, second: str, *, same: Refused) -> None:
    """Let *second* ("user:12") confirm what *first* proposed.

    :param same: what is said where both are the same account.
    :raises Refused: they are, or the second account is too new.
    """
    if first == second:
        raise same
    until = confirms_from(session, second)
    if until is not None:
        raise Refused(
            "This account is new, or was reset or promoted: it confirms nothing before {until}.",
            fix="Ask another colleague to confirm it, or come back then.",
            until=moment(until),
        )


def take(session: Session, proposal: Any, *states: str, decided: Conflict) -> None:
    """Lock *proposal* until the transaction ends: two people who decide at once take turns.

    :param states: those in which it can still be decided. :raises Conflict: *decided*, it is in none.
    """
    session.refresh(proposal, with_for_update=True)
    if proposal.state not in states:
        raise decided


def decide(session: Session, proposal: Any, state: str, actor: str) -> None:
    """Give *proposal* its new state, with the person and the moment."""
    proposal.state, proposal.decided_by, proposal.decided_at = state, actor, now()
    session.flush()


def ask(session: Session, what: str, act: object, page: str, actor: str) -> None:
    """Tell the office, but not *actor*, that something waits for a second person.

    :param what: a key of `WAITING`. :param act: what is told of once. :param page: the path where it is
        confirmed.
    """
    facts = {"what": WAITING[what].text, "page": page}
    notices.tell_office(session, Note("confirm", f"{what}:{act}", facts), but=actor)


def confirms_from(session: Session, actor: str) -> datetime | None:
    """The moment from which *actor* may confirm; None where that is now."""
    number = actor.removeprefix("user:")
    user = (
        session.get(User, int(number)) if actor.startswith("user:") and number.isdigit() else None
    )
    if user is None or user.renewed_at is None:
        return None
    until = user.renewed_at + session.info.get("confirm_wait", WAIT)
    return until if until > now() else None


def hold_back(user: User) -> None:
    """From now on the account is as a new one: somebody else had a hand in it."""
    user.renewed_at = now()
