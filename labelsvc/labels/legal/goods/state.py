"""State: tells solid goods from liquid ones by their names, for the kind of their quantity. Used by `quantity`.

Source: Circular 21/2014/TT-BKHCN art. 4.1e: solids by mass, liquids by volume; thick ones ("mật ong", "tương", creams)
by either, so they stand in no table.
"""

from __future__ import annotations

from collections.abc import Collection

from labelsvc.labels.legal.goods.spelling import found, key, keys
from labelsvc.wording.quantity import Kind

_LIQUID = keys(
    """nước mắm, nước ép, nước uống, nước khoáng, nước tinh khiết, nước giải khát, nước ngọt, nước tương, nước mơ, nước sấu, nước dâu, nước chanh, nước gạo, nước yến, nước hoa, nước cất, rượu, bia, giấm, dấm, kombucha,
    sữa tươi, sữa hạt, sữa đậu nành, sữa bắp, sữa ngô, sữa gạo, dầu lạc, dầu vừng, dầu mè, dầu dừa, dầu ăn, dầu ô liu, dầu đậu nành, dầu hạt, tinh dầu, dầu gió"""
)
_SOLID = keys(
    """gạo, bún khô, bún gạo, miến, mì gạo, phở khô, bánh, kẹo, ruốc, giò, chả, nem, thịt, lạp xưởng, xúc xích, cá khô, tôm khô, mực khô, muối, đường, bột, hạt, lạc, đậu xanh, đậu đen, vừng, cà phê bột, cà phê rang, cà phê hạt,
    măng khô, nấm, mộc nhĩ, ô mai, chè lam, chè khô, chè búp, chè xanh, trà xanh, trà sen, trà shan, trà túi lọc, cốm, xôi, hạt sen, chả cá, đậu phụ, trứng, xà phòng, rau, khoai, cơm cháy, bỏng, snack, tóp mỡ"""
)
#: With one of these a name of a liquid is of its powder, and that of a solid of its drink.
_DRIED = keys(
    "bột, viên, khô, cô đặc, sấy, hòa tan, kẹo, bánh, mứt, thạch, dẻo, đông đá, đá bào, kem, sệt, cao, sáp"
)
_BOTTLED = keys(
    "chai, đóng chai, lon, đóng lon, uống liền, nước, lỏng, sữa, dung dịch, siro, cốt, ngâm, ủ lạnh"
)


def wrong_kind(name: str, kinds: Collection[Kind]) -> bool:
    """True if goods called *name* are sold by the other kind of quantity than all of *kinds*."""
    said = key(name)
    if set(kinds) == {"mass"}:
        return bool(_begins(said, _LIQUID)) and not found(said, _DRIED)
    return set(kinds) == {"volume"} and bool(_begins(said, _SOLID)) and not found(said, _BOTTLED)


def _begins(said: str, phrases: tuple[str, ...]) -> bool:
    return any(said.startswith(phrase) for phrase in phrases)
