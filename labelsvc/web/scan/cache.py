"""Cache: keeps rendered scan pages until their data changes, and fills in what differs code by code.

A page of one issue is the same for each of its codes but for the code itself, its place in the run
and what is known about earlier scans. It is rendered once with marks in those places and kept in
pieces, each also compressed: an answer is put together from bytes that exist already. For gzip the
pieces end in a full flush, so that they may stand in one deflate stream between pieces that are
made for the request, which go in uncompressed.
"""

from __future__ import annotations

import json
import re
import secrets
import struct
import zlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import render_template

from labelsvc import clock, i18n
from labelsvc.catalogue.products.columns import ON_SCAN_PAGE
from labelsvc.codes.forms import uri
from labelsvc.scans.lookup import Peek
from labelsvc.scans.provinces import BY_CODE
from labelsvc.scans.record import SESSION
from labelsvc.scans.verdict import OUT, CopyNotice, Verdict, copy_notice
from labelsvc.settings import Settings
from labelsvc.web.scan import view as scan_view

#: Marks for what is put in with each request; of this process alone, so nobody can write one into a text.
#: Letters and digits: they pass HTML, JSON and addresses as they are.
_SECRET = secrets.token_hex(16)
CODE, PRINTED, POSITION, NOTICE, _LATER, _COUNT, _MOMENT, _PLACE = (
    f"mark{_SECRET}{mark}" for mark in "CPNHLSMW"
)
_MARK = re.compile(f"mark{_SECRET}([CPNHL])")
_KEPT = 2000
_TEMPLATES = {"html": "scan/page.html", "text": "scan/page.txt", "preview": "scan/preview.html"}
_GZIP_HEAD, _GZIP_LAST_BLOCK = b"\x1f\x8b\x08\0\0\0\0\0\0\xff", b"\x03\0"


class Page:
    """A page in pieces: text that stays, and letters of the marks between."""

    def __init__(self, text: str) -> None:
        self._plain: list[bytes] = []
        self._packed: list[bytes] = []
        self._marks: list[str] = []
        for index, piece in enumerate(_MARK.split(text)):
            if index % 2:
                self._marks.append(piece)
            else:
                self._plain.append(piece.encode())
                self._packed.append(_deflate(self._plain[-1]))

    def fill(self, values: dict[str, str], *, packed: bool) -> bytes:
        """The page with *values* by the letters of their marks; *packed*: as gzip."""
        given = {letter: value.encode() for letter, value in values.items()}
        plain, wire = [self._plain[0]], [_GZIP_HEAD, self._packed[0]]
        for at, letter in enumerate(self._marks, 1):
            plain += (given[letter], self._plain[at])
            if packed:
                wire += (_stored(given[letter]), self._packed[at])
        text = b"".join(plain)
        if not packed:
            return text
        return b"".join((*wire, _GZIP_LAST_BLOCK, struct.pack("<II", zlib.crc32(text), len(text))))


@dataclass(frozen=True, slots=True)
class Kept:
    """A page and what it was made of."""

    stamp: tuple[Any, ...]
    verdict: Verdict
    #: Units of its lot, where the whole lot shares one code.
    declared: int | None
    page: Page
    #: What is said about earlier scans, with marks for how many and since when.
    notices: Mapping[CopyNotice, str]


