"""Claims: finds in a text what promises to cure or prevent, boasts, or says what goods are without. Used by
saving texts and by the law check.

Law: Decree 37/2026/NĐ-CP art. 48.1c and 50.1; Decree 15/2018/NĐ-CP art. 27 (food is no medicine); Law on
Advertising art. 8 (superlatives need proof, which lives one year).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from labelsvc.wording import cures, legible
from labelsvc.wording.phrases import Pattern

Kind = Literal["cure", "body", "health", "boast", "without", "e_label"]
#: A food, one whose declaration speaks of health (set 18), or no food.
Goods = Literal["food", "declared", "other"]
#: What a promise is of such goods; nothing where the law lets them say it.
_KINDS: Mapping[Goods, Mapping[cures.Level, Kind]] = {
    "food": {"cure": "cure", "eases": "cure", "looks": "body", "body": "body", "well": "health"},
    "declared": {"cure": "cure", "eases": "health", "looks": "health", "body": "health", "well": "health"},
    "other": {"cure": "cure", "eases": "cure", "body": "health"},
}  # fmt: skip

_NO_SUPERLATIVES = Pattern(
    r"(?:sử\s+dụng|dùng|ngon|uống|ăn|thưởng\s+thức|bảo\s+quản|hiệu\s+quả|chất\s+lượng)?\s*(?:tốt|ngon)\s+nhất\s+(?:trước|khi|trong|ở|nếu|với|sau|vào|là|nên)"
    r"|sử\s+dụng\s+tốt\s+nhất|tốt\s+nhất\s+(?:nên|là|hãy|trước)"
    r"|nhất\s+(?:định|thiết|quán|là|trí|thời)|(?:thống|đồng|hợp|thứ|ít|nhiều|chậm|sớm|muộn|gần|cao|thấp|lâu|ngắn|dài|nhanh|mới|lớn|nhỏ|vừa)\s+nhất(?!\s+(?:việt|thế|hà|miền|vùng|cả|trong|thị|hiện|đông|châu|định\s+hướng))"
    r"|một\s+lần\s+duy\s+nhất|(?:giải|huy\s+chương|bằng\s+khen)\s+(?:hạng\s+)?nhất"
)
_BOASTS = Pattern(
    r"(?!đệ\b)[^\W\d_]+\s+nhất(?:\s+(?:việt\s+nam|thế\s+giới|hà\s+nội|miền\s+\w+|vùng|cả\s+nước|thị\s+trường|hiện\s+nay|đông\s+nam\s+á|châu\s+á))?"
    r"|duy\s+nhất|độc\s+nhất(?:\s+vô\s+nhị)?|có\s+một\s+không\s+hai|đệ\s+nhất|vô\s+địch|vô\s+đối|số\s+(?:một|1|dzách|zách)(?!\s*[.,\d/]|\s+(?:đường|phố|ngõ|ngách|thôn|xóm|tổ|khu|lô))|no\.?\s?1|top\s?1|number\s+one"
    r"|hàng\s+đầu|đứng\s+đầu|dẫn\s+đầu|bậc\s+nhất|siêu\s+(?:sạch|ngon|bổ|hạng)|hoàn\s+hảo"
    r"|(?:100\s?%|một\s+trăm\s+phần\s+trăm|hoàn\s+toàn)\s+(?:từ\s+)?(?:tự\s+nhiên|thiên\s+nhiên|nguyên\s+chất|hữu\s+cơ|an\s+toàn|sạch|tinh\s+khiết|organic|natural|pure)"
    r"|(?:tự\s+nhiên|thiên\s+nhiên|an\s+toàn|sạch|organic|natural)\s+100\s?%|tuyệt\s+đối(?:\s+an\s+toàn)?|(?:cam\s+kết|đảm\s+bảo|bảo\s+đảm)\s+(?:100|tuyệt|chất\s+lượng|an\s+toàn|sạch|chính)"
    r"|the\s+best|best\s+(?:quality|in|of|coffee|tea|taste)[\w ]*|world'?s?\s+(?:best|finest)|guaranteed|leading\s+brand"
)
#: What goods may be said to be without.
_LACKS = (
    r"(?:chất\s+)?bảo\s+quản|phẩm\s+màu|chất\s+màu|màu\s+(?:tổng\s+hợp|nhân\s+tạo|hóa\s+học)|phụ\s+gia|hóa\s+chất|hoá\s+chất|hương\s+liệu|chất\s+tạo\s+\w+|"
    r"đường(?:\s+(?:hóa\s+học|tinh\s+luyện|kính))?|chất\s+béo|cholesterol|gluten|lactose|biến\s+đổi\s+gen|gmo|bột\s+ngọt|mì\s+chính|msg|thuốc\s+trừ\s+sâu|"
    r"thuốc\s+bảo\s+vệ\s+thực\s+vật|dư\s+lượng(?:\s+\w+)*|kháng\s+sinh|hormone?|chất\s+kích\s+thích|chất\s+cấm|hàn\s+the|formol|paraben|sulfate?|cồn|caffeine?|cafein|tạp\s+chất|độc\s+tố|muối|calo|chất\s+độc\s+hại"
)
_WITHOUT = Pattern(
    rf"(?:không|chẳng|zero|0\s?%|nói\s+không\s+với|tuyệt\s+đối\s+không|miễn)\s*(?:có|chứa|sử\s+dụng|dùng|thêm|pha|chất|bổ\s+sung|còn|gồm|hề|một|bất\s+kỳ|các|tồn\s+dư|nhiễm|:|\s)*\s*(?:{_LACKS})"
    r"|(?:no|zero|without|non|free\s+(?:of|from))[\s-]+(?:added\s+|artificial\s+)?(?:preservatives?|colou?rs?|additives?|sugar|msg|gmo|gluten|chemicals?|fat|flavou?rs?)"
    r"|(?:sugar|gluten|fat|gmo|alcohol|preservative)[\s-]free"
)
#: Ways to use goods: "pha với nước không đường".
_NO_LACKS = Pattern(
    r"(?:nước|pha|uống|với|khi|nên|hãy|vui\s+lòng)\s+không\s+(?:đường|thêm\s+đường|cồn|muối|dùng\s+muối)|không\s+(?:dùng|thêm|pha|cho|sử\s+dụng)\s+(?:cồn|muối|hóa\s+chất)(?=\s+(?:để|khi|vào|lau|rửa|tẩy|giặt))"
)
#: Of soap and cloth, where it is a matter of papers.
_CLEANS = re.compile(
    r"(?:kháng|diệt|sát|khang|diet|sat)\s+(?:khuẩn|vi\s+khuẩn|virus|khuan|vi\s+khuan)"
)
#: Spaced letters are joined without their breaks: "c h ữ a b ệ n h".
_JOINED = re.compile(
    r"chữa(?:bệnh|khỏi|trị|lành|ho)|(?:đặc|điều|chủ)trị|trịbệnh|trịho|ungthư|tiểuđường|huyếtáp|thầndược|giảmcân|khỏibệnh|(?:thải|giải)độc"
)
_E_LABEL = Pattern(
    r"(?:nhãn|tem\s+nhãn)\s+(?:hàng\s+hóa\s+)?(?:điện\s+tử|số\s+hóa)|e-?\s?label|electronic\s+label"
)


@dataclass(frozen=True)
class Claim:
    """Words that claim something, and of what kind."""

    kind: Kind
    words: str


def claims(text: str, goods: Goods = "food") -> list[Claim]:
    """Tell what *text* claims, the first of each kind.

    :param goods: what goods are without is a claim of food alone (art. 48.1c); a declared food may speak
        of the body, and goods that are no food of skin and hair.
    """
    found: dict[Kind, Claim] = {}
    for reading in legible.readings(text):
        for claim in _of(reading, goods):
            found.setdefault(claim.kind, claim)
    return list(found.values())


def cure(text: str) -> Claim | None:
    """The first words of a food's *text* that promise a cure: what `claims` finds of that kind."""
    for reading in legible.readings(text):
        for claim in _cures(reading, "food"):
            if claim.kind == "cure":
                return claim
    return None


def _cures(text: str, goods: Goods) -> Iterator[Claim]:
    for promise in cures.promises(text):
        kind: Kind | None = _KINDS[goods].get(promise.level)
        if goods == "other" and _CLEANS.fullmatch(promise.words):
            kind = "health"
        if kind:
            yield Claim(kind, promise.words)
    if hit := _JOINED.search(text):
        yield Claim("cure", hit[0])


def _of(text: str, goods: Goods) -> list[Claim]:
    found = list(_cures(text, goods))
    if hit := _BOASTS.search(_NO_SUPERLATIVES.sub(text)):
        found.append(Claim("boast", hit[0].strip()))
    if goods != "other" and (hit := _WITHOUT.search(_NO_LACKS.sub(text))):
        found.append(Claim("without", hit[0]))
    if hit := _E_LABEL.search(text):
        found.append(Claim("e_label", hit[0]))
    return found
