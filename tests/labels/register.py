"""A register of products to draw labels of: invented names and contents of many lengths.

The lengths are estimates (quantiles, in letters), with the longest that the columns are likely to hold; the words
are put together at random and name nobody.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from labelsvc.labels.drawing.content import LabelContent, sample_content
from labelsvc.labels.layouts import library
from labelsvc.labels.layouts.layout import Layout

#: As many as a province has.
WHOLE = 3500
#: Column → letters at 0, 10, 50, 90, 99 and 100 of a hundred.
LENGTHS: dict[str, tuple[int, ...]] = {
    "product_name": (5, 11, 21, 38, 58, 90),
    "producer_name": (9, 18, 36, 58, 78, 104),
    "producer_address": (16, 28, 46, 68, 92, 120),
    "village": (0, 0, 18, 34, 48, 60),
    "ingredients": (0, 8, 40, 130, 260, 420),
    "instructions": (0, 12, 60, 150, 260, 400),
    "storage": (0, 14, 48, 96, 150, 220),
    "warning": (0, 0, 36, 90, 160, 240),
    "story_short": (0, 0, 80, 140, 168, 170),
    "lot_code": (2, 6, 10, 14, 17, 20),
}
_WORDS = [
    "chè",
    "rượu",
    "mật",
    "ong",
    "miến",
    "dong",
    "gạo",
    "nếp",
    "cái",
    "hoa",
    "vàng",
    "bún",
    "khô",
    "nem",
    "chua",
    "giò",
    "lụa",
    "cốm",
    "làng",
    "tơ",
    "tằm",
    "khăn",
    "lụa",
    "thổ",
    "cẩm",
    "gốm",
    "men",
    "lam",
    "sơn",
    "mài",
    "khảm",
    "trai",
    "tranh",
    "thêu",
    "nón",
    "quạt",
    "giấy",
    "mây",
    "tre",
    "đan",
    "gỗ",
    "mỹ",
    "nghệ",
    "dược",
    "liệu",
    "thượng",
    "hạng",
    "truyền",
    "thống",
    "hữu",
    "cơ",
    "sấy",
    "lạnh",
    "ướp",
    "hoa",
    "sen",
    "hoa",
    "nhài",
    "hồng",
    "treo",
    "gió",
    "bưởi",
    "Diễn",
    "cam",
    "Canh",
    "nghệ",
    "đen",
    "tinh",
    "bột",
    "sắn",
    "dây",
    "nước",
    "mắm",
    "tương",
    "bần",
    "đậu",
    "phụ",
]
_NAMES = [
    "Suối",
    "Mây",
    "Đầm",
    "Sậy",
    "Lò",
    "Bầu",
    "Gò",
    "Tía",
    "Bến",
    "Lau",
    "Rừng",
    "Cọ",
    "Đồi",
    "Thông",
    "Núi",
    "Voi",
    "Hồ",
    "Bạc",
    "Cầu",
    "Đá",
    "Giếng",
    "Ngọc",
    "Đông",
    "Sơn",
    "Tây",
    "Hà",
]
_KINDS = (
    "Hợp tác xã",
    "Công ty TNHH",
    "Công ty cổ phần Thực phẩm",
    "Hộ kinh doanh",
    "Tổ hợp tác",
    "Cơ sở sản xuất",
)
_HOSTS = ("ocop.example", "truyxuat.ocop.hanoi.example", "truyxuat.ocop.tinh-xa.example")


def layouts() -> list[tuple[str, Layout]]:
    """Everything that goods are labelled with: its name in a test, and the layout."""
    return [(name, library.get(name)) for name in library.names()]


def product(number: int, *, stars: bool) -> LabelContent:
    """The product *number* (from 0 to `WHOLE`), the same each time; every fortieth from the longest end of
    every column."""
    pick = random.Random(number)
    at = 0.97 + pick.random() * 0.03 if number % 40 == 7 else pick.random()
    values = dict(sample_content(goods="craft" if number % 5 == 0 else "food"))
    for column, quantiles in LENGTHS.items():
        share = min(1.0, max(0.0, at + pick.uniform(-0.25, 0.25))) if at < 0.97 else at
        values[column] = _text(pick, column, _length(quantiles, share))
    if number % 7 == 0:
        values |= {"best_before": values["expires"] or "02/11/2028", "expires": ""}
    values["host"] = _HOSTS[number % 3]
    values["decision_number"] = pick.choice(("12/QĐ-UBND", "1147/QĐ-UBND", "12147/QĐ-UBND"))
    return LabelContent(values, pick.choice((3, 4, 5)) if stars else None, record=f"p{number}")


def _length(quantiles: Sequence[int], share: float) -> int:
    marks = (0.0, 0.1, 0.5, 0.9, 0.99, 1.0)
    place = max(n for n, mark in enumerate(marks[:-1]) if mark <= share)
    low, high = quantiles[place], quantiles[place + 1]
    return round(low + (high - low) * (share - marks[place]) / (marks[place + 1] - marks[place]))


def _text(pick: random.Random, column: str, length: int) -> str:
    if not length:
        return ""
    if column == "lot_code":
        return ("L" + "".join(pick.choices("0123456789-ABCMW", k=length)))[:length]
    words = _NAMES if column in ("producer_address", "village") else _WORDS
    made = pick.choice(_KINDS) if column == "producer_name" else ""
    while len(made) < length:
        made += f" {pick.choice(words)}"
    made = made.strip()[:length].strip()
    return made[:1].upper() + made[1:]
