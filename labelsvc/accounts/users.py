"""Users: adds, invites and changes the people who sign in. Used by the office's pages and the
command line.
"""

from __future__ import annotations

from collections.abc import Sequence

from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import (
    audit,
    factors,
    names,
    notices,
    passwords,
    sessions,
    throttle,
    two_people,
)
from labelsvc.accounts.contact import addresses, links
from labelsvc.accounts.models import Role, User
from labelsvc.accounts.notices import Notice
from labelsvc.errors import BadInput, Conflict, SignInFailed
from labelsvc.messages.models import Channel

#: How long an invitation or reset link works.
INVITATION_SECONDS = 7 * 24 * 3600


def create_user(
    session: Session,
    *,
    name: str,
    full_name: str,
    role: Role | str,
    producer_id: int | None = None,
    password: str | None = None,
    actor: str,
) -> User:
    """Add a user; without a password they get one by an invitation.

    :raises Conflict: the name is taken. :raises BadInput: a producer's user without producer.
    """
    name = check_new(session, name, role, producer_id)
    user = User(
        name=name,
        full_name=full_name.strip()[:120],
        role=Role(role),
        producer_id=producer_id,
        password_hash=passwords.hash_password(password) if password else None,
    )
    two_people.hold_back(user)
    session.add(user)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="user.create",
        subject=f"user:{user.id}",
        facts={"role": str(role), "producer": producer_id},
    )
    addresses.suppose(session, user)
    notices.tell(session, user, Notice.MADE, actor=actor)
    if not password:
        notices.invite(session, user)
    return user


def check_new(session: Session, name: str, role: Role | str, producer_id: int | None) -> str:
    """The name as it is kept. Raises as `create_user`."""
    role = Role(role)
    name = names.normal_name(name)
    if not name or (role is Role.PRODUCER) != (producer_id is not None):
        raise BadInput(
            "A user needs a sign-in name; users of producers belong to exactly one producer.",
            fix="Give the name, and the producer for the role “producer” only.",
        )
    if session.scalar(select(User.id).where(names.named(name)).limit(1)) is not None:
        raise Conflict(
            "The sign-in name {name} is taken.",
            fix="Choose another, or use the account.",
            name=name,
        )
    return name


def invitation(user: User, *, keys: Sequence[str], sent_to: tuple[int, str] | None = None) -> str:
    """Token of a link by which *user* sets a password. It dies when the password changes.

    :param sent_to: id and address of the contact that alone gets it: who opens it has proven both.
    """
    return _serializer(keys).dumps([user.id, _stamp(user), *(sent_to or ())])


def accept(session: Session, token: str, hashed: str, *, keys: Sequence[str]) -> User:
    """Set the password of the invited user, end all older sign-ins and the wait after failures.

    :param hashed: of `passwords.hash_password`, which is no work for a transaction.
    :raises SignInFailed: the link is wrong, used, or older than a week.
    """
    user, sent_to = _invited(session, token, keys=keys)
    set_password(session, user, hashed, actor=f"user:{user.id}")
    # Whoever handed the link over may have kept it for themself.
    two_people.hold_back(user)
    if sent_to is not None:
        addresses.proven(session, user, *sent_to)
    throttle.clear(session, secret=keys[0], name=user.name)
    return user


def invited(session: Session, token: str, *, keys: Sequence[str]) -> User:
    """The user an invitation is for. :raises SignInFailed: it does not hold."""
    return _invited(session, token, keys=keys)[0]


def _invited(
    session: Session, token: str, *, keys: Sequence[str]
) -> tuple[User, tuple[int, str] | None]:
    """The user, and the address that the link was sent to. Raises as `invited`."""
    try:
        user_id, stamp, *rest = _serializer(keys).loads(token, max_age=INVITATION_SECONDS)
        user = session.get(User, int(user_id))
        sent_to = (int(rest[0]), str(rest[1])) if rest else None
    except (BadData, TypeError, ValueError, IndexError):
        user, stamp, sent_to = None, "", None
    if user is None or not user.active or stamp != _stamp(user):
        raise SignInFailed(
            "This link does not work any more: it was used, or it is older than a week.",
            fix="Ask the programme office for a new one.",
        )
    return user, sent_to


