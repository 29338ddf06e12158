"""The short form: 24 characters, 40 bits of id and 80 bits of tag, checked by the server.

``7K3M9QXAB2D4…`` is one number of 120 bits, ``id << 80 | tag``, in Crockford's base 32. The id is
the permuted number of the code (permutation.py), the tag an HMAC over form, host and id.

The **lot form** is this form: the same spelling, the same tag, the same numbers. Whether a number
stands for one unit or for a whole lot is a fact about its issue, in the database, like every other
fact about it. A separate mark in the code would not tell a reader without the server anything it
can check, and would cost the id a bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from labelsvc.codes.forms import alphabet
from labelsvc.errors import MalformedCode

ID_BITS: Final = 40
TAG_BITS: Final = 80
LENGTH: Final = (ID_BITS + TAG_BITS) // alphabet.BITS


@dataclass(frozen=True)
class ShortCode:
    """A code of the short form, read but not yet verified."""

    #: Permuted number of the code, 40 bits.
    number_id: int
    #: 10 bytes.
    tag: bytes
    #: The one spelling: 24 upper-case characters.
    canonical: str


def build(number_id: int, tag: bytes) -> ShortCode:
    """The code of an id and its tag of 10 bytes."""
    number = number_id << TAG_BITS | int.from_bytes(tag, "big")
    return ShortCode(number_id, tag, alphabet.encode(number, LENGTH))


def parse(text: str) -> ShortCode:
    """Read 24 characters, in any case, with or without groups.

    :raises MalformedCode: not of this form.
    """
    canonical = alphabet.spell(text)
    if len(canonical) != LENGTH:
        raise MalformedCode(
            "A code has {expected} characters, this one has {count}.",
            fix="Compare with the label: characters may be missing or doubled.",
            expected=LENGTH,
            count=len(canonical),
        )
    number = alphabet.decode(canonical)
    tag = (number & ((1 << TAG_BITS) - 1)).to_bytes(TAG_BITS // 8, "big")
    return ShortCode(number >> TAG_BITS, tag, canonical)


def message(number_id: int) -> bytes:
    """Write the bytes that the tag covers after form and host: the id in 5 bytes."""
    return number_id.to_bytes(ID_BITS // 8, "big")
