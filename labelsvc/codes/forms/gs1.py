"""The gs1 form: a GS1 Digital Link whose serial number carries our tag; and links without one.

``01/08938505974019/21/7K3M9QXAB2D4E6F8G0HJ``: GTIN, then a serial (AI 21) of 20 characters that is
40 bits of id and 60 bits of tag in Crockford's base 32. To every GS1 reader it is an ordinary
serialised GTIN; to us it is a signed code. 60 bits are enough because only the server checks them,
it limits failures, and the id must have been issued as well (docs/codes.md, guessing).

Anything else under a GTIN (``01/…``, ``01/…/10/LOT``, somebody else's serial) is a `Gs1Link`: the
service may say what it knows about the product or lot, never that it made the code.

Rules of GS1 Digital Link URI Syntax 1.7.0 for the key 01; other keys are not served.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from labelsvc.codes.forms import alphabet, identifiers
from labelsvc.codes.forms.wrapping import EDGES, TAIL
from labelsvc.errors import MalformedCode

ID_BITS: Final = 40
TAG_BITS: Final = 60
LENGTH: Final = (ID_BITS + TAG_BITS) // alphabet.BITS
TAG_BYTES: Final = (TAG_BITS + 7) // 8

#: Qualifiers of the key 01: the first three in this order, or 235 alone.
_ORDER: Final = ("22", "10", "21")
_ESCAPE: Final = re.compile("%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True)
class Gs1Code:
    """A code of the gs1 form, read but not yet verified."""

    #: 14 digits, check digit right.
    gtin: str
    #: Permuted number of the code, 40 bits.
    number_id: int
    #: 60 bits in 8 bytes.
    tag: bytes
    #: The one spelling: ``01/{gtin}/21/{serial}``.
    canonical: str
    #: Attributes of the query; not under the tag, so nothing to believe.
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def serial(self) -> str:
        """The serial number, 20 characters."""
        return self.canonical[-LENGTH:]


@dataclass(frozen=True)
class Gs1Link:
    """A GS1 Digital Link without a tag of ours: it names a product, it proves nothing."""

    gtin: str
    lot: str | None = None
    serial: str | None = None
    #: AI 22, consumer product variant.
    variant: str | None = None
    #: AI 235, third-party controlled serial.
    third_party: str | None = None
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def canonical(self) -> str:
        """Path of the link, percent-encoded, without attributes. Case of lot and serial counts."""
        parts = ["01", self.gtin]
        for ai, value in (
            ("22", self.variant),
            ("10", self.lot),
            ("21", self.serial),
            ("235", self.third_party),
        ):
            if value is not None:
                parts += [ai, quote(value, safe="")]
        return "/".join(parts)


def gtin14(text: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as 14 digits.

    :raises MalformedCode: another length, other characters, or a wrong check digit.
    """
    if not re.fullmatch("[0-9]{8}|[0-9]{12,14}", text):
        raise MalformedCode("A GTIN has 8, 12, 13 or 14 digits.", gtin=text)
    right = identifiers.check_digit(text[:-1])
    if int(text[-1]) != right:
        raise MalformedCode(
            "The check digit of GTIN {gtin} is wrong.",
            fix="Compare every digit with the bar code.",
            gtin=text,
        )
    return text.zfill(14)


def build(gtin: str, number_id: int, tag: bytes) -> Gs1Code:
    """The code of a GTIN-14, an id and its tag of 8 bytes."""
    serial = alphabet.encode(number_id << TAG_BITS | int.from_bytes(tag, "big"), LENGTH)
    return Gs1Code(gtin, number_id, tag, f"01/{gtin}/21/{serial}")


