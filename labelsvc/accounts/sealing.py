"""Secrets of second factors at rest: AES-256-GCM under a key derived from the settings' secrets.

A copy of the database alone then makes no code of an authenticator app. The last secret seals, all
open, as everywhere. The keys of this module and those of the code keys have different derivations:
what is sealed by one is nothing to the other.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from labelsvc.errors import KeyUnavailable

_NONCE: Final = 12
_PURPOSE: Final = b"labelsvc/accounts/sealing/v1"


def seal(secrets: Sequence[str], plain: bytes, *, purpose: str) -> bytes:
    """*plain* encrypted and bound to *purpose* ("totp 7"): it opens for none other."""
    nonce = os.urandom(_NONCE)
    return nonce + _box(secrets[-1]).encrypt(nonce, plain, purpose.encode())


def unseal(secrets: Sequence[str], sealed: bytes, *, purpose: str) -> tuple[bytes, bool]:
    """What was sealed, and whether the newest secret sealed it (otherwise seal it again).

    :raises KeyUnavailable: none of the secrets opens it.
    """
    for age, secret in enumerate(reversed(secrets)):
        try:
            plain = _box(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            continue
        return plain, age == 0
    raise KeyUnavailable(
        "The second factor in the database cannot be opened with the secret keys of the settings.",
        fix="Put the earlier secret key back into LABELSVC_SECRET_KEYS, before the new one.",
    )


def _box(secret: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=_PURPOSE).derive(secret.encode()))
