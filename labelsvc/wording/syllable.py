"""True if a word can be a Vietnamese syllable, and a line of words is of another language.

Vietnamese writes every syllable apart and has few endings, so most words of a European language
cannot be one: "made" ends as no syllable does. Words that Vietnamese labels have taken over
("protein", "vitamin") and short words in capitals ("HACCP") tell nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_ONSET = r"(?:ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdghklmnprstvx])?"
_OPEN = (
    "a ai ao au ay e eo eu i ia iu ieu o oa oai oao oay oe oeo oi u ua uay ue ui uo uoi uou "
    "uy uya uyu uu y yeu uau"
)
_CLOSED = "a e i o u y ie oa oe oo ua ue uo uy uye ye"
_SYLLABLE = re.compile(
    rf"{_ONSET}(?:(?:{'|'.join(sorted(_CLOSED.split(), key=len, reverse=True))})"
    rf"(?:ch|ng|nh|c|m|n|p|t)|(?:{'|'.join(sorted(_OPEN.split(), key=len, reverse=True))}))"
)
#: y alone ends a syllable after these only: kỹ, lý, mỹ, sỹ, tỷ, vỹ, hy, quý.
_Y = re.compile(r"(?:h|k|l|m|s|t|v|qu)?y|[^y]*|.*[uo]y|.*ay|y.*|.*[uq]y.*")
_TAKEN_OVER = frozenset(
    [
        "protein",
        "lipid",
        "carbohydrat",
        "carbohydrate",
        "glucid",
        "calci",
        "natri",
        "kali",
        "canxi",
        "vitamin",
        "omega",
        "kcal",
        "cal",
        "collagen",
        "glucose",
        "axit",
        "acid",
        "enzyme",
        "enzym",
        "cafe",
        "email",
        "website",
        "web",
        "zalo",
        "facebook",
        "fanpage",
        "hotline",
        "tel",
        "mobile",
        "ocop",
        "haccp",
        "iso",
        "vietgap",
        "globalgap",
        "gmp",
        "fda",
        "halal",
        "qr",
        "gtin",
        "inox",
        "laser",
        "robusta",
        "arabica",
        "cotton",
        "polyester",
        "spandex",
        "viscose",
        "shan",
        "oolong",
        "kombucha",
        "matcha",
        "lactobacillus",
        "probiotic",
        "led",
        "ml",
        "kg",
    ]
)
#: Vietnamese words by their first letters, as labels have them without a mark: "NSX {made} · HSD …".
_ABBREVIATED = frozenset(
    [
        "nsx",
        "hsd",
        "htx",
        "tnhh",
        "mtv",
        "ubnd",
        "mst",
        "tcvn",
        "tccs",
        "qcvn",
        "attp",
        "vsattp",
        "tp",
        "cp",
    ]
)
#: Beside figures: "20 x 30 cm" is of every language.
_UNITS = frozenset(
    ["x", "mm", "cm", "dm", "m", "km", "mg", "g", "kg", "ml", "cl", "l", "kj", "w", "v", "momme"]
)
#: Words that say nothing of the language of a line.
NEUTRAL = _TAKEN_OVER | _ABBREVIATED | _UNITS
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_ADDRESS = re.compile(r"\S*(?:\w\.\w|@|://|\d)\S*")


class _Bare(dict[int, str]):
    """Letter → the letter without marks, learnt as letters come."""

    def __missing__(self, code: int) -> str:
        made = self[code] = unicodedata.normalize("NFD", chr(code))[:1]
        return made


_BARE = _Bare({ord("đ"): "d", ord("Đ"): "D"})


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """*text* without marks, as long as it was: "Đà Nẵng" → "Da Nang"."""
    return unicodedata.normalize("NFC", text).translate(_BARE)


def possible(word: str) -> bool:
    """True if *word* can be a syllable, whatever its marks."""
    bare = plain(word).casefold()
    return bool(_SYLLABLE.fullmatch(bare) and _Y.fullmatch(bare))


def marked(text: str) -> bool:
    """True if *text* has a letter that Vietnamese alone writes so often: đ, ư, or a tone."""
    return plain(text) != unicodedata.normalize("NFC", text)


def foreign(line: str) -> bool:
    """True if *line* is surely not Vietnamese: no marks, and two or more of its words, at least
    half of them, cannot be syllables."""
    if marked(line):
        return False
    words = _WORD.findall(_ADDRESS.sub(" ", line))
    if any(not word.isupper() for word in words):
        words = [word for word in words if not word.isupper()]
    words = [word for word in words if word.casefold() not in NEUTRAL]
    strange = sum(not possible(word) for word in words)
    return strange >= 2 and 2 * strange >= len(words)
