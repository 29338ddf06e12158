"""Language: tells whether a text of a label is Vietnamese, or of another language alone. Used by saving texts
and by the law check.

Law: Decree 37/2026/NĐ-CP art. 39.1: mandatory contents are in Vietnamese; 39.4c: names of science stay Latin.
"""

from __future__ import annotations

import re
import unicodedata

from labelsvc.wording import syllable

_PARTS = re.compile(r"[.;!?\n/|()·•:]+|\s[–—-]\s")
#: Two words such as "Camellia sinensis".
_LATIN = re.compile(
    r"\b[A-Z][a-z]+(?:us|um|is|a|on|ys|es|ix|as|os|yx|ax|ops|us)\s+(?:×\s*)?[a-z]+(?:us|um|is|a|ae|i|ii|ens|ans|or|oides|e)\b"
    r"(?:\s+(?:var|subsp|ssp|L)\.(?:\s+[a-z]+)?)?"
)
#: English words that could be syllables: strange only beside one that cannot.
_ENGLISH = frozenset(
    [
        "do", "not", "in", "on", "at", "to", "can", "may", "no", "hot", "an", "a", "up", "by", "with", "the",
        "of", "and", "for", "from", "is", "are", "has", "it", "one", "or", "than", "be",
    ]
)  # fmt: skip
#: One of these alone is no Vietnamese.
_GOODS = frozenset(
    [
        "honey", "tea", "coffee", "rice", "sugar", "salt", "water", "milk", "silk", "wood", "bamboo", "clay",
        "glass", "leather", "peanut", "peanuts", "soy", "soybean", "wheat", "flour", "egg", "eggs", "fish",
        "pork", "beef", "chicken", "mushroom", "mushrooms", "ginger", "lotus", "jasmine", "rose", "fruit",
        "vegetable", "vegetables", "noodle", "noodles", "wine", "beer", "juice", "yoghurt", "yogurt", "cake",
        "candy", "vinegar", "pottery", "vase", "scarf", "soap", "ceramic", "ceramics", "organic", "natural",
        "caution", "danger", "warning", "attention", "flammable", "fragile", "contains", "refrigerated", "refrigerate",
        "frozen", "allergen", "allergens", "poison", "toxic", "harmful", "handmade", "homemade", "premium", "fresh",
        "dried", "roasted", "hot", "cold", "vegan", "gift", "box",
    ]
)  # fmt: skip
#: Names of places as they are written without marks, and of sizes.
_NAMES = re.compile(
    r"\b(?:hanoi|da\s?nang|dak\s?lak|dak\s?nong|sai\s?gon|da\s?lat|lak|kon\s?tum|size|combo|set|x{0,3}[sml])\b",
    re.IGNORECASE,
)
#: Words that name goods in Vietnamese: with one of them the name is not foreign.
_OURS = frozenset(
    """trà chè sữa bánh kẹo rượu nước mật mắm phở bún miến cà phê gốm sứ lụa khăn áo nón tranh tượng gỗ đồ hộp lọ
    bình bộ chén quạt hương tinh dầu muối đường thịt cá tôm mực giò chả nem xôi cốm thạch mứt bột hạt quả trái củ nấm
    túi giỏ bát đĩa đèn hoa cây gạo nếp lạc đậu tương siro xà phòng viên cao bia thức ăn uống có không và với của là
    từ để khi nên dùng giữ tránh bảo""".split()  # noqa: SIM905 -- a list of words reads better so
)
#: Without marks, and without those that may be a part of a name: "Son La".
_OURS_BARE = (frozenset(map(syllable.plain, _OURS)) | _OURS) - frozenset(
    [
        "la",
        "co",
        "va",
        "voi",
        "khong",
        "cua",
        "tu",
        "de",
        "khi",
        "nen",
        "dung",
        "giu",
        "tranh",
        "bao",
        "bo",
        "an",
        "do",
        "uong",
        "tra",
        "ca",
        "dau",
        "my",
    ]
)
#: Letters that no language of western Europe writes.
_OURS_ALONE = re.compile("[ăđĩũơưạ-ỹ]", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def foreign(text: str) -> bool:
    """True if *text* says what it says in another language, and too little of it in Vietnamese."""
    theirs = ours = 0
    for part in _PARTS.split(_NAMES.sub(" ", _LATIN.sub(_without_science, text))):
        words = _WORD.findall(part)
        if not words:
            continue
        if _is_foreign(part, words):
            theirs += len(words)
        elif any(syllable.marked(word) or syllable.possible(word) for word in words):
            ours += len(words)
    return theirs > 0 and theirs >= 2 * ours


def _without_science(hit: re.Match[str]) -> str:
    """Nothing of a scientific name; "Arabica coffee" is none."""
    return hit[0] if any(word in _GOODS for word in hit[0].casefold().split()) else " "


def head(words: str) -> bool:
    """True if *words*, which stand before a content, are of another language: "Store at"."""
    found = _WORD.findall(words)
    if not found or syllable.marked(words):
        return False
    small = [word.casefold() for word in found]
    strange = [
        word for word in small if len(word) > 3 and re.search("[aeiouy]", word) and _sure(word)
    ]
    return bool(strange) and all(word in strange or word in _ENGLISH for word in small)


def _is_foreign(part: str, words: list[str]) -> bool:
    letters = [char for char in part if char.isalpha()]
    if sum("LATIN" not in unicodedata.name(char, "") for char in letters) * 2 > len(letters):
        return True
    if syllable.foreign(part):
        return True
    if marked := [word for word in words if syllable.marked(word)]:
        sure = sum(map(_sure, words))
        likely = sure + sum(word.casefold() in _ENGLISH for word in words)
        # French marks its words as well: "Ne pas laisser à la portée des enfants".
        if sure >= 3 and 2 * sure >= len(words) and not _OURS_ALONE.search(part):
            return True
        if not all(word[0].isupper() and word.casefold() not in _OURS for word in marked):
            return False
        goods = [word.casefold() in _GOODS for word in words]
        named = any(goods) and all(
            good or word[0].isupper() for good, word in zip(goods, words, strict=True)
        )
        return (sure >= 2 and 2 * likely >= len(words)) or named
    small = [word.casefold() for word in words]
    if all(word in _GOODS for word in small):
        return True
    # "Ba Vi Honey": a place without marks, and the goods in English.
    if small[-1] in _GOODS and not any(word in _OURS_BARE for word in small):
        return True
    sure = sum(_sure(word) for word in words)
    likely = sure + sum(word.casefold() in _ENGLISH for word in words)
    return sure > 0 and likely >= 2 and 2 * likely >= len(words)


def _sure(word: str) -> bool:
    small = word.casefold()
    return small in _GOODS or (
        not syllable.possible(word) and small not in syllable.NEUTRAL and not word.isupper()
    )
