"""Choices: which kinds of messages a person gets by which channel."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from labelsvc.accounts.contact.models import MessageChoice
from labelsvc.accounts.models import Role, User
from labelsvc.errors import BadInput
from labelsvc.messages.kinds import CHOSEN, KINDS
from labelsvc.messages.models import Channel

#: Channels of persons.
PERSONAL: Final = (Channel.MAIL, Channel.PHONE)
#: Kinds that a role gets; the others are of everybody.
_OF: Final = {
    "withdrawn": {Role.PRODUCER},
    "stars_ending": {Role.PRODUCER},
    "run_failed": {Role.PRODUCER, Role.OFFICE},
    "case_opened": {Role.OFFICE},
    "case_decided": {Role.PRODUCER, Role.INSPECTOR, Role.OFFICE},
    "list_taken": {Role.OFFICE},
    "confirm": {Role.OFFICE},
    "runs_low": {Role.PRODUCER},
}


def kinds_of(user: User) -> list[str]:
    """The kinds that this person may get and choose about."""
    return [kind for kind in CHOSEN if user.role in _OF.get(kind, {user.role})]


def wanted(session: Session, user_id: int, kind: str) -> set[str]:
    """The channels by which a person wants a kind: what they chose, else all."""
    rows = session.execute(
        select(MessageChoice.channel, MessageChoice.wanted).where(
            MessageChoice.user_id == user_id, MessageChoice.kind == kind
        )
    )
    chosen = {channel: yes for channel, yes in rows}
    return {str(channel) for channel in PERSONAL if chosen.get(channel, True)}


def refused_kinds(session: Session, user_id: int) -> set[tuple[str, str]]:
    """(kind, channel) that the person does not want."""
    rows = session.execute(
        select(MessageChoice.kind, MessageChoice.channel).where(
            MessageChoice.user_id == user_id, MessageChoice.wanted.is_(False)
        )
    )
    return {(kind, channel) for kind, channel in rows}


def keep(
    session: Session, user: User, yes: Collection[tuple[str, str]], *, channels: Collection[str]
) -> None:
    """Keep the choice of a person: *yes* are the (kind, channel) that they want.

    :param channels: those that were offered; what was chosen for others stays.
    :raises BadInput: a message about the safety of the account would come by no channel.
    """
    offered = [str(channel) for channel in PERSONAL if channel in channels]
    kinds = kinds_of(user)
    for kind in kinds:
        if KINDS[kind].security and offered and not any((kind, c) in yes for c in offered):
            raise BadInput(
                "Messages about the safety of your account come by at least one channel.",
                fix="Leave one of them on.",
                field=f"{kind}-{offered[0]}",
            )
    session.execute(
        delete(MessageChoice).where(
            MessageChoice.user_id == user.id, MessageChoice.channel.in_(offered)
        )
    )
    session.add_all(
        MessageChoice(user_id=user.id, kind=kind, channel=channel, wanted=(kind, channel) in yes)
        for kind in kinds
        for channel in offered
    )
    session.flush()
