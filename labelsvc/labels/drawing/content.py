"""Content: holds the values of one record, and what differs from unit to unit. Used by drawing and runs."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

from labelsvc.labels.layouts.variables import CONDITIONS, VARIABLES
from labelsvc.wording import quantity


class Unit(NamedTuple):
    """The part of a label that differs within a run: the text of the symbol and how it is printed.

    `inner_code` lies under a scratch layer: it is on the label and nowhere else.
    """

    code: str
    code_printed: str = ""
    unit_number: str = ""
    inner_code: str = ""

    def __repr__(self) -> str:
        """For logs and traces, which the inner code must not reach."""
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._fields[:3])
        return f"Unit({shown})"

    @property
    def code_top(self) -> str:
        """The first of two short lines: half of the groups, or the GTIN of a GS1 caption."""
        return self._lines()[0]

    @property
    def code_bottom(self) -> str:
        return self._lines()[1]

    def _lines(self) -> tuple[str, str]:
        gtin, mark, serial = self.code_printed.partition(" (21) ")
        if mark:
            return gtin, f"(21) {serial}"
        groups = self.code_printed.split(" ")
        half = (len(groups) + 1) // 2
        return " ".join(groups[:half]), " ".join(groups[half:])


@dataclass(frozen=True)
class LabelContent(Mapping[str, str]):
    """Values of the variables for one record (a lot of a product); absent ones read as "".

    `stars` is 3, 4 or 5, or None where nothing may be claimed today: then `{stars}`,
    `{stars_text}` and `{stars_text_en}` are empty, no star is drawn and the mark stays away. The parts of
    the quantity (`{net_name}` and others) follow from `{net_content}`. `record` names the record in
    messages. `images` maps mark, logo, photo to PNG or JPEG bytes. Texts become NFC and lose
    control characters; names outside the registry are a programming error (KeyError).
    """

    values_by_name: Mapping[str, str]
    stars: int | None = None
    record: str = ""
    images: Mapping[str, bytes] = field(default_factory=dict)
    #: What the catalogue knows and no label says, for the law: kind of goods, kind of maker.
    facts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clean = {name: _clean(value) for name, value in self.values_by_name.items() if value}
        unknown = set(clean) - set(VARIABLES)
        if unknown:
            raise KeyError(f"not a label variable: {sorted(unknown)}")
        parts = quantity.split(clean.get("net_content", ""))
        clean |= dict(zip(("net_name", "net_total", "net_rest"), parts, strict=True))
        for name in ("stars", "stars_text", "stars_text_en"):
            clean.pop(name, None)
        if self.stars is not None:
            if self.stars not in (3, 4, 5):
                raise ValueError("stars are 3, 4 or 5")
            clean |= {
                "stars": str(self.stars),
                "stars_text": f"OCOP {self.stars} sao",
                "stars_text_en": f"OCOP {self.stars} stars",
            }
        object.__setattr__(self, "values_by_name", MappingProxyType(clean))
        images = {name: data for name, data in self.images.items() if data}
        if self.stars is None:
            # The mark stands only where stars may: Decision 1162/QĐ-VPĐP-OCOP.
            images.pop("mark", None)
        object.__setattr__(self, "images", MappingProxyType(images))

    @property
    def conditions(self) -> dict[str, str]:
        """Values of `CONDITIONS`, for `when` and `unless` alone."""
        amount = quantity.total(self["net_content"]) or 0
        met = {
            "mark": "mark" in self.images,
            "net_over_200": amount > 200,
            "net_over_1000": amount > 1000,
        }
        return {name: name if met[name] else "" for name in CONDITIONS}

    def __getitem__(self, name: str) -> str:
        if name not in VARIABLES:
            raise KeyError(name)
        return self.values_by_name.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(VARIABLES)

    def __len__(self) -> int:
        return len(VARIABLES)


#: A vase, for layouts that label crafts.
_CRAFT = {
    "product_name": "Lọ hoa gốm men lam",
    "product_name_en": "Stoneware vase with blue glaze",
    "producer_name": "Hợp tác xã Gốm sứ Lò Bầu",
    "producer_address": "Xóm Lò Bầu, xã Bát Tràng, thành phố Hà Nội",
    "village": "Làng nghề gốm Bát Tràng",
    "village_en": "Bat Trang pottery village",
    "net_content": "1 chiếc",
    "ingredients": "Đất sét trắng, men lam",
    "nutrition": "",
    "instructions": "Lau bằng khăn mềm, không dùng trong lò vi sóng.",
    "storage": "Nơi khô ráo, tránh va đập.",
    "warning": "",
    "lot_code": "G2611-08",
    "expires": "",
    "ocop_code": "01-00577-004-2026",
    "growing_area": "",
    "story_short": "Ba lần vẽ, hai lần nung: nét sen của người thợ già còn nguyên dưới lớp men lam.",
    "story_short_en": "Painted thrice and fired twice: the old master's lotus stays beneath the blue glaze.",
    "story": "Ba lần vẽ, hai lần nung: nét sen của người thợ già còn nguyên dưới lớp men lam. Đất lấy từ "
    "bãi bồi sông Hồng, ủ qua một mùa mưa mới lên bàn xoay. Mỗi lò chỉ chọn một phần ba.",
    "story_en": "Painted thrice and fired twice: the old master's lotus stays beneath the blue glaze. The "
    "clay comes from the banks of the Red River and rests for a rainy season before it meets the wheel. "
    "Of each firing one vase in three is kept.",
    "price": "680.000 ₫",
    "website": "gomlobau.example",
}
#: What tea does not have.
_NOT_FOOD = ("specification", "dimensions", "artisan", "made_year")


def sample_content(*, stars: int | None = 4, goods: str = "food") -> LabelContent:
    """Goods to show a layout with when there is no data: a tea, or a vase for *goods* "craft"."""
    values = {row.name: row.sample for row in VARIABLES.values() if not row.per_unit}
    if goods == "craft":
        return LabelContent(values | _CRAFT, stars, record="mẫu")
    return LabelContent(values | dict.fromkeys(_NOT_FOOD, ""), stars, record="mẫu")


def sample_unit(form: str = "short", *, carton: bool = False) -> Unit:
    """A unit of *form* that looks like a real one; its code is not signed and verifies nowhere."""
    host = VARIABLES["host"].sample.upper()
    number, inner = VARIABLES["unit_number"].sample, VARIABLES["inner_code"].sample
    if carton:
        return sample_unit("offline")._replace(
            code_printed="Thùng 6 / 42", unit_number="601–720 · 120 sản phẩm", inner_code=""
        )
    if form == "gs1":
        return Unit(
            f"HTTPS://{host}/01/08930000000019/21/0123456789ABCDEFGHJK",
            "(01) 08930000000019 (21) 0123 4567 89AB CDEF GHJK",
            number,
            inner,
        )
    if form == "offline":
        # 16 + 64 bytes as decimal digits
        return Unit(
            f"HTTPS://{host}/" + ("31415926535897932384" * 10)[:193],
            "31415 92653 58979",
            number,
            inner,
        )
    if form == "lot":
        number = inner = ""
    return Unit(VARIABLES["code"].sample, VARIABLES["code_printed"].sample, number, inner)


_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_NO_BREAK = {"\u00a0", "\u202f"}


def _clean(value: str) -> str:
    """NFC, line breaks kept, every space a plain or a no-break one, the invisible dropped.

    Fonts have no glyph for zero-width and direction marks, and a reader cannot see them.
    """
    out = []
    for char in unicodedata.normalize("NFC", _LINE_ENDS.sub("\n", value)):
        category = unicodedata.category(char)
        if category == "Zs":
            out.append("\u00a0" if char in _NO_BREAK else " ")
        elif char == "\t":
            out.append(" ")
        elif char == "\n" or not category.startswith("C"):
            out.append(char)
    return "\n".join(
        re.sub(" {2,}", " ", line).strip() for line in "".join(out).split("\n")
    ).strip()
