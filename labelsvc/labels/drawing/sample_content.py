"""Sample content: gives contents to try a layout with: usual, longest, shortest. Used by previews and checks."""

from __future__ import annotations

from labelsvc.labels.drawing.content import LabelContent, Unit, sample_content, sample_unit
from labelsvc.labels.layouts.layout import Layout

#: Criteria sets of the samples: tea, and a craft for the house.
FOOD_SET, CRAFT_SET = 11, 21
#: Long, and of no real firm: what the catalogue took in other programmes, rounded up.
_LONG = {
    "product_name": "Trà shan tuyết cổ thụ ướp hoa sen Bách Diệp hồ Đầm Trị thượng hạng hộp quà Tết",
    "product_name_en": "Ancient Shan snow tea scented with hundred-petal lotus, gift box",
    "producer_name": "Hợp tác xã Sản xuất, Kinh doanh và Dịch vụ tổng hợp Nông nghiệp Suối Mây Ba Vì",
    "producer_address": "Số 128, ngõ 45, đường Nguyễn Trường Tộ kéo dài, thôn Đầm Sậy Thượng, xã Yên "
    "Xuân, thành phố Hà Nội",
    "village": "Làng nghề truyền thống sơn mài, khảm trai Chuyên Mỹ Thượng",
    "village_en": "Chuyen My Thuong village of lacquerware and mother-of-pearl inlay",
    "artisan": "Nghệ nhân Ưu tú Nguyễn Thị Hồng Phượng Nguyệt",
    "net_content": "Khối lượng tịnh: 1.250 g (25 gói × 50 g)",
    "ingredients": "Búp chè shan tuyết một tôm hai lá (72,5 %), gạo sen Bách Diệp tươi (12 %), hoa cúc chi "
    "sấy lạnh (6 %), cỏ ngọt (4,5 %), cam thảo (3 %), táo đỏ (1,5 %), long nhãn (0,5 %)",
    "instructions": "Tráng ấm chén bằng nước sôi, cho 8 g trà vào ấm 300 ml, rót nước 85 °C, đổ bỏ nước đầu "
    "sau 10 giây, hãm lượt hai trong 2 phút rồi rót đều ra chén; dùng được bốn đến năm lượt.",
    "storage": "Bảo quản nơi khô ráo, thoáng mát, dưới 25 °C, tránh ánh nắng trực tiếp và mùi lạ; sau khi mở "
    "buộc kín miệng túi và dùng hết trong 60 ngày.",
    "warning": "Không dùng khi bao bì hở, trà ẩm mốc hoặc có mùi lạ. Người mất ngủ, phụ nữ có thai và trẻ em "
    "dưới 6 tuổi hạn chế dùng.",
    "specification": "Cao 124 cm, miệng 81 cm, đáy 46 cm, men lam nung 1.280 °C, hoa văn vẽ tay dưới men",
    "lot_code": "L20261103-CHE-SEN-07",
    "decision_number": "12147/QĐ-UBND-OCOP",
    "decision_authority": "Ủy ban nhân dân thành phố Hà Nội",
    "story_short": "Mỗi bông sen Bách Diệp ướp một ấm trà qua đêm; sáng ra nhị còn vương sương núi Tản, "
    "hương theo nước đầu mà lên, chén thứ ba vẫn còn thơm.",
    "story": "Mỗi bông sen Bách Diệp ướp một ấm trà qua đêm; sáng ra nhị còn vương sương núi Tản, hương theo "
    "nước đầu mà lên, chén thứ ba vẫn còn thơm. Người làng hái sen lúc năm giờ, khi cánh chưa mở, gói trà ngay "
    "trên thuyền rồi chèo về trước khi nắng lên. Một cân trà cần hơn một nghìn bông, ướp bảy lần, sấy bảy lần.",
    "story_en": "Each hundred-petal lotus holds one pot of tea overnight; by dawn the leaves carry the mist of Mount "
    "Tan, the scent rises with the first water and stays to the third cup. The villagers pick at five, before the "
    "petals open, fill the flowers in the boat and row home before the sun is up. One kilogram takes more than a "
    "thousand flowers, scented seven times and dried seven times.",
    "price": "1.285.000 ₫",
    "website": "chesen-suoimay-bavi.example",
    "host": "truyxuat.ocop-hanoi.example",
}
_SHORT = {
    "product_name": "Chè sen",
    "product_name_en": "Lotus tea",
    "producer_name": "HTX Suối Mây",
    "producer_address": "Xã Ba Vì, Hà Nội",
    "village": "Làng Sậy",
    "artisan": "Trần Lụa",
    "net_content": "Khối lượng tịnh: 50 g",
    "ingredients": "Chè, hoa sen (1 %)",
    "instructions": "Hãm 2 phút.",
    "storage": "Nơi khô mát.",
    "warning": "",
    "nutrition": "",
    "specification": "",
    "story_short": "",
    "story_short_en": "",
    "story": "",
    "story_en": "",
    "village_en": "",
    "lot_code": "L1",
    "decision_number": "7/QĐ-UBND",
    "host": "o.example",
}
#: The number on a label of a blank roll.
_ON_BLANK = "T14 · 12/500"
#: Name → values that differ from the samples of the registry, and stars.
_KINDS: dict[str, tuple[dict[str, str], int | None]] = {
    "usual": ({}, 4),
    "craft": ({}, 4),
    "long": (_LONG, 5),
    "short": (_SHORT, 3),
    "unrecognised": (
        dict.fromkeys(("decision_number", "decision_date", "decision_authority", "valid_to"), ""),
        None,
    ),
}
NAMES = tuple(_KINDS)


def content(name: str) -> LabelContent:
    """The data *name* of `NAMES`. Raises KeyError for others."""
    values, stars = _KINDS[name]
    sample = sample_content(goods="craft" if name == "craft" else "food")
    return LabelContent({**sample, **values}, stars, record={**sample, **values}["product_name"])


def sample_of(layout: Layout) -> LabelContent:
    """Make the contents for a picture of *layout*: of goods without recognition where it claims none."""
    return sample_content(stars=4 if layout.shows_stars else None, goods=layout.sample)


def set_of(layout: Layout) -> int:
    """The criteria set of what `sample_of` shows."""
    return CRAFT_SET if layout.sample == "craft" else FOOD_SET


def sample_unit_of(layout: Layout, form: str | None = None) -> Unit:
    """A unit of *layout*, of its first form unless given, marked as a run of such labels marks it."""
    unit = sample_unit(form or layout.forms[0], carton=layout.purpose == "carton")
    return unit._replace(unit_number=_ON_BLANK) if layout.blank and unit.unit_number else unit
