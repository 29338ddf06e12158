"""Signed notes (C2SP signed-note): a text, an empty line, and a line for each signature.

``— name base64(key id ‖ signature)``. Name and key id find the key, no more: what a signature is
worth is said by a `NoteKey` that the reader had before. Ed25519 is the only algorithm.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

from labelsvc.codes.forms.signing import Ed25519, check_public_key, public_key
from labelsvc.errors import BadLog, KeyUnavailable

#: Type bytes of keys: plain signatures, and cosignatures of witnesses with their time.
ED25519: Final = 0x01
COSIGNATURE: Final = 0x04

#: A checkpoint has a few hundred bytes; sixteen signatures must be taken, these are more.
LARGEST_NOTE: Final = 64 * 1024
MOST_SIGNATURES: Final = 64

_DASH: Final = "\u2014 "
_CONTROL: Final = re.compile("[\x00-\x09\x0b-\x1f]")
_ALGORITHM: Final = Ed25519()


@dataclass(frozen=True)
class Signature:
    """One line under a note. `raw` is 64 bytes, for cosignatures 8 bytes of time in front."""

    name: str
    key_id: bytes
    raw: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {base64.b64encode(self.key_id + self.raw).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Read a line without its end. :raises BadLog: it is none."""
        if not line.startswith(_DASH):
            raise _malformed()
        name, space, text = line[len(_DASH) :].partition(" ")
        check_name(name)
        raw = unbase64(text)
        if not space or len(raw) < 5:
            raise _malformed()
        return cls(name, raw[:4], raw[4:])


@dataclass(frozen=True)
class NoteKey:
    """A public key with its name, as it is handed to verifiers: a "vkey"."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def key_id(self) -> bytes:
        message = self.name.encode() + b"\n" + bytes([self.kind]) + self.public
        return hashlib.sha256(message).digest()[:4]

    @property
    def text(self) -> str:
        """``name+key id in hex+base64(type ‖ key)``."""
        encoded = base64.b64encode(bytes([self.kind]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    @classmethod
    def parse(cls, text: str) -> NoteKey:
        """Undo `text`. :raises BadLog: it is no key, or one that anybody could sign for."""
        parts = text.strip().split("+", 2)  # base64 may hold a plus, names may not
        if len(parts) != 3 or len(text) > LARGEST_NOTE:
            raise _no_key()
        try:
            raw = unbase64(parts[2])
            check_name(parts[0])
            check_public_key(raw[1:])
        except (BadLog, KeyUnavailable):
            raise _no_key() from None
        key = cls(parts[0], raw[1:], raw[0])
        if key.kind not in (ED25519, COSIGNATURE) or key.key_id.hex() != parts[1]:
            raise _no_key()
        return key

    def signed(self, message: bytes, signature: bytes) -> bool:
        """True if *signature*, 64 bytes, is one of this key."""
        try:
            return len(signature) == 64 and _ALGORITHM.verify_signature(
                self.public, message, signature
            )
        except KeyUnavailable:
            return False


@dataclass(frozen=True)
class Note:
    """A text that ends with a line end, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __bytes__(self) -> bytes:
        return (self.text + "\n" + "".join(s.line for s in self.signatures)).encode()

    @classmethod
    def parse(cls, data: bytes) -> Note:
        """Undo `bytes()`; no signature is checked. :raises BadLog: it is no signed note."""
        if len(data) > LARGEST_NOTE:
            raise BadLog("The checkpoint is too long.")
        try:
            whole = data.decode()
        except UnicodeDecodeError:
            raise _malformed() from None
        text, gap, lines = whole.rpartition("\n\n")
        if not gap or not lines.endswith("\n") or _CONTROL.search(whole):
            raise _malformed()
        rows = lines[:-1].split("\n")
        if len(rows) > MOST_SIGNATURES:
            raise BadLog("The checkpoint is too long.")
        return cls(text + "\n", tuple(Signature.parse(row) for row in rows))

    def by(self, key: NoteKey) -> list[Signature]:
        """Lines that say they are of *key*."""
        return [s for s in self.signatures if (s.name, s.key_id) == (key.name, key.key_id)]

    def check(self, key: NoteKey) -> None:
        """Check that the owner of *key* signed this text.

        :raises BadLog: no line of that key, or one that does not fit.
        """
        found = self.by(key)
        if not found:
            raise BadLog(
                "The checkpoint is not signed by {name}.",
                fix="Ask the programme office for the present key of its log.",
                name=f"{key.name}+{key.key_id.hex()}",
            )
        if not all(key.signed(self.text.encode(), s.raw) for s in found):
            raise BadLog("The signature of the checkpoint does not fit.")

    def with_line(self, signature: Signature) -> Note:
        """The note with one more signature; an earlier one of the same key gives way."""
        same = (signature.name, signature.key_id)
        others = [s for s in self.signatures if (s.name, s.key_id) != same]
        return Note(self.text, (*others, signature))


def sign(text: str, *, name: str, seed: bytes) -> Signature:
    """Sign *text* with the private *seed*, 32 bytes. :raises BadLog: *text* can be no note."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise _malformed()
    key = NoteKey(name, public_key(seed))
    return Signature(name, key.key_id, _ALGORITHM.get_signature(seed, text.encode()))


def check_name(name: str) -> None:
    """:raises BadLog: *name* can be no name of a key: empty, or with a space or a plus."""
    if not name or "+" in name or any(c.isspace() for c in name) or _CONTROL.search(name):
        raise _malformed()
    if any("\ud800" <= c <= "\udfff" for c in name):  # half a character has no bytes to hash
        raise _malformed()


def unbase64(text: str) -> bytes:
    """Standard base64 in its one spelling. :raises BadLog: it is not."""
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raise _malformed() from None
    if base64.b64encode(raw).decode() != text:
        raise _malformed()
    return raw


def _malformed() -> BadLog:
    return BadLog("This is no signed checkpoint.")


def _no_key() -> BadLog:
    return BadLog(
        "This is no key of a log.",
        fix="It looks like qr.example.vn/log+1a2b3c4d+AbCd…: copy it whole, without line breaks.",
    )
