"""The registry of variables: what a label can say.

A variable is known by its name; the registry gives its label for people, a sample so that a
preview needs no data, and which mandatory content of Decree 37/2026 it carries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


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
