"""Legible: gives a text as an eye reads it: no invisible signs, look-alike letters as the Latin ones, spaced
letters and broken words joined. Used by stars and claims.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from labelsvc.wording.syllable import plain

#: Letters of other alphabets that look like Latin ones: Cyrillic, Greek, others.
_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u0405\u0406\u0408\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425"
    "\u0430\u0435\u0455\u0456\u0458\u043e\u0440\u0441\u0443\u0445\u0501\u04bb\u04cf\u0475\u0461"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03bd\u03b9\u03bf\u03c1\u03c5"
    "\u0251\u0261\u0131\u0269\u2113@\u00f0\u00d0",
    "ABESIJKMHOPCTYX"
    "aesijopcyxdhlvw"
    "ABEZHIKMNOPTYX"
    "aviopu"
    "agiila\u0111\u0110",
)  # fmt: skip
#: Marks that Vietnamese letters bear: five tones, circumflex, breve, horn.
_OURS = frozenset("\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b")
#: A letter that is read for another inside a word: "OC0P", "5 sa0", "s4o".
_ZERO = re.compile(r"(?<=[^\W\d_])0(?=[^\W\d_]|\b)|(?<!\w)0(?=[a-z])", re.IGNORECASE)
_DIGIT = re.compile(r"(?<=[^\W\d_])[1345](?=[^\W\d_])|(?<=[^\W\d_]{2})[134](?!\w)")
_LETTERS = {"1": "i", "3": "e", "4": "a", "5": "s"}
#: Signs between the letters of one word: "ch.ữa", "b_ệnh".
_PARTED = re.compile(r"(?<=[^\W\d_])[._*|'’`~^•·](?=[^\W\d_])")
#: Letters of a beginning that stand alone: "đ iều tr ị".
_STRAY = re.compile(r"(?<!\w)([bcdghklmnpqrstvxđ]{1,3}) (?=[^\W\d_])")
#: The tone on the second vowel, as older spelling has it: "lão hoá" is "lão hóa".
_OLDER = re.compile(r"(?<!q)([ou])([àáảãạèéẻẽẹỳýỷỹỵ])(?!\w)")
#: Three or more single letters or digits in a row: "O C O P", "O.C.O.P", "s-a-o".
_SPACED = re.compile(r"(?<!\w)\w(?:[ .·•_*\-]{1,2}\w(?!\w)){2,}")
_HYPHENATED = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011\u2013]\s*\n\s*(?=[^\W\d_])")
_BROKEN = re.compile(r"(?<=[^\W\d_])\n(?=[^\W\d_])")
_SPACE = re.compile(r"\s+")


#: Texts of these alone hold nothing that an eye would not see: the letters of Vietnamese and usual signs.
_USUAL = re.compile(
    "[ -?A-~đĐ"
    + "".join(
        char
        for char in map(chr, [*range(0xC0, 0x250), *range(0x1E00, 0x1F00)])
        if (parts := unicodedata.normalize("NFKD", char))[0].isascii()
        and len(parts) > 1
        and _OURS.issuperset(parts[1:])
    )
    + "]*"
)


#: What stands for a letter inside a word.
_AS_READ = str.maketrans(_LETTERS | {"0": "o"})
_NO_LETTER = re.compile(r"[^a-z]+")
#: With one of these a text may read otherwise than by its letters in a row: links, signs for stars.
_TELLING = re.compile(r"[*@./:]")


def letters_of(text: str) -> str:
    """The letters of *text* without marks and spaces, digits as the letters that they are read for.

    Whatever a reading of *text* says in letters stands in it; "" where that is not certain.
    """
    if _TELLING.search(text) or not _USUAL.fullmatch(text):
        return ""
    return _NO_LETTER.sub("", plain(text).casefold().translate(_AS_READ))


@lru_cache(maxsize=4096)
def read(text: str) -> str:
    """*text* in NFC with its lines, capitals small, without what no eye sees."""
    if _USUAL.fullmatch(text):
        return _OLDER.sub(_newer, text.casefold())
    kept = []
    for char in unicodedata.normalize("NFKD", text.translate(_ALIKE)):
        kind = unicodedata.category(char)
        if kind.startswith("M") and char not in _OURS:
            continue
        if char == "\n":
            kept.append(char)
        elif not kind.startswith("C"):
            kept.append(" " if kind.startswith("Z") else char)
        elif char in "\t\r":
            kept.append(" ")
    small = unicodedata.normalize("NFC", "".join(kept)).casefold()
    return _OLDER.sub(_newer, small)


def _newer(hit: re.Match[str]) -> str:
    """ "oá" as "óa": the tone goes to the first vowel."""
    parts = unicodedata.normalize("NFD", hit[2])
    if hit[1] == "u" and parts[0] != "y":
        return hit[0]
    return unicodedata.normalize("NFC", hit[1] + parts[1:]) + parts[0]


@lru_cache(maxsize=4096)
def readings(text: str) -> tuple[str, ...]:
    """The ways in which *text* can be read: line by line, with broken words joined, with spaced
    letters joined. One line each; the usual one first.
    """
    lines = read(text)
    ways = [lines]
    if "\n" in lines:
        ways += [_HYPHENATED.sub("", lines), _BROKEN.sub("", lines)]
    for turned in (_spaced, _parted, _digits):  # most texts read the same each way
        ways = list(dict.fromkeys([*ways, *map(turned, ways)]))
    return tuple(dict.fromkeys(_SPACE.sub(" ", way).strip() for way in ways))


def _spaced(way: str) -> str:
    return _SPACED.sub(lambda hit: re.sub(r"[^\w]", "", hit[0]), way)


def _parted(way: str) -> str:
    return _STRAY.sub(r"\1", _PARTED.sub("", way))


def _digits(way: str) -> str:
    return _DIGIT.sub(lambda hit: _LETTERS[hit[0]], _ZERO.sub("o", way))
