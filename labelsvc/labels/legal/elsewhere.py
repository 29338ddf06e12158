"""Elsewhere: finds contents that stand elsewhere on the pack: "Xem NSX, HSD ở đáy bao bì" (appendix III).
Used by legal."""

from __future__ import annotations

import re
from collections.abc import Iterable

from labelsvc.labels.legal.spoken import Spoken

#: What a label may send the reader away for. The name must be on the label itself.
MAY_STAND_ELSEWHERE = frozenset(
    {
        "producer", "address", "origin", "net_content", "made", "expires", "made_year", "lot",
        "ingredients", "nutrition", "instructions", "storage", "warning", "alcohol",
        "specification",
    }
)  # fmt: skip

_SEE = re.compile(
    r"\bxem\s+(?P<what>[^.;\n]+?)\s+(?:in\s+)?(?:ở|trên|tại|dưới)\s+(?P<where>[^.;\n]*\w)",
    re.IGNORECASE,
)
#: Words of such a reference → contents. An own address or origin is never sent away by it:
#: art. 37 wants name, responsible party and origin on the physical label.
_NAMES: tuple[tuple[str, str], ...] = (
    (r"\bNSX\b|ngày sản xuất", "made"),
    (r"\bHSD\b|\bHD\b|hạn sử dụng", "expires"),
    (r"năm sản xuất", "made_year"),
    (r"số lô|\blô\b", "lot"),
    (r"thành phần dinh dưỡng|giá trị dinh dưỡng", "nutrition"),
    (r"thành phần(?! dinh dưỡng)", "ingredients"),
    (r"hướng dẫn sử dụng|\bHDSD\b|cách dùng", "instructions"),
    (r"bảo quản", "storage"),
    (r"cảnh báo", "warning"),
    (r"định lượng|khối lượng|thể tích", "net_content"),
    (r"thông số", "specification"),
)


def declared(spoken: Iterable[Spoken]) -> frozenset[str]:
    """Keys of the contents that some text of the label says stand elsewhere on the pack."""
    found = set()
    for text in spoken:
        for see in _SEE.finditer(text.text):
            what = see["what"]
            found |= {key for words, key in _NAMES if re.search(words, what, re.IGNORECASE)}
    return frozenset(found)
