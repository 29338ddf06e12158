"""Label variables: the registry of names that a template may use.

Each has a label for people, a sample so that a preview needs no data, and the mandatory content of
Decree 37/2026 that it carries. Those of a product come from `catalogue/products`. Used by
layouts, drawing, the editor and the legal checks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from labelsvc.catalogue.products import columns as product_columns


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


def _said(*names: str) -> list[Variable]:
    """Variables of columns of the product, which declare them."""
    made = []
    for column in map(product_columns.BY_NAME.__getitem__, names):
        if said := column.variable:
            name = column.variable_name
            made.append(Variable(name, said.label_vi, said.label_en, said.sample, said.legal))
    return made


#: Columns of the product whose place in the registry is written out; others follow the measures.
_PLACED = frozenset(
    {
        "name", "name_en", "origin", "net_content", "ingredients", "instructions", "storage",
        "warning", "alcohol", "specification", "gtin", "ocop_code", "artisan", "repacker",
        "ordering_party", "nutrition", "dimensions",
    }
)  # fmt: skip
_ROWS = (
    *_said("name", "name_en"),
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
    *_said("artisan", "repacker", "ordering_party", "origin", "net_content"),
    Variable("net_name", "Định lượng: tên", "Net content: name", "Khối lượng tịnh"),
    Variable("net_total", "Định lượng: con số", "Net content: figures", "100 g", "net_content"),
    Variable("net_rest", "Định lượng: phần còn lại", "Net content: the rest", ""),
    *_said("ingredients", "nutrition", "instructions", "storage", "warning", "alcohol"),
    *_said("specification", "dimensions"),
    *_said(*(column.name for column in product_columns.ON_LABELS if column.name not in _PLACED)),
    Variable("lot_code", "Số lô", "Lot", "L2611-03", "lot"),
    Variable("made", "Ngày sản xuất (NSX)", "Made", "02/11/2026", "made"),
    Variable("expires", "Hạn sử dụng (HSD)", "Expires", "02/11/2028", "expires"),
    Variable("best_before", "Sử dụng tốt nhất trước ngày", "Best before", ""),
    Variable("season", "Vụ thu hoạch", "Season", ""),
    Variable("made_year", "Năm sản xuất", "Year made", "2026", "made_year"),
    Variable("stars", "Số sao", "Stars", "4"),
    Variable("stars_text", "Hạng sao", "Star level", "OCOP 4 sao"),
    Variable("stars_text_en", "Hạng sao (tiếng Anh)", "Star level (English)", "OCOP 4 stars"),
    Variable("decision_number", "Số quyết định", "Decision number", "1147/QĐ-UBND"),
    Variable("decision_date", "Ngày quyết định", "Decision date", "04/03/2026"),
    Variable("decision_authority", "Cơ quan công nhận", "Authority", "UBND thành phố Hà Nội"),
    Variable("valid_to", "Công nhận đến ngày", "Valid to", "04/03/2029"),
    *_said("gtin", "ocop_code"),
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

#: What `when` and `unless` may name beside the variables: pictures that may be missing, and quantities of
#: more than 200 and 1000 g or ml, whose figures are higher.
CONDITIONS = frozenset({"mark", "net_over_200", "net_over_1000"})
