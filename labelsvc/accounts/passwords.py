"""Passwords: hashes with argon2id, by the parameters of the library, and again when those change."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from labelsvc.accounts import common_passwords, hashing
from labelsvc.errors import BadInput, Busy

SHORTEST, LONGEST = 10, 200
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """The hash to keep. Takes a tenth of a second or more: call it outside a transaction.

    :raises BadInput: too short, too long, or one that thieves try first.
    :raises Busy: too many hashes wait.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput(
            "A password has {shortest} to {longest} characters.",
            fix="Take a few words that you remember; spaces are allowed.",
            shortest=SHORTEST,
            longest=LONGEST,
        )
    if common_passwords.is_common(password):
        raise BadInput(
            "This password is one of the first that thieves try.",
            fix="Take a few words that you remember; spaces are allowed.",
        )
    return hashing.run(lambda: _hasher.hash(password), known=True)


def check_password(kept: str | None, password: str, *, known: bool = True) -> bool:
    """True if *password* is the one. Takes as long when there is nothing to compare with.

    :param known: as `hashing.run`: strangers wait in a room of their own.
    :raises Busy: too many hashes wait.
    """
    try:
        hashing.run(lambda: _hasher.verify(kept or _dummy(), password[: LONGEST + 1]), known=known)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def rehashed(kept: str, password: str) -> str | None:
    """A new hash of the right *password* where *kept* was made with older parameters.

    None too where the pool is busy: the next sign-in does it.
    """
    if not outdated(kept):
        return None
    try:
        return hashing.run(lambda: _hasher.hash(password), known=True)
    except Busy:
        return None


def outdated(kept: str) -> bool:
    """True if the hash was made with older parameters and should be made again."""
    return _hasher.check_needs_rehash(kept)


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _hasher.hash("nobody has this password")
