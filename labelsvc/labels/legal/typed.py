"""Typed: finds mandatory contents that a layout of one product writes out itself. Used by legal.

The decree asks what stands on a label, not how it got there (art. 42). What the catalogue says as well must be
the same, so that a layout is not used for other goods.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.template import PLACEHOLDER
from labelsvc.labels.legal.finding import Finding, article, grave
from labelsvc.labels.legal.spoken import Spoken
from labelsvc.wording import dates, legible, quantity

#: Words before a content → its key, and the variable that the catalogue has for it.
_HEADS: tuple[tuple[str, str, str], ...] = (
    (r"thành phần(?: cấu tạo)?|nguyên liệu|chất liệu", "ingredients", "ingredients"),
    (r"hướng dẫn sử dụng|hdsd|cách (?:dùng|sử dụng)", "instructions", "instructions"),
    (r"(?:hướng dẫn )?bảo quản|hdbq", "storage", "storage"),
    (r"(?:thông tin )?cảnh báo|lưu ý|khuyến cáo", "warning", "warning"),
    (r"thông số(?: kỹ thuật)?", "specification", "specification"),
    (r"hàm lượng etanol|nồng độ cồn", "alcohol", "alcohol"),
    (r"khối lượng tịnh|thể tích thực", "net_content", "net_content"),
    (r"năm sản xuất|sản xuất năm", "made_year", "made_year"),
)
#: Stands for the value of a variable.
_VALUE = "◌"
#: Fresh goods of farms and grain may give the harvest (appendix III 2.1).
_GRAIN = frozenset({1, 2, 3})
_HARVEST = re.compile(r"(?<!\w)vụ (?:thu hoạch|mùa|xuân|hè|đông|chiêm)\s*:?\s*[^\W_][^|·]*\d{4}")
_DAY = re.compile(
    rf"(?<!\w)(nsx|ngày sản xuất|hsd|hd|hạn sử dụng|hạn dùng|sử dụng tốt nhất trước(?: ngày)?)\s*:?\s*({dates.WRITTEN})"
)


@dataclass(frozen=True)
class Typed:
    """A content as the layout writes it, and the variable that would say it."""

    words: str
    variable: str
    element: str


def contents(spoken: Sequence[Spoken], set_number: int) -> dict[str, Typed]:
    """Key of a mandatory content → how the layout writes it out."""
    found: dict[str, Typed] = {}
    for text in spoken:
        for line in PLACEHOLDER.sub(_VALUE, text.style.text.replace("**", "")).split("\n"):
            said = legible.read(line)
            for words, key, variable in _HEADS:
                hit = re.search(rf"(?:^|[·|.;]\s*)(?:{words})\s*:\s*([^{_VALUE}\[\]]{{2,}})$", said)
                if hit and hit[1].startswith(("xem", "quét", "đọc", "in ")):
                    continue
                if hit and (key != "net_content" or list(quantity.figures(hit[1]))):
                    found.setdefault(key, Typed(hit[1].strip(), variable, text.element))
            if set_number in _GRAIN and (hit := _HARVEST.search(said)):
                found.setdefault("made", Typed(hit[0], "", text.element))
            for day in _DAY.finditer(said):
                key = "made" if day[1].startswith(("nsx", "ngày")) else "expires"
                if dates.read(day[2].strip(" .,")).form != "none":
                    found.setdefault(key, Typed(day[2].strip(), key, text.element))
    return found


def check(
    layout: Layout, values: Mapping[str, str], typed: Mapping[str, Typed]
) -> Iterator[Finding]:
    """Contents that the layout writes otherwise than the catalogue."""
    for one in typed.values():
        known = values.get(one.variable, "") if one.variable else ""
        if (
            known
            and _folded(one.words) not in _folded(known)
            and _folded(known) not in _folded(one.words)
        ):
            yield Finding(
                grave(layout),
                "content_differs",
                "The layout says “{words}”, the catalogue “{known}”.",
                "Write the variable in braces, or use a layout of these goods.",
                article("42, 50.1"),
                {"words": one.words[:60], "known": known[:60]},
                one.element,
            )


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", legible.read(text))
