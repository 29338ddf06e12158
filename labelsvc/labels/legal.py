"""What the law wants on a label: Decree 37/2026/NĐ-CP, chapter IV and appendix I.

Pure: it looks at a layout, at the values it would print, and at the number of the criteria set of
Decision 26/2026/QĐ-TTg that the product belongs to. Findings name the article and a fix.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from labelsvc.labels.layout import Layout

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Content:
    """A mandatory content: `variables` of which one must have a value and stand on the label."""

    key: str
    name_vi: str
    name_en: str
    article: str
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """Something that is wrong; `message` and `fix` are English templates of `params`."""

    severity: Severity
    code: str
    message: str
    fix: str
    article: str
    params: dict[str, Any] = field(default_factory=dict)


_ART_42 = "Decree 37/2026/NĐ-CP art. 42.1"
_APP_I = "Decree 37/2026/NĐ-CP appendix I"

NAME = Content("name", "Tên hàng hóa", "Name", f"{_ART_42}a", ("product_name",))
PARTY = Content("producer", "Tên tổ chức, cá nhân chịu trách nhiệm", "Responsible party", f"{_ART_42}b", ("producer_name",))  # fmt: skip
ADDRESS = Content("address", "Địa chỉ sản xuất", "Address of production", f"{_ART_42}b", ("producer_address",))  # fmt: skip
ORIGIN = Content("origin", "Xuất xứ", "Origin", f"{_ART_42}c", ("origin",))
QUANTITY = Content("net_content", "Định lượng", "Net quantity", _APP_I, ("net_content",))
MADE = Content("made", "Ngày sản xuất", "Date of manufacture", _APP_I, ("made",))
EXPIRES = Content("expires", "Hạn sử dụng", "Expiry date", _APP_I, ("expires",))
INGREDIENTS = Content("ingredients", "Thành phần", "Ingredients", _APP_I, ("ingredients",))
WARNING = Content("warning", "Thông tin cảnh báo", "Warning", _APP_I, ("warning",))
USE = Content(
    "instructions", "Hướng dẫn sử dụng", "Instructions for use", _APP_I, ("instructions",)
)
STORAGE = Content("storage", "Hướng dẫn bảo quản", "Storage", _APP_I, ("storage",))
ETHANOL = Content("alcohol", "Hàm lượng etanol", "Ethanol content", _APP_I, ("alcohol",))
LOT = Content("lot", "Số lô", "Lot number", _APP_I, ("lot_code",))
FIGURES = Content("specification", "Thông số kỹ thuật", "Technical figures", _APP_I, ("specification", "dimensions"))  # fmt: skip
YEAR = Content("made_year", "Năm sản xuất", "Year of manufacture", _APP_I, ("made_year", "made"))

_ALWAYS = (NAME, PARTY, ADDRESS, ORIGIN)
_FOOD = (QUANTITY, MADE, EXPIRES, INGREDIENTS, WARNING, USE, STORAGE)
_CRAFT = (INGREDIENTS, FIGURES, USE, STORAGE)

#: Criteria set → contents beside the four that every label has (appendix I groups in brackets).
_BY_SET: dict[int, tuple[Content, ...]] = (
    {3: (QUANTITY, MADE, EXPIRES)}  # 1 grain
    | dict.fromkeys((1, 2, *range(4, 14)), _FOOD)  # 2 food
    | dict.fromkeys((14, 15), (QUANTITY, ETHANOL))  # 7 spirits
    | dict.fromkeys((16, 17), _FOOD)  # 6 drinks
    | {18: _FOOD}  # 3 health food
    | {19: (QUANTITY, INGREDIENTS, LOT, EXPIRES, USE)}  # 14 cosmetics
    | {20: (QUANTITY, INGREDIENTS, MADE, EXPIRES, USE, STORAGE)}
    | {21: _CRAFT}  # 32-35 wood, ceramics, crafts, household goods
    | {22: (INGREDIENTS, FIGURES, USE, YEAR)}  # 25 textiles
    | dict.fromkeys((23, 24, 25), ())  # ornamental plants and animals: the four only
)

#: Set 26 is a service: it has no goods label at all.
NO_LABEL = frozenset({26})


def required(set_number: int) -> tuple[Content, ...]:
    """Mandatory contents of goods of a criteria set, those of art. 42.1 first."""
    return () if set_number in NO_LABEL else (*_ALWAYS, *_BY_SET.get(set_number, ()))


def missing(set_number: int, values: Mapping[str, str]) -> list[Content]:
    """Mandatory contents for which the catalogue has no value yet."""
    return [
        content
        for content in required(set_number)
        if not any(values.get(name) for name in content.variables)
    ]


def check_run(layout: Layout, values: Mapping[str, str], set_number: int) -> list[Finding]:
    """What speaks against printing *values* on *layout*.

    A full label must hold every mandatory content. A seal, tag or card supplements the pack's own
    label: it must name the product and the responsible party, the rest is advice.
    """
    found: list[Finding] = []
    full = layout.purpose == "full_label"
    if set_number in NO_LABEL:
        found.append(
            Finding(
                "error" if full else "warning",
                "no_goods_label",
                "Tourism services of set 26 have no goods label.",
                "Print a shelf card or a poster instead.",
                _ART_42,
            )
        )
    for content in required(set_number):
        value = next((values.get(v) for v in content.variables if values.get(v)), "")
        shown = any(v in layout.variables for v in content.variables)
        params = {"content": content.name_vi, "content_en": content.name_en, "field": content.key}
        if not value and (full or (content in (NAME, PARTY) and shown)):
            found.append(
                Finding(
                    "error",
                    "missing_content",
                    "The mandatory content “{content}” ({content_en}) is missing.",
                    "Enter it for the product or the lot, then print again.",
                    content.article,
                    params,
                )
            )
        elif full and not shown:
            found.append(
                Finding(
                    "error",
                    "content_not_on_layout",
                    "The layout has no place for the mandatory content “{content}” ({content_en}).",
                    "Use a full label layout for this kind of goods.",
                    content.article,
                    params,
                )
            )
    return found
