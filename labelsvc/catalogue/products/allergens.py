"""Allergens: English names of what causes allergies, for readers of the scan page who know no Vietnamese.

The groups are those of TCVN 7087, section 4.2.1.4, with the names that producers write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from labelsvc.i18n import fold

#: English name → Vietnamese names, as they are typed.
_NAMES = {
    "peanuts": "lạc, đậu phộng, đậu phụng",
    "tree nuts": "hạt, các loại hạt, hạt cây, quả hạch",
    "cashew nuts": "hạt điều, điều",
    "almonds": "hạnh nhân",
    "walnuts": "óc chó, quả óc chó, hạt óc chó",
    "macadamia nuts": "mắc ca, macca, hạt mắc ca",
    "pistachios": "hạt dẻ cười",
    "chestnuts": "hạt dẻ",
    "sesame": "vừng, mè, hạt vừng, hạt mè",
    "milk": "sữa, sữa bò, sữa tươi, sữa bột, sản phẩm từ sữa, whey",
    "butter (milk)": "bơ sữa",
    "cheese (milk)": "phô mai, pho mát",
    "lactose": "lactose, lactoza",
    "eggs": "trứng, trứng gà, trứng vịt, lòng đỏ trứng, lòng trắng trứng",
    "soya": "đậu nành, đậu tương",
    "fish": "cá, cá cơm, nước mắm",
    "crustaceans": "giáp xác, động vật giáp xác",
    "shrimp": "tôm, ruốc, tép",
    "crab": "cua, ghẹ",
    "squid": "mực",
    "molluscs": "nhuyễn thể, động vật thân mềm",
    "shellfish": "hải sản có vỏ",
    "seafood": "hải sản",
    "oysters": "hàu",
    "clams": "ngao, nghêu",
    "snails": "ốc",
    "wheat": "lúa mì, bột mì",
    "gluten": "gluten",
    "barley": "đại mạch, lúa mạch",
    "rye": "lúa mạch đen",
    "oats": "yến mạch",
    "celery": "cần tây",
    "mustard": "mù tạt, cải mù tạt",
    "lupin": "đậu lupin",
    "sulphites": "sulfit, sunfit, sulphit, lưu huỳnh đioxit, sulfur dioxide",
    "honey": "mật ong",
    "pollen": "phấn hoa",
}
_SPLIT = re.compile(r"[,;/]|\s+và\s+|\s*\+\s*")
_LEAD = re.compile(r"^(?:có\s+)?(?:chứa|gồm)\s*:?\s*|^(?:có|từ)\s+", re.IGNORECASE)


class Allergen(NamedTuple):
    """One name as it was typed, and its English one; "" where the list has none."""

    name: str
    english: str


def named(text: str) -> Iterator[Allergen]:
    """Name each allergen of *text*, names with commas between, once and in its order."""
    seen: set[str] = set()
    for part in _SPLIT.split(text):
        name = _LEAD.sub("", part.strip()).strip(" .:")
        if name and name.casefold() not in seen:
            seen.add(name.casefold())
            yield Allergen(name, _ENGLISH.get(name.casefold()) or _PLAIN.get(fold(name), ""))


def _by_name() -> dict[str, str]:
    return {
        name.strip().casefold(): english
        for english, names in _NAMES.items()
        for name in names.split(",")
    }


def _without_marks() -> dict[str, str]:
    """Names without marks that mean one thing: "ca" may be fish or tomatoes, "me" sesame or tamarind."""
    plain: dict[str, str] = {}
    for name, english in _ENGLISH.items():
        if len(name) > 3:
            plain[fold(name)] = "" if plain.get(fold(name), english) != english else english
    return plain


_ENGLISH = _by_name()
_PLAIN = _without_marks()
