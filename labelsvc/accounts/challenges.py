"""Challenges: stores what a browser must answer, for one purpose, five minutes and one answer."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from labelsvc.accounts.models import Challenge
from labelsvc.clock import now

LIFETIME: Final = timedelta(minutes=5)
#: Setting up an app takes longer than touching a key: it is found and installed meanwhile.
SETTING_UP: Final = timedelta(minutes=20)


class Purpose(StrEnum):
    """The purpose of an answer: a challenge of one purpose answers none other."""

    REGISTER = "register"
    SIGN_IN = "sign_in"
    FACTOR = "factor"
    CONFIRM = "confirm"
    #: The sealed secret of an authenticator app whose first code is to come.
    TOTP = "totp"


def put(
    session: Session, *, browser: str, purpose: Purpose, body: bytes, lifetime: timedelta = LIFETIME
) -> None:
    """Keep *body* until it is answered; an earlier one of this browser and purpose is void.

    :param browser: what only that browser holds: its sign-in token, or a random value.
    """
    session.execute(delete(Challenge).where(Challenge.expires_at < now()))
    kept = {"body": body, "expires_at": now() + lifetime}
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    # One statement: a button pressed twice asks twice at once, and both must get an answer.
    statement = insert(Challenge).values(browser=_hash(browser), purpose=str(purpose), **kept)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Challenge.browser, Challenge.purpose], set_=kept
        )
    )


def look(session: Session, *, browser: str, purpose: Purpose) -> bytes | None:
    """Return what was kept and leave it in place."""
    row = session.get(Challenge, (_hash(browser), str(purpose)))
    return row.body if row is not None and row.expires_at >= now() else None


def take(session: Session, *, browser: str, purpose: Purpose) -> bytes | None:
    """Take away what was kept and return it; None when there is nothing or it is too old.

    One statement deletes and gives: of two answers at once, one gets it.
    """
    row = session.execute(
        delete(Challenge)
        .where(Challenge.browser == _hash(browser), Challenge.purpose == str(purpose))
        .returning(Challenge.body, Challenge.expires_at)
    ).one_or_none()
    return row.body if row is not None and row.expires_at >= now() else None


def _hash(browser: str) -> str:
    return hashlib.sha256(f"challenge {browser}".encode()).hexdigest()
