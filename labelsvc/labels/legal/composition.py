"""Composition: checks what a label says of its ingredients, materials and nutrition. Used by legal.

Source: Decree 37/2026/NĐ-CP art. 43.3, 48, appendices I and IV; Circular 30/2026/TT-BYT.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import (
    APPENDIX_I,
    APPENDIX_IV,
    DECREE,
    NUTRITION_RULES,
    Finding,
    Severity,
    article,
)
from labelsvc.labels.legal.goods import additives, materials, named, nutrition, written
from labelsvc.labels.legal.goods.groups import CONTENTS
from labelsvc.labels.legal.goods.ingredients import Item, order_fault, parse, total
from labelsvc.labels.legal.goods.kind import kind_of
from labelsvc.labels.legal.goods.spelling import found, key, keys
from labelsvc.labels.legal.spoken import Spoken
from labelsvc.wording.syllable import plain

_EATEN = frozenset({"food", "health_food", "irradiated", "drink", "supplement", "grain"})
#: Goods whose name may not name an ingredient without its quantity; rượu is asked about only: what
#: was fermented or distilled is not in it as it was.
_NAMING = _EATEN | {"cosmetic", "herb", "cleaning", "spirit"}
#: What is stressed on a label: "giàu canxi", "bổ sung vitamin C" (appendix IV 1).
#: Words that stand where ingredients should, marks left out: a list that ends in "v.v." is none.
_VAGUE = re.compile(
    r"(?<!\w)(?:bi quyet|bi mat|bi truyen|cong thuc (?:rieng|gia truyen|bi mat|doc quyen)|(?:va )?(?:mot so|nhieu|cac(?: loai)?) "
    r"(?:nguyen lieu|thanh phan|gia vi|phu gia|thao moc|thao duoc|duoc lieu|huong lieu)(?: khac| tu nhien| quy)?(?! (?:kho|tuoi|xay)| ?[:(])|"
    r"(?:nguyen lieu|thanh phan|gia vi|phu gia|huong lieu) khac|v\.\s?v\b\.?|van van)(?!\w)|\.\.\.|…"
)
_STRESSED = re.compile(
    r"(?:giàu|bổ sung|chứa nhiều|hàm lượng|nguồn cung cấp|thêm)\s+(?P<what>canxi|calci|sắt|kẽm|i[- ]?ốt|vitamin(?: [a-ek]\d{0,2})?|"
    r"omega[- ]?3?|dha|chất xơ|chất đạm|đạm|protein|collagen|curcumin|probiotic|lợi khuẩn|sâm|nghệ|mật ong|yến)(?!\w)",
    re.IGNORECASE,
)
#: What causes allergies, as lists of ingredients say it (TCVN 7087, section 4.2.1.4).
_ALLERGENS = (
    ("đậu phộng", keys("lạc, đậu phộng, lạc rang")), ("vừng", keys("vừng, mè")), ("sữa", keys("sữa, bơ, phô mai, sữa bò, whey")),
    ("trứng", keys("trứng, lòng đỏ, lòng trắng")), ("đậu nành", keys("đậu nành, đậu tương")), ("tôm, cua", keys("tôm, cua, ghẹ, ruốc")),
    ("cá", keys("cá, cá cơm, nước mắm")), ("lúa mì", keys("bột mì, lúa mì, gluten, yến mạch, đại mạch")),
    ("hạt", keys("hạt điều, hạnh nhân, óc chó, mắc ca, macca")),
)  # fmt: skip


def check(
    layout: Layout, values: Mapping[str, str], words: list[Spoken], set_number: int
) -> list[Finding]:
    """Tell what is wrong with the composition as a full label says it; nothing on other labels."""
    kind = kind_of(set_number, values)
    if layout.purpose != "full_label" or kind in ("", "medicine", "living"):
        return []
    shown = any("ingredients" in text.variables for text in words)
    typed = written.literal(CONTENTS["ingredients"], words)
    text = values.get("ingredients", "") if shown else typed
    element = next((one.element for one in words if "ingredients" in one.variables), None)
    made = list(of_values(values, kind, text, [one.text for one in words]))
    made += _packed(words, set_number, kind)
    return [
        *(replace(found, element=found.element or element) for found in made),
        *_nutrition(values, words, set_number, kind),
    ]


def of_values(
    values: Mapping[str, str], kind: str, text: str, others: list[str]
) -> Iterator[Finding]:
    """Yield what is wrong with *text*.

    :param text: the list of ingredients or materials. :param others: all texts of the label.
    """
    items = parse(text)
    if kind in _NAMING and items:
        yield from _names(values.get("product_name", ""), items, others, kind)
    if kind in _EATEN and (vague := _VAGUE.search(plain(text).casefold())):
        yield Finding(
            "error", "ingredients_vague", "“{words}” says nothing of what is inside.",
            "Name every ingredient and additive; a recipe may stay secret, its ingredients may not.",
            article("48.1, 48.3a"), {"words": text[vague.start() : vague.end()].strip(" ,;()")},
        )  # fmt: skip
    if kind in _EATEN and items:
        yield from _order(items)
        yield from _additives(items)
        yield from _stressed(others, items)
        yield from _allergens(values, items)
    if kind == "health_food" and items and not any(item.quantified for item in items):
        yield Finding(
            "error", "share_missing",
            "The quantity of the ingredients is missing.",
            "Write after each active ingredient how much of it is in a tablet, a bag or 100 g.",
            f"{APPENDIX_I} group 3d", {},
        )  # fmt: skip
    if kind == "textile":
        yield from _fibres(text)
    if kind in ("craft", "wood", "household") and (wood := materials.unnamed_wood(text)):
        yield Finding(
            "error", "wood_unnamed", "“{words}” does not say which wood it is.",
            "Write the name of the wood: “gỗ mít”, “gỗ hương”.", f"{APPENDIX_IV} 2", {"words": wood},
        )  # fmt: skip


def _names(name: str, items: list[Item], others: list[str], kind: str) -> Iterator[Finding]:
    spoken = [text for text in others if key(name) != key(text)]
    for one in named.unquantified(name, items, spoken):
        if kind == "grain" and not one.listed:
            continue  # the name of a grain is its variety; group 1 asks for no list
        severe: Severity = "warning" if one.scent or kind == "spirit" else "error"
        if one.listed:
            yield Finding(
                severe, "share_missing", "The name says “{words}”, and the list does not say how much of it is inside.",
                "Write its share after it: “{words} (5 %)”.", article("43.3"), {"words": one.stuff},
            )  # fmt: skip
        else:
            yield Finding(
                severe, "named_not_listed", "The name says “{words}”, which is not among the ingredients.",
                "Write it in the list with its share, or take it out of the name.", article("43.3"), {"words": one.stuff},
            )  # fmt: skip


def _order(items: list[Item]) -> Iterator[Finding]:
    if fault := order_fault(items):
        yield Finding(
            "error", "ingredients_order", "“{second}” stands after “{first}” and is more.",
            "Write the ingredients from the largest share to the smallest.", article("48.3a"),
            {"first": fault[0].text, "second": fault[1].text},
        )  # fmt: skip
    if (whole := total(items)) > 101:
        yield Finding(
            "error", "shares_above_all", "The shares of the ingredients come to {total} %.",
            "Check the figures: together they are 100 % at most.", article("48.2"), {"total": whole},
        )  # fmt: skip


def _additives(items: list[Item]) -> Iterator[Finding]:
    for code, text in additives.faults(items):
        params = {"words": text}
        if code == "additive_group":
            yield Finding(
                "error", code, "“{words}” is an additive, and its group is not written.",
                "Write the group before it: “chất bảo quản (INS 211)”.", article("48.3a"), params,
            )  # fmt: skip
        elif code == "additive_unnamed":
            yield Finding(
                "error", code, "“{words}” does not say which additive it is.",
                "Write its name or its INS number after the group: “chất bảo quản (INS 211)”.",
                article("48.3a"), params,
            )  # fmt: skip
        else:
            yield Finding(
                "error", code, "“{words}” does not say whether it is natural or synthetic.",
                "Add “tự nhiên”, “giống tự nhiên”, “tổng hợp” or “nhân tạo”.",
                article("48.3a"), params,
            )  # fmt: skip


def _stressed(others: list[str], items: list[Item]) -> Iterator[Finding]:
    """Ask the quantity of what is stressed, wherever it stands (art. 48.1b)."""
    said = "\n".join(others)
    for text in others:
        for claim in _STRESSED.finditer(text):
            what = claim["what"]
            given = re.compile(
                rf"{re.escape(what)}[^\d\n]{{0,20}}\d+(?:[.,]\d+)?\s*(?:%|µg|mcg|mg|g|IU|CFU)|\d+(?:[.,]\d+)?\s*(?:%|µg|mcg|mg|g|IU|CFU)\s+{re.escape(what)}",
                re.IGNORECASE,
            )
            if not given.search(said):
                yield Finding(
                    "error", "share_missing", "The label stresses “{words}”, and does not say how much of it is inside.",
                    "Write its quantity on the label, or leave the words out.", article("48.1b"), {"words": what},
                )  # fmt: skip
                return


def _allergens(values: Mapping[str, str], items: list[Item]) -> Iterator[Finding]:
    listed = "".join(key(item.name) for item in items)
    warned = key(values.get("warning", "") + ". " + values.get("allergens", ""))
    silent = [
        name for name, words in _ALLERGENS if found(listed, words) and not found(warned, words)
    ]
    if silent:
        yield Finding(
            "warning", "allergen_not_in_warning", "The warning does not name what causes allergies: {words}.",
            "Add it: “Sản phẩm có chứa {words}”.", "TCVN 7087:2013", {"words": ", ".join(silent)},
        )  # fmt: skip


def _packed(words: list[Spoken], set_number: int, kind: str) -> Iterator[Finding]:
    """Farm produce and grain may give the day of packing or the harvest (appendix III 2), others not."""
    if kind not in _NAMING - {"spirit", "grain"} or set_number <= 4:
        return
    if text := written.packed_as_made(words):
        yield Finding(
            "error", "made_is_packing", "The day of packing stands in place of the day of manufacture.",
            "Write “NSX” and the day made; the day of packing may stand beside it.",
            f"{DECREE} art. 46.1, appendix III 2", {}, text.element,
        )  # fmt: skip


def _fibres(text: str) -> Iterator[Finding]:
    bare = materials.without_share(text)
    if bare or materials.nothing_known(text):
        yield Finding(
            "error", "fibre_share_missing", "The shares of the fibres are missing: {words}.",
            "Write each with its share: “100 % tơ tằm”, “tơ tằm 70 %, cotton 30 %”.",
            f"{APPENDIX_IV} 2", {"words": ", ".join(bare) or text},
        )  # fmt: skip
    elif materials.above_everything(text):
        yield Finding(
            "error", "shares_above_all", "The shares of the ingredients come to {total} %.",
            "Check the figures: together they are 100 % at most.", article("48.2"),
            {"total": total(parse(text))},
        )  # fmt: skip


def _nutrition(
    values: Mapping[str, str], words: list[Spoken], set_number: int, kind: str
) -> Iterator[Finding]:
    """Check that figures on the label are those of the circular, and that those that must are there."""
    text = values.get("nutrition", "") if any("nutrition" in one.variables for one in words) else ""
    text = text or written.literal(CONTENTS["nutrition"], words)
    if not text and nutrition.duty(set_number, kind, values) == nutrition.ASK:
        yield Finding(
            "warning", "nutrition_asked", "The label has no nutrition figures.",
            "Enter them, or say in the catalogue why these goods need none.",
            f"{NUTRITION_RULES} art. 5", {},
        )  # fmt: skip
    if not text:
        return
    lacking = nutrition.lacking(text, values)
    if lacking:
        yield Finding(
            "error", "nutrition_incomplete", "Nutrition figures are missing or in another unit: {words}.",
            "Write energy in kcal, sodium in mg and the others in g.",
            f"{NUTRITION_RULES} art. 5, 6", {"words": ", ".join(lacking)},
        )  # fmt: skip
    if not nutrition.has_basis(text):
        yield Finding(
            "error", "nutrition_basis", "The nutrition figures do not say of how much they are.",
            "Write “trong 100 g”, “trong 100 ml” or the serving before them.",
            f"{NUTRITION_RULES} art. 6.1", {},
        )  # fmt: skip
