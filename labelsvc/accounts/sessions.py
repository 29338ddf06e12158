"""Signed-in browsers: kept on the server, so that they can be ended.

The cookie holds 256 random bits; the table holds their SHA-256, so a stolen database signs nobody in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.accounts import audit, passwords, throttle
from labelsvc.accounts.models import SignIn, User
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.errors import SignInFailed
from labelsvc.i18n import nfc

#: A sign-in ends after this time even when it is used all the while.
LONGEST = timedelta(days=7)
#: The last use is written down at most this often: a page view is no write otherwise.
_TOUCH = timedelta(minutes=5)
#: A step-up holds this long.
CONFIRMED = timedelta(minutes=10)


def check(database: Database, *, name: str, password: str, secret: str, network: str) -> int | None:
    """Id of the user whose name and password these are, or None; a failure is counted.

    A good and a bad answer take the same time, for known and unknown names. The password is hashed
    between two short transactions, not inside one: on SQLite a writer would keep every other waiting
    for as long, and anybody could send sign-ins all day.

    :raises TooManyTries: after too many failures.
    """
    name = normal_name(name)
    who = {"secret": secret, "name": name, "network": network}
    with database.reading() as session:
        throttle.check(session, **who)
        user = session.scalars(select(User).where(User.name == name)).one_or_none()
    known = user.password_hash if user is not None and user.active else None
    good = passwords.check_password(known, password)
    if user is None or known is None or not good:
        with database.writing() as session:
            throttle.failed(session, **who)
        return None
    renewed = passwords.hash_password(password) if passwords.outdated(known) else None
    with database.writing() as session:
        # Guesses that were sent at once all came past the first look; they do not pass this one.
        throttle.check(session, **who)
        throttle.succeeded(session, secret=secret, name=name)
        if renewed is not None:
            session.get_one(User, user.id).password_hash = renewed
    return user.id


def sign_in(
    database: Database,
    *,
    name: str,
    password: str,
    secret: str,
    network: str,
    hours: int,
    device: str,
    instead_of: str = "",
) -> tuple[str, User] | None:
    """Check name and password. The token for the cookie and the user, or None.

    :param instead_of: the token that the browser had; that sign-in ends.
    :raises TooManyTries: after too many failures.
    """
    found = check(database, name=name, password=password, secret=secret, network=network)
    if found is None:
        return None
    with database.writing() as session:
        user = session.get_one(User, found)
        end(session, instead_of)
        token = begin(session, user, hours=hours, device=device)
        audit.record(session, actor=f"user:{user.id}", action="sign_in", subject=f"user:{user.id}")
    return token, user


def begin(session: Session, user: User, *, hours: int, device: str) -> str:
    """A new sign-in of *user*; gives the token."""
    session.execute(delete(SignIn).where(SignIn.expires_at < now()))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=_hash(token),
            user_id=user.id,
            expires_at=now() + timedelta(hours=hours),
            device=device[:60],
        )
    )
    return token


def find(session: Session, token: str) -> SignIn | None:
    """The sign-in behind a cookie, with its user; None when it ended or the user is not active."""
    row = session.scalars(
        select(SignIn).where(SignIn.token_hash == _hash(token)).options(joinedload(SignIn.user))
    ).one_or_none()
    if row is None or not row.user.active:
        return None
    if row.expires_at < now() or row.created_at + LONGEST < now():
        return None
    return row


def needs_touch(row: SignIn) -> bool:
    return now() - row.seen_at > _TOUCH


def touch(session: Session, token: str, *, hours: int) -> None:
    """Write down that it was used; the end moves with it."""
    row = session.get(SignIn, _hash(token))
    if row is not None:
        row.seen_at = now()
        row.expires_at = min(now() + timedelta(hours=hours), row.created_at + LONGEST)


def confirm(database: Database, token: str, password: str, *, secret: str, network: str) -> None:
    """Step up: the password once more, for withdrawals, keys and roles.

    :raises SignInFailed: the password is wrong; the failure is counted.
    :raises TooManyTries: after too many failures.
    """
    with database.reading() as session:
        row = find(session, token)
    if row is None:
        raise SignInFailed("You are not signed in any more.", fix="Sign in again.")
    name = row.user.name
    if check(database, name=name, password=password, secret=secret, network=network) is None:
        raise SignInFailed(
            "The password is not right.", fix="Give the password of your account.", field="password"
        )
    with database.writing() as session:
        kept = session.get(SignIn, _hash(token))
        if kept is not None:
            kept.confirmed_at = now()


def recently_confirmed(row: SignIn) -> bool:
    return now() - row.confirmed_at < CONFIRMED


def end(session: Session, token: str) -> None:
    """Sign out here."""
    session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def end_all(session: Session, user: User) -> None:
    """Sign out everywhere."""
    session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def of_user(session: Session, user: User) -> Sequence[SignIn]:
    """The user's sign-ins, last used first."""
    return session.scalars(
        select(SignIn).where(SignIn.user_id == user.id).order_by(SignIn.seen_at.desc())
    ).all()


def normal_name(name: str) -> str:
    """How names are compared: NFC, lower case, no spaces around."""
    return nfc(name).strip().lower()[:120]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
