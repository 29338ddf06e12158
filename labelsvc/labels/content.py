"""What a label can say: the registry of variables, and the values for one record.

A variable is known by its name; the registry gives its label for people, a sample so that a
preview needs no data, and which mandatory content of Decree 37/2026 it carries.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Variable:
    """One name that a template may use.

    `legal` is the mandatory content (key of `legal.py`) that the variable can fulfil, `per_unit`
    says that it differs from label to label of one run.
    """

    name: str
    label_vi: str
    label_en: str
    sample: str
    legal: str | None = None
    per_unit: bool = False


class Unit(NamedTuple):
    """What differs between the labels of a run: the text of the symbol and how it is printed.

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


_ROWS = (
    Variable(
        "product_name", "Tên sản phẩm", "Product name", "Trà shan tuyết Ba Vì ướp hoa sen", "name"
    ),
    Variable(
        "product_name_en", "Tên tiếng Anh", "English name", "Ba Vi Shan tea scented with lotus"
    ),
    Variable(
        "producer_name", "Chủ thể", "Producer", "Hợp tác xã Chè và Dược liệu Suối Mây", "producer"
    ),
    Variable(
        "producer_address",
        "Địa chỉ sản xuất",
        "Address of production",
        "Thôn Đầm Sậy, xã Ba Vì, thành phố Hà Nội",
        "address",
    ),
    Variable("village", "Làng nghề", "Craft village", "Làng nghề chè Đầm Sậy"),
    Variable(
        "village_en", "Làng nghề (tiếng Anh)", "Craft village (English)", "Dam Say tea village"
    ),
    Variable("artisan", "Nghệ nhân", "Artisan", "Nghệ nhân Nguyễn Thị Lụa"),
    Variable("origin", "Xuất xứ", "Origin", "Sản xuất tại Việt Nam", "origin"),
    Variable("net_content", "Định lượng", "Net content", "Khối lượng tịnh: 100 g", "net_content"),
    Variable(
        "ingredients",
        "Thành phần",
        "Ingredients",
        "Búp chè shan tuyết (98,5 %), gạo sen Bách Diệp tươi (1,5 %)",
        "ingredients",
    ),
    Variable(
        "nutrition",
        "Thành phần dinh dưỡng",
        "Nutrition",
        "Trong 100 g: năng lượng 250 kcal, chất đạm 18 g, carbohydrat 40 g, chất béo 2 g, natri 12 mg",
    ),
    Variable(
        "instructions",
        "Hướng dẫn sử dụng",
        "Instructions",
        "Cho 5 g trà vào ấm, tráng nhanh bằng nước sôi, hãm với 250 ml nước 85 °C trong 2 phút.",
        "instructions",
    ),
    Variable(
        "storage",
        "Hướng dẫn bảo quản",
        "Storage",
        "Nơi khô ráo, thoáng mát, tránh ánh nắng; đậy kín sau khi mở.",
        "storage",
    ),
    Variable(
        "warning",
        "Cảnh báo",
        "Warning",
        "Không dùng khi bao bì hở hoặc trà có mùi lạ. Người mất ngủ hạn chế dùng buổi tối.",
        "warning",
    ),
    Variable("alcohol", "Hàm lượng etanol", "Alcohol", "", "alcohol"),
    Variable(
        "specification",
        "Thông số kỹ thuật",
        "Specification",
        "Cao 24 cm, miệng 11 cm, men lam nung 1.280 °C",
        "specification",
    ),
    Variable("dimensions", "Kích thước", "Dimensions", "Ø 11 × 24 cm"),
    Variable("lot_code", "Số lô", "Lot", "L2611-03", "lot"),
    Variable("made", "Ngày sản xuất (NSX)", "Made", "02/11/2026", "made"),
    Variable("expires", "Hạn sử dụng (HSD)", "Expires", "02/11/2028", "expires"),
    Variable("made_year", "Năm sản xuất", "Year made", "2026", "made_year"),
    Variable("stars", "Số sao", "Stars", "4"),
    Variable("stars_text", "Hạng sao", "Star level", "OCOP 4 sao"),
    Variable("stars_text_en", "Hạng sao (tiếng Anh)", "Star level (English)", "OCOP 4 stars"),
    Variable("decision_number", "Số quyết định", "Decision number", "1147/QĐ-UBND"),
    Variable("decision_date", "Ngày quyết định", "Decision date", "04/03/2026"),
    Variable("decision_authority", "Cơ quan công nhận", "Authority", "UBND thành phố Hà Nội"),
    Variable("valid_to", "Công nhận đến ngày", "Valid to", "04/03/2029"),
    Variable("gtin", "GTIN", "GTIN", "08930000000019"),
    Variable("ocop_code", "Mã sản phẩm OCOP", "OCOP code", "01-09661-012-2026"),
    Variable("growing_area", "Mã số vùng trồng", "Growing-area code", "VN-HNOR-0123"),
    Variable(
        "story_short",
        "Câu chuyện ngắn",
        "Short story",
        "Mỗi bông sen Bách Diệp ướp một ấm trà qua đêm; sáng ra nhị còn vương sương núi Tản.",
    ),
    Variable(
        "story_short_en",
        "Câu chuyện ngắn (tiếng Anh)",
        "Short story (English)",
        "Each lotus holds one pot of tea overnight; by dawn the leaves carry the mist of Mount Tan.",
    ),
    Variable(
        "story",
        "Câu chuyện",
        "Story",
        "Mỗi bông sen Bách Diệp ướp một ấm trà qua đêm; sáng ra nhị còn vương sương núi Tản. Người "
        "làng hái sen lúc năm giờ, khi cánh chưa mở, rồi gói trà ngay trên thuyền.",
    ),
    Variable(
        "story_en",
        "Câu chuyện (tiếng Anh)",
        "Story (English)",
        "Each lotus holds one pot of tea overnight; by dawn the leaves carry the mist of Mount Tan. "
        "The villagers pick at five, before the petals open, and fill the flowers in the boat.",
    ),
    Variable("price", "Giá bán", "Price", "185.000 ₫"),
    Variable("phone", "Điện thoại", "Phone", "024 3000 0000"),
    Variable("website", "Trang web", "Website", "suoimay.example"),
    Variable("host", "Trang tra cứu", "Where to look it up", "ocop.example"),
    Variable(
        "code",
        "Nội dung mã QR",
        "Text of the symbol",
        "HTTPS://OCOP.EXAMPLE/0123456789ABCDEFGHJKMNPQ",
        None,
        True,
    ),
    Variable(
        "code_printed",
        "Mã in bằng chữ",
        "Code in letters",
        "012345 6789AB CDEFGH JKMNPQ",
        None,
        True,
    ),
    Variable("code_top", "Mã in, dòng trên", "Code, upper line", "012345 6789AB", None, True),
    Variable("code_bottom", "Mã in, dòng dưới", "Code, lower line", "CDEFGH JKMNPQ", None, True),
    Variable("unit_number", "Số thứ tự", "Unit number", "Đ14 · 12/500", None, True),
    Variable(
        "inner_code",
        "Mã trong, dưới lớp phủ cào",
        "Inner code, under a scratch layer",
        "7K3M 9QXA 2PTD",
        None,
        True,
    ),
)