def set_password(session: Session, user: User, hashed: str, *, actor: str) -> None:
    """Change the password, given as its hash, and sign the user out everywhere."""
    user.password_hash = hashed
    sessions.end_all(session, user)
    links.end(session, links.Purpose.RESET, user.id)
    audit.record(session, actor=actor, action="user.password", subject=f"user:{user.id}")
    notices.tell(session, user, Notice.PASSWORD, actor=actor)


def set_address(
    session: Session, user: User, channel: Channel, text: str, *, keys: Sequence[str]
) -> None:
    """Put an address for messages in place of the one that *user* had, which is told of it. The same one
    again only gets its link again.

    :raises BadInput: it is none. :raises Conflict: it belongs to another account. :raises TooManyTries:
        many were entered today.
    """
    row = addresses.of_user(session, user.id).get(channel)
    if (row.address if row is not None else "") != names.normal_name(text):
        notices.tell(session, user, Notice.ADDRESS, actor=f"user:{user.id}")
    if text.strip():
        addresses.enter(session, user, channel, text, keys=keys)
    else:
        addresses.remove(session, user, channel)


def set_active(session: Session, user: User, active: bool, *, actor: str) -> None:
    """Let the user in or keep them out; keeping out ends their sign-ins."""
    user.active = active
    if active:
        two_people.hold_back(user)
    else:
        sessions.end_all(session, user)
    notices.tell(session, user, Notice.IN if active else Notice.OUT, actor=actor)
    audit.record(
        session, actor=actor, action="user.active", subject=f"user:{user.id}", facts={"active": active}
    )  # fmt: skip


def check_role(user: User, role: Role | str, producer_id: int | None) -> None:
    """:raises BadInput: no such role, the same, or a producer's user without producer."""
    if role not in set(Role) or (role == Role.PRODUCER) != (producer_id is not None):
        raise BadInput(
            "Users of producers belong to exactly one producer, all others to none.",
            fix="Choose the producer for the role “producer” only.",
            field="producer",
        )
    if (user.role, user.producer_id) == (role, producer_id):
        raise BadInput(
            "{name} has this role already.", fix="Choose another one.", name=user.full_name,
            field="role",
        )  # fmt: skip


def set_role(
    session: Session, user: User, role: Role | str, *, producer_id: int | None = None, actor: str
) -> None:
    """Give the user another role; their sign-ins end, so that no page of the old role stays open.

    :raises BadInput: as `check_role`.
    """
    check_role(user, role, producer_id)
    before = user.role
    user.role, user.producer_id = Role(role), producer_id
    two_people.hold_back(user)
    notices.tell(session, user, Notice.ROLE, actor=actor)
    sessions.end_all(session, user)
    audit.record(
        session, actor=actor, action="user.role", subject=f"user:{user.id}",
        facts={"from": before, "to": str(role), "producer": producer_id},
    )  # fmt: skip


def renew_invitation(session: Session, user: User, *, keys: Sequence[str], actor: str) -> str:
    """A fresh link by which the user chooses a password. :raises Conflict: the user is kept out."""
    announce_link(session, user, actor=actor)
    return invitation(user, keys=keys)


def announce_link(session: Session, user: User, *, actor: str) -> None:
    """Write down that a link is given out. :raises Conflict: the user is kept out."""
    if not user.active:
        raise Conflict(
            "{name} is kept out, so that a link would open nothing.",
            fix="Let them in first.",
            name=user.full_name,
        )
    audit.record(session, actor=actor, action="user.invite", subject=f"user:{user.id}")
    notices.tell(session, user, Notice.LINK, actor=actor)
    notices.invite(session, user)


def reset_factors(session: Session, user: User, *, actor: str) -> int:
    """Take the second factors of somebody who lost them away and end their sign-ins. How many."""
    count = factors.reset(session, user, actor=actor)
    two_people.hold_back(user)
    notices.tell(session, user, Notice.RESET, actor=actor)
    sessions.end_all(session, user)
    return count


def _serializer(keys: Sequence[str]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(keys), salt="labelsvc.invitation")


def _stamp(user: User) -> str:
    """Changes with the password: a used link stamps an older one."""
    return (user.password_hash or "new")[-12:]
