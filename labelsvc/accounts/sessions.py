"""Sessions: begins, finds, confirms and ends the sign-ins of browsers. Used by the site.

The cookie holds 256 random bits; the table holds their SHA-256, so a stolen database signs nobody in.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.accounts import audit, factors, notices, passwords, throttle
from labelsvc.accounts.devices import UNKNOWN, Device
from labelsvc.accounts.models import Factor, Role, SignIn, Stage, User
from labelsvc.accounts.names import named, normal_name
from labelsvc.accounts.roles import SECOND_FACTOR
from labelsvc.accounts.throttle import Guess
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.errors import Busy, SignInFailed

#: A sign-in ends after this time even when it is used all the while.
LONGEST = timedelta(days=7)
#: The last use is written down at most this often: a page view is no write otherwise.
_TOUCH = timedelta(minutes=5)
#: A step-up holds this long.
CONFIRMED = timedelta(minutes=10)
#: How long somebody may take between the password and the second factor, or to set one up.
HALF = {Stage.FACTOR: timedelta(minutes=10), Stage.ENROL: timedelta(minutes=40)}


@dataclass(frozen=True)
class Browser:
    """The browser that signs in: its network, its name, the token that it had, who is known there."""

    network: str
    device: str
    token: str = ""
    known: Device = UNKNOWN


def check(
    database: Database,
    *,
    name: str,
    password: str,
    secret: str,
    network: str,
    device: Device = UNKNOWN,
) -> int | None:
    """Id of the user whose name and password these are, or None; a failure is counted.

    A good and a bad answer take the same time, for known and unknown names. The password is hashed
    between two short transactions, not inside one: on SQLite a writer would keep every other waiting
    for as long, and anybody could send sign-ins all day.

    :raises TooManyTries: after too many failures.
    :raises Busy: too many passwords are looked at in this moment; then nothing is counted.
    """
    name = normal_name(name)
    with database.reading() as session:
        user = session.scalars(select(User).where(named(name)).order_by(User.id).limit(1)).first()
    word = device.of(user.id) if user is not None else ""
    # One count for each person, by whichever name or address they are tried.
    guess = Guess(secret, normal_name(user.name) if user is not None else name, network, word)
    with database.writing() as session:
        tried = throttle.begin(session, guess)
    known = user.password_hash if user is not None and user.active else None
    try:
        good = passwords.check_password(known, password, known=bool(word))
    except Busy:
        with database.writing() as session:
            throttle.take_back(session, tried)
        raise
    if user is None or known is None or not good:
        return None
    renewed = passwords.rehashed(known, password)
    with database.writing() as session:
        throttle.succeeded(session, guess, tried)
        if renewed is not None:
            session.get_one(User, user.id).password_hash = renewed
    return user.id


def sign_in(
    database: Database,
    *,
    name: str,
    password: str,
    secret: str,
    browser: Browser,
    hours: int,
    second_factor: bool = False,
) -> tuple[str, User] | None:
    """Check name and password. The token for the cookie and the user, or None.

    The sign-in is half one (`Stage`) where the user has a second factor, or needs one. The sign-in
    that the browser had ends.

    :param second_factor: True where the settings ask certain roles for one. Then the password of a
        sign-in never counts as a step-up.
    :raises TooManyTries: after too many failures.
    """
    found = check(
        database, name=name, password=password, secret=secret,
        network=browser.network, device=browser.known,
    )  # fmt: skip
    if found is None:
        return None
    with database.writing() as session:
        user = factors.lock(session, found)
        token = by_password(
            session, user, browser=browser, hours=hours, second_factor=second_factor
        )
    return token, user


def by_password(
    session: Session, user: User, *, browser: Browser, hours: int, second_factor: bool
) -> str:
    """A sign-in of somebody whose password is right, or was just set; a half one (`Stage`) where more is
    needed. Gives the token.
    """
    end(session, browser.token)
    stage = Stage.FULL
    if factors.has_any(session, user.id):
        stage = Stage.FACTOR
    elif second_factor and user.role in SECOND_FACTOR:
        stage = Stage.ENROL
    confirmed = stage is Stage.FULL and not second_factor
    token = begin(
        session, user, hours=hours, device=browser.device, stage=stage, confirmed=confirmed
    )
    if stage is Stage.FULL:
        _recorded(session, user.id)
        _tell_new_device(session, user, browser)
    return token


def sign_in_by(
    database: Database, user_id: int, factor: Factor, *, hours: int, browser: Browser
) -> tuple[str, User] | None:
    """A full sign-in of somebody who just proved a factor: after the password, or by a passkey alone.

    A half sign-in of the browser becomes full by this: it ends and another begins, so that no token of
    before is good afterwards.
    """
    with database.writing() as session:
        user = factors.lock(session, user_id)
        end(session, browser.token)
        if not user.active:
            return None
        token = begin(
            session, user, hours=hours, device=browser.device, factor=factor, confirmed=True
        )
        _recorded(session, user.id, factor)
        _tell_new_device(session, user, browser)
    return token, user


def _tell_new_device(session: Session, user: User, browser: Browser) -> None:
    if not browser.known.of(user.id):
        notices.new_device(session, user, browser.device)


def enrolled(session: Session, token: str, factor: Factor, *, hours: int) -> str:
    """The user of this browser set a factor up in this transaction. The token to go on with.

    Sign-ins by password alone end, here and elsewhere: from now on it takes both.
    """
    row = session.get_one(SignIn, _hash(token), options=[joinedload(SignIn.user)])
    user, device, known = row.user, row.device, bool(row.factor)
    session.execute(delete(SignIn).where(SignIn.user_id == user.id, SignIn.factor == ""))
    if known:
        row.confirmed_at = now()
        return token
    if row.stage != Stage.FULL:
        _recorded(session, user.id, factor)
    return begin(session, user, hours=hours, device=device, factor=factor, confirmed=True)


def changing_factors(session: Session, token: str) -> User:
    """The user of this browser, locked, if it may add a factor now.

    Asked inside the transaction that adds: a browser with the password alone adds the first factor
    only, however many of them try at once.

    :raises SignInFailed: signed out meanwhile, or another browser set a factor up.
    """
    row = find(session, token)
    if row is not None:
        user = factors.lock(session, row.user_id)
        session.expire(row)
        row = find(session, token)
    if row is None or row.stage == Stage.FACTOR:
        raise SignInFailed("You are not signed in any more.", fix="Sign in again.")
    if factors.has_any(session, row.user_id) and not (row.factor and recently_confirmed(row)):
        raise SignInFailed("You are not signed in any more.", fix="Sign in again.")
    return user


def _recorded(session: Session, user_id: int, factor: Factor | None = None) -> None:
    who, facts = f"user:{user_id}", {"factor": str(factor)} if factor else {}
    audit.record(session, actor=who, action="sign_in", subject=who, facts=facts)


def begin(
    session: Session,
    user: User,
    *,
    hours: int,
    device: str,
    stage: Stage = Stage.FULL,
    factor: str = "",
    confirmed: bool = False,
) -> str:
    """A new sign-in of *user*; gives the token.

    :param confirmed: whether it counts as a step-up.
    """
    session.execute(delete(SignIn).where(SignIn.expires_at < now()))
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            token_hash=_hash(token),
            user_id=user.id,
            expires_at=now() + HALF.get(stage, timedelta(hours=hours)),
            stage=stage,
            factor=factor,
            confirmed_at=now() if confirmed else None,
            device=device[:60],
        )
    )
    session.flush()
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
    if row is not None and row.stage == Stage.FULL:
        row.seen_at = now()
        row.expires_at = min(now() + timedelta(hours=hours), row.created_at + LONGEST)


def stage_of(row: SignIn, *, second_factor: bool) -> Stage | None:
    """Tell the stage that the sign-in has reached; None for one that does not hold any more.

    :param second_factor: whether the settings ask certain roles for one. It may have changed since.
    """
    needed = second_factor and Role(row.user.role) in SECOND_FACTOR
    if row.stage == Stage.FULL:
        return Stage.FULL if row.factor or not needed else None
    if row.stage == Stage.ENROL and not needed:
        return None
    return Stage(row.stage)


def confirm(database: Database, token: str, password: str, *, secret: str, network: str) -> None:
    """Step up: the password once more, for withdrawals, keys and roles.

    :raises SignInFailed: the password is wrong; the failure is counted.
    :raises TooManyTries: after too many failures.
    """
    check_own(database, token, password, secret=secret, network=network)
    confirmed(database, token)


def confirmed(database: Database, token: str) -> None:
    """The step-up of this browser holds from now on."""
    with database.writing() as session:
        kept = session.get(SignIn, _hash(token))
        if kept is not None:
            kept.confirmed_at = now()


def check_own(database: Database, token: str, password: str, *, secret: str, network: str) -> None:
    """The password of who is signed in.

    :raises SignInFailed: it is wrong; the failure is counted. :raises TooManyTries: too often.
    """
    with database.reading() as session:
        row = find(session, token)
    if row is None:
        raise SignInFailed("You are not signed in any more.", fix="Sign in again.")
    own = here(token, row.user_id)
    if check(database, name=row.user.name, password=password, secret=secret, network=network, device=own) is None:  # fmt: skip
        raise SignInFailed(
            "The password is not right.", fix="Give the password of your account.", field="password"
        )


def here(token: str, user_id: int) -> Device:
    """A signed-in browser as a device of its own: others' failures do not delay a step-up in it."""
    return Device(f"sign-in {_hash(token)}", (user_id,))


def recently_confirmed(row: SignIn) -> bool:
    return row.confirmed_at is not None and now() - row.confirmed_at < CONFIRMED


def end(session: Session, token: str) -> None:
    """Sign out here."""
    session.execute(delete(SignIn).where(SignIn.token_hash == _hash(token)))


def end_all(session: Session, user: User) -> None:
    """Sign out everywhere."""
    session.execute(delete(SignIn).where(SignIn.user_id == user.id))


def of_user(session: Session, user: User) -> Sequence[SignIn]:
    """The user's full sign-ins, last used first."""
    return session.scalars(
        select(SignIn)
        .where(SignIn.user_id == user.id, SignIn.stage == Stage.FULL)
        .order_by(SignIn.seen_at.desc())
    ).all()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
