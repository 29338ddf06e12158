"""Sealing: encrypts the secrets that lie in the database, and says which columns hold them. Used by
accounts, codes and the command line.

AES-256-GCM, under the secret keys of the settings or under a key in a token. A copy of the database
alone then signs nothing and makes no code of an authenticator app. With secret keys the last one
seals and all open (the order of itsdangerous), so one is changed by adding the new one behind the
old. With a token each secret has a data key of its own, which the token wraps and which lies beside
it: without the token a copy of the database *and* of the settings opens nothing either.

A mapped class with a sealed column declares it as `__sealed__`; `labelsvc keys reseal` and `doctor`
find it by that.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Protocol, runtime_checkable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from labelsvc.errors import KeyUnavailable
from labelsvc.token import TokenKey

_NONCE: Final = 12
#: How a box begins whose data key a token wrapped; then the length of that in two bytes.
_WRAPPED: Final = b"labelkms1"
_INFO: Final = b"labelsvc/sealing/v1"
#: Of boxes that second factors were sealed in up to version 0.1; they open, none is made.
_INFO_OF_FACTORS: Final = b"labelsvc/accounts/sealing/v1"


@dataclass(frozen=True)
class Sealed:
    """A column of a mapped class that holds sealed bytes, declared as ``__sealed__``."""

    column: str
    #: Purpose that a row was sealed for: "key 7". None: the row lives for minutes and is not sealed
    #: anew but deleted, so that somebody begins again.
    purpose: Callable[[Any], str] | None
    #: Rows that are sealed at all.
    only: Callable[[Any], bool] = lambda _row: True


@runtime_checkable
class NamesToken(Protocol):
    """Secret keys of settings that name a token as well."""

    kms: str
    kms_pin: str


def seal(secrets: Sequence[str], plain: bytes, *, purpose: str) -> bytes:
    """Encrypt *plain* and bind it to *purpose* ("key 7"), by the token if the settings name one.

    :raises KeyUnavailable: the token refuses.
    """
    token = _token(secrets)
    if token is None:
        return _shut(_key(secrets[-1], _INFO), plain, purpose)
    data_key = os.urandom(32)
    wrapped = token.wrap(data_key)
    head = _WRAPPED + len(wrapped).to_bytes(2, "big") + wrapped
    return head + _shut(data_key, plain, purpose)


def unseal(secrets: Sequence[str], sealed: bytes, *, purpose: str) -> bytes:
    """Undo `seal`; what was sealed before there was a token opens too.

    :raises KeyUnavailable: none of the secrets opens it, or the token does not.
    """
    return opened(secrets, sealed, purpose=purpose)[0]


def opened(secrets: Sequence[str], sealed: bytes, *, purpose: str) -> tuple[bytes, bool]:
    """Undo `seal`, and tell whether `seal` would use the same key today (else seal it again).

    :raises KeyUnavailable: as `unseal`.
    """
    token = _token(secrets)
    if not sealed.startswith(_WRAPPED):
        for number, (secret, info) in enumerate(_tried(secrets)):
            try:
                plain = _open(_key(secret, info), sealed, purpose)
            except (InvalidTag, ValueError):
                continue
            return plain, number == 0 and token is None
        raise KeyUnavailable(
            "A secret in the database ({what}) cannot be opened with the secret keys of the settings.",
            fix="Put the earlier secret key back into LABELSVC_SECRET_KEYS, before the new one.",
            what=purpose,
        )
    if token is None:
        raise KeyUnavailable(
            "A secret in the database ({what}) is sealed by a token.",
            fix="Set LABELSVC_KMS to the token and key that sealed it.",
            what=purpose,
        )
    at = len(_WRAPPED) + 2
    stop = at + int.from_bytes(sealed[len(_WRAPPED) : at], "big")
    try:
        return _open(token.unwrap(sealed[at:stop]), sealed[stop:], purpose), True
    except (InvalidTag, ValueError):
        raise KeyUnavailable(
            "A secret in the database ({what}) cannot be opened with the key of the token.",
            fix="Set LABELSVC_KMS to the token and key that sealed it.",
            what=purpose,
        ) from None


def _tried(secrets: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Secrets and derivations in the order in which they are tried; `seal` uses the first."""
    for info in (_INFO, _INFO_OF_FACTORS):
        for secret in reversed(secrets):
            yield secret, info


def _token(secrets: Sequence[str]) -> TokenKey | None:
    if isinstance(secrets, NamesToken) and secrets.kms:
        return TokenKey.parse(secrets.kms, secrets.kms_pin)
    return None


@lru_cache(maxsize=16)
def _key(secret: str, info: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=info).derive(secret.encode())


def _shut(key: bytes, plain: bytes, purpose: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose.encode())


def _open(key: bytes, box: bytes, purpose: str) -> bytes:
    return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], purpose.encode())
