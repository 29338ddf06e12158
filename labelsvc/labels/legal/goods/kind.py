"""Kind: tells the group of appendix I by criteria set, name and what the catalogue knows. Used by `contents`.

Goods of one criteria set lie in several groups: beer is a drink and no spirit, a medicine no health
food. Where a person chose the kind in the catalogue, that holds (art. 42.1d lets them choose).
"""

from __future__ import annotations

from collections.abc import Mapping

from labelsvc.labels.legal.goods.groups import GROUPS
from labelsvc.labels.legal.goods.spelling import found, key, keys

_BY_SET: Mapping[int, str] = (
    {3: "grain"}
    | dict.fromkeys((1, 2, *range(4, 14)), "food")
    | dict.fromkeys((14, 15), "spirit")
    | dict.fromkeys((16, 17), "drink")
    | {18: "health_food", 19: "cosmetic", 20: "herb", 21: "craft", 22: "textile"}
    | dict.fromkeys((23, 24, 25), "living")
)
#: Set 26 is a service: it has no goods label at all.
NO_LABEL = frozenset({26})
#: Beer is told apart from rượu by Law 44/2019/QH14 art. 2.
_BEER = keys("bia, beer, lager, ale, pilsner, stout")
_MEDICINE = keys(
    "thuốc, thuốc cổ truyền, thuốc dược liệu, thuốc gia truyền, cao dán, cồn xoa bóp, dầu xoa bóp, dầu gió, "
    "siro ho, viên hoàn, hoàn cứng, hoàn mềm"
)
#: Words of a paper that only medicines have, anywhere on the label.
_REGISTERED = keys("số giấy đăng ký lưu hành thuốc, số đăng ký thuốc, dạng bào chế, chống chỉ định")
_SUPPLEMENT = keys("thực phẩm bổ sung, thực phẩm dinh dưỡng y học")
_HEALTH = keys("thực phẩm bảo vệ sức khỏe")
_IRRADIATED = keys("chiếu xạ")
_CLEANING = keys(
    "nước rửa chén, nước rửa bát, nước lau sàn, nước giặt, bột giặt, nước xả vải, nước tẩy, "
    "xà phòng giặt, nước rửa tay khử mùi phòng, sáp thơm phòng, túi thơm, xịt phòng, xịt thơm phòng"
)
_WOOD = keys("gỗ, tượng gỗ, trầm hương, gụ, sưa, lim, hương đá, trắc, xoan đào")
_CERAMIC = keys("gốm, sứ, sành, thủy tinh, pha lê, men lam, men rạn")
#: Wine: its label says how to store it (group 7d).
WINE = keys("vang, wine, sâm panh, champagne")
WATER = keys("nước khoáng, nước tinh khiết, nước uống đóng chai, nước đóng bình")


def kind_of(set_number: int, values: Mapping[str, str]) -> str:
    """Key of a group in `groups.GROUPS`; "" for services and unknown sets."""
    chosen = facts_of(values).get("goods", "")
    if chosen in GROUPS:
        return chosen
    name = key(values.get("product_name", ""))
    kind = _BY_SET.get(set_number, "")
    said = key(
        " ".join(values.get(one, "") for one in ("warning", "instructions", "specification"))
    )
    if kind == "spirit" and found(name, _BEER):
        return "drink"
    if kind == "health_food":
        return _of_health(name, said)
    if kind in ("cosmetic", "herb") and found(name, _CLEANING):
        return "cleaning"
    if kind == "craft" and found(name, _CERAMIC):
        return "ceramic"
    if kind == "craft" and (found(name, _WOOD) or _of_wood(values.get("ingredients", ""))):
        return "wood"
    if kind == "food" and found(name + said + key(values.get("ingredients", "")), _IRRADIATED):
        return "irradiated"
    return kind


def facts_of(values: Mapping[str, str]) -> Mapping[str, str]:
    """Tell what the catalogue knows of the goods beside what labels say (`LabelContent.facts`)."""
    known = getattr(values, "facts", None)
    return known if isinstance(known, Mapping) else {}


def is_wine(values: Mapping[str, str]) -> bool:
    return bool(found(key(values.get("product_name", "")), WINE))


def _of_wood(materials: str) -> bool:
    """True if wood is the first of the materials."""
    return key(materials.split(",")[0]).startswith(key("gỗ"))


def _of_health(name: str, said: str) -> str:
    """Set 18 holds health foods, herbal and traditional medicines."""
    if found(name, _MEDICINE):
        return "medicine"  # whatever else is said: no food is called so
    if found(name + said, _HEALTH):
        return "health_food"
    if found(name + said, _SUPPLEMENT):
        return "supplement"
    if found(said, _REGISTERED):
        return "medicine"
    return "health_food"
