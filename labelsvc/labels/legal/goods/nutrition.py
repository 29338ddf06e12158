"""Nutrition: says whose label needs nutrition figures, and which are missing. Used by `contents` and legal.

Source: Circular 30/2026/TT-BYT, art. 1.2 (who is free), 5 (which figures), 6 (how they are written).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from labelsvc.labels.legal.goods.ingredients import parse
from labelsvc.labels.legal.goods.kind import WATER, facts_of
from labelsvc.labels.legal.goods.spelling import found, key, keys

#: The label needs the figures; a person should look whether it does; it needs none.
MUST, ASK, FREE = "must", "ask", "free"
_KINDS = frozenset({"food", "drink"})
_SUGAR = keys("đường, mật mía, mạch nha, si rô, siro, fructose, sucrose, glucose, mật ong, sữa đặc")
_ADDED = keys("có đường, ngọt, ít đường, thêm đường")
_MILK = keys("sữa, sữa chua, sữa tươi, bánh sữa, phô mai")
_FRIED = keys("chiên, rán, chiên giòn, chiên ròn")
_SEASONING = keys("muối, muối ăn, muối tinh, muối biển, giấm, giấm ăn, giấm gạo")
#: What makes a tea or a coffee more than one: flavour and flowers to scent it do not (art. 1.2h).
_NOT_TEA = keys(
    "đường, sữa, kem, bột kem, sữa đặc, mật ong, trái cây sấy, maltodextrin, sirô, siro"
)
_FIRM = keys("công ty, doanh nghiệp, tập đoàn, nhà máy")
_HOUSEHOLD = keys("hộ kinh doanh, hộ sản xuất, hộ gia đình, hộ")
#: Figure → Vietnamese name as the circular has it, how labels write it, its unit.
FIGURES: Mapping[str, tuple[str, str, str]] = {
    "energy": ("Năng lượng", r"năng lượng|calo(?:ries)?", "kcal"),
    "protein": ("Chất đạm", r"(?:chất )?đạm|protein", "g"),
    "carbohydrate": ("Carbohydrat", r"carbohydrate?s?|chất bột đường|glucid", "g"),
    "fat": ("Chất béo", r"(?:tổng )?chất béo(?! bão h)|lipid|béo tổng", "g"),
    "sodium": ("Natri", r"natri|sodium", "mg"),
    "sugars": ("Đường tổng số", r"đường tổng(?: số)?|tổng (?:số )?đường|đường", "g"),
    "saturated": ("Chất béo bão hòa", r"(?:chất )?béo bão h(?:òa|oà|oa)|béo no", "g"),
}
_FIVE = ("energy", "protein", "carbohydrate", "fat", "sodium")
_BASIS = re.compile(
    r"(?:100|mỗi|một|1)\s*(?:g|ml|gam|khẩu phần|phần|gói|hũ|hộp|chai|túi|viên|cái|lon|suất|ly|cốc)\b|khẩu phần|"
    r"\d+\s*(?:g|ml)\b\s*(?:sản phẩm|thực phẩm)|trong 100",
    re.IGNORECASE,
)
_NONE = re.compile(r"không (?:chứa|có|đáng kể)", re.IGNORECASE)


def duty(set_number: int, kind: str, values: Mapping[str, str]) -> str:
    """MUST, ASK or FREE for goods of a group."""
    facts = facts_of(values)
    items = parse(values.get("ingredients", ""))
    name, listed = key(values.get("product_name", "")), key(values.get("ingredients", ""))
    if kind not in _KINDS or len(items) < 2 or set_number in (1, 2, 14, 15, 16):
        return FREE
    if facts.get("nutrition_exempt") or found(name, WATER) or _plain_tea(set_number, listed):
        return FREE
    if any(name.startswith(one) for one in _SEASONING) and not found(listed, _SUGAR):
        return FREE
    maker = facts.get("maker", "") or _maker(values.get("producer_name", ""))
    if maker == "household":
        return FREE  # Decree 15/2018/NĐ-CP art. 3.10, by the form of registration
    if maker in ("enterprise", "cooperative"):
        return MUST
    sweet_milk = found(name, _MILK) and found(listed, _SUGAR)
    return MUST if sweet_milk or found(name, _ADDED) else ASK


def _plain_tea(set_number: int, listed: str) -> bool:
    return set_number in (11, 12, 13) and not found(listed, _NOT_TEA)


def _maker(name: str) -> str:
    """The kind of maker that the name of the responsible party tells."""
    said = key(name)
    if found(said, _FIRM):
        return "enterprise"
    return "household" if found(said, _HOUSEHOLD) else ""


def wanted(values: Mapping[str, str]) -> list[str]:
    """Keys of the figures that these goods need (art. 5)."""
    name, listed = key(values.get("product_name", "")), key(values.get("ingredients", ""))
    more = ["sugars"] if found(listed, _SUGAR) or found(name, _ADDED) else []
    fried = found(name + listed, _FRIED)  # by the maker: what the buyer fries is no matter
    return [*_FIVE, *more, *(["saturated"] if fried else [])]


def lacking(text: str, values: Mapping[str, str]) -> list[str]:
    """Vietnamese names of the figures that *text* should have and has not, or in another unit."""
    return [FIGURES[one][0] for one in wanted(values) if not _figure(one, text)]


def has_basis(text: str) -> bool:
    """True if *text* says what the figures are of: 100 g, 100 ml, a serving, a pack."""
    return bool(_BASIS.search(text))


def _figure(one: str, text: str) -> bool:
    _, names, unit = FIGURES[one]
    number = r"[\d.,]*\d"
    shape = rf"(?:{names})\b(?:[^\d\n;]{{0,18}}?{number}\s*{unit}\b|\s*\({unit}\)\s*:?\s*{number})"
    if one == "sugars":
        shape = rf"(?<!bột ){shape}"
    return bool(
        re.search(shape, text, re.IGNORECASE)
        or any(
            _NONE.search(part) and re.search(names, part, re.IGNORECASE)
            for part in re.split(r"[,;\n]", text)
        )
    )
