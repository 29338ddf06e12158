"""Materials: knows materials in names of goods, shares of fibres and names of wood. Used by `contents` and legal.

Source: Decree 37/2026/NĐ-CP appendix IV 1 (material in the name) and IV 2 (textiles, wood).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from labelsvc.labels.legal.goods.ingredients import Item, parse
from labelsvc.labels.legal.goods.spelling import found, key, keys, words

_CRAFTS = frozenset({"craft", "wood", "ceramic", "household"})
#: Materials that stand beside the name of a thing made of them: "bình sứ", "chiếu trúc", "khay gỗ".
_MATERIALS = keys(
    "gỗ, sứ, gốm, sành, đất nung, thủy tinh, pha lê, trúc, tre, nứa, mây, cói, lục bình, bẹ chuối, lá cọ, lá, "
    "giấy, giấy dó, da, nhựa, sắt, thép, inox, nhôm, đồng, bạc, thiếc, kẽm, đá, sừng, ngà, xương, cao su, vải, "
    "lụa, len, sơn mài, trai, ốc, vỏ dừa, gáo dừa, rơm, rơm rạ, song, mây tre, tre trúc, gỗ mít, gỗ gụ, đay"
)
#: Shoes, bags and belts of one material are named by it; cloth is not freed (appendix IV 2).
_LEATHER = keys("da, nhựa, cao su, cói, lục bình, gỗ, mây, tre, bẹ chuối")
_ONE_PIECE = keys("giày, giầy, dép, túi, cặp, ví, thắt lưng, dây lưng, mũ, nón, guốc, ủng, sandal")
#: Fibres and cloths: what a share belongs to.
FIBRES = keys(
    "tơ, tơ tằm, tơ sen, lụa, đũi, cotton, bông, sợi bông, sợi, vải, lanh, linen, len, cashmere, gai, sợi gai, đay, "
    "polyester, poly, nylon, nilon, spandex, elastane, viscose, rayon, visco, tencel, modal, acrylic, nhung, kaki, "
    "thổ cẩm, lãnh, voan, satin, gấm, sợi tre, sợi chuối, sợi dứa, lyocell, polyamide, lông cừu, dạ, nỉ, ren, jean, jeans, denim"
)
_HIDES = keys(
    "da, da bò, da trâu, da cá sấu, da dê, da tổng hợp, giả da, cao su, nhựa, eva, pu, cói, gỗ"
)
#: Words that say of wood that it is wood and no more.
_WOOD_ONLY = frozenset(
    words(
        "gỗ tự nhiên rừng trồng nguyên khối chất lượng cao tốt quý thật xịn loại các hỗn hợp việt nam trong nước "
        "nhập khẩu sấy khô đã qua xử lý tấm thanh ghép"
    )
)
_WOOD_ITEM = re.compile(r"\bgỗ\b", re.IGNORECASE)


def in_name(kind: str, values: Mapping[str, str]) -> bool:
    """True if the name says the one main material, so that no composition need be written."""
    name = key(values.get("product_name", ""))
    if kind in _CRAFTS:
        material = found(name, _MATERIALS)
        return bool(material) and not name.startswith(material)
    if kind == "textile":
        return bool(found(name, _ONE_PIECE) and found(name, _LEATHER))
    return False


def without_share(text: str) -> list[str]:
    """Fibres of *text* whose share is not written: "Tơ tằm, sợi cotton" (appendix IV 2)."""
    items = parse(text)
    return [item.name or item.text for item in items if _is_fibre(item) and item.share is None]


def above_everything(text: str) -> bool:
    """True if the shares of one layer come to more than 100 %."""
    for layer in re.split(r"[;\n]", text):
        shares = [item.share for item in parse(layer) if item.share is not None]
        if sum(shares) > 100:
            return True
    return False


def _is_fibre(item: Item) -> bool:
    said = key(item.text)
    return bool(found(said, FIBRES)) and not found(said, _HIDES)


def nothing_known(text: str) -> bool:
    """True if *text* names no share at all and no leather or other single stuff."""
    items = parse(text)
    return (
        bool(items)
        and not any(item.share is not None for item in items)
        and not found(key(text), _HIDES)
    )


def unnamed_wood(text: str) -> str:
    """The part of *text* that says "gỗ" without the kind of wood; "" where each is named."""
    for item in parse(text):
        if not _WOOD_ITEM.search(item.name):
            continue
        rest = [word for word in key(item.name).split() if word not in _WOOD_ONLY]
        if not rest:
            return item.name
    return ""
