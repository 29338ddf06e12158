"""Columns of the lists that are written, with heads that the reader of lists understands.

Used by templates and handovers. Heads and texts are Vietnamese: the lists are for offices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from labelsvc.catalogue.importing.heads.kinds import ListKind


@dataclass(frozen=True)
class Column:
    """One column: the field of the reader, its head, its width, what to know, what it looks like.

    `sort`: how the program that fills it in should keep it; "text" keeps zeros.
    """

    field: str
    head: str
    width: int
    note: str
    sort: Literal["text", "day", "number", "choice"] = "text"
    needed: bool = False


_NUMBER = Column("number", "STT", 6, "Số thứ tự.", "number")
_PRODUCT = Column("product", "Tên sản phẩm", 32, "Đúng như trong quyết định.", needed=True)
_PRODUCER = Column("producer", "Tên chủ thể", 34, "Tên đầy đủ. Không ghi số điện thoại, số CCCD vào ô này.", needed=True)  # fmt: skip
_KIND = Column("kind", "Loại hình chủ thể", 20, "Chọn trong danh sách.", "choice")
_ADDRESS = Column("address", "Địa chỉ", 38, "Thôn, xã hoặc phường. Không ghi số điện thoại vào ô này.")  # fmt: skip
_PHONE = Column("phone", "Điện thoại", 16, "Có số 0 ở đầu.")
_TAX = Column("tax_code", "Mã số thuế", 16, "10 hoặc 13 chữ số, có số 0 ở đầu.")
_STARS = Column("stars", "Hạng sao", 10, "3 sao, 4 sao hoặc 5 sao.", "choice", needed=True)
_SCORE = Column("score", "Điểm", 9, "Trên 100, ví dụ 86,5. Để trống nếu không có.", "number")
_DECISION = Column("decision", "Số quyết định", 20, "Ví dụ 1147/QĐ-UBND.", needed=True)
_DAY = Column("decision_date", "Ngày ban hành", 14, "Ngày/tháng/năm, ví dụ 04/03/2026.", "day", needed=True)  # fmt: skip
_UNTIL = Column("valid_to", "Ngày hết hạn", 14, "Để trống nếu là 36 tháng.", "day")
_AUTHORITY = Column("authority", "Cơ quan ban hành", 26, "Ví dụ UBND Thành phố Hà Nội.")
_SET = Column("set", "Bộ sản phẩm", 30, "Chọn trong danh sách (26 bộ của Quyết định 26/2026/QĐ-TTg).", "choice")  # fmt: skip
_CODE = Column("ocop_code", "Mã sản phẩm OCOP", 18, "Nếu đã có.")
_GTIN = Column("gtin", "Mã GTIN", 16, "8, 12, 13 hoặc 14 chữ số, có số 0 ở đầu.")
_NET = Column("net_content", "Quy cách đóng gói", 18, "Ví dụ 200 g.")
#: What labels say of a product: none of it is needed.
_CONTENTS = (
    Column("brand", "Thương hiệu", 18, "Nếu có."),
    Column("shelf_life_days", "Hạn sử dụng", 16, "Số ngày, tháng hoặc năm, ví dụ 12 tháng."),
    Column("ingredients", "Thành phần", 34, "Thành phần nhiều nhất ghi trước."),
    Column("allergens", "Chất gây dị ứng", 18, "Ví dụ sữa, lạc. Chỉ với thực phẩm."),
    Column("nutrition", "Thành phần dinh dưỡng", 34, "Năng lượng, chất đạm, carbohydrat, chất béo, natri trong 100 g."),
    Column("packs", "Số gói", 16, "Nếu bao bì có nhiều gói, ví dụ 10 gói × 20 g."),
    Column("drained_weight", "Khối lượng ráo nước", 16, "Phần cái trong nước, ví dụ 300 g."),
    Column("alcohol", "Độ cồn", 12, "Chỉ với rượu, ví dụ 30 % vol."),
    Column("instructions", "Hướng dẫn sử dụng", 30, "Cách dùng."),
    Column("storage", "Hướng dẫn bảo quản", 30, "Ví dụ nơi khô ráo, thoáng mát."),
    Column("warning", "Cảnh báo", 30, "Nếu có."),
    Column("standards", "Tiêu chuẩn áp dụng", 18, "Ví dụ TCCS 01:2026."),
    Column("declaration", "Số công bố", 18, "Số bản tự công bố hoặc công bố."),
    Column("repacker", "Đơn vị đóng gói", 28, "Tên và địa chỉ, nếu đóng gói hàng của cơ sở khác."),
    Column("ordering_party", "Đơn vị đặt gia công", 28, "Tên và địa chỉ, nếu nhờ cơ sở khác sản xuất."),
    Column("artisan", "Tên nghệ nhân", 20, "Chỉ với hàng thủ công."),
    Column("dimensions", "Kích thước", 18, "Chỉ với hàng thủ công và vải, ví dụ Ø 11 × 24 cm."),
    Column("specification", "Thông số kỹ thuật", 24, "Chất liệu, khối lượng, nhiệt độ nung."),
)  # fmt: skip
_NOTE = Column("note", "Ghi chú", 24, "Không bắt buộc.")
_WITHDRAWAL = Column("withdrawal_decision", "Quyết định thu hồi", 20, "Số quyết định thu hồi, ví dụ 2001/QĐ-UBND.", needed=True)  # fmt: skip
_ON = Column("withdrawal_date", "Ngày thu hồi", 14, "Ngày đầu tiên không còn sao.", "day", needed=True)  # fmt: skip
_REASON = Column("withdrawal_reason", "Lý do thu hồi", 40, "Chọn một trong sáu lý do của Điều 8.", "choice", needed=True)  # fmt: skip
_ASKED = Column("wanted_stars", "Hạng sao đăng ký", 16, "3 sao, 4 sao hoặc 5 sao.", "choice")

_GIVEN = (
    _NUMBER, _PRODUCT, _PRODUCER, _KIND, _ADDRESS, _PHONE, _TAX, _STARS, _SCORE, _DECISION, _DAY,
    _UNTIL, _AUTHORITY, _SET, _CODE, _GTIN, _NET, *_CONTENTS, _NOTE,
)  # fmt: skip
_OF_GIVEN = (
    Column("decision", "Số quyết định công nhận", 22, "Quyết định đã công nhận sao, nếu biết."),
    Column("decision_date", "Ngày công nhận", 14, "Ngày/tháng/năm.", "day"),
)

COLUMNS: Final[Mapping[ListKind, tuple[Column, ...]]] = {
    ListKind.RECOGNISED: _GIVEN,
    ListKind.RENEWED: _GIVEN,
    ListKind.WITHDRAWN: (_NUMBER, _PRODUCT, _PRODUCER, _ADDRESS, *_OF_GIVEN, _WITHDRAWAL, _ON, _REASON, _NOTE),
    ListKind.EXPIRED: (_NUMBER, _PRODUCT, _PRODUCER, _ADDRESS, *_OF_GIVEN, _UNTIL, _NOTE),
    ListKind.REGISTERED: (_NUMBER, _PRODUCT, _PRODUCER, _KIND, _ADDRESS, _PHONE, _TAX, _ASKED, _SET, _NET, _NOTE),
    ListKind.POINTS_OF_SALE: (
        _NUMBER,
        Column("outlet", "Tên điểm bán", 36, "Điểm giới thiệu và bán sản phẩm OCOP.", needed=True),
        _ADDRESS, _PHONE,
        Column("product", "Sản phẩm bán tại điểm", 50, "Tên sản phẩm, cách nhau bằng dấu chấm phẩy."),
        _NOTE,
    ),
    ListKind.VILLAGES: (
        _NUMBER, Column("village", "Tên làng nghề", 34, "Ví dụ Làng gốm Bát Tràng.", needed=True),
        Column("craft", "Nghề", 20, "Ví dụ Gốm sứ."),
        Column("kind", "Loại làng nghề", 24, "Làng nghề, làng nghề truyền thống hoặc làng có nghề."), _ADDRESS,
        Column("decision", "Số quyết định công nhận", 22, "Ví dụ 1147/QĐ-UBND."),
        Column("decision_date", "Ngày ban hành", 14, "Ngày/tháng/năm.", "day"), _NOTE,
    ),
}  # fmt: skip

#: What stands above a list of each kind: its words say the kind.
TITLES: Final[Mapping[ListKind, str]] = {
    ListKind.RECOGNISED: "DANH SÁCH SẢN PHẨM OCOP ĐƯỢC CÔNG NHẬN",
    ListKind.RENEWED: "DANH SÁCH SẢN PHẨM OCOP ĐƯỢC CÔNG NHẬN LẠI",
    ListKind.WITHDRAWN: "DANH SÁCH SẢN PHẨM OCOP BỊ THU HỒI GIẤY CHỨNG NHẬN",
    ListKind.EXPIRED: "DANH SÁCH SẢN PHẨM OCOP HẾT HẠN CÔNG NHẬN",
    ListKind.REGISTERED: "DANH SÁCH SẢN PHẨM ĐĂNG KÝ ĐÁNH GIÁ, PHÂN HẠNG OCOP",
    ListKind.POINTS_OF_SALE: "DANH SÁCH ĐIỂM GIỚI THIỆU VÀ BÁN SẢN PHẨM OCOP",
    ListKind.VILLAGES: "DANH SÁCH LÀNG NGHỀ",
}

#: File name of the template of each kind, without its ending.
FILES: Final[Mapping[ListKind, str]] = {
    ListKind.RECOGNISED: "mau-cong-nhan", ListKind.RENEWED: "mau-cong-nhan-lai",
    ListKind.WITHDRAWN: "mau-thu-hoi", ListKind.EXPIRED: "mau-het-han",
    ListKind.REGISTERED: "mau-dang-ky", ListKind.POINTS_OF_SALE: "mau-diem-ban",
    ListKind.VILLAGES: "mau-lang-nghe",
}  # fmt: skip
