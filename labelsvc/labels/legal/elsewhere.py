"""Elsewhere: finds contents that stand elsewhere on the pack: "Xem NSX, HSD ở đáy bao bì" (appendix III), and
those that a label sends the reader away for. Used by legal.

Only places on the pack count. Contents may be electronic only on a label of the national database (art. 52.2),
and name, responsible party, origin and warnings of goods of medium and high risk never (art. 53.2d).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.legal.finding import Finding, article, grave
from labelsvc.labels.legal.spoken import Spoken
from labelsvc.wording import legible
from labelsvc.wording.phrases import Pattern

#: What a label may send the reader away for. The name must be on the label itself.
MAY_STAND_ELSEWHERE = frozenset(
    {
        "producer", "address", "origin", "net_content", "made", "expires", "made_year", "lot",
        "ingredients", "nutrition", "instructions", "storage", "warning", "alcohol",
        "specification",
    }
)  # fmt: skip
#: True once labels are told to the national database of electronic labels (art. 52.2, 54).
JOINED = False
#: Risk of the goods → contents that stay on the pack whatever is joined (art. 53).
_PHYSICAL = {
    "low": frozenset[str](),
    "medium": frozenset({"name", "producer", "address", "origin", "warning"}),
    "high": frozenset({"name", "producer", "address", "origin", "warning"}),
}

_SEE = re.compile(
    r"(?<!\w)(?:vui lòng |hãy |mời |xin )?(?:xem|đọc|tìm|tham khảo|được (?:in|ghi|thể hiện|dập)|in|ghi|dập|dập nổi|khắc|phun|đóng|dán)(?:\s+(?:thêm|chi tiết|kỹ))?(?P<what>[^.;]*?)"
    r"(?:\s+(?:in|ghi|có|được in|được ghi|dập|in nổi))?\s+(?:ở|trên|tại|dưới|bằng|qua|trong|theo|bên)\s+(?P<where>(?:[^.;\n]|\.(?=\w))*\w)"
)
_SEE_THERE = re.compile(
    r"(?<!\w)(?P<what>[^.;:]{0,60}?)\s*:?\s*(?:xem|in)\s+(?P<where>(?:đáy|nắp|thân|cổ|mặt|bao bì|vỏ|tem phụ|nhãn phụ|mép)[^.;\n]*)"
)
_SCAN = re.compile(
    r"(?<!\w)(?:quét|scan|quẹt|soi|truy cập|vào|gọi|liên hệ|tra cứu)\s+(?P<where>(?:[^.;]|\.(?=\w)){0,60}?)(?:\s+để\s+|\s*[,:]\s+|\s+[-–]\s+)(?:biết|xem|đọc|tra cứu|tìm hiểu|có|nhận)?\s*"
    r"(?P<what>[^.;\n]+)"
)
#: "xem link dưới đây", "chi tiết trên fanpage", "đăng tại nhóm Zalo": the place is no pack, whatever the words.
_AT = re.compile(
    r"(?<!\w)(?:xem|đọc|tham khảo|chi tiết|truy cập|bấm|nhấn|theo dõi|có|đăng|công bố|cập nhật|tra cứu|tra|hỏi|gọi|nhắn tin|inbox)\s+(?P<what>)(?P<where>(?:[^.;\n]|\.(?=\w)){0,60}\w)"
)
_BEGINS = re.compile(
    r"\s*(?:vui lòng |hãy |mời |xin )?(?:xem|đọc|tham khảo|tra cứu|quét|scan|truy cập|vào|chi tiết|liên hệ)(?!\w)"
)
#: Places of the pack.
_PACK = re.compile(
    r"(?<!\w)(?:đáy|nắp|thân|cổ|mặt|bao bì|bao|hộp|chai|lọ|hũ|túi|gói|vỏ|lon|can|thùng|tem phụ|nhãn phụ|nhãn|mép|cạnh|góc|viền|quai|thẻ|"
    r"đường hàn|bên (?:dưới|cạnh|hông|trái|phải|trên)|phía|đây|vị trí|miệng|tờ hướng dẫn|tài liệu kèm theo|phiếu kèm)(?!\w)"
)
_AWAY = re.compile(
    r"(?<!\w)(?:qr|mã|code|web\w*|website|trang|link|đường dẫn|liên kết|mạng|internet|ứng dụng|app|zalo|facebook|fanpage|điện thoại|hotline|"
    r"online|url|trực tuyến|điện tử|cổng|hệ thống|tem truy xuất|tem điện tử|cửa hàng|đại lý|nơi bán|nhân viên|người bán|nhóm|youtube|tiktok|video|tờ rơi|catalogue?|hóa đơn|nhà máy|cơ sở|văn phòng|công ty)(?!\w)|\w\.\w{2,}"
)
#: Words of such a reference → contents. An own address or origin is never sent away by it:
#: art. 37 wants name, responsible party and origin on the physical label.
_NAMES: tuple[tuple[Pattern, str], ...] = tuple(
    (Pattern(words), key)
    for words, key in (
        (r"nsx|ngày sản xuất|ngày sx", "made"),
        (r"hsd|hd|hạn sử dụng|hạn dùng|hạn", "expires"),
        (r"năm sản xuất", "made_year"),
        (r"số lô|lô", "lot"),
        (r"thành phần dinh dưỡng|giá trị dinh dưỡng|dinh dưỡng", "nutrition"),
        (r"thành phần(?! dinh dưỡng)|nguyên liệu", "ingredients"),
        (r"hướng dẫn sử dụng|hdsd|cách (?:dùng|sử dụng|pha|chế biến)|hướng dẫn", "instructions"),
        (r"bảo quản", "storage"),
        (r"cảnh báo|lưu ý|khuyến cáo|dị ứng", "warning"),
        (r"định lượng|khối lượng|thể tích", "net_content"),
        (r"thông số", "specification"),
    )
)


def electronic(risk: str, *, joined: bool = JOINED) -> frozenset[str]:
    """Contents of goods of *risk* that may stand on an electronic label instead of the pack."""
    if not joined:
        return frozenset()
    return MAY_STAND_ELSEWHERE - _PHYSICAL.get(risk, _PHYSICAL["medium"])


def declared(spoken: Iterable[Spoken]) -> frozenset[str]:
    """Keys of the contents that some text of the label says stand elsewhere on the pack."""
    found: set[str] = set()
    for text in spoken:
        for what, where in _references(text):
            if _PACK.search(where) and not _AWAY.search(where):
                found |= _named(what)
    return frozenset(found)


def check(layout: Layout, values: Mapping[str, str], spoken: Iterable[Spoken]) -> Iterator[Finding]:
    """Mandatory contents for which a label sends the reader to the web, and which it does not show."""
    said = list(spoken)
    shown = {name for text in said for name in text.variables if not _sends(values.get(name, ""))}
    for text in said:
        for what, where in _references(text):
            away = _named(what) - shown - ({"lot"} if "lot_code" in shown else set())
            if away and _AWAY.search(where):
                yield Finding(
                    grave(layout),
                    "sent_to_the_web",
                    "“{words}”: what the law wants on the pack stands on no page.",
                    "Print it on the label, or say where on the pack it is: “Xem HSD ở nắp”.",
                    article("52.2, 53"),
                    {"words": " ".join(f"{what} … {where}".split())[:80]},
                    text.element,
                )


def _sends(value: str) -> bool:
    """Return true if a value is no content but sends the reader elsewhere: "Xem cảnh báo tại mã QR"."""
    said = legible.read(value)
    return bool(_BEGINS.match(said)) and bool(_AWAY.search(said))


def _references(text: Spoken) -> Iterator[tuple[str, str]]:
    said = legible.read(text.text)
    for pattern in (_SEE, _SEE_THERE, _SCAN, _AT):
        for hit in pattern.finditer(said):
            what, where = hit["what"], hit["where"]
            if not _named(what):  # "NSX, HSD xem ở nắp": the words stand before
                what = re.split(r"[.\n]", said[max(0, hit.start() - 60) : hit.start()])[-1]
            yield what, where


def _named(what: str) -> set[str]:
    return {key for phrase, key in _NAMES if phrase.search(what)}
