"""Written: finds contents that a layout writes out as words, without a variable. Used by `contents` and legal.

"Thành phần: búp chè shan tuyết" typed into an own layout is on the label as well as "{ingredients}"
(art. 42 does not say how the text gets there). So is a value that stands among other words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from labelsvc.labels.layouts.template import PLACEHOLDER
from labelsvc.labels.legal.goods.groups import Content
from labelsvc.labels.legal.goods.spelling import key
from labelsvc.labels.legal.spoken import Spoken
from labelsvc.wording import dates

#: Content → words that head it, at the beginning of a line or of a part of one.
_HEADS: Mapping[str, str] = {
    "producer": r"(?:tổ chức, cá nhân )?chịu trách nhiệm[^:]*|(?:cơ sở|nhà) sản xuất|sản xuất bởi|chủ thể|nghệ nhân",
    "address": r"địa chỉ[^:]*|đ/?c",
    "origin": r"xuất xứ|nước sản xuất|sản xuất tại|chế tạo tại|sản phẩm của|đóng gói tại|đóng chai tại",
    "net_content": r"khối lượng tịnh|thể tích thực|định lượng|số lượng",
    "made": r"n?sx|ngày sản xuất|sản xuất ngày",
    "expires": r"hs?d|hạn sử dụng|hạn dùng|sử dụng tốt nhất trước ngày",
    "ingredients": r"thành phần(?! dinh dưỡng)|nguyên liệu|chất liệu|vật liệu",
    "nutrition": r"(?:thành phần |giá trị |thông tin )?dinh dưỡng",
    "warning": r"(?:thông tin )?(?:cảnh báo|khuyến cáo)|lưu ý|chú ý",
    "instructions": r"hướng dẫn sử dụng|hdsd|cách (?:dùng|sử dụng|pha|ăn)",
    "storage": r"(?:hướng dẫn |điều kiện |cách )?bảo quản|hdbq",
    "alcohol": r"hàm lượng etanol|nồng độ (?:cồn|etanol)|độ cồn",
    "lot": r"(?:số )?lô(?: sản xuất)?",
    "specification": r"thông số(?: kỹ thuật)?|kích thước|quy cách|cỡ",
    "made_year": r"năm sản xuất|sản xuất năm",
}
_GRAIN = r"vụ (?:thu hoạch|mùa|xuân|hè|thu|đông)[^:]*|ngày (?:thu hoạch|(?:đóng|bao) gói)"
#: "Cảnh báo: xem tại website" says no warning; where else it may stand is for `elsewhere`.
_LOOK_UP = re.compile(r"(?:vui lòng |hãy )?(?:xem|quét|tra cứu|truy cập|đăng)(?!\w)", re.IGNORECASE)
_PARTS = re.compile(r"\n| · |(?<=[^\d]); | - ")
_YEAR = re.compile(
    r"(?:năm sản xuất|sản xuất năm|sản xuất tháng \d{1,2} năm|\bsx)\s*:?\s*(?:\d{2}/)?\d{2,4}",
    re.IGNORECASE,
)


def literal(content: Content, words: Iterable[Spoken]) -> str:
    """Tell what a text of the layout says of *content* in words of its own; "" where nothing."""
    heads = _HEADS.get(content.key)
    if heads is None:
        return ""
    if "season" in content.variables:
        heads += f"|{_GRAIN}"
    shape = re.compile(rf"(?:{heads})\b\s*:?\s*(?P<said>.*\w.*)", re.IGNORECASE)
    for text in words:
        for part in _PARTS.split(text.style.text.replace("**", "")):
            if PLACEHOLDER.search(part):
                continue
            said = shape.match(part.strip(" []•*-"))
            if said is not None and _says(content, said["said"].strip(), part):
                return said["said"].strip()
    return ""


def _says(content: Content, said: str, part: str) -> bool:
    """True if *said* is the content itself: a date where one is meant, no way to look it up."""
    if _LOOK_UP.match(said):
        return False
    if content.key in ("made", "expires") and not re.match(_GRAIN, part.strip(), re.IGNORECASE):
        written = re.match(dates.WRITTEN, said)
        date = written[0].strip(" .,-") if written is not None else said
        return dates.read(date).form != "none"
    return True


def stands(content: Content, values: Mapping[str, str], words: Iterable[Spoken]) -> bool:
    """True if the label says *content* without its variable: typed, or its value among other words."""
    words = list(words)
    if literal(content, words) or (content.key == "made_year" and _year(words)):
        return True
    spoken = key(" ".join(text.text for text in words))
    given = (values.get(name, "") for name in content.variables)
    return any(len(value) > 3 and key(value) in spoken for value in given)


_PACKING = re.compile(r"ngày\s+(?:đóng|bao)\s+gói|ngày\s+thu\s+hoạch", re.IGNORECASE)
_MAKING = re.compile(r"\bN?SX\b|sản xuất", re.IGNORECASE)


def packed_as_made(words: Iterable[Spoken]) -> Spoken | None:
    """The text that gives the day made as a day of packing or harvest, which grain alone may."""
    for text in words:
        for part in _PARTS.split(text.style.text):
            before, made, _ = part.partition("{made}")
            if made and _PACKING.search(before) and not _MAKING.search(before):
                return text
    return None


def in_values(content: Content, values: Mapping[str, str]) -> bool:
    """True if another value says *content*: the year of manufacture among the technical figures."""
    return content.key == "made_year" and bool(_YEAR.search(values.get("specification", "")))


def _year(words: Iterable[Spoken]) -> bool:
    return any(_YEAR.search(text.text) for text in words)
