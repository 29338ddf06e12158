"""Root keys as files: made on a machine without a network, sealed with a passphrase.

The file is JSON: the public key in the clear, the private seed in AES-256-GCM under a key that
scrypt (RFC 7914; N = 2^17, 128 MiB, about half a second) makes of the passphrase.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from labelsvc.codes.forms.signing import Ed25519, public_key
from labelsvc.errors import BadInput, KeyUnavailable

FORMAT: Final = "labelsvc-root-1"
#: A passphrase that guessing at scrypt's speed does not find in a life.
SHORTEST: Final = 12
_COST: Final = 1 << 17
#: What is made elsewhere may cost more, but not all memory of the machine that reads it.
_MOST_COST: Final = 1 << 20
_NONCE: Final = bytes(12)  # each key is derived with a salt of its own and used once


@dataclass(frozen=True)
class SeedRoot:
    """A root whose private seed, 32 bytes, is in memory."""

    seed: bytes

    def __repr__(self) -> str:
        return f"SeedRoot({self.public.hex()})"

    @property
    def public(self) -> bytes:
        return public_key(self.seed)

    def sign(self, message: bytes) -> bytes:
        return Ed25519().get_signature(self.seed, message)


def make_root() -> SeedRoot:
    """A new root key."""
    return SeedRoot(os.urandom(32))


def seal_root(root: SeedRoot, passphrase: str, *, cost: int = _COST) -> str:
    """The file of *root*. :raises BadInput: the passphrase is too short."""
    if len(passphrase) < SHORTEST:
        raise BadInput(
            "The passphrase of a root key needs at least {least} characters.",
            fix="Five words that have nothing to do with each other are good.",
            least=SHORTEST,
        )
    salt = os.urandom(16)
    box = AESGCM(_key(passphrase, salt, cost))
    facts = {
        "format": FORMAT,
        "public": root.public.hex(),
        "scrypt": cost,
        "salt": salt.hex(),
        "sealed": box.encrypt(_NONCE, root.seed, root.public).hex(),
    }
    return json.dumps(facts, indent=1) + "\n"


def open_root(text: str, passphrase: str) -> SeedRoot:
    """Undo `seal_root`.

    :raises BadInput: the text is no such file. :raises KeyUnavailable: the passphrase is wrong.
    """
    facts = _facts(text)
    try:
        salt, sealed = bytes.fromhex(facts["salt"]), bytes.fromhex(facts["sealed"])
        public, cost = bytes.fromhex(facts["public"]), facts["scrypt"]
        if type(cost) is not int or not 2 <= cost <= _MOST_COST or cost & (cost - 1):
            raise _damaged()
        seed = AESGCM(_key(passphrase, salt, cost)).decrypt(_NONCE, sealed, public)
    except InvalidTag:
        raise KeyUnavailable("The passphrase does not open this root key.") from None
    except (KeyError, ValueError, TypeError):
        raise _damaged() from None
    if len(seed) != 32 or public_key(seed) != public:
        raise _damaged()
    return SeedRoot(seed)


def _key(passphrase: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=32, n=cost, r=8, p=1).derive(passphrase.encode())


def _facts(text: str) -> Mapping[str, Any]:
    try:
        facts = json.loads(text)
    except (ValueError, RecursionError):
        raise _damaged() from None
    if type(facts) is not dict or facts.get("format") != FORMAT:
        raise _damaged()
    return facts


def _damaged() -> BadInput:
    return BadInput(
        "This is no file of a root key.", fix="Such files are made by: labelsvc keys ceremony"
    )
