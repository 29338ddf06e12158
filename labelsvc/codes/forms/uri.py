"""Texts of codes: reads scanned or typed text into a code, and writes a symbol's text.

Reading is forgiving where paper, phones and fingers spoil things: case, groups, percent-encoding,
trackers, and what `wrapping` takes off. It is strict where
two readers could differ: every code has one canonical spelling, and `parse` returns it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from labelsvc.codes.forms import carton, gs1, offline, short, wrapping
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.forms.gs1 import Gs1Code, Gs1Link
from labelsvc.codes.forms.offline import OfflineCode
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.forms.wrapping import EDGES, TAIL
from labelsvc.errors import ConfigurationError, ForeignHost, MalformedCode

ParsedCode: TypeAlias = ShortCode | Gs1Code | Gs1Link | OfflineCode | CartonCode

#: Longer than any link of ours with trackers; what is longer is not looked at.
MAX_TEXT: Final = 2048

_BREAKS: Final = re.compile(r"[\t\r\n]+")
_LINK: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\\]*)(.*)", re.DOTALL)
_BARE_HOST: Final = re.compile(
    r"([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]+)?)([/?#].*)", re.DOTALL
)
_HRI: Final = re.compile(r"\(01\)\s*([0-9]{14})\s*\(21\)\s*([^/?#()]+)")
_AUTHORITY: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(?::[0-9]{1,5})?"
)
_DEFAULT_PORTS: Final = {"https": ":443", "http": ":80"}


def parse(text: str, *, host: str, former: Collection[str] = ()) -> ParsedCode:
    """Read a scanned, pasted or typed *text* as a code of *host*.

    *text* may be a whole link (``https`` or ``http``: the scheme proves nothing), a link without
    its scheme, the path alone, the characters under a symbol with their groups, or the line
    ``(01) … (21) …`` under a GS1 symbol. Web code passes the target as it came
    (``RAW_URI``/``REQUEST_URI``), not a decoded path: escapes are undone here, once.

    :param host: authority of the service in lower case, with a port if it has one (`authority`).
    :param former: names that the service had before: what is printed leads there for ever.
    :raises MalformedCode: not of the shape of any form.
    :raises ForeignHost: a link to another host, whatever stands behind it.
    """
    if len(text) > MAX_TEXT:
        raise MalformedCode("The text is too long to be a code.")
    hosts = (host, *former)
    text = _BREAKS.sub(" ", text.strip(EDGES))  # a line that was wrapped is a group
    try:
        return _parse(text, hosts)
    except MalformedCode as error:
        # The text as it stands comes first: what is dropped here is legal in values of GS1.
        for shorter in (text.rstrip(TAIL + EDGES), wrapping.unwrapped(text)):
            if shorter != text and (found := _attempt(shorter, hosts)):
                return found
        codes = [_attempt(link, hosts) for link in wrapping.links(text, hosts)]
        if codes and codes[0] and all(code == codes[0] for code in codes):
            return codes[0]
        if wrapping.mangled(text):
            raise MalformedCode(
                "This code has letters with Vietnamese marks, which no code has.",
                fix="Switch Vietnamese typing (Telex, VNI) off and enter the code again.",
            ) from None
        raise error from None


def authority(base_url: str) -> str:
    """Host of *base_url* in lower case, with the port unless it is the scheme's own.

    :raises ConfigurationError: no http(s) URL, or one with a path, a user or letters outside ASCII.
    """
    parts = urlsplit(base_url)
    host = _normal(parts.scheme.lower(), parts.netloc)
    if (
        parts.scheme not in ("http", "https")
        or not _AUTHORITY.fullmatch(host)
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise ConfigurationError(
            "The base URL {url} cannot stand in a symbol.",
            fix="Give a scheme and a host only, for example https://qr.example.vn.",
            url=base_url,
        )
    return host


def url(base_url: str, path: str) -> str:
    """The text of a symbol: ``HTTPS://QR.EXAMPLE.VN/`` and the canonical *path*.

    Scheme and host are upper case so that the symbol stays in alphanumeric mode; the path is left
    as it is: the signed forms have no small letters, and in a plain GS1 link case counts.

    :raises ConfigurationError: see `authority`.
    """
    return f"{base_url.partition('://')[0]}://{authority(base_url)}/".upper() + path


def printed(canonical: str) -> str:
    """The characters under a symbol, for people: groups of four.

    A gs1 code is written the way GS1 prints it, ``(01) … (21) …``; `parse` reads both again. The
    offline and carton forms have no spelling a person could type: their caption is empty, and the
    layout names lot and unit instead.
    """
    if canonical.startswith("01/"):
        _, gtin, _, serial = canonical.split("/")
        return f"(01) {gtin} (21) {_groups(serial)}"
    return "" if len(canonical) >= offline.DIGITS else _groups(canonical)


def _attempt(text: str, hosts: tuple[str, ...]) -> ParsedCode | None:
    """None: malformed. :raises ForeignHost: as `parse`."""
    try:
        return _parse(text, hosts)
    except MalformedCode:
        return None


def _parse(text: str, hosts: tuple[str, ...]) -> ParsedCode:
    if found := _HRI.fullmatch(text):
        return gs1.parse(f"01/{found[1]}/21/{found[2].strip()}")
    path, query = _split(text, hosts)
    path = wrapping.bare_path(path).removeprefix("/").removesuffix("/")
    first, slash, _ = path.partition("/")
    if slash:
        if gs1.decode_percent(first) != "01" and not re.fullmatch("[0-9]{2,4}", first):
            raise MalformedCode("This link of our host leads to a page, not to a code.")
        return gs1.parse(path, query)
    token = gs1.decode_percent(path.partition("&")[0]).strip(EDGES)
    # Only digits, and more than anybody would put into a short code: that wants to be signed.
    if len(token) > 2 * short.LENGTH and token.isdecimal():
        return carton.parse(token) if len(token) in carton.ROOM else offline.parse(token)
    return short.parse(token)


def _split(text: str, hosts: tuple[str, ...]) -> tuple[str, str]:
    """Path and query of *text*, once its host is known to be ours or missing."""
    if found := _LINK.fullmatch(text):
        scheme, given, rest = found[1].lower(), found[2], found[3]
        if scheme not in _DEFAULT_PORTS:
            raise MalformedCode("This is a text or a link of another kind, not a code.")
        given = _normal(scheme, given)
    elif found := _BARE_HOST.fullmatch(text):
        given, rest = _normal("https", found[1]), found[2]
    else:
        given, rest = hosts[0], text
        for host in hosts:
            if text.lower().startswith(host + "/"):  # a host without a dot: localhost:8000
                rest = text[len(host) :]
                break
    if given not in hosts:
        raise ForeignHost(
            "This code leads to {host}, not to this service.",
            fix="Do not enter data there. Codes of this service lead to {ours}.",
            host=given[:80],
            ours=hosts[0],
        )
    path, _, query = rest.partition("#")[0].partition("?")
    return path, query


def _normal(scheme: str, given: str) -> str:
    lower = given.lower() if given.isascii() else given
    return lower.removesuffix(_DEFAULT_PORTS.get(scheme, "")).removesuffix(".")


def _groups(text: str) -> str:
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
