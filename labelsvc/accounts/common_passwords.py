"""Common passwords: tells which passwords thieves try first, by hashes of 56,000 from known breaches.

Made by tools/common_passwords.py, which names the sources. Used where a password is set.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

LIST: Final = Path(__file__).parent / "data" / "common_passwords.bin"
#: Bytes of a hash that are kept: by chance one password in five thousand million is taken for another.
RECORD: Final = 6
_ADDED: Final = "0123456789!@#$%^&*()-_=+.,;:?/ "


def is_common(password: str) -> bool:
    """True for a password of the list, also with digits or signs around it, or said twice."""
    return any(_listed(form) for form in _forms(password.casefold().strip()))


def _forms(password: str) -> Iterator[str]:
    for form in (password, password.strip(_ADDED), password.replace(" ", "")):
        yield form
        for parts in (2, 3, 4):
            length, rest = divmod(len(form), parts)
            if not rest and form == form[:length] * parts:
                yield form[:length]


def _listed(word: str) -> bool:
    hashes = _hashes()
    wanted = hashlib.sha256(word.encode()).digest()[:RECORD]
    at = bisect_left(
        range(len(hashes) // RECORD), wanted, key=lambda n: hashes[n * RECORD : (n + 1) * RECORD]
    )
    return hashes[at * RECORD : (at + 1) * RECORD] == wanted


@lru_cache(maxsize=1)
def _hashes() -> bytes:
    return LIST.read_bytes()
