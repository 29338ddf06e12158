"""Additives: checks how additives stand in a list of ingredients. Used by `composition`.

Source: Decree 37/2026/NĐ-CP art. 48.3a: the group with name or INS number; sweeteners, colours and
flavours say whether they are natural, nature-identical, synthetic or artificial. Groups as Circular
24/2019/TT-BYT names them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from labelsvc.labels.legal.goods.ingredients import Item
from labelsvc.labels.legal.goods.spelling import found, key, keys, words

#: Groups of additives, as they stand before a name or number.
GROUPS = keys(
    """chất bảo quản, chất điều chỉnh độ acid, chất điều chỉnh độ axit, chất điều chỉnh độ chua, chất chống oxy hóa,
    chất chống oxi hóa, chất tạo ngọt, chất tạo ngọt tổng hợp, chất ngọt tổng hợp, chất tạo màu, phẩm màu, chất màu, màu thực phẩm,
    chất nhũ hóa, chất tạo nhũ, chất ổn định, chất làm dày, chất làm đặc, chất tạo đặc, chất tạo gel, chất tạo đông, chất điều vị,
    chất tăng cường vị, chất tạo xốp, chất tạo nở, bột nở, chất chống đông vón, chất làm rắn chắc, chất tạo phức kim loại, chất giữ ẩm,
    chất làm ẩm, chất tạo bọt, chất chống tạo bọt, chất xử lý bột, chất làm bóng, chất độn, chất mang, chất giữ màu,
    chất tạo bọt khí, khí đẩy, khí bao gói, muối nhũ hóa, tinh bột biến tính, chất tẩy màu, chất tạo cấu trúc,
    chất tạo hương, hương liệu, enzym, chất chống dính, chất tạo phức"""
)
#: Names of additives: alone they lack their group.
_NAMES = keys(
    """natri benzoat, natri benzoate, sodium benzoate, kali sorbat, kali sorbate, potassium sorbate, axit sorbic, acid sorbic,
    axit benzoic, acid benzoic, natri nitrit, natri nitrat, kali nitrat, natri metabisulfit, natri sulfit, kali metabisulfit,
    lưu huỳnh dioxyd, sulfur dioxide, axit citric, acid citric, axit xitric, axit lactic, acid lactic, axit malic, axit tartaric, axit ascorbic,
    acid ascorbic, natri citrat, natri polyphosphat, polyphosphat, natri tripolyphosphat, natri carbonat, natri bicarbonat,
    natri hydrocarbonat, mononatri glutamat, monosodium glutamate, mononatri glutamate, natri glutamat, mì chính, bột ngọt,
    dinatri inosinat, dinatri guanylat, aspartam, aspartame, saccharin, natri saccharin, cyclamat, natri cyclamat, acesulfam, acesulfam k,
    acesulfame k, sucralose, sorbitol, xylitol, maltitol, stevia, steviol glycosid, tartrazin, tartrazine, sunset yellow, ponceau 4r,
    brilliant blue, allura red, erythrosin, carmin, beta caroten, caramen, curcumin, annatto, carrageenan, gôm xanthan, xanthan gum, gôm guar,
    guar gum, gôm arabic, pectin, agar, cmc, gelatin biến tính, lecithin, mono và diglycerid, polysorbat, bha, bht, tbhq,
    titan dioxyd, silic dioxyd, canxi clorid, calci clorid, hàn the, borax, natri propionat, canxi propionat"""
)
_SWEET = keys("chất tạo ngọt, chất ngọt, đường hóa học")
_COLOUR = keys("chất tạo màu, phẩm màu, chất màu, màu thực phẩm")
_FLAVOUR = keys("hương liệu, chất tạo hương, chất hương")
_AROMA = keys(
    """hương vani, hương va ni, hương dâu, hương cam, hương chanh, hương dứa, hương xoài, hương dừa, hương sữa, hương trà, hương cà phê,
    hương sô cô la, hương socola, hương bạc hà, hương trái cây, hương táo, hương nho, hương đào, hương vải, hương ổi, hương chuối,
    hương sầu riêng, hương khoai môn, hương lá dứa, hương gà, hương bò, hương thịt, hương tôm, hương cốm, hương nhài, hương sen,
    hương bưởi, hương mật ong, hương nếp, hương đậu, hương phô mai, hương bơ, hương caramen, hương tổng hợp, hương tự nhiên"""
)
#: What makes clear where a sweetener, a colour or a flavour comes from.
_NATURES = keys("tự nhiên, giống tự nhiên, tổng hợp, nhân tạo")
_ANY = keys("phụ gia, phụ gia thực phẩm, chất phụ gia, các chất phụ gia, phụ gia khác")
_INS = re.compile(r"(?:\bINS\b|\bE)\s*\.?\s*:?\s*\d{3,4}[a-z]?(?:\s*\([ivx]+\))?", re.IGNORECASE)
_BARE = re.compile(r"\d{3,4}[a-z]?(?:\s*\([ivx]+\))?", re.IGNORECASE)


def faults(items: list[Item]) -> Iterator[tuple[str, str]]:
    """`(code, words)` of additives that are not written as the law wants.

    A group that heads several numbers holds for those that follow: "chất bảo quản: 202, 211".
    """
    headed = False
    for item in items:
        said = key(item.text)
        group = found(said, GROUPS)
        numbered = bool(_INS.search(item.text)) or bool(_BARE.fullmatch(item.text.strip()))
        named = found(said, _NAMES)
        if (numbered and not group and not headed) or (
            named and not group and not headed and not numbered and _alone(said, named)
        ):
            yield "additive_group", item.text
        elif (found(said, _ANY) and not group) or (
            group and not _identified(item, said, group, bool(named), numbered)
        ):
            yield "additive_unnamed", item.text
        yield from _nature(item, said)
        headed = bool(group) or (headed and numbered)


def _alone(said: str, named: str) -> bool:
    """True if the ingredient is the additive and no more: "chè (axit citric)" is not."""
    return len(said.split()) <= len(named.split()) + 2


def _identified(item: Item, said: str, group: str, named: bool, numbered: bool) -> bool:
    """True if more than the group is said: a name or a number. Flavours need none."""
    if found(said, _FLAVOUR) or numbered or named or re.search(r"\d{3,4}", item.text):
        return True
    rest = [word for word in said.replace(group, " ").split() if word not in _FILLING]
    return bool(rest) or group.strip() in _SELF


_FILLING = frozenset(
    words("tự nhiên giống tổng hợp nhân tạo thực phẩm cho phép sử dụng trong được phép chất và")
)
#: Groups whose name is that of a stuff.
_SELF = frozenset(one.strip() for one in keys("bột nở, tinh bột biến tính, enzym, muối nhũ hóa"))


def _nature(item: Item, said: str) -> Iterator[tuple[str, str]]:
    if found(said, _NATURES):
        return
    aroma = any(said.startswith(one) for one in _AROMA)
    if aroma or any(found(said, kinds) for kinds in (_SWEET, _COLOUR, _FLAVOUR)):
        yield "additive_nature", item.text
