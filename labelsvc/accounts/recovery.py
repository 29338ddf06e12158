"""Recovery: makes and checks ten codes on paper, for the day the telephone is lost. Each works once.

A code is twelve characters of Crockford's base32: two find the row, ten (50 bits) are the secret. The
secret is hashed as passwords are (ASVS 5.0, 6.5.2: fewer than 112 bits), and the selector spares
hashing ten times for one try. The codes do not depend on the settings' secrets: they work
when those are lost.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from labelsvc.accounts import passwords
from labelsvc.accounts.models import RecoveryCode

COUNT: Final = 10
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_SELECTOR, _LENGTH = 2, 12
#: Letters that Crockford's alphabet leaves out because they are misread, and what they are read as.
_MISREAD: Final = str.maketrans("OIL", "011")


class Made(NamedTuple):
    """A new code as it is shown once, and what is kept of it."""

    shown: str
    selector: str
    hash: str


def make() -> list[Made]:
    """Ten new codes; takes ten password hashes' time, so call it outside a transaction."""
    made: dict[str, Made] = {}
    while len(made) < COUNT:
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        selector, secret = code[:_SELECTOR], code[_SELECTOR:]
        if selector not in made:
            shown = "-".join(code[at : at + 4] for at in range(0, _LENGTH, 4))
            made[selector] = Made(shown, selector, passwords.hash_password(secret))
    return list(made.values())


def keep(session: Session, user_id: int, made: list[Made]) -> None:
    """Put the codes in place of all earlier ones."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    session.add_all(
        [RecoveryCode(user_id=user_id, selector=one.selector, hash=one.hash) for one in made]
    )


def left(session: Session, user_id: int) -> int:
    """Count the codes that still work."""
    return (
        session.scalar(
            select(func.count()).where(
                RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
            )
        )
        or 0
    )


def normal(typed: str) -> str:
    """A typed code in capitals without dashes and spaces, misread letters put right."""
    return "".join(c for c in typed.upper() if c.isalnum()).translate(_MISREAD)


def looks_like_one(typed: str) -> bool:
    """True if this could be a recovery code rather than the code of an app."""
    code = normal(typed)
    return len(code) == _LENGTH and all(c in _ALPHABET for c in code)


def find(session: Session, user_id: int, typed: str) -> RecoveryCode | None:
    """The unused code that *typed* may be, by its selector; `fits` then looks at the secret."""
    return session.scalars(
        select(RecoveryCode).where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.selector == normal(typed)[:_SELECTOR],
            RecoveryCode.used_at.is_(None),
        )
    ).one_or_none()


def fits(row: RecoveryCode | None, typed: str) -> bool:
    """True if the secret is right; as slow when there is no row."""
    return passwords.check_password(row.hash if row else None, normal(typed)[_SELECTOR:])
