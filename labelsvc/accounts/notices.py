"""Notices: the one door by which people are told: on their page of the account, and by messages.

A message is a row of the outbox, written in the transaction of the act; a worker sends it. Where the
settings name no channel nothing is written, and the pages tell as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from labelsvc.accounts.contact import addresses, choices
from labelsvc.accounts.contact.models import Contact
from labelsvc.accounts.models import AccountNotice, Role, User
from labelsvc.clock import now
from labelsvc.i18n import moment
from labelsvc.messages import outbox
from labelsvc.messages.kinds import KINDS, PUBLISHED
from labelsvc.messages.models import Channel
from labelsvc.messages.outbox import Note

_SHOWN: Final = 20


class Notice(StrEnum):
    """One kind of act that people are told of."""

    MADE = "made"
    LINK = "link"
    PASSWORD = "password"  # noqa: S105 -- a word, no secret
    RESET = "reset"
    ROLE = "role"
    OUT = "out"
    IN = "in"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    ADDRESS = "address"
    SIGN_IN = "sign_in"


#: How the person reads it, on the page and in messages.
NOTICE_WORDS: Final = {
    Notice.MADE: "The account was made",
    Notice.LINK: "A new link for your password was given out",
    Notice.PASSWORD: "The password was set",
    Notice.RESET: "All second factors were removed",
    Notice.ROLE: "Your role was changed",
    Notice.OUT: "You were kept out",
    Notice.IN: "You were let in again",
    Notice.FACTOR_ADDED: "A second factor was set up",
    Notice.FACTOR_REMOVED: "A second factor was removed",
    Notice.ADDRESS: "Your address for messages was changed",
    Notice.SIGN_IN: "Sign-in from a new device",
}
_OF_FACTORS: Final = (Notice.RESET, Notice.FACTOR_ADDED, Notice.FACTOR_REMOVED)
#: An invitation goes out beside it, and says it.
_SAID_BY_INVITATION: Final = (Notice.MADE,)
_ACCOUNT: Final = "/account/"


def tell(session: Session, user: User, what: Notice, *, actor: str) -> None:
    """Write down for *user* that *actor* did *what*, and send it."""
    row = AccountNotice(user_id=user.id, what=str(what), actor=actor)
    session.add(row)
    if what in _SAID_BY_INVITATION or not _channels(session):
        return
    session.flush()
    kind = "factor" if what in _OF_FACTORS else "account"
    facts = {"what": NOTICE_WORDS[what], "moment": moment(now()), "page": _ACCOUNT}
    post(session, [user], Note(kind, f"notice:{row.id}:{now():%Y%m%d%H%M%S}", facts))


def new_device(session: Session, user: User, device: str) -> None:
    """Tell *user* that the account was opened from a device that is not known yet."""
    row = AccountNotice(user_id=user.id, what=str(Notice.SIGN_IN), actor=f"user:{user.id}")
    session.add(row)
    session.flush()
    facts = {"device": device, "moment": moment(now()), "page": _ACCOUNT}
    post(session, [user], Note("sign_in", f"notice:{row.id}:{now():%Y%m%d%H%M%S}", facts))


def invite(session: Session, user: User) -> None:
    """Send a link for a password to the address of somebody, also where nobody has proven it yet.

    To one only: mail before telephone.
    """
    known = addresses.of_user(session, user.id)
    if not known:  # an account of before there were addresses
        addresses.suppose(session, user)
        known = addresses.of_user(session, user.id)
    for channel in choices.PERSONAL:
        row = known.get(channel)
        if row is not None and row.refused_at is None and takes(session, channel, "invitation"):
            facts = {"invited": user.id, "contact": row.id}
            note = Note("invitation", f"user:{user.id}:{now():%Y%m%d%H%M%S%f}", facts)
            _put(session, user, note, row)
            return


def post(session: Session, people: Iterable[User], note: Note) -> None:
    """Send *note* to each of *people*, to addresses that they have proven, by the channels they want."""
    for user in people if _channels(session) else ():
        known = {
            channel: row
            for channel, row in addresses.of_user(session, user.id).items()
            if row.verified_at and not row.refused_at and takes(session, channel, note.kind)
        }
        chosen = choices.wanted(session, user.id, note.kind) & set(known)
        if KINDS[note.kind].security and not chosen:
            chosen = set(known)
        for channel in sorted(chosen):
            _put(session, user, note, known[channel])


def publish(session: Session, note: Note) -> None:
    """Tell the other program of the office, where the settings name one."""
    if note.kind in PUBLISHED and takes(session, Channel.WEBHOOK, note.kind):
        outbox.put(session, note, Channel.WEBHOOK)


def tell_producer(session: Session, producer_id: int, note: Note) -> None:
    """Tell everybody who signs in for a producer, and the other program of the office."""
    post(session, _active(session, User.producer_id == producer_id), note)
    publish(session, note)


def reached_producers(session: Session) -> set[int]:
    """The producers with an account, of whom somebody can be written to or another program is told."""
    query = select(User.producer_id).where(User.producer_id.is_not(None), User.active.is_(True))
    if Channel.WEBHOOK not in _channels(session):
        proven = select(Contact.user_id).where(Contact.verified_at.is_not(None))
        query = query.where(User.id.in_(proven))
    return {number for number in session.scalars(query) if number is not None}


def tell_office(session: Session, note: Note, *, but: str = "") -> None:
    """Tell the people of the office, without the one who did it, and the other program of the office."""
    people = _active(session, User.role == Role.OFFICE)
    post(session, [user for user in people if f"user:{user.id}" != but], note)
    publish(session, note)


def tell_actor(session: Session, actor: str, note: Note) -> None:
    """Tell the person behind "user:12"; nobody where it was a machine."""
    number = actor.removeprefix("user:")
    if actor.startswith("user:") and number.isdigit():
        post(session, _active(session, User.id == int(number)), note)


def _active(session: Session, rule: object) -> Sequence[User]:
    if not _channels(session):
        return []
    return session.scalars(select(User).where(rule, User.active.is_(True)).order_by(User.id)).all()  # type: ignore[arg-type]


def _channels(session: Session) -> dict[str, frozenset[str] | None]:
    found: dict[str, frozenset[str] | None] = session.info.get("channels") or {}
    return found


def takes(session: Session, channel: str, kind: str) -> bool:
    """True where the settings name this channel, and it takes this kind."""
    found = _channels(session)
    kinds = found.get(channel)
    return channel in found and (kinds is None or kind in kinds)


def _put(session: Session, user: User, note: Note, row: Contact) -> None:
    outbox.put(
        session, note, Channel(row.channel), user_id=user.id, address=row.address,
        language=addresses.language(user),
    )  # fmt: skip


def of_user(session: Session, user_id: int) -> Sequence[AccountNotice]:
    """The newest first."""
    return session.scalars(
        select(AccountNotice)
        .where(AccountNotice.user_id == user_id)
        .order_by(AccountNotice.id.desc())
        .limit(_SHOWN)
    ).all()


def unseen(session: Session, user_id: int) -> bool:
    """True if others did something since the person last looked; that they made the account is no news."""
    query = select(AccountNotice.id).where(
        AccountNotice.user_id == user_id,
        AccountNotice.what != str(Notice.MADE),
        AccountNotice.seen_at.is_(None),
        AccountNotice.actor != f"user:{user_id}",
    )
    return session.execute(query.limit(1)).first() is not None


def seen(session: Session, user_id: int) -> None:
    """The person has looked at all of them."""
    session.execute(
        update(AccountNotice)
        .where(AccountNotice.user_id == user_id, AccountNotice.seen_at.is_(None))
        .values(seen_at=now())
    )
