"""The carton form: one code that says, without a network, which units a carton holds.

A header names the goods and a stretch of one run, two bytes for each unit are a digest of the code
on it, and an Ed25519 signature covers both. Whoever holds the carton code can so tell for any code
he scans, of whatever form, whether it belongs into this carton and as which number; he learns no
code from it. Like the offline form it is one number, written in decimal digits; their count says how
many units there is room for. docs/codes.md is the specification.

Header, 176 bits, most significant first::

    version 4 | kid 12 | reference 47 | lot 24 | issue 32 | first 24 | count 12 | expiry 14 | flags 3 | 0 4
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from labelsvc.codes.forms import gs1
from labelsvc.codes.forms.offline import EPOCH, FLAG_GTIN, Said
from labelsvc.codes.forms.signing import SIGNATURE_LENGTH
from labelsvc.errors import BadInput, MalformedCode

VERSION: Final = 2
HEADER_LENGTH: Final = 22
#: Bytes that stand for a unit: a code of another carton passes for one of *n* units with n / 65536.
TAG_LENGTH: Final = 2
#: Units that one symbol has room for. With a host of thirty characters it is one of version 24-M.
MOST_UNITS: Final = 360

_FIELDS: Final = (
    ("kid", 12), ("reference", 47), ("lot", 24), ("issue", 32), ("first", 24), ("count", 12),
    ("expires", 14), ("flags", 3), ("reserved", 4),
)  # fmt: skip
_LOW: Final = {"kid": 1, "count": 1}
_ASCII_DIGITS: Final = re.compile("[0-9]+")


def _size(units: int) -> int:
    return HEADER_LENGTH + TAG_LENGTH * units + SIGNATURE_LENGTH


#: Count of digits -> units there is room for. Each unit more needs four or five digits more.
ROOM: Final = {len(str((1 << 8 * _size(n)) - 1)): n for n in range(1, MOST_UNITS + 1)}


@dataclass(frozen=True)
class CartonPayload:
    """The contents of a carton code. Nothing in it can change.

    :raises MalformedCode: a field out of its range, more units than there is room for, a tag behind
        the last unit, or a GTIN whose check digit is wrong.
    """

    #: Key id, 1 to 4095.
    kid: int
    #: Number of the product in the register, or its GTIN-14 as a number: see `is_gtin`.
    reference: int
    #: Number of the lot, 24 bits.
    lot: int
    #: Number of the run of codes, 32 bits.
    issue: int
    #: Place of the first unit in its run, counted from 0.
    first: int
    #: Units in the carton, 1 to `MOST_UNITS`.
    count: int
    #: `tag` of each unit in order, zeros behind the last.
    tags: bytes
    #: Last day of use, None for goods without one.
    expires: date | None = None
    is_gtin: bool = False

    def __post_init__(self) -> None:
        values = self._values()
        for name, bits in _FIELDS:
            low = _LOW.get(name, 1 if name == "expires" and self.expires is not None else 0)
            if not low <= values[name] < 1 << bits:
                raise _impossible(name)
        room, odd = divmod(len(self.tags), TAG_LENGTH)
        if odd or not self.count <= room <= MOST_UNITS:
            raise _impossible("count")
        if any(self.tags[self.count * TAG_LENGTH :]):
            raise _impossible("tags")
        if self.is_gtin:
            gs1.gtin14(f"{self.reference:014}")

    @property
    def room(self) -> int:
        """Units that fit; a run of cartons has one size of symbol, also for the last carton."""
        return len(self.tags) // TAG_LENGTH

    @property
    def numbers(self) -> tuple[int, int]:
        """First and last unit as people count them and as their labels say: from 1."""
        return self.first + 1, self.first + self.count

    @property
    def said(self) -> Said:
        """The statement of the code about its goods."""
        return Said.of(self.reference, is_gtin=self.is_gtin, expires=self.expires)

    def pack(self) -> bytes:
        """The bytes that are signed: header and tags."""
        number, values = VERSION, self._values()
        for name, bits in _FIELDS:
            number = number << bits | values[name]
        return number.to_bytes(HEADER_LENGTH, "big") + self.tags

    @classmethod
    def unpack(cls, payload: bytes) -> CartonPayload:
        """Read header and tags. :raises MalformedCode: another version, a reserved bit, a bad field."""
        number = int.from_bytes(payload[:HEADER_LENGTH], "big")
        values = {}
        for name, bits in reversed(_FIELDS):
            values[name] = number & (1 << bits) - 1
            number >>= bits
        if number != VERSION or values["flags"] & ~FLAG_GTIN or values["reserved"]:
            raise MalformedCode(
                "This code is of a newer kind.", fix="Update the application and scan again."
            )
        day = values["expires"]
        return cls(
            kid=values["kid"],
            reference=values["reference"],
            lot=values["lot"],
            issue=values["issue"],
            first=values["first"],
            count=values["count"],
            tags=payload[HEADER_LENGTH:],
            expires=EPOCH + timedelta(days=day) if day else None,
            is_gtin=bool(values["flags"] & FLAG_GTIN),
        )

    def _values(self) -> dict[str, int]:
        return {
            "kid": self.kid,
            "reference": self.reference,
            "lot": self.lot,
            "issue": self.issue,
            "first": self.first,
            "count": self.count,
            "expires": 0 if self.expires is None else (self.expires - EPOCH).days,
            "flags": FLAG_GTIN if self.is_gtin else 0,
            "reserved": 0,
        }


@dataclass(frozen=True)
class CartonCode:
    """A code of the carton form, read but not yet verified."""

    payload: CartonPayload
    #: 64 bytes.
    signature: bytes
    #: The one spelling: as many digits as `ROOM` has for its units.
    canonical: str


def tag(host: str, canonical: str) -> bytes:
    """Two bytes that stand for a unit's code (canonical spelling, without the host) in a carton."""
    message = b"ocop-carton-unit-v1\0" + host.encode("ascii") + b"\0" + canonical.encode("ascii")
    return hashlib.sha256(message).digest()[:TAG_LENGTH]


