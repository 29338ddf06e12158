"""Factors: lists, adds, removes and checks the second factors of a user."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from labelsvc import sealing
from labelsvc.accounts import audit, challenges, notices, passkeys, recovery, throttle, totp
from labelsvc.accounts.challenges import Purpose
from labelsvc.accounts.devices import UNKNOWN, Device
from labelsvc.accounts.models import Factor, Passkey, RecoveryCode, Totp, User
from labelsvc.accounts.notices import Notice
from labelsvc.accounts.throttle import Guess
from labelsvc.clock import now
from labelsvc.db import Database
from labelsvc.errors import KeyUnavailable, LabelsvcError, NotFound, Refused, SignInFailed


@dataclass(frozen=True)
class Held:
    """The second factors of one user."""

    totp: Totp | None
    passkeys: Sequence[Passkey]
    #: Recovery codes that still work.
    recovery: int

    def __bool__(self) -> bool:
        """Recovery codes alone are no factor: they stand in for a lost one."""
        return self.totp is not None or bool(self.passkeys)

    @property
    def count(self) -> int:
        return len(self.passkeys) + (self.totp is not None)


def held(session: Session, user_id: int) -> Held:
    """List the factors that *user_id* has."""
    return Held(
        session.get(Totp, user_id),
        passkeys.of_user(session, user_id),
        recovery.left(session, user_id),
    )


def has_any(session: Session, user_id: int) -> bool:
    """True if the password alone does not do for this user."""
    totps = select(Totp.user_id).where(Totp.user_id == user_id)
    keys = select(Passkey.user_id).where(Passkey.user_id == user_id)
    return session.execute(totps.union_all(keys).limit(1)).first() is not None


def offer_totp(session: Session, user_id: int, *, browser: str, keys: Sequence[str]) -> str:
    """The secret for a new authenticator app: the same until it is entered or twenty minutes old."""
    purpose = f"totp offer {user_id}"
    kept = challenges.look(session, browser=browser, purpose=Purpose.TOTP)
    if kept is not None:
        with suppress(KeyUnavailable):  # sealed with a key that was taken out of the settings
            return sealing.unseal(keys, kept, purpose=purpose).decode()
    secret = totp.new_secret()
    challenges.put(
        session,
        browser=browser,
        purpose=Purpose.TOTP,
        body=sealing.seal(keys, secret.encode(), purpose=purpose),
        lifetime=challenges.SETTING_UP,
    )
    return secret


def add_totp(
    session: Session, user_id: int, code: str, *, browser: str, keys: Sequence[str]
) -> None:
    """Enter the app that was offered, proven by its first *code*; it takes the place of an older one.

    :raises SignInFailed: the code is not of the offered secret, or the offer is too old.
    """
    kept = challenges.look(session, browser=browser, purpose=Purpose.TOTP)
    secret = ""
    if kept is not None:
        with suppress(KeyUnavailable):  # as above
            secret = sealing.unseal(keys, kept, purpose=f"totp offer {user_id}").decode()
    if not secret:
        raise SignInFailed("This took too long, or was answered already.", fix="Begin again.")
    step = totp.matching_step(secret, totp.normal(code), at=now(), after=0)
    if step is None:
        raise SignInFailed(
            "The code does not fit.",
            fix="Type the six digits that the app shows now. The telephone's clock must be right.",
            field="code",
        )
    challenges.take(session, browser=browser, purpose=Purpose.TOTP)
    session.execute(delete(Totp).where(Totp.user_id == user_id))
    sealed = sealing.seal(keys, secret.encode(), purpose=f"totp {user_id}")
    session.add(Totp(user_id=user_id, sealed=sealed, last_step=step))
    added(session, user_id, {"factor": str(Factor.TOTP)})


def add_passkey(session: Session, user_id: int, key: dict[str, Any], *, name: str) -> Passkey:
    """Keep a passkey that `passkeys.new_key` found good."""
    made = passkeys.add(session, user_id, key, name=name)
    added(session, user_id, {"factor": str(Factor.PASSKEY), "passkey": made.id})
    return made


def added(session: Session, user_id: int, facts: dict[str, Any]) -> None:
    """Into the audit trail: the owner did it."""
    who = f"user:{user_id}"
    audit.record(session, actor=who, action="account.factor.add", subject=who, facts=facts)
    notices.tell(session, session.get_one(User, user_id), Notice.FACTOR_ADDED, actor=who)


def remove(session: Session, user_id: int, *, passkey: int | None, needed: bool) -> None:
    """Take a passkey away, or the authenticator app when *passkey* is None.

    With the last factor the recovery codes go as well: they open nothing then.

    :param needed: the role needs a factor, so that the last one stays.
    :raises NotFound: there is no such factor. :raises Refused: it is the last and needed.
    """
    lock(session, user_id)
    have = held(session, user_id)
    row: Totp | Passkey | None = (
        have.totp
        if passkey is None
        else next((key for key in have.passkeys if key.id == passkey), None)
    )
    if row is None:
        raise NotFound("This factor is not there any more.", fix="Reload the page.")
    if needed and have.count == 1:
        raise Refused(
            "Your role needs a second factor, and this is the last one.",
            fix="Set up another one first.",
        )
    session.delete(row)
    if have.count == 1:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    facts = {"factor": str(Factor.TOTP if passkey is None else Factor.PASSKEY), "passkey": passkey}
    who = f"user:{user_id}"
    audit.record(session, actor=who, action="account.factor.remove", subject=who, facts=facts)
    notices.tell(session, session.get_one(User, user_id), Notice.FACTOR_REMOVED, actor=who)


def reset(session: Session, user: User, *, actor: str) -> int:
    """Take all factors and recovery codes away, for somebody who lost them. Gives how many factors.

    The caller ends the sign-ins (`sessions.end_all`).
    """
    lock(session, user.id)
    count = held(session, user.id).count
    for table in (Totp, Passkey, RecoveryCode):
        session.execute(delete(table).where(table.user_id == user.id))
    session.expire_all()
    audit.record(
        session, actor=actor, action="account.factor.remove", subject=f"user:{user.id}",
        facts={"factor": "all", "count": count},
    )  # fmt: skip
    return count


def renew_recovery(session: Session, user_id: int, made: list[recovery.Made]) -> None:
    """Put new recovery codes in place of the old. :raises Refused: there is no factor to recover."""
    lock(session, user_id)
    if not has_any(session, user_id):
        raise Refused(
            "Recovery codes stand in for a second factor, and there is none.",
            fix="Set up a second factor first.",
        )
    recovery.keep(session, user_id, made)
    who = f"user:{user_id}"
    audit.record(session, actor=who, action="account.factor.recovery_made", subject=who)


def check_code(
    database: Database,
    user_id: int,
    typed: str,
    *,
    keys: Sequence[str],
    network: str,
    device: Device = UNKNOWN,
) -> Factor | None:
    """Check a code of the app or a recovery code and use it up. A failure is counted.

    As with passwords, nothing slow is done inside a writing transaction, and a try is counted before
    the code is looked at.

    :raises TooManyTries: after too many failures. :raises Busy: too many hashes wait.
    """
    guess = Guess(keys[0], str(user_id), network, device.of(user_id), "code")
    with database.writing() as session:
        tried = throttle.begin(session, guess)
        app = session.get(Totp, user_id)
        paper = recovery.find(session, user_id, typed) if recovery.looks_like_one(typed) else None
    step, secret, fresh = None, b"", True
    try:
        if recovery.looks_like_one(typed):
            paper = paper if recovery.fits(paper, typed) else None
        elif app is not None:
            secret, fresh = sealing.opened(keys, app.sealed, purpose=f"totp {user_id}")
            step = totp.matching_step(
                secret.decode(), totp.normal(typed), at=now(), after=app.last_step
            )
    except LabelsvcError:  # busy, or sealed with a key that is not at hand: no failure of theirs
        with database.writing() as session:
            throttle.take_back(session, tried)
        raise
    if step is None and paper is None:
        return None
    with database.writing() as session:
        if step is not None:
            renewed = None if fresh else sealing.seal(keys, secret, purpose=f"totp {user_id}")
            used = _use_step(session, user_id, step, renewed)
        else:
            used = paper is not None and _use_paper(session, user_id, paper.id)
        if not used:
            return None
        throttle.succeeded(session, guess, tried)
    return Factor.TOTP if step is not None else Factor.RECOVERY


def _use_step(session: Session, user_id: int, step: int, renewed: bytes | None) -> bool:
    """False when somebody else used it meanwhile."""
    values: dict[str, Any] = {"last_step": step, "used_at": now()}
    if renewed is not None:
        values["sealed"] = renewed
    done = session.execute(
        update(Totp)
        .where(Totp.user_id == user_id, Totp.last_step < step)
        .values(values)
        .returning(Totp.user_id)
    )
    return done.one_or_none() is not None


def _use_paper(session: Session, user_id: int, code: int) -> bool:
    done = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.id == code, RecoveryCode.used_at.is_(None))
        .values(used_at=now())
        .returning(RecoveryCode.id)
    )
    if done.one_or_none() is None:
        return False
    who, left = f"user:{user_id}", recovery.left(session, user_id)
    audit.record(
        session, actor=who, action="account.factor.recovery_used", subject=who, facts={"left": left}
    )
    return True


def lock(session: Session, user_id: int) -> User:
    """The user's row, locked: two browsers change the factors of one person one after the other."""
    return session.scalars(select(User).where(User.id == user_id).with_for_update()).one()
