"""Recognises texts of the fonts before Unicode and turns them into Unicode: TCVN3 (.VnTime), VNI, and
UTF-8 that was read as Windows-1252.

Such a text is letters of Western Europe ("Hîp t¸c x·"). It is told by the share of its words that
are Vietnamese syllables before and after turning. Pure; used by the reader of lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Final

from labelsvc.i18n import nfc

TCVN3: Final = "TCVN3 (.VnTime)"
VNI: Final = "VNI"
MOJIBAKE: Final = "UTF-8 read as Windows-1252"
#: Words that must be better after turning before a table is believed to be of such a font.
_ENOUGH = 0.5
_TCVN3 = str.maketrans(
    "µ¶·¸¹¨»¼½¾Æ©ÇÈÉÊË®ÌÎÏÐÑªÒÓÔÕÖ×ØÜÝÞßáâãä«åæçèé¬êëìíîïñòóô\u00adõö÷øùúûüýþ¡¢£¤¥¦§",
    "àảãáạăằẳẵắặâầẩẫấậđèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵĂÂÊÔƠƯĐ",
)
_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_HAT, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_VNI_MARKS = {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_VNI_HATS = {"â": "", "á": _ACUTE, "à": _GRAVE, "å": _HOOK, "ã": _TILDE, "ä": _DOT}
_VNI_BREVES = {"ê": "", "é": _ACUTE, "è": _GRAVE, "ú": _HOOK, "ü": _TILDE, "ë": _DOT}
_VNI_ALONE = {
    "ô": "ơ",
    "ö": "ư",
    "ñ": "đ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "î": "ỵ",
}
_VNI_PAIR = re.compile("([aeiouyôöAEIOUYÔÖ])([ùøûõïâáàåãäêéèúüëÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜË])")
#: Letters that no Western European text has: a cell with one of them is Unicode already.
_UNICODE = re.compile(
    "[\u0102\u0103\u0110\u0111\u0128\u0129\u0168\u0169\u01a0\u01a1\u01af\u01b0\u0300-\u036f\u1ea0-\u1ef9]"
)
#: "QÐ", "HÐND": the letter of Iceland among capitals, typed for Đ; no font before Unicode.
_TYPED_ETH = re.compile(r"\b[A-Z]*Ð[A-Z]*\b")
_WORD = re.compile("[^\\s\\d,;:.()/\"'+*?!\\[\\]{}<>=_%&#@\\\\|–—“”‘’…•→☆★⭐-]+")
_RIMES = frozenset(
    [
        "a",
        "ac",
        "ach",
        "ai",
        "am",
        "an",
        "ang",
        "anh",
        "ao",
        "ap",
        "at",
        "au",
        "ay",
        "ăc",
        "ăm",
        "ăn",
        "ăng",
        "ăp",
        "ăt",
        "âc",
        "âm",
        "ân",
        "âng",
        "âp",
        "ât",
        "âu",
        "ây",
        "e",
        "ec",
        "em",
        "en",
        "eng",
        "eo",
        "ep",
        "et",
        "ê",
        "êch",
        "êm",
        "ên",
        "ênh",
        "êp",
        "êt",
        "êu",
        "i",
        "ia",
        "ich",
        "iêc",
        "iêm",
        "iên",
        "iêng",
        "iêp",
        "iêt",
        "iêu",
        "im",
        "in",
        "inh",
        "ip",
        "it",
        "iu",
        "o",
        "oa",
        "oac",
        "oach",
        "oai",
        "oam",
        "oan",
        "oang",
        "oanh",
        "oao",
        "oap",
        "oat",
        "oay",
        "oăc",
        "oăm",
        "oăn",
        "oăng",
        "oăt",
        "oc",
        "oe",
        "oen",
        "oeo",
        "oet",
        "oi",
        "om",
        "on",
        "ong",
        "ooc",
        "oong",
        "op",
        "ot",
        "ô",
        "ôc",
        "ôi",
        "ôm",
        "ôn",
        "ông",
        "ôp",
        "ôt",
        "ơ",
        "ơi",
        "ơm",
        "ơn",
        "ơp",
        "ơt",
        "u",
        "ua",
        "uân",
        "uât",
        "uây",
        "uâng",
        "uc",
        "uê",
        "uêch",
        "uênh",
        "ui",
        "um",
        "un",
        "ung",
        "uôc",
        "uôi",
        "uôm",
        "uôn",
        "uông",
        "uôt",
        "up",
        "ut",
        "uy",
        "uya",
        "uych",
        "uyên",
        "uyêt",
        "uynh",
        "uyt",
        "uyn",
        "uyu",
        "uơ",
        "ư",
        "ưa",
        "ưc",
        "ưi",
        "ưm",
        "ưng",
        "ươc",
        "ươi",
        "ươm",
        "ươn",
        "ương",
        "ươp",
        "ươt",
        "ươu",
        "ưt",
        "ưu",
        "y",
        "yêm",
        "yên",
        "yêng",
        "yêt",
        "yêu",
    ]
)
_ONSET = re.compile("ngh|ng|gh|gi|kh|nh|ph|qu|th|tr|ch|[bcdđghklmnpqrstvx]|")
#: Tones that no syllable ending in c, ch, p or t has.
_STOPS = frozenset((_GRAVE, _HOOK, _TILDE))
_TONES = frozenset((_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT))


@lru_cache(maxsize=16_384)
def is_syllable(word: str) -> bool:
    """True if *word* can be a Vietnamese syllable with its marks."""
    letters = unicodedata.normalize("NFD", word.lower())
    if sum(c in _TONES for c in letters) > 1:
        return False
    bare = unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES))
    onset = _ONSET.match(bare)
    rest = bare[onset.end() :] if onset else bare
    if rest.endswith(("c", "ch", "p", "t")) and not _STOPS.isdisjoint(letters):
        return False
    return rest in _RIMES or (bare.startswith("gi") and bare[1:] in _RIMES) or bare in ("gi", "đ")


def from_tcvn3(text: str) -> str:
    """ "Hîp t¸c x·" → "Hợp tác xã"."""
    return text.translate(_TCVN3)


def from_vni(text: str) -> str:
    """ "Hôïp taùc xaõ" → "Hợp tác xã"."""
    out, at = [], 0
    for found in _VNI_PAIR.finditer(text):
        out.append(_vni_alone(text[at : found.start()]))
        made = _vni_pair(found[1], found[2])
        out.append(made if made else _vni_alone(found[0]))
        at = found.end()
    out.append(_vni_alone(text[at:]))
    return nfc("".join(out))


def _vni_pair(base: str, mark: str) -> str:
    low, letter = mark.lower(), base.lower()
    if low in _VNI_MARKS:
        return _vni_alone(base) + _VNI_MARKS[low]
    if letter in "aeo" and low in _VNI_HATS:
        return base + _HAT + _VNI_HATS[low]
    if letter == "a" and low in _VNI_BREVES:
        return base + _BREVE + _VNI_BREVES[low]
    return ""


def _vni_alone(text: str) -> str:
    return "".join(
        (made.upper() if c.isupper() else made) if (made := _VNI_ALONE.get(c.lower())) else c
        for c in text
    )


def from_mojibake(text: str) -> str:
    """ "sáº£n pháº©m" → "sản phẩm"; the text itself where it is none."""
    data = bytearray()
    for letter in text:
        try:
            data += letter.encode("cp1252")
        except UnicodeEncodeError:
            if ord(letter) > 0xFF:
                return text
            data.append(ord(letter))
    try:
        return nfc(data.decode("utf-8"))
    except UnicodeDecodeError:
        return text


FONTS: dict[str, Callable[[str], str]] = {
    MOJIBAKE: from_mojibake, TCVN3: from_tcvn3, VNI: from_vni,
}  # fmt: skip


def font_of(texts: Iterable[str]) -> str:
    """The font before Unicode that most words of *texts* are written in; "" for Unicode."""
    told = [
        _TYPED_ETH.sub("", text)
        for text in texts
        if not text.isascii() and not _UNICODE.search(text)
    ]
    words = [word for text in told for word in _WORD.findall(text) if not word.isascii()]
    if not words:
        return ""
    before = _share(words)
    best, most = "", before
    for font, turn in FONTS.items():
        after = _share(
            _WORD.findall(turn(word))[0] if _WORD.findall(turn(word)) else "" for word in words
        )
        if after > most:
            best, most = font, after
    return best if best and most >= _ENOUGH and most - before >= 0.2 else ""


def turned(text: str, font: str, *, alone: bool) -> str:
    """*text* in Unicode where it is written in *font*; itself where it is Unicode already.

    :param alone: nothing beside it is Unicode, so a text that reads well both ways is in *font*.
    """
    if text.isascii() or _UNICODE.search(text) or _TYPED_ETH.sub("", text).isascii():
        return text
    made = FONTS[font](text)
    if font == MOJIBAKE:
        return made  # bytes that are UTF-8 are no accident
    before, after = _valid(text), _valid(made)
    return made if after > before or (after == before and (alone or before < 1)) else text


def is_unicode(text: str) -> bool:
    """True if *text* has letters that no font before Unicode has."""
    return bool(_UNICODE.search(text))


def share_of(text: str) -> float:
    """The share of the words with marks in *text* that are Vietnamese syllables."""
    return _share(word for word in _WORD.findall(text) if not word.isascii())


def doubtful(text: str) -> bool:
    """True if a turned text holds words that are no Vietnamese."""
    words = (word for word in _WORD.findall(text) if not word.isascii())
    return any(not is_syllable(word) and not (word.isupper() and len(word) <= 5) for word in words)


def _valid(text: str) -> float:
    return _share(_WORD.findall(text))


def _share(words: Iterable[str]) -> float:
    held = list(words)
    return sum(map(is_syllable, held)) / len(held) if held else 0.0
