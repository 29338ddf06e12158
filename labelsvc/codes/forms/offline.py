"""The offline form: 193 decimal digits that anybody can verify without a network.

16 bytes say what the label is on, 64 bytes are an Ed25519 signature over them and the host; the 80
bytes are one number, written in decimal so that a QR symbol holds it in its numeric mode and no
chat application, scanner or keyboard can spoil it. docs/codes.md is the specification.

Payload, 128 bits, most significant first::

    version 4 | kid 12 | reference 47 | lot 24 | unit 24 | expiry 14 | flags 3
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from labelsvc.codes.forms import gs1
from labelsvc.codes.forms.signing import SIGNATURE_LENGTH
from labelsvc.errors import MalformedCode

VERSION: Final = 1
PAYLOAD_LENGTH: Final = 16
#: Digits that 80 bytes need: 256**80 is a little over 4 x 10**192.
DIGITS: Final = 193
#: Day 0 of the expiry field, which means "none"; day 16383 is 2064-11-08.
EPOCH: Final = date(2020, 1, 1)
LAST_EXPIRY: Final = EPOCH + timedelta(days=(1 << 14) - 1)
FLAG_GTIN: Final = 1

_LIMIT: Final = 1 << (8 * (PAYLOAD_LENGTH + SIGNATURE_LENGTH))
_DIGITS: Final = re.compile(f"[0-9]{{{DIGITS}}}")
_UNIT_SHIFT: Final = 17


class Said(NamedTuple):
    """The statement of a signed code about its goods, in the numbers of its payload."""

    reference: int
    #: Days since `EPOCH`, 0 where there is no last day.
    expiry: int
    flags: int

    @classmethod
    def of(cls, reference: int, *, is_gtin: bool, expires: date | None) -> Said:
        """The numbers of these facts."""
        day = 0 if expires is None else (expires - EPOCH).days
        return cls(reference, day, FLAG_GTIN if is_gtin else 0)

    @property
    def expires(self) -> date | None:
        """Last day of use."""
        return EPOCH + timedelta(days=self.expiry) if self.expiry else None

    @property
    def is_gtin(self) -> bool:
        """True if the reference is a GTIN."""
        return bool(self.flags & FLAG_GTIN)


@dataclass(frozen=True)
class OfflinePayload:
    """The contents of an offline code. Nothing in it can change: no star, no name.

    :raises MalformedCode: a field out of its range, or a GTIN whose check digit is wrong.
    """

    #: Key id, 1 to 4095.
    kid: int
    #: Number of the product in the register, or its GTIN-14 as a number: see `is_gtin`.
    reference: int
    #: Number of the lot, 24 bits.
    lot: int
    #: Permuted index of the unit inside its lot, 24 bits.
    unit: int
    #: Last day of use, None for goods without one.
    expires: date | None = None
    is_gtin: bool = False

    def __post_init__(self) -> None:
        day = 0 if self.expires is None else (self.expires - EPOCH).days
        for name, value, low, bits in (
            ("kid", self.kid, 1, 12),
            ("reference", self.reference, 0, 47),
            ("lot", self.lot, 0, 24),
            ("unit", self.unit, 0, 24),
            ("expires", day, 0 if self.expires is None else 1, 14),
        ):
            if not low <= value < 1 << bits:
                raise MalformedCode(
                    "The field {field} of the code has an impossible value.", field=name
                )
        if self.is_gtin:
            gs1.gtin14(f"{self.reference:014}")

    @property
    def gtin(self) -> str | None:
        """The GTIN-14, if the reference is one."""
        return f"{self.reference:014}" if self.is_gtin else None

    @property
    def said(self) -> Said:
        """The statement of the code about its goods."""
        return Said.of(self.reference, is_gtin=self.is_gtin, expires=self.expires)

    def pack(self) -> bytes:
        """The 16 bytes that are signed."""
        number = VERSION
        for value, bits in (
            (self.kid, 12),
            (self.reference, 47),
            (self.lot, 24),
            (self.unit, 24),
            (self.said.expiry, 14),
            (self.said.flags, 3),
        ):
            number = number << bits | value
        return number.to_bytes(PAYLOAD_LENGTH, "big")

    @classmethod
    def unpack(cls, payload: bytes) -> OfflinePayload:
        """Read 16 bytes. :raises MalformedCode: another version, a reserved flag, a bad field."""
        number = int.from_bytes(payload, "big")
        flags = number & 7
        if number >> 124 != VERSION or flags & ~FLAG_GTIN:
            raise MalformedCode(
                "This code is of a newer kind.", fix="Update the application and scan again."
            )
        day = number >> 3 & 0x3FFF
        return cls(
            kid=number >> 112 & 0xFFF,
            reference=number >> 65 & (1 << 47) - 1,
            lot=number >> 41 & 0xFFFFFF,
            unit=number >> _UNIT_SHIFT & 0xFFFFFF,
            expires=EPOCH + timedelta(days=day) if day else None,
            is_gtin=bool(flags & FLAG_GTIN),
        )


@dataclass(frozen=True)
class OfflineCode:
    """A code of the offline form, read but not yet verified."""

    payload: OfflinePayload
    #: 64 bytes.
    signature: bytes
    #: The one spelling: 193 digits.
    canonical: str


def build(payload: OfflinePayload, signature: bytes) -> OfflineCode:
    """The code of a payload and its signature."""
    return OfflineCode(payload, signature, spell(payload.pack(), signature))


def spell(payload: bytes, signature: bytes) -> str:
    """The 193 digits of 16 bytes of payload and 64 of signature."""
    return str(int.from_bytes(payload + signature, "big")).zfill(DIGITS)


def parse(text: str) -> OfflineCode:
    """Read 193 ASCII digits; nothing else, not even groups, so there is one spelling.

    :raises MalformedCode: not of this form.
    """
    if not _DIGITS.fullmatch(text) or (number := int(text)) >= _LIMIT:
        raise MalformedCode(
            "An offline code has {expected} digits; this is not one.",
            fix="Scan the symbol again: such codes are not meant to be typed.",
            expected=DIGITS,
        )
    raw = number.to_bytes(PAYLOAD_LENGTH + SIGNATURE_LENGTH, "big")
    payload = OfflinePayload.unpack(raw[:PAYLOAD_LENGTH])
    return OfflineCode(payload, raw[PAYLOAD_LENGTH:], text)


def message(host: str, payload: bytes) -> bytes:
    """Write the bytes that the signature covers: format, host and payload, so that none can stand for another."""
    return b"ocop-qr-v1\0" + host.encode("ascii") + b"\0" + payload


def with_unit(payload: bytes, unit: int) -> bytes:
    """*payload* with another unit in it; the batch maker packs the other fields only once."""
    number = int.from_bytes(payload, "big") & ~(0xFFFFFF << _UNIT_SHIFT)
    return (number | unit << _UNIT_SHIFT).to_bytes(PAYLOAD_LENGTH, "big")