def message(gtin: str, number_id: int) -> bytes:
    """Write the bytes that the tag covers after form and host: 14 digits, then the id in 5 bytes."""
    return gtin.encode("ascii") + number_id.to_bytes(ID_BITS // 8, "big")


def parse(path: str, query: str = "") -> Gs1Code | Gs1Link:
    """Read the path and query of a GS1 Digital Link, both still percent-encoded.

    :param path: from the key on, without a slash before it: ``01/08938505974019/10/L1``.
    :returns: a `Gs1Code` if nothing but a serial of our shape stands under the GTIN, in any case
        and grouping; else a `Gs1Link`.
    :raises MalformedCode: it breaks a rule of the URI syntax, or its key is not 01.
    """
    segments = [decode_percent(segment) for segment in path.split("/")]
    if len(segments) != 4 or segments[2] != "21":
        return _link(segments, query)
    # A full stop or quotation mark of a chat: legal in serials of others, never in ours.
    serial = alphabet.ungroup(segments[3].strip(EDGES).rstrip(TAIL + EDGES))
    try:
        number = alphabet.decode(serial)
    except MalformedCode:
        return _link(segments, query)
    if len(serial) != LENGTH:
        return _link(segments, query)
    link = _link([*segments[:3], alphabet.spell(serial)], "")
    tag = (number & ((1 << TAG_BITS) - 1)).to_bytes(TAG_BYTES, "big")
    return Gs1Code(link.gtin, number >> TAG_BITS, tag, link.canonical, _understood(query))


def _link(segments: list[str], query: str) -> Gs1Link:
    """A link by GS1's rules alone, whoever made the serial."""
    if segments[0] != "01":
        raise MalformedCode("GS1 key {key} is not served here.", key=segments[0][:4])
    if len(segments) % 2:
        raise MalformedCode("A GS1 link is a row of identifiers and values; one is missing.")
    pairs = list(zip(segments[::2], segments[1::2], strict=True))
    names = [ai for ai, _ in pairs[1:]]
    # A third-party serial stands alone; of the others any may be missing, none out of order.
    if names != ["235"] and names != [ai for ai in _ORDER if ai in names]:
        raise MalformedCode("Identifiers of a GS1 link stand in the order 01, 22, 10, 21.")
    for ai, value in pairs:
        if not identifiers.PATH_VALUES[ai].fullmatch(value):
            raise MalformedCode("GS1 identifier {ai} has an impossible value.", ai=ai)
    values = dict(pairs)
    gtin14(values["01"])
    return Gs1Link(
        gtin=values["01"],
        lot=values.get("10"),
        serial=values.get("21"),
        variant=values.get("22"),
        third_party=values.get("235"),
        attributes=_attributes(query, set(values)),
    )


def decode_percent(text: str, *, plus: bool = False) -> str:
    """Undo percent-encoding once. *plus*: a plus sign is a space, as it is in a query.

    :raises MalformedCode: a broken escape or a control character.
    """
    if "%" not in text and text.isprintable() and not plus:
        return text  # nearly all texts
    if _ESCAPE.search(text):
        raise MalformedCode("The link is damaged: a percent sign without two digits after it.")
    decoded = unquote(text.replace("+", " ") if plus else text, errors="replace")
    if any(c < " " or c == "\x7f" for c in decoded):
        raise MalformedCode("The link is damaged: it holds a control character.")
    return decoded


def _attributes(query: str, path: set[str]) -> tuple[tuple[str, str], ...]:
    found = _named(query)
    for name, value in found:
        identifiers.check_value(name, value)
    identifiers.check_pairs(path, [name for name, _ in found])
    return tuple(found)


def _understood(query: str) -> tuple[tuple[str, str], ...]:
    """Attributes beside a serial of ours. They are believed by nobody, so a genuine label does not die of what
    a shop or a shortener added: identifiers that are none, values that are empty or cannot be, such as day
    13-01, broken escapes, and rows that break GS1's rules of what stands together are dropped.
    """
    found = []
    for part in query.split("&"):
        with suppress(MalformedCode):
            for name, value in _named(part):
                if value and identifiers.is_known(name):
                    identifiers.check_value(name, value)
                    found.append((name, value))
    try:
        identifiers.check_pairs({"01", "21"}, [name for name, _ in found])
    except MalformedCode:
        return ()
    return tuple(found)


def _named(query: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for part in query.split("&"):
        name, equals, value = part.partition("=")
        # Other keys belong to somebody else: utm_source, linkType, fbclid, 4.
        if equals and re.fullmatch("[0-9]{2,4}", name := decode_percent(name)):
            found.append((name, decode_percent(value, plus=True)))
    return found
