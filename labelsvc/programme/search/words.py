"""Words: what of a text counts when somebody searches: folded, abbreviated alike, hints apart. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from labelsvc.i18n import fold, nfc
from labelsvc.programme.search.models import Found

#: Longest question that is read, and the words of it that are looked for.
MAX_TEXT: Final = 200
_MAX_WORDS: Final = 12
_WORD: Final = re.compile(r"[^\W_]+")
#: Long form → the short one that stands in index and question alike.
_SHORT: Final = {
    "hop tac xa": "htx", "cong ty": "cty", "trach nhiem huu han": "tnhh", "co phan": "cp", "to hop tac": "tht",
    "ho kinh doanh": "hkd", "thanh pho": "tp", "quyet dinh": "qd",
}  # fmt: skip
_LONG: Final = re.compile(rf"\b(?:{'|'.join(_SHORT)})\b")
#: Words that say which kind of page is meant.
_HINTS: Final = (
    (r"lang nghe|lang co nghe|craft village|villages?|lang", Found.VILLAGE),
    (r"cua hang|diem (?:ban|gioi thieu|ocop)|sieu thi|noi ban|mua o dau|ban o dau|o dau ban|trung tam|shops?|stores?", Found.OUTLET),
    (r"chu the|nha san xuat|co so|htx|cty|hkd|tht|xuong|cooperative|company|producers?", Found.PRODUCER),
    (r"qd|so qd|van ban|decisions?", Found.DECISION),
    (r"xa|phuong|thi tran|huyen|quan|thi xa|dia ban|communes?|districts?", Found.PLACE),
)  # fmt: skip
#: What buyers type around the words that matter. They count where they stand in a name, and are not asked for.
_AROUND: Final = re.compile(
    r"\b(?:o dau|o|tai|mua|cho|noi ban|mua o dau|ban o dau|o dau ban|gia re|gia bao nhieu|bao nhieu tien|bao nhieu|"
    r"gia tot|chinh hang|chinh goc|hang that|loai tot|tot nhat|tot|ngon nhat|ngon|dac san|gan day|gan toi|nao|cac|nhung|cua|va|voi|"
    r"san pham|mat hang|hang hoa|qua tang|qua bieu|ocop|ha noi|hn|viet nam|tp|huyen|quan|thi xa|thi tran|phuong|xa|thon|cu|"
    r"lang nghe|lang|cua hang|diem ban|diem gioi thieu|diem|sieu thi|trung tam|chu the|co so|"
    r"truyen thong|the|of|from|in|buy|where|to|and|village|shop|store|made|products?)\b"
)
_STARS: Final = re.compile(r"\b(?:([345])|(ba)|(bon)|(nam))\s?(?:sao|stars?)\b")
#: Other words for the same goods, both ways.
_ALSO: Final = {
    "che": "tra", "tra": "che", "heo": "lon", "lon": "heo", "tea": "tra", "silk": "lua", "pottery": "gom",
    "ceramics": "gom", "honey": "mat", "wine": "ruou", "incense": "huong", "nhang": "huong", "huong": "nhang",
    "non": "hat", "gom": "su", "pate": "pa",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A question as it is looked for."""

    #: As typed, NFC and in small letters: marks count between names that differ in nothing else.
    typed: str
    #: All words, folded; those among them that must be found.
    words: tuple[str, ...]
    needed: tuple[str, ...]
    #: Kinds of pages that the words speak of.
    kinds: frozenset[Found]
    #: "4 sao": stars in force that were asked for.
    stars: int | None = None

    @property
    def gram(self) -> str:
        return "".join(self.needed)


@lru_cache(maxsize=8192)  # an index is made of the same places, villages and owners again and again
def plain(text: str) -> str:
    """*text* in folded words with one space between them, with the usual abbreviations."""
    words = " ".join(_WORD.findall(fold(text)))
    return _LONG.sub(lambda found: _SHORT[found[0]], words)


def squeeze(text: str) -> str:
    """`plain` without spaces."""
    return plain(text).replace(" ", "")


def others(word: str) -> tuple[str, ...]:
    """*word* and another one for the same thing."""
    return (word, _ALSO[word]) if word in _ALSO else (word,)


def read(text: str) -> Question:
    """The question in *text*; without any word where nothing of it can be looked for."""
    text = text[:MAX_TEXT]
    words = plain(text)
    stars = _STARS.search(words)
    if stars is not None:
        words = " ".join((words[: stars.start()] + words[stars.end() :]).split())
    kinds = {kind for means, kind in _HINTS if re.search(rf"\b(?:{means})\b", words)}
    needed = _AROUND.sub(" ", words).split()
    if not needed:  # a place or shop may be named by such words alone
        needed = words.split()
    return Question(
        typed=nfc(text).casefold(),
        words=tuple(words.split())[:_MAX_WORDS],
        needed=tuple(dict.fromkeys(needed))[:_MAX_WORDS],
        kinds=frozenset(kinds),
        stars=_count(stars) if stars is not None else None,
    )


def _count(found: re.Match[str]) -> int:
    return int(found[1]) if found[1] else 3 if found[2] else 4 if found[3] else 5