class Pages:
    """Pages by issue, mark, case, kind and language; good for one revision and one day."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], Kept] = OrderedDict()

    def get(self, peek: Peek, kind: str, lang: str) -> Kept | None:
        found = self._kept.get(_key(peek, kind, lang))
        return found if found is not None and found.stamp == stamp_of(peek) else None

    def put(self, peek: Peek, kind: str, lang: str, kept: Kept) -> None:
        key = _key(peek, kind, lang)
        self._kept.pop(key, None)  # several threads do this: each step alone leaves it whole
        self._kept[key] = kept
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)


def _key(peek: Peek, kind: str, lang: str) -> tuple[Any, ...]:
    return peek.issue_id, peek.mark_id, peek.apart, kind, lang


def stamp_of(peek: Peek) -> tuple[Any, ...]:
    """Tag of a page that is made now: the revisions of its look, and today."""
    return peek.revision, peek.producer, peek.changes, clock.today()


def fill(
    kept: Kept, code: str, peek: Peek, *, kind: str, lang: str, packed: bool, rules: Settings
) -> bytes:
    """The kept page for one code; needs no request, for it also stands before the application."""
    whole_lot = kept.declared is not None
    notice = copy_notice(
        sessions=peek.sessions,
        declared=kept.declared,
        many=rules.copy_notice_sessions,
        multiple=rules.copy_lot_multiple,
        recent=peek.first_at is not None and clock.now() - peek.first_at < SESSION,
    )
    printed = uri.printed(code)
    days = rules.scan_minutes_days
    if kind == "json":
        moment = _first(peek, days, lambda at: at.isoformat(timespec="minutes"), date.isoformat)
        seen = {
            "notice": notice,
            "sessions": peek.sessions,
            "first_at": moment,
            "first_place": _place(peek),
        }
        values = {
            "C": code,
            "P": json.dumps(printed or None),
            "N": json.dumps(None if whole_lot else peek.position),
            "H": json.dumps(seen),
        }
        return kept.page.fill(values, packed=packed)
    words = later = ""
    if kept.verdict not in OUT and (not whole_lot or notice is CopyNotice.MANY):
        count = str(peek.sessions) if peek.sessions < 1000 else i18n.number(peek.sessions, lang)
        moment = _first(peek, days, i18n.moment, i18n.day)
        words = kept.notices[notice].replace(_COUNT, count).replace(_MOMENT, moment or "")
        place = _reported(lang, **place) if (place := _place(peek)) and not whole_lot else ""
        words = words.replace(_PLACE, place)
    if kind == "html" and notice is not CopyNotice.MANY:
        words, later = "", words
    values = {
        "C": code,
        "P": printed or code,
        "N": str(peek.position),
        "H": words,
        "L": later,
    }
    return kept.page.fill(values, packed=packed)


def notices(kind: str, declared: int | None) -> dict[CopyNotice, str]:
    """Make the words of a page about earlier scans, in the reader's language, with marks."""
    if kind == "json":
        return {}
    template = "scan/notice.txt" if kind == "text" else "scan/notice.html"
    return {
        notice: render_template(
            template, notice=notice, declared=declared, count=_COUNT, moment=_MOMENT, place=_PLACE
        )
        for notice in CopyNotice
    }


def document(view: dict[str, Any], kind: str, *, later: str = _LATER) -> str:
    """The page of a view in one kind, with marks. In JSON a mark stands for a whole value.

    :param later: where the page says of earlier scans what is no reason to look closely: below the name.
    """
    if kind == "json":
        text = json.dumps(scan_view.public(view) | {"seen": NOTICE}, ensure_ascii=False, indent=1)
        for mark in (PRINTED, POSITION, NOTICE):
            text = text.replace(f'"{mark}"', mark)
        return text
    return render_template(_TEMPLATES[kind], v=view, notice=NOTICE, later=later, facts=ON_SCAN_PAGE)


def _first(
    peek: Peek, days: int, fine: Callable[[datetime], str], coarse: Callable[[date], str]
) -> str | None:
    """Tell when a code was first scanned: to the minute, or the day once minutes are no longer kept.

    :param days: for which minutes are kept.
    """
    at = peek.first_at
    if at is None:
        return None
    if at < clock.now() - timedelta(days=days):
        return coarse(clock.local(at).date())
    return fine(at)


def _place(peek: Peek) -> dict[str, str] | None:
    """Tell where a code was first reported: a province and the day."""
    if peek.province is None or peek.province_at is None or peek.province not in BY_CODE:
        return None
    return {
        "province": peek.province,
        "name": BY_CODE[peek.province].name,
        "on": clock.local(peek.province_at).date().isoformat(),
    }


@lru_cache(maxsize=2000)
def _reported(lang: str, *, province: str, name: str, on: str) -> str:
    day = i18n.day(date.fromisoformat(on))
    return " " + i18n.translate("First reported in {name} on {day}.", lang, name=name, day=day)


def _deflate(text: bytes) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return squeezer.compress(text) + squeezer.flush(zlib.Z_FULL_FLUSH)


def _stored(text: bytes) -> bytes:
    """*text*, less than 64 KiB, as a stored block (RFC 1951, 3.2.4)."""
    return struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF) + text
