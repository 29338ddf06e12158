"""Signatures of codes: truncated HMAC-SHA-256 tags, Ed25519, and keys derived for one purpose.

The seam is itsdangerous': a `SigningAlgorithm` computes and compares, a `Signer` owns the secrets
(oldest to newest: the last signs, all verify) and the purpose. Ours differ in three points, since
their output is printed: the signature is raw bytes and not base64 (which would force a QR symbol
into byte mode), keys come from HKDF-SHA-256 and not from one hash, and the digest is SHA-256.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from itsdangerous import Signer
from itsdangerous.signer import SigningAlgorithm

from labelsvc.errors import KeyUnavailable

#: Bytes of an Ed25519 signature.
SIGNATURE_LENGTH: Final = 64


def derive(master: bytes, purpose: str, length: int = 32) -> bytes:
    """A key for one *purpose* ("labelsvc/short/v1/7"): HKDF-SHA-256 without salt (RFC 5869)."""
    return HKDF(SHA256(), length, salt=None, info=purpose.encode()).derive(master)


class TruncatedHmac(SigningAlgorithm):
    """HMAC-SHA-256 cut to its leftmost *bits*, as big-endian bytes (zero bits in front).

    Comparison is inherited: `hmac.compare_digest`.
    """

    def __init__(self, bits: int) -> None:
        self.bits = bits
        self.length = (bits + 7) // 8

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return self.cut(hmac.digest(key, value, "sha256"))

    def cut(self, digest: bytes) -> bytes:
        """The tag that *digest*, 32 bytes, is cut to."""
        return (int.from_bytes(digest, "big") >> (256 - self.bits)).to_bytes(self.length, "big")


class Ed25519(SigningAlgorithm):
    """Ed25519 (RFC 8032) through OpenSSL, which refuses S >= L: one signature, one spelling.

    The *key* of `get_signature` is the 32-byte private seed, that of `verify_signature` the 32-byte
    public key. :raises KeyUnavailable: a public key that `check_public_key` refuses.
    """

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return _private(key).sign(value)

    def verify_signature(self, key: bytes, value: bytes, sig: bytes) -> bool:
        try:
            _public(key).verify(sig, value)
        except InvalidSignature:
            return False
        return True


class CodeSigner(Signer):
    """Tags for one form of code.

    :param secrets: MAC secrets, oldest to newest.
    :param purpose: HKDF info of the tag key; a tag made for one purpose never fits another.
    :param context: what stands before every value under the tag, for example ``form NUL host NUL``.
    :param bits: length of a tag.
    """

    def __init__(
        self, secrets: Iterable[bytes], *, purpose: str, context: bytes, bits: int
    ) -> None:
        self.tag_algorithm = TruncatedHmac(bits)
        super().__init__(
            list(secrets), salt=purpose, digest_method=hashlib.sha256, algorithm=self.tag_algorithm
        )
        self.purpose = purpose
        self._keys = [derive(secret, purpose) for secret in self.secret_keys]
        self._begun = [_begun(key, context) for key in self._keys]

    def derive_key(self, secret_key: str | bytes | None = None) -> bytes:
        if secret_key is None:
            return self._keys[-1]
        return derive(
            secret_key.encode() if isinstance(secret_key, str) else secret_key, self.purpose
        )

    def get_signature(self, value: str | bytes) -> bytes:
        """The raw tag of *value*."""
        return self._tag(-1, _bytes(value))

    def verify_signature(self, value: str | bytes, sig: str | bytes) -> bool:
        """True if *sig* is the raw tag of *value* under any of the secrets."""
        message, tag = _bytes(value), _bytes(sig)
        return any(
            hmac.compare_digest(self._tag(number, message), tag)
            for number in reversed(range(len(self._keys)))
        )

    def _tag(self, number: int, value: bytes) -> bytes:
        """The tag of *value* under key *number*.

        From hashes that have taken in the key and the context: `hmac.digest` also lets other
        threads run, and getting the interpreter back costs more than the tag.
        """
        first, second = (part.copy() for part in self._begun[number])
        first.update(value)
        second.update(first.digest())
        return self.tag_algorithm.cut(second.digest())

    def digests(self, values: bytes, size: int) -> bytes:
        """The whole HMAC of every *size* bytes of *values*, one after the other, uncut.

        Copying a hash is cheaper than starting one: 1.2 µs a value against 3.0 µs.
        """
        inner, outer = self._begun[-1]
        digests = []
        for at in range(0, len(values), size):
            first = inner.copy()
            first.update(values[at : at + size])
            second = outer.copy()
            second.update(first.digest())
            digests.append(second.digest())
        return b"".join(digests)


def _begun(key: bytes, context: bytes) -> tuple[Any, Any]:
    """HMAC's two hashes (RFC 2104), the inner one with *context*; *key* has at most 64 bytes."""
    key = key.ljust(64, b"\0")
    return (
        hashlib.sha256(bytes(b ^ 0x36 for b in key) + context),
        hashlib.sha256(bytes(b ^ 0x5C for b in key)),
    )


def public_key(private: bytes) -> bytes:
    """The public key, 32 bytes, of a private seed."""
    return _private(private).public_key().public_bytes_raw()


# --- public keys that are no keys ----------------------------------------------------------------

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_SQRT_MINUS_1: Final = pow(2, (_P - 1) // 4, _P)


def check_public_key(public: bytes) -> None:
    """Refuse what is no honest Ed25519 public key.

    For a key of small order there are signatures that fit every message, and libraries differ in
    which of them they accept; so none is ever loaded. Neither is a second spelling of a point
    (y >= p) nor a value that is not on the curve.

    :raises KeyUnavailable: the key is one of those.
    """
    point = _point(public)
    if point is None:
        raise KeyUnavailable("This is not the public key of a signing key.")
    for _ in range(3):
        point = _double(*point)
    if point == (0, 1):
        raise KeyUnavailable("The public key has a small order: anybody could sign for it.")


def _point(public: bytes) -> tuple[int, int] | None:
    """The curve point of a compressed public key (RFC 8032 section 5.1.3) but for the sign of x, None
    if there is none."""
    if len(public) != 32:
        return None
    number = int.from_bytes(public, "little")
    sign, y = number >> 255, number & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if x * x % _P != square:
        x = x * _SQRT_MINUS_1 % _P
    if x * x % _P != square or (x == 0 and sign):
        return None
    return x, y  # or -x: a point and its mirror image have one order


def _double(x: int, y: int) -> tuple[int, int]:
    product = _D * x * x * y * y % _P
    return (
        2 * x * y * pow(1 + product, -1, _P) % _P,
        (y * y + x * x) * pow(1 - product, -1, _P) % _P,
    )


# Loading a private key costs as much as signing with it. A keyring holds the same bytes as long as
# the process lives, so the cache keeps nothing that would otherwise be gone.
@lru_cache(maxsize=16)
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=256)
def _public(public: bytes) -> Ed25519PublicKey:
    check_public_key(public)
    return Ed25519PublicKey.from_public_bytes(public)


def _bytes(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value
