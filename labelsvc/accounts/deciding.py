"""Deciding: acts on accounts of officials that one person proposes and another confirms.

Who makes an account of the office, or gets a new link for one, could be two people. The accounts of
auditors are no business of the office at all: whoever runs the machine keeps them (`labelsvc users`).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit, two_people, users
from labelsvc.accounts.models import AccountProposal, Role, User
from labelsvc.accounts.roles import SECOND_FACTOR
from labelsvc.clock import now
from labelsvc.errors import Conflict, Refused

#: Roles whose accounts take two people.
OFFICIALS: Final = SECOND_FACTOR


class Act(StrEnum):
    CREATE = "create"
    LINK = "link"
    RESET = "reset"
    ROLE = "role"
    LET_IN = "let_in"


class State(StrEnum):
    PROPOSED = "proposed"
    DONE = "done"
    REFUSED = "refused"


#: Acts after which somebody hands a link over.
WITH_LINK: Final = frozenset({Act.CREATE, Act.LINK})


class Wanted(NamedTuple):
    """The account of a new person, or the new role of one."""

    role: str = ""
    producer_id: int | None = None
    name: str = ""
    full_name: str = ""


#: For acts that need nothing but the account.
NOTHING: Final = Wanted()


def takes_two(user: User | None, role: str = "") -> bool:
    """True if an act on *user*, or one that gives *role*, takes two people.

    :raises Refused: it is an auditor's account.
    """
    roles = {role, user.role if user is not None else ""}
    if Role.AUDITOR in roles:
        raise Refused(
            "Accounts of auditors are not kept by the office, whose work they look at.",
            fix="Whoever runs the machine does it with the command: labelsvc users.",
        )
    return bool(roles & OFFICIALS)


def propose(
    session: Session, act: Act, *, user: User | None = None, wanted: Wanted = NOTHING, actor: str
) -> AccountProposal:
    """Propose *act*; somebody else of the office confirms it.

    :raises Refused: an auditor's account. :raises Conflict: the same waits, or the name is taken.
    :raises BadInput: no such role.
    """
    takes_two(user, wanted.role)
    if act is Act.CREATE:
        users.check_new(session, wanted.name, wanted.role, wanted.producer_id)
    same = select(AccountProposal.id).where(
        AccountProposal.state == State.PROPOSED, AccountProposal.act == act,
        AccountProposal.user_id == (user.id if user else None),
        AccountProposal.name == wanted.name,
    )  # fmt: skip
    if session.scalars(same).first() is not None:
        raise Conflict("This is proposed already.", fix="Somebody else can confirm it now.")
    made = AccountProposal(
        act=str(act), user_id=user.id if user else None, name=wanted.name,
        full_name=wanted.full_name.strip()[:120], role=wanted.role, producer_id=wanted.producer_id,
        state=str(State.PROPOSED), proposed_by=actor,
    )  # fmt: skip
    session.add(made)
    session.flush()
    _written(session, made, "account.propose", actor)
    two_people.ask(session, "account", made.id, "/office/accounts/proposals", actor)
    return made


def confirm(session: Session, proposal: AccountProposal, *, actor: str) -> User:
    """The second person: it is done, at once. Gives the account.

    :raises Refused: the same person proposed it, the account is too new, or it is the own account.
    :raises Conflict: it is decided, or the name was taken meanwhile.
    """
    _take(session, proposal)
    same = Refused(
        "Whoever proposes something for an account cannot confirm it.",
        fix="Ask a colleague of the office. If there is none: labelsvc users, on the machine.",
    )
    two_people.check(session, proposal.proposed_by, actor, same=same)
    user = session.get(User, proposal.user_id or 0)
    if user is not None and actor == f"user:{user.id}":
        raise same
    user = _do(session, proposal, user, actor)
    proposal.user_id = user.id
    two_people.hold_back(user)
    two_people.decide(session, proposal, State.DONE, actor)
    _written(session, proposal, "account.confirm", actor)
    return user


def _do(session: Session, proposal: AccountProposal, user: User | None, actor: str) -> User:
    if user is None:
        return users.create_user(
            session, name=proposal.name, full_name=proposal.full_name or proposal.name,
            role=proposal.role, producer_id=proposal.producer_id, actor=actor,
        )  # fmt: skip
    match Act(proposal.act):
        case Act.RESET:
            users.reset_factors(session, user, actor=actor)
        case Act.ROLE:
            users.set_role(
                session, user, proposal.role, producer_id=proposal.producer_id, actor=actor
            )
        case Act.LET_IN:
            users.set_active(session, user, True, actor=actor)
        case Act.LINK | Act.CREATE:
            users.announce_link(session, user, actor=actor)
    return user


def refuse(session: Session, proposal: AccountProposal, *, actor: str) -> None:
    """It is not done; whoever proposed it takes it back so. :raises Conflict: it is decided."""
    _take(session, proposal)
    two_people.decide(session, proposal, State.REFUSED, actor)
    _written(session, proposal, "account.refuse", actor)


def link(
    session: Session, proposal: AccountProposal, *, keys: Sequence[str], actor: str
) -> tuple[User, str]:
    """The account and the token of its link, once, for whoever proposed it and hands it over.

    :raises Refused: it is somebody else's to hand over, or was shown before.
    """
    session.refresh(proposal, with_for_update=True)
    user = session.get(User, proposal.user_id or 0)
    open_ = proposal.state == State.DONE and proposal.link_shown_at is None
    if user is None or not open_ or actor != proposal.proposed_by or proposal.act not in WITH_LINK:
        raise Refused(
            "This link is shown once, to whoever proposed it.",
            fix="If it was lost, propose a new one.",
        )
    proposal.link_shown_at = now()
    _written(session, proposal, "account.link", actor)
    return user, users.invitation(user, keys=keys)


def waiting(session: Session) -> Sequence[AccountProposal]:
    """Give what waits for a second person, and links that wait for whoever hands them over."""
    return session.scalars(
        select(AccountProposal)
        .where(
            (AccountProposal.state == State.PROPOSED)
            | (
                (AccountProposal.state == State.DONE)
                & AccountProposal.act.in_([str(act) for act in WITH_LINK])
                & AccountProposal.link_shown_at.is_(None)
            )
        )
        .order_by(AccountProposal.id)
    ).all()


def _take(session: Session, proposal: AccountProposal) -> None:
    decided = Conflict("This proposal is decided already.", fix="Look at it again.")
    two_people.take(session, proposal, State.PROPOSED, decided=decided)


def _written(session: Session, proposal: AccountProposal, action: str, actor: str) -> None:
    subject = f"user:{proposal.user_id}" if proposal.user_id else f"account_proposal:{proposal.id}"
    facts = {"proposal": proposal.id, "act": proposal.act, "role": proposal.role}
    audit.record(session, actor=actor, action=action, subject=subject, facts=facts)
