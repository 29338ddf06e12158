"""Phrases: finds phrases of Vietnamese in a text, written with marks or without. Used by stars and claims.

A pattern is written with its marks and in small letters. It finds its words with all marks or with none:
"chua benh" is read as "chữa bệnh", and "sữa chua" is no cure.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from labelsvc.wording.syllable import plain

#: Grave, acute, tilde, hook, dot.
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_WORD = re.compile(r"[^\W\d_]+")


class Pattern:
    """A pattern of small letters, matched on whole words."""

    def __init__(self, pattern: str) -> None:
        """:param pattern: a regular expression of small letters with their marks."""
        whole = rf"(?<!\w)(?:{pattern})(?!\w)"
        self._marked = re.compile(whole)
        self._bare = re.compile(plain(whole))
        words = frozenset(_WORD.findall(re.sub(r"\\.", " ", pattern)))
        bare = Counter(map(plain, {_canon(word) for word in words}))
        # "chống nám" is a claim, "chống nấm mốc" none: with marks such a word must be the very one.
        self._words = frozenset(_canon(word) for word in words if bare[plain(_canon(word))] == 1)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """Matches in *text*, which is small letters (`legible.read`)."""
        seen = set()
        for hit in self._marked.finditer(text):
            seen.add(hit.start())
            yield hit
        bare = plain(text)
        if len(bare) != len(text):
            return
        for hit in self._bare.finditer(bare):
            words = _WORD.findall(text[hit.start() : hit.end()])
            if hit.start() not in seen and all(
                word == plain(word) or _canon(word) in self._words for word in words
            ):
                yield hit

    def search(self, text: str) -> re.Match[str] | None:
        """The first match in *text*."""
        return next(self.finditer(text), None)

    def sub(self, text: str) -> str:
        """*text* with its matches as spaces, as long as it was."""
        for hit in list(self.finditer(text)):
            text = text[: hit.start()] + " " * (hit.end() - hit.start()) + text[hit.end() :]
        return text


def same_word(said: str, word: str) -> bool:
    """True if *said* is *word*, written with all its marks or with none."""
    return said in (word, plain(word)) or _canon(said) == _canon(word)


@lru_cache(maxsize=8192)
def _canon(word: str) -> str:
    """*word* with its tone at the end: "hóa" and "hoá" are one word."""
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(char for char in letters if char in _TONES)
    rest = "".join(char for char in letters if char not in _TONES)
    return unicodedata.normalize("NFC", rest) + tones
