"""Checkpoints (C2SP tlog-checkpoint) and what witnesses say of them (C2SP tlog-cosignature).

A checkpoint names a log, how many leaves it has and their root; whoever holds two of them can ask
for a proof that the later continues the earlier. A witness has done so and adds its line, with the
time, so that the log cannot show one tree to some and another to others.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import Final

from labelsvc.codes.forms.signing import Ed25519, public_key
from labelsvc.codes.tlog.formats.merkle import HASH_SIZE
from labelsvc.codes.tlog.formats.note import (
    COSIGNATURE,
    Note,
    NoteKey,
    Signature,
    check_name,
    unbase64,
)
from labelsvc.codes.tlog.formats.note import sign as sign_note
from labelsvc.errors import BadLog

#: Larger numbers are not whole in every language.
LARGEST_SIZE: Final = (1 << 63) - 1
_PROOF: Final = "c2sp.org/tlog-proof@v1"
_SIZE: Final = re.compile("0|[1-9][0-9]{0,18}", re.ASCII)


@dataclass(frozen=True)
class Checkpoint:
    """The standing of the log at one moment."""

    #: Name of the log, its address without the scheme: ``qr.example.vn/log``.
    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text of the note."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode())
        return "\n".join((*lines, *self.extensions)) + "\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Undo `text`. :raises BadLog: it is no checkpoint."""
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:-1]) or not _SIZE.fullmatch(lines[1]):
            raise BadLog("This is no signed checkpoint.")
        root, size = unbase64(lines[2]), int(lines[1])
        if len(root) != HASH_SIZE or size > LARGEST_SIZE:
            raise BadLog("This is no signed checkpoint.")
        return cls(lines[0], size, root, tuple(lines[3:-1]))

    def sign(self, seed: bytes) -> Note:
        """The note, signed with the private key of the log under its own name."""
        return Note(self.text, (sign_note(self.text, name=self.origin, seed=seed),))


def read(data: bytes, key: NoteKey) -> tuple[Checkpoint, Note]:
    """A published checkpoint, its signature checked.

    :raises BadLog: it is none, another log's, or not signed by *key*.
    """
    note = Note.parse(data)
    note.check(key)
    found = Checkpoint.parse(note.text)
    if found.origin != key.name:
        raise BadLog("This is the log {found}, not {name}.", found=found.origin[:80], name=key.name)
    return found, note


# --- witnesses -----------------------------------------------------------------------------------


def witness_key(name: str, seed: bytes) -> NoteKey:
    """Public key of a witness."""
    check_name(name)
    return NoteKey(name, public_key(seed), COSIGNATURE)


def cosign(note: Note, *, name: str, seed: bytes, at: int) -> Signature:
    """Line of a witness that saw this checkpoint and found that it continues what it saw before.

    :param at: POSIX time in seconds.
    :raises BadLog: the note is no checkpoint.
    """
    Checkpoint.parse(note.text)
    signature = Ed25519().get_signature(seed, _cosigned(note.text, at))
    return Signature(name, witness_key(name, seed).key_id, at.to_bytes(8, "big") + signature)


def cosigned_at(note: Note, witness: NoteKey) -> int:
    """Tell when *witness* saw the checkpoint, POSIX time; the newest of its lines.

    :raises BadLog: it did not, or its signature does not fit.
    """
    Checkpoint.parse(note.text)
    lines = note.by(witness) if witness.kind == COSIGNATURE else []
    if not lines:
        raise BadLog("The checkpoint is not signed by {name}.", name=witness.name)
    times = []
    for line in lines:
        at = int.from_bytes(line.raw[:8], "big")
        if at > LARGEST_SIZE or not witness.signed(_cosigned(note.text, at), line.raw[8:]):
            raise BadLog("The signature of the witness {name} does not fit.", name=witness.name)
        times.append(at)
    return max(times)


def _cosigned(text: str, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{text}".encode()


# --- proofs to take home -------------------------------------------------------------------------


@dataclass(frozen=True)
class Proof:
    """That a leaf is in the log, checked without a network (C2SP tlog-proof)."""

    index: int
    hashes: tuple[bytes, ...]
    #: The checkpoint as it was published.
    note: Note

    def __bytes__(self) -> bytes:
        lines = [_PROOF, f"index {self.index}"]
        lines += [base64.b64encode(h).decode() for h in self.hashes]
        return ("\n".join(lines) + "\n\n").encode() + bytes(self.note)

    @classmethod
    def parse(cls, data: bytes) -> Proof:
        """Undo `bytes()`; nothing is checked. :raises BadLog: it is no proof."""
        head, gap, rest = data.partition(b"\n\n")
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError:
            raise _no_proof() from None
        if len(lines) > 1 and lines[1].startswith("extra "):
            del lines[1]  # not authenticated, so nothing of ours stands in it
        index = lines[1][len("index ") :] if len(lines) > 1 else ""
        if not gap or lines[0] != _PROOF or lines[1] != f"index {index}" or len(lines) > 66:
            raise _no_proof()
        hashes = tuple(unbase64(line) for line in lines[2:])
        if not _SIZE.fullmatch(index) or any(len(h) != HASH_SIZE for h in hashes):
            raise _no_proof()
        return cls(int(index), hashes, Note.parse(rest))


def _no_proof() -> BadLog:
    return BadLog("This is no proof of the public log.")
