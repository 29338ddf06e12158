"""Inner codes: twelve characters under a scratch layer, one for each unit, derived and never stored.

``HMAC-SHA-256(K, number)`` cut to 60 bits, in Crockford's base 32. K comes from the secret of the
number permutation, which never rotates: a pack keeps its inner code for its life. A copy of the
database tells none of them; a photo of the outside of a pack does not either.
"""

from __future__ import annotations

import hmac
from typing import Final

from labelsvc.codes.forms import alphabet
from labelsvc.codes.forms.signing import TruncatedHmac, derive
from labelsvc.errors import MalformedCode

LENGTH: Final = 12
_TAG: Final = TruncatedHmac(alphabet.BITS * LENGTH)


def key_of(permutation_secret: bytes) -> bytes:
    """The key of all inner codes."""
    return derive(permutation_secret, "labelsvc/inner/v1")


def inner_code(key: bytes, number: int) -> str:
    """The inner code of the unit with *number*: 12 characters, without groups."""
    tag = _TAG.get_signature(key, number.to_bytes(8, "big"))
    return alphabet.encode(int.from_bytes(tag, "big"), LENGTH)


def printed(code: str) -> str:
    """*code* for people: groups of four."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))


def fits(key: bytes, number: int, text: str) -> bool:
    """True if *text*, in any case and with or without groups, is the inner code of *number*.

    The comparison takes the same time wherever the first wrong character is.

    :raises MalformedCode: not 12 characters of the alphabet: a slip, not a guess.
    """
    spelt = alphabet.spell(text)
    if len(spelt) != LENGTH:
        raise MalformedCode(
            "An inner code has {expected} characters, this one has {count}.",
            fix="Scratch the field free and compare again.",
            expected=LENGTH,
            count=len(spelt),
        )
    return hmac.compare_digest(spelt.encode(), inner_code(key, number).encode())
