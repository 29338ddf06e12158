"""Secrets at rest: AES-256-GCM under a key derived from the secret keys of the settings.

A copy of the database alone then signs nothing. The last secret seals, all open (the order of
itsdangerous), so a secret key is changed by adding the new one behind the old.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from labelsvc.codes.signing import derive
from labelsvc.errors import KeyUnavailable

_NONCE: Final = 12


def seal(secrets: Sequence[str], plain: bytes, *, purpose: str) -> bytes:
    """*plain* encrypted and bound to *purpose* ("key 7"): what is sealed for one opens for none
    other.
    """
    nonce = os.urandom(_NONCE)
    return nonce + _box(secrets[-1]).encrypt(nonce, plain, purpose.encode())


def unseal(secrets: Sequence[str], sealed: bytes, *, purpose: str) -> bytes:
    """Undo `seal`. :raises KeyUnavailable: none of the secrets opens it."""
    for secret in reversed(secrets):
        try:
            return _box(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            continue
    raise KeyUnavailable(
        "The signing keys in the database cannot be opened with the secret keys of the settings.",
        fix="Put the earlier secret key back into LABELSVC_SECRET_KEYS, before the new one.",
    )


def _box(secret: str) -> AESGCM:
    return AESGCM(derive(secret.encode(), "labelsvc/sealing/v1"))
