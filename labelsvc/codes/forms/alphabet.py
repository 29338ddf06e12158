"""Crockford's base 32: the digits of every code that a person may have to read or type.

The alphabet leaves out I, L, O (they look like 1 and 0) and U. Reading is forgiving, writing is
not: every value has one canonical spelling, upper case and without groups.

>>> encode(1234, 4)
'016J'
>>> decode("o16j")
1234
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from labelsvc.errors import MalformedCode

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
BITS: Final = 5

#: What people and page layouts put between the groups of a code: spaces and hyphens.
SEPARATORS: Final = " \t\r\n\u00a0\u2007\u2009\u202f-\u2010\u2011\u2012\u2013"

# Both cases are spelt out instead of IGNORECASE, under which K also matches the Kelvin sign; and
# nothing is upper-cased before this test, because "ı".upper() is "I", which would read as 1.
_READABLE: Final = re.compile("[0-9A-TV-Za-tv-z]+")
_CANONICAL: Final = str.maketrans(
    "abcdefghjkmnpqrstvwxyzoOiIlL", "ABCDEFGHJKMNPQRSTVWXYZ" + "00" + "1111"
)
# int(text, 32) is a C loop; it only wants its own digits, 0-9 a-v.
_PYTHON_DIGITS: Final = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_UNGROUP: Final = str.maketrans("", "", SEPARATORS)
_ASCII: Final = np.frombuffer(ALPHABET.encode(), dtype=np.uint8)
_WEIGHTS: Final = np.array([16, 8, 4, 2, 1], dtype=np.uint8)


def encode(value: int, length: int) -> str:
    """*value* in exactly *length* characters, zeros in front.

    :raises MalformedCode: the value does not fit.
    """
    if value < 0 or value >> (BITS * length):
        raise MalformedCode("The number {value} does not fit into the code.", value=value)
    return "".join(
        ALPHABET[(value >> shift) & 31] for shift in range(BITS * (length - 1), -1, -BITS)
    )


def decode(text: str) -> int:
    """The number *text* stands for, in any case and with O, I, L read as 0, 1, 1.

    :raises MalformedCode: empty, or a character that is not in the alphabet (groups are: `spell`
        removes them first).
    """
    if not _READABLE.fullmatch(text):
        raise _not_ours(text)
    return int(text.translate(_CANONICAL).translate(_PYTHON_DIGITS), 32)


def spell(text: str) -> str:
    """The canonical spelling of *text*: groups joined, upper case, O, I, L as 0, 1, 1.

    :raises MalformedCode: empty, or a character that is not in the alphabet.
    """
    joined = text.translate(_UNGROUP)
    if not _READABLE.fullmatch(joined):
        raise _not_ours(joined)
    return joined.translate(_CANONICAL)


def ungroup(text: str) -> str:
    """*text* without the spaces and hyphens between groups."""
    return text.translate(_UNGROUP)


def encode_many(packed: NDArray[np.uint8], length: int) -> list[str]:
    """`encode` of many values at once: one row of bytes each, of which the first 5 x *length* bits
    count.
    """
    bits = np.unpackbits(packed, axis=1, count=BITS * length)
    digits = bits.reshape(len(packed), length, BITS) @ _WEIGHTS
    text = _ASCII[digits].tobytes().decode("ascii")
    return [text[at : at + length] for at in range(0, len(text), length)]


def _not_ours(text: str) -> MalformedCode:
    strange = next((c for c in text if not _READABLE.fullmatch(c)), "")
    if not strange:
        return MalformedCode(
            "There is no code here.", fix="Scan the symbol again, or type the code under it."
        )
    return MalformedCode(
        "The character “{character}” cannot be part of a code.",
        fix="Codes consist of digits and the letters A to Z without U. Compare with the label.",
        character=strange,
    )