#: name -> Variable, in the order in which an editor shows them.
VARIABLES: Mapping[str, Variable] = MappingProxyType({row.name: row for row in _ROWS})
PER_UNIT = frozenset(row.name for row in _ROWS if row.per_unit)


#: What is known before there is a lot. Of goods nothing may be said: a blank label may go on any.
KNOWN = (PER_UNIT - {"inner_code"}) | {
    "producer_name",
    "producer_address",
    "village",
    "phone",
    "website",
    "host",
}

#: What `when` and `unless` may name beside the variables: pictures that may be missing.
CONDITIONS = frozenset({"mark"})


@dataclass(frozen=True)
class LabelContent(Mapping[str, str]):
    """Values of the variables for one record (a lot of a product); absent ones read as "".

    `stars` is 3, 4 or 5, or None where nothing may be claimed today: then `{stars}`,
    `{stars_text}` and `{stars_text_en}` are empty, no star is drawn and the mark stays away. `record` names the record in
    messages. `images` maps mark, logo, photo to PNG or JPEG bytes. Texts become NFC and lose
    control characters; names outside the registry are a programming error (KeyError).
    """

    values_by_name: Mapping[str, str]
    stars: int | None = None
    record: str = ""
    images: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clean = {name: _clean(value) for name, value in self.values_by_name.items() if value}
        unknown = set(clean) - set(VARIABLES)
        if unknown:
            raise KeyError(f"not a label variable: {sorted(unknown)}")
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
        return {name: name if name in self.images else "" for name in CONDITIONS}

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
    values = {row.name: row.sample for row in _ROWS if not row.per_unit}
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
