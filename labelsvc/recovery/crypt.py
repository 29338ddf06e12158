"""Crypt: copies in the age format (age-encryption.org/v1), which any tool of that format opens.

With a public key nothing on this machine opens them; a passphrase opens them wherever it is known.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from labelsvc.errors import BadInput

MAGIC: Final = b"age-encryption.org/v1"
#: With a passphrase the library takes a copy as a whole.
LARGEST_WITH_PASSPHRASE: Final = 1 << 30


@dataclass(frozen=True)
class Lock:
    """The keys that open a copy: recipients ("age1…"), or a passphrase; neither: anybody."""

    recipients: Sequence[str] = ()
    passphrase: str = ""

    def __bool__(self) -> bool:
        return bool(self.recipients or self.passphrase)


@contextmanager
def shutting(target: IO[bytes], lock: Lock) -> Iterator[IO[bytes]]:
    """Encrypt what is written into the stream into *target*: nothing else touches a disk.

    :raises BadInput: a recipient that is none, or too much for a passphrase.
    """
    if not lock:
        yield target
    elif lock.passphrase:
        yield from _by_passphrase(target, lock.passphrase)
    else:
        yield from _by_recipients(target, [_recipient(text) for text in lock.recipients])


def open_into(source: IO[bytes], target: IO[bytes], *, identities: Sequence[str], passphrase: str) -> None:  # fmt: skip
    """Decrypt *source* into *target*.

    :param identities: lines "AGE-SECRET-KEY-1…".
    :raises BadInput: none of them opens it, or it is damaged.
    """
    import pyrage

    try:
        if passphrase:
            target.write(pyrage.passphrase.decrypt(source.read(), passphrase))
        else:
            keys = [pyrage.x25519.Identity.from_str(text) for text in identities]
            pyrage.decrypt_io(source, target, keys)
    except (pyrage.DecryptError, pyrage.IdentityError, OSError, ValueError) as error:
        raise BadInput(
            "The copy does not open: another key or passphrase, or it is damaged ({reason}).",
            fix="Give the key or passphrase that it was made for, or another copy.",
            reason=str(error),
        ) from None


def is_shut(file: Path) -> bool:
    """True if *file* is in the age format."""
    with file.open("rb") as opened:
        return opened.read(len(MAGIC)) == MAGIC


def _by_passphrase(target: IO[bytes], passphrase: str) -> Iterator[IO[bytes]]:
    import tempfile

    import pyrage

    with tempfile.SpooledTemporaryFile(max_size=LARGEST_WITH_PASSPHRASE) as plain:
        yield plain
        if plain.tell() > LARGEST_WITH_PASSPHRASE:
            raise BadInput(
                "The copy is too large for a passphrase.",
                fix="Make a key with age-keygen and give its public part with --recipient.",
            )
        plain.seek(0)
        target.write(pyrage.passphrase.encrypt(plain.read(), passphrase))


def _by_recipients(target: IO[bytes], recipients: list[Any]) -> Iterator[IO[bytes]]:
    import pyrage

    read_end, write_end = os.pipe()
    failed: list[BaseException] = []

    def encrypt() -> None:
        with os.fdopen(read_end, "rb") as plain:
            try:
                pyrage.encrypt_io(plain, target, recipients)
            except BaseException as error:
                failed.append(error)
                while plain.read(1 << 20):  # the writer must come to its end
                    pass

    thread = threading.Thread(target=encrypt)
    thread.start()
    try:
        with os.fdopen(write_end, "wb") as plain:
            yield plain
    finally:
        thread.join()
    if failed:
        raise failed[0]


def _recipient(text: str) -> Any:
    import pyrage

    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except (pyrage.RecipientError, ValueError):
        raise BadInput(
            "“{text}” is no public key of age.", fix="It begins with age1; age-keygen makes one.", text=text[:80]
        ) from None  # fmt: skip
