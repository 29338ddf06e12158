"""Quantity: reads the quantity of a label: its name, its figures with their units, packs and their total. Used
by the law check and by the values of labels.

Law: Decree 37/2026/NĐ-CP art. 45 and appendix II; Circular 21/2014/TT-BKHCN art. 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["mass", "volume", "other"]

#: Lawful sign or name → kind, and how many g or ml it is (appendix II 1).
UNITS: dict[str, tuple[Kind, float]] = {
    "kg": ("mass", 1000), "g": ("mass", 1), "mg": ("mass", 1e-3), "µg": ("mass", 1e-6), "μg": ("mass", 1e-6),
    "kilôgam": ("mass", 1000), "kilogam": ("mass", 1000), "gam": ("mass", 1), "miligam": ("mass", 1e-3),
    "microgam": ("mass", 1e-6),
    "l": ("volume", 1000), "L": ("volume", 1000), "lít": ("volume", 1000), "cl": ("volume", 10), "cL": ("volume", 10),
    "centilít": ("volume", 10), "ml": ("volume", 1), "mL": ("volume", 1), "mililít": ("volume", 1),
    "µl": ("volume", 1e-3), "μl": ("volume", 1e-3), "µL": ("volume", 1e-3), "μL": ("volume", 1e-3),
    "microlít": ("volume", 1e-3),
    **dict.fromkeys(
        ("m", "dm", "cm", "mm", "mét", "decimét", "centimét", "milimét",
         "m2", "dm2", "cm2", "mm2", "m²", "dm²", "cm²", "mm²", "m3", "dm3", "cm3", "mm3", "m³", "dm³", "cm³", "mm³"),
        ("other", 1),
    ),
}  # fmt: skip
#: Often written → the lawful sign.
_WRONG = {
    "gr": "g", "grs": "g", "gram": "g", "grams": "g", "gramme": "g", "gm": "g", "gms": "g", "kgs": "kg", "kilo": "kg",
    "kilogram": "kg", "kilograms": "kg", "ký": "kg", "kí": "kg", "cân": "kg", "kg.": "kg", "cc": "ml", "mls": "ml",
    "lit": "l", "lits": "l", "litre": "l", "litres": "l", "liter": "l", "liters": "l", "lt": "l", "ltr": "l", "mgr": "mg",
    "mililit": "ml",
}  # fmt: skip
#: Other units than those of the law → what to count in.
_OTHER = {
    "lạng": "g", "oz": "g", "ounce": "g", "ounces": "g", "lb": "kg", "lbs": "kg", "pound": "kg", "pounds": "kg",
    "pint": "l", "xị": "ml", "yến": "kg", "tạ": "kg", "dl": "ml", "gallon": "l", "fl oz": "ml", "floz": "ml",
    "fl. oz": "ml",
}  # fmt: skip
#: By small letters, for signs in wrong capitals: "Kg", "ML", "Lít".
_BY_SMALL = {name.casefold(): name for name in reversed(UNITS)} | {"l": "l", "ml": "ml", "g": "g"}
_NUMBER = r"\d+(?:[.,]\d+)*"
#: One decimal sign at most, and groups of three parted by the other.
_NUMERAL = re.compile(r"\d+(?:[.,]\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:,\d{3})+(?:\.\d+)?")
_FIGURE = re.compile(
    rf"(?<![\w.,])({_NUMBER})([ \u00a0\n]*)((?:fl\.?\s?)?[A-Za-zÀ-ỹµμ]+[²³23]?)(?![\w²³])"
)
_COUNT = (
    r"(?:gói|túi|chai|lọ|hũ|hộp|lon|thanh|viên|bánh|cái|chiếc|quả|bao|vỉ|ống|tép|khúc|miếng|phong|thỏi|que|bịch|"
    r"phần|khay|lốc|gói nhỏ|túi lọc|hủ|can|bình|tuýp|packs?|bags?|bottles?)"
)
_TIMES = re.compile(
    rf"(?<![\w.,])(\d+)\s*({_COUNT}(?:\s+(?:lọc|nhỏ|con|zip|giấy|thủy tinh))?)?\s*(?:[×xX*]|mỗi\s+\w+|,?\s*mỗi\s+{_COUNT})\s*({_NUMBER})[ \u00a0]?([A-Za-zµμ]+)(?![\w²³])"
)
_TIMES_BACK = re.compile(
    rf"(?<![\w.,])({_NUMBER})[ \u00a0]?([A-Za-zµμ]+)\s*(?:[×xX*]\s*(\d+)(?!\s*(?:cm|mm|m)\b)|/\s*{_COUNT}[ ,;×xX*]*\(?(\d+)\s*{_COUNT})"
)
_BESIDE = re.compile(
    rf"(?<![\w.,])(\d+)\s+({_COUNT})\s*(?:\(|,|-|–|:)?\s*({_NUMBER})[ \u00a0]([A-Za-zµμ]+)(?:\s*/\s*{_COUNT}|\s*mỗi|\s*/\s*1)"
)
_VAGUE = re.compile(
    r"khoảng|tầm|chừng|xấp\s+xỉ|ước\s+(?:tính|chừng|lượng)|gần\s+(?=\d)|hơn\s+(?=\d)|trên\s+(?=\d)|dưới\s+(?=\d)|tối\s+thiểu|tối\s+đa|ít\s+nhất|"
    r"không\s+dưới|trung\s+bình|trở\s+(?:lên|xuống)|đổ\s+(?:lên|lại)|hoặc\s+hơn|có\s+thể\s+(?:thay\s+đổi|chênh)|dao\s+động|sai\s+số|về\s+ước|approx\w*|about|average|min\.?\s+(?=\d)|[~≈±≥≤><]|\+/-|\+\s?-|[-–]\s*(?=\d+\s*%)|[½¼¾⅓]|\d+\s*/\s*\d+\s*(?=(?:kg|g|l|ml|lít)\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    rf"(?<![\w.,/]){_NUMBER}\s*(?:g|kg|ml|l|L|mL)?\s*(?:[-–—]|đến|tới)\s*{_NUMBER}\s?(?:g|kg|mg|ml|mL|l|L|lít|gam)(?!\w)"
)
_MASS_NAME = re.compile(
    r"khối\s+lượng(?:\s+(?:tịnh|chất\s+rắn|ráo\s+nước|hỗn\s+hợp|cái|của))+", re.IGNORECASE
)
_VOLUME_NAME = re.compile(r"thể\s+tích\s+thực", re.IGNORECASE)
_NAME = re.compile(r"^\s*([^\d:×(]{3,60}?\D(?:20\s?°C)?)\s*:\s*(?=\S)")


@dataclass(frozen=True)
class Figure:
    """A number with its unit: `amount` in g or ml, or as it stands."""

    words: str
    amount: float
    kind: Kind
    gap: str
    #: How it must be written, where it is written otherwise.
    right: str | None


@dataclass(frozen=True)
class Packs:
    """Several units in one pack: how many, and each in g or ml."""

    words: str
    count: int
    each: float
    kind: Kind


def figures(text: str) -> Iterator[Figure]:
    """Numbers of mass, volume, length and area in *text*; what is counted is left out."""
    for amount, gap, unit in _FIGURE.findall(text):
        right = _right(unit)
        if right is None:
            continue
        kind, factor = UNITS[right]
        wrong = (
            right != unit
            or not _NUMERAL.fullmatch(amount)
            or not gap
            or "\n" in gap
            or len(gap) > 1
        )
        unclear = unit.casefold() in _OTHER or not _NUMERAL.fullmatch(amount)
        fixed = f"… {right}" if unclear else f"{amount} {right}"
        yield Figure(
            f"{amount}{gap}{unit}", number(amount) * factor, kind, gap, fixed if wrong else None
        )


def _right(unit: str) -> str | None:
    if unit in UNITS:
        return unit
    small = unit.casefold()
    return _WRONG.get(small) or _OTHER.get(small) or _BY_SMALL.get(small)


def packs(text: str) -> Iterator[Packs]:
    """Packs of packs in *text*: "10 gói × 5 g", "5 g x 10", "12 gói, mỗi gói 3 g"."""
    seen: set[str] = set()
    for pattern, order in ((_TIMES, (1, 3, 4)), (_BESIDE, (1, 3, 4))):
        for hit in pattern.finditer(text):
            yield from _pack(hit[0], hit[order[0]], hit[order[1]], hit[order[2]], seen)
    for hit in _TIMES_BACK.finditer(text):
        yield from _pack(hit[0], hit[3] or hit[4], hit[1], hit[2], seen)


def _pack(words: str, count: str, each: str, unit: str, seen: set[str]) -> Iterator[Packs]:
    right = _right(unit)
    if right is None or words in seen:
        return
    kind, factor = UNITS[right]
    if kind != "other" and int(count) > 1:
        seen.add(words)
        yield Packs(words, int(count), number(each) * factor, kind)


def vague(text: str) -> str | None:
    """Words of *text* that leave the quantity open, None where there are none."""
    hit = _VAGUE.search(text) or _RANGE.search(text)
    return hit[0].strip() if hit else None


def named(text: str, kind: Kind) -> bool:
    """True if *text* says in the words of appendix II what a figure of *kind* is."""
    return bool((_MASS_NAME if kind == "mass" else _VOLUME_NAME).search(text))


def names(text: str) -> set[Kind]:
    """The kinds of quantity that *text* names in the words of appendix II."""
    kinds: tuple[Kind, ...] = ("mass", "volume")
    return {kind for kind in kinds if named(text, kind)}


def total(text: str) -> float | None:
    """The most g or ml that *text* says, totals of packs included; None where it only counts."""
    amounts = [figure.amount for figure in figures(text) if figure.kind != "other"]
    return max(amounts, default=None)


def split(value: str) -> tuple[str, str, str]:
    """Name, figures and rest of a quantity: "Khối lượng tịnh", "200 g", "(10 gói × 20 g)"."""
    found = _NAME.match(value)
    name, said = (found[1].strip(), value[found.end() :].strip()) if found else ("", value.strip())
    first, bracket, rest = said.partition(" (")
    if bracket and _FIGURE.search(first) and "×" not in first:
        return name, first.strip(), f"({rest}"
    return name, said, ""


def number(text: str) -> float:
    """ "1.250" is a thousand and a quarter thousand, "1,5" and "0.5" have decimals."""
    if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", text):
        return float(text.replace(".", "").replace(",", "."))
    return (
        float(text.replace(",", "."))
        if text.count(",") + text.count(".") <= 1
        else float(re.sub(r"[.,]", "", text))
    )