def tags(host: str, canonicals: Iterable[str], *, room: int) -> bytes:
    """`tag` of each unit, filled up with zeros for *room* units.

    :raises BadInput: more units than *room*, or a room no symbol has.
    """
    joined = b"".join(tag(host, canonical) for canonical in canonicals)
    if not 1 <= room <= MOST_UNITS or len(joined) > room * TAG_LENGTH:
        raise BadInput(
            "A carton code has room for 1 to {most} units.",
            fix="Choose fewer units a carton.",
            most=MOST_UNITS,
        )
    return joined.ljust(room * TAG_LENGTH, b"\0")


def spell(payload: bytes, signature: bytes) -> str:
    """The digits of header, tags and signature."""
    raw = payload + signature
    return str(int.from_bytes(raw, "big")).zfill(len(str((1 << 8 * len(raw)) - 1)))


def parse(text: str) -> CartonCode:
    """Read ASCII digits, as many as `ROOM` knows; nothing else, so there is one spelling.

    :raises MalformedCode: not of this form.
    """
    room = ROOM.get(len(text))
    if room is None or not _ASCII_DIGITS.fullmatch(text):
        raise _not_one()
    number, size = int(text), _size(room)
    if number >= 1 << 8 * size:
        raise _not_one()
    raw = number.to_bytes(size, "big")
    payload = CartonPayload.unpack(raw[:-SIGNATURE_LENGTH])
    return CartonCode(payload, raw[-SIGNATURE_LENGTH:], text)


def message(host: str, payload: bytes) -> bytes:
    """Write the bytes that the signature covers: format, host, header and tags."""
    return b"ocop-carton-v1\0" + host.encode("ascii") + b"\0" + payload


def _impossible(name: str) -> MalformedCode:
    return MalformedCode("The field {field} of the code has an impossible value.", field=name)


def _not_one() -> MalformedCode:
    return MalformedCode(
        "This is not the code of a carton.",
        fix="Scan the symbol again: such codes are not meant to be typed.",
    )
