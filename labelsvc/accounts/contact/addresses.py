"""Addresses: enters, proves, refuses and removes the addresses by which a person is reached."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.accounts.contact import links
from labelsvc.accounts.contact.links import Purpose
from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.models import User
from labelsvc.accounts.names import TELEPHONE, named, normal_name
from labelsvc.clock import now
from labelsvc.errors import BadInput, Conflict, TooManyTries
from labelsvc.messages import outbox
from labelsvc.messages.models import Channel
from labelsvc.messages.outbox import Note

_MAIL: Final = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
)
#: Links that prove an address, sent to one person in a day.
MAX_CHECKS: Final = 5


def is_mail(text: str) -> bool:
    """True for an e-mail address that every mail server takes."""
    return len(text) <= 120 and _MAIL.fullmatch(text) is not None


def of_user(session: Session, user_id: int) -> dict[str, Contact]:
    """The addresses of a person by channel."""
    rows = session.scalars(select(Contact).where(Contact.user_id == user_id))
    return {row.channel: row for row in rows}


def suppose(session: Session, user: User) -> None:
    """Note a sign-in name that is an address as an address that nobody has proven yet."""
    for channel, fits in ((Channel.MAIL, is_mail), (Channel.PHONE, TELEPHONE.fullmatch)):
        if fits(user.name):
            session.add(Contact(user_id=user.id, channel=str(channel), address=user.name))
    session.flush()


def enter(
    session: Session, user: User, channel: Channel, text: str, *, keys: Sequence[str]
) -> Contact:
    """Put *text* in place of the address of this channel, and send a link there that proves it.

    :raises BadInput: it is no address. :raises Conflict: it is proven for another account.
    :raises TooManyTries: many were entered today.
    """
    address = normal_name(text)
    good = is_mail(address) if channel is Channel.MAIL else TELEPHONE.fullmatch(address)
    if not good:
        raise BadInput(
            "“{text}” is no address that can be written to.",
            fix="An e-mail address looks like ten@example.vn, a telephone number like 0912 345 678.",
            text=text[:60],
            field=str(channel),
        )
    _free(session, user, address)
    if links.recent(session, Purpose.ADDRESS, user.id, links.LIFE[Purpose.ADDRESS]) >= MAX_CHECKS:
        raise TooManyTries(
            "{count} addresses were entered today.", fix="Try again tomorrow.", count=MAX_CHECKS
        )
    row = of_user(session, user.id).get(channel)
    if row is None:
        row = Contact(user_id=user.id, channel=str(channel))
        session.add(row)
    if row.address != address:
        row.address, row.verified_at = address, None
    row.refused_at, row.refusal = None, ""
    session.flush()
    if row.verified_at is None:
        made = links.make(session, Purpose.ADDRESS, row, keys=keys)
        note = Note("verify", f"link:{made.token_hash[:16]}", {"link": made.id})
        outbox.put(
            session, note, channel, user_id=user.id, address=address, language=language(user)
        )
    who = f"user:{user.id}"
    audit.record(
        session, actor=who, action="account.address", subject=who, facts={"channel": channel}
    )
    return row


def prove(session: Session, value: str) -> User:
    """Somebody opened the link that was sent to an address.

    :raises SignInFailed: the link works no more. :raises Conflict: another account has it by now.
    """
    link, user = links.use(session, Purpose.ADDRESS, value)
    proven(session, user, link.contact_id, link.address)
    return user


def proven(session: Session, user: User, contact_id: int, address: str) -> None:
    """The person of *user* read what was sent to *address*. Nothing where it was changed since."""
    row = session.get(Contact, contact_id)
    if row is None or row.user_id != user.id or row.address != address or row.verified_at:
        return
    _free(session, user, address)
    row.verified_at, row.refused_at, row.refusal = now(), None, ""
    session.flush()
    who, facts = f"user:{user.id}", {"channel": row.channel}
    audit.record(session, actor=who, action="account.address_proven", subject=who, facts=facts)


def remove(session: Session, user: User, channel: Channel) -> None:
    """Take an address away; messages by this channel end."""
    row = of_user(session, user.id).get(channel)
    if row is not None:
        session.delete(row)
        session.flush()
        who, facts = f"user:{user.id}", {"channel": channel, "removed": True}
        audit.record(session, actor=who, action="account.address", subject=who, facts=facts)


def refused(session: Session, channel: str, address: str, said: str) -> None:
    """The other side has no such address: nothing more is sent there until its person enters it again."""
    session.execute(
        update(Contact)
        .where(Contact.channel == channel, Contact.address == address)
        .values(refused_at=now(), refusal=said[:300])
    )


def language(user: User) -> str:
    """The language in which a person is written to."""
    return user.language or "vi"


def _free(session: Session, user: User, address: str) -> None:
    """:raises Conflict: the address signs somebody else in."""
    other = select(User.id).where(named(address), User.id != user.id).limit(1)
    if session.scalar(other) is not None:
        raise Conflict(
            "This address belongs to another account.",
            fix="Use that account, or ask the programme office.",
        )
