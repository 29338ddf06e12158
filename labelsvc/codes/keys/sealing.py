"""Secrets at rest: AES-256-GCM, under the secret keys of the settings or under a key in a token.

A copy of the database alone then signs nothing. With secret keys the last one seals and all open (the
order of itsdangerous), so one is changed by adding the new one behind the old. With a token each
secret has a data key of its own, which the token wraps and which lies beside it: without the token a
copy of the database *and* of the settings signs nothing either.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from labelsvc.codes.forms.signing import derive
from labelsvc.codes.keys.token import TokenKey
from labelsvc.errors import KeyUnavailable

_NONCE: Final = 12
#: How a box begins whose data key a token wrapped; then the length of that in two bytes.
_WRAPPED: Final = b"labelkms1"


@runtime_checkable
class NamesToken(Protocol):
    """Secret keys of settings that name a token as well."""

    kms: str
    kms_pin: str


class Sealer(Protocol):
    """Keeps secrets: what is sealed for one purpose ("key 7") opens for none other."""

    def seal(self, plain: bytes, *, purpose: str) -> bytes: ...

    def unseal(self, sealed: bytes, *, purpose: str) -> bytes:
        """Undo `seal`. :raises KeyUnavailable: it was sealed by somebody else, or was changed."""
        ...


@dataclass(frozen=True)
class SettingsSealer:
    """Under the secret keys of the settings, oldest to newest."""

    secrets: Sequence[str]

    def seal(self, plain: bytes, *, purpose: str) -> bytes:
        return _shut(derive(self.secrets[-1].encode(), "labelsvc/sealing/v1"), plain, purpose)

    def unseal(self, sealed: bytes, *, purpose: str) -> bytes:
        for secret in reversed(self.secrets):
            try:
                key = derive(secret.encode(), "labelsvc/sealing/v1")
                return _opened(key, sealed, purpose)
            except (InvalidTag, ValueError):
                continue
        raise KeyUnavailable(
            "The signing keys in the database cannot be opened with the secret keys of the settings.",
            fix="Put the earlier secret key back into LABELSVC_SECRET_KEYS, before the new one.",
        )


@dataclass(frozen=True)
class TokenSealer:
    """Under a key that never leaves its token."""

    token: TokenKey

    def seal(self, plain: bytes, *, purpose: str) -> bytes:
        data_key = os.urandom(32)
        wrapped = self.token.wrap(data_key)
        return b"".join(
            [_WRAPPED, len(wrapped).to_bytes(2, "big"), wrapped, _shut(data_key, plain, purpose)]
        )

    def unseal(self, sealed: bytes, *, purpose: str) -> bytes:
        at = len(_WRAPPED) + 2
        stop = at + int.from_bytes(sealed[len(_WRAPPED) : at], "big")
        try:
            return _opened(self.token.unwrap(sealed[at:stop]), sealed[stop:], purpose)
        except (InvalidTag, ValueError):
            raise KeyUnavailable(
                "The signing keys in the database cannot be opened with the key of the token.",
                fix="Set LABELSVC_KMS to the token and key that sealed them.",
            ) from None


def seal(secrets: Sequence[str], plain: bytes, *, purpose: str) -> bytes:
    """*plain* encrypted and bound to *purpose*, by the token if the settings name one."""
    return (_token(secrets) or SettingsSealer(secrets)).seal(plain, purpose=purpose)


def unseal(secrets: Sequence[str], sealed: bytes, *, purpose: str) -> bytes:
    """Undo `seal`; what was sealed before there was a token opens too.

    :raises KeyUnavailable: none of the secrets opens it, or the token does not.
    """
    if not sealed.startswith(_WRAPPED):
        return SettingsSealer(secrets).unseal(sealed, purpose=purpose)
    token = _token(secrets)
    if token is None:
        raise KeyUnavailable(
            "The signing keys in the database are sealed by a token.",
            fix="Set LABELSVC_KMS to the token and key that sealed them.",
        )
    return token.unseal(sealed, purpose=purpose)


def _token(secrets: Sequence[str]) -> TokenSealer | None:
    if isinstance(secrets, NamesToken) and secrets.kms:
        return TokenSealer(TokenKey.parse(secrets.kms, secrets.kms_pin))
    return None


def _shut(key: bytes, plain: bytes, purpose: str) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, purpose.encode())


def _opened(key: bytes, box: bytes, purpose: str) -> bytes:
    return AESGCM(key).decrypt(box[:_NONCE], box[_NONCE:], purpose.encode())
