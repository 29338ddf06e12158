"""Lawful minimal labels of each group of goods, and what is wrong with others. Used by test_groups.py.

A row of GOODS: name → criteria set, values that differ from the usual ones, lines that differ. Each is
lawful, and is not any more without any one of its mandatory contents.
"""

from __future__ import annotations

from typing import Any

HEALTH = (
    "Thực phẩm bảo vệ sức khỏe. Công dụng: hỗ trợ tiêu hóa. Đối tượng sử dụng: người lớn. Thực phẩm này "
    "không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh."
)
FIGURES = "Trong 100 g: năng lượng 95 kcal, chất đạm 3,5 g, carbohydrat 14 g, đường tổng số 11 g, chất béo 3 g, natri 45 mg"
_SPEC = {"specification": "Thông số: {specification}"}
_NO_DATES = {"dates": "", "lot": ""}
_ALCOHOL = {"alcohol": "Hàm lượng etanol: {alcohol}"}


def goods(
    set_number: int,
    name: str,
    ingredients: str,
    /,
    lines: dict[str, str] | None = None,
    **values: str,
) -> dict[str, Any]:
    return {
        "set": set_number,
        "values": {"product_name": name, "ingredients": ingredients} | values,
        "lines": lines or {},
    }


#: Craft without dates, warning or quantity in mass.
def craft(set_number: int, name: str, material: str, **values: str) -> dict[str, Any]:
    plain = {
        "specification": "Cao 24 cm",
        "net_content": "1 chiếc",
        "warning": "",
        "made": "",
        "expires": "",
    }
    return goods(set_number, name, material, _NO_DATES | _SPEC | {"warning": ""}, **plain | values)


GOODS: dict[str, dict[str, Any]] = {
    "fresh vegetable": goods(1, "Rau muống", "Rau muống"),
    "spices named": goods(8, "Giò bò", "Thịt bò (90 %), nước mắm, gia vị khô (tiêu, quế), men gia truyền"),
    "commune and city": goods(11, "Trà xanh", "Chè xanh", producer_address="Xã Ba Vì Hà Nội"),
    "eggs": goods(2, "Trứng gà ta", "Trứng gà", net_content="10 quả"),
    "rice": goods(3, "Gạo tẻ thơm", "", {"ingredients": "", "instructions": "", "storage": "", "warning": ""}, warning=""),
    "rice by season": goods(3, "Gạo nếp", "", {"ingredients": "", "dates": "Vụ thu hoạch: Mùa 2026 · HSD: {expires}"}, made=""),
    "honey": goods(4, "Mật ong hoa nhãn", "Mật ong 100 %"),
    "instant sticky rice": goods(5, "Xôi sấy gấc", "Gạo nếp (88 %), gấc (6 %), dầu thực vật, muối"),
    "sweet": goods(6, "Chè lam gừng", "Bột nếp rang (45 %), mật mía (35 %), lạc (12 %), gừng (5 %), mạch nha"),
    "noodles": goods(7, "Miến dong", "Tinh bột dong riềng 100 %"),
    "sausage": goods(8, "Giò lụa", "Thịt lợn (90 %), nước mắm, chất bảo quản (INS 211)"),
    "yoghurt": goods(8, "Sữa chua nếp cẩm", "Sữa bò tươi (80 %), nếp cẩm (12 %), đường kính, men", {"nutrition": "Dinh dưỡng: {nutrition}"}, nutrition=FIGURES),
    "fish sauce": goods(9, "Nước mắm cá cơm", "Cá cơm (60 %), muối", net_content="Thể tích thực: 500 ml"),
    "chilli salt": goods(10, "Muối ớt", "Muối (80 %), ớt (20 %)"),
    "tea": goods(11, "Trà sen", "Chè xanh (98 %), gạo sen (2 %)"),
    "scented tea": goods(11, "Chè xanh ướp hoa nhài", "Chè xanh 100 %"),
    "herbal tea": goods(12, "Trà gừng mật ong", "Gừng (60 %), mật ong (40 %)"),
    "coffee": goods(13, "Cà phê rang xay", "Cà phê Arabica 100 %"),
    "rice spirit": goods(14, "Rượu nếp", "", _NO_DATES | _ALCOHOL | {"ingredients": "", "warning": "", "instructions": "", "storage": ""}, alcohol="29,5 % thể tích", net_content="Thể tích thực: 500 ml", warning="", storage="", expires="", lot_code=""),
    "liqueur": goods(15, "Rượu mơ", "Rượu gạo, quả mơ (30 %), đường phèn", _NO_DATES | _ALCOHOL | {"warning": "", "storage": ""}, alcohol="18 % thể tích", net_content="Thể tích thực: 500 ml", warning="", storage="", expires="", lot_code=""),
    "wine": goods(15, "Vang nho", "", _NO_DATES | _ALCOHOL | {"ingredients": "", "warning": "", "instructions": ""}, alcohol="12 % thể tích", net_content="Thể tích thực: 750 ml", warning="", expires="", lot_code=""),
    "beer": goods(15, "Bia thủ công", "Nước, đại mạch, hoa bia", _ALCOHOL, alcohol="5 % thể tích", net_content="Thể tích thực: 330 ml"),
    "water": goods(16, "Nước khoáng", "Nước khoáng", net_content="Thể tích thực: 500 ml"),
    "juice": goods(17, "Nước ép ổi", "Ổi (70 %), nước", net_content="Thể tích thực: 330 ml"),
    "health food": goods(18, "Viên nghệ", "Mỗi viên chứa: bột nghệ 300 mg, mật ong 200 mg", warning=HEALTH),
    "shampoo": goods(19, "Dầu gội bồ kết", "Nước, bồ kết (12 %), sodium laureth sulfate", net_content="Thể tích thực: 300 ml"),
    "soap": goods(19, "Xà phòng bồ kết", "Dầu dừa, natri hydroxit, bồ kết (5 %)", {"instructions": ""}, instructions="", net_content="Khối lượng tịnh: 90 g"),
    "essential oil": goods(20, "Tinh dầu sả chanh", "Tinh dầu Cymbopogon citratus 100 %", {"warning": ""}, warning="", net_content="Thể tích thực: 10 ml"),
    "vase": craft(21, "Bình hoa vẽ sen", "Đất sét cao lanh, men"),
    "porcelain": craft(21, "Bình sứ vẽ sen", ""),
    "wooden tray": craft(21, "Khay trà", "Gỗ hương"),
    "basket": craft(21, "Giỏ đựng hoa", "Mây tự nhiên, da bò"),
    "lacquer": craft(21, "Tranh phong cảnh", "Gỗ gụ, vỏ trai, sơn ta"),
    "silk scarf": goods(22, "Khăn lụa", "Tơ tằm 100 %", _SPEC | {"dates": "Năm sản xuất: {made_year}", "lot": ""}, specification="180 × 70 cm", net_content="1 chiếc", expires="", made=""),
    "leather shoes": goods(22, "Giày da", "", _SPEC | {"dates": "Năm sản xuất: {made_year}", "ingredients": ""}, specification="Cỡ 40", net_content="1 đôi", expires="", made=""),
    "potted rose": goods(23, "Hoa hồng cổ", "", {"dates": "", "ingredients": "", "instructions": "", "storage": "", "warning": ""}, made="", expires="", warning=""),
}  # fmt: skip

#: Further lawful labels: set, name, ingredients, values and lines that matter.
LAWFUL: dict[str, dict[str, Any]] = {
    "one ingredient needs no share": goods(7, "Nấm hương khô", "Nấm hương"),
    "share in another text": goods(17, "Nước ép ổi", "Ổi, nước", {"storage": "Bảo quản: {storage}\nHàm lượng ổi: 70 %"}),
    "taste by a flavouring": goods(6, "Bánh quy hương dâu", "Bột mì (60 %), bơ (20 %), đường, hương liệu tổng hợp (dâu)"),
    "a place that sounds like a stuff": goods(6, "Bánh tẻ Đường Lâm", "Bột gạo (70 %), thịt lợn (15 %), mộc nhĩ (10 %)"),
    "salted is no salt": goods(7, "Cà muối", "Cà pháo (90 %), muối, nước"),
    "synonym": goods(6, "Kẹo đậu phộng", "Lạc (50 %), mạch nha (30 %), đường"),
    "several numbers under one group": goods(8, "Giò bò", "Thịt bò (85 %), chất bảo quản: INS 202, INS 211"),
    "sweetener with its nature": goods(7, "Mứt gừng", "Gừng (70 %), đường (28 %), chất tạo ngọt tổng hợp (INS 951)"),
    "colour with its nature": goods(7, "Mứt bí", "Bí xanh (70 %), đường, phẩm màu tự nhiên (INS 100)"),
    "layers of a garment": goods(22, "Áo dài lụa", "Thân 100 % tơ tằm; lót 100 % cotton", _SPEC, specification="Cỡ M; năm sản xuất 2026"),
    "blend": goods(22, "Khăn dệt", "Cotton 65 %, polyester 35 %", _SPEC | {"dates": "Năm sản xuất: {made_year}"}, specification="Cỡ L"),
    "artisan and village": craft(21, "Bình hoa vẽ sen", "Đất sét", artisan="Nghệ nhân Nguyễn Thị Lụa") | {
        "lines": _NO_DATES | _SPEC | {"warning": "", "producer": "Nghệ nhân: {artisan}", "address": "{village}"}
    },
    "typed storage": goods(11, "Chè xanh", "Chè xanh", {"storage": "Bảo quản: nơi khô mát"}, storage=""),
    "household freed of nutrition": goods(8, "Sữa chua có đường", "Sữa bò tươi (92 %), đường kính", producer_name="Hộ kinh doanh Nguyễn Thị Lụa"),
    "cosmetic that keeps": goods(19, "Kem dưỡng nghệ", "Nước, nghệ (3 %)", storage="Dùng trong 12 tháng sau khi mở nắp", expires=""),
    "decimal shares": goods(11, "Trà nhài", "Chè xanh (98,5 %), hoa nhài (1,5 %)"),
    "masses": goods(18, "Cao gừng", "Gừng 1,2 g, mật ong 800 mg", warning=HEALTH),
    "a place with one capital": goods(7, "Đậu phụ làng Mơ", "Đậu nành (90 %), nước"),
    "scent that is taken out again": goods(7, "Bột sắn dây ướp hoa bưởi", "Tinh bột sắn dây"),
    "wrapped in a leaf": goods(8, "Giò lụa lá chuối", "Thịt lợn (90 %), nước mắm"),
    "grade of a tea": goods(11, "Chè xanh một tôm hai lá", "Búp chè 100 %"),
    "figures as a table": goods(6, "Bánh gạo", "Gạo (80 %), muối", {"n": "Dinh dưỡng: {nutrition}"}, nutrition="100 g: Năng lượng (kcal) 380, Chất đạm (g) 7, Carbohydrat (g) 80, Chất béo (g) 2, Natri (mg) 200"),
    "serving": goods(6, "Bánh gạo", "Gạo (80 %), muối", {"n": "Dinh dưỡng: {nutrition}"}, nutrition="Mỗi khẩu phần 30 g: năng lượng 120 kcal; chất đạm 2 g; carbohydrat 26 g; chất béo 1 g; natri 60 mg"),
    "supplemented food": goods(18, "Bột dinh dưỡng", "Gạo lứt (50 %), đậu nành (30 %)", warning="Thực phẩm bổ sung."),
    "milk of plants": goods(17, "Sữa đậu nành", "Nước, đậu nành (15 %), đường", net_content="Thể tích thực: 330 ml"),
    "variety of rice": goods(3, "Gạo lứt huyết rồng", "Gạo tẻ"),
    "compound ingredient": goods(6, "Bánh nướng", "Nhân 60 % (hạt điều 20 %, mứt bí 15 %), vỏ 40 % (bột mì 25 %, đường 30 %)"),
    "stressed with its quantity": goods(8, "Bánh sữa", "Sữa bò tươi (70 %), bơ (10 %)", {"storage": "Bảo quản: {storage}\nGiàu canxi: canxi 120 mg trong 100 g"}),
}  # fmt: skip

#: Unlawful labels: what is wrong → codes of which one must be an error, and the label.
UNLAWFUL: dict[str, tuple[str, dict[str, Any]]] = {
    "name says an ingredient without its share": ("share_missing", goods(11, "Trà sen", "Chè xanh, gạo sen")),
    "name says what is not inside": ("named_not_listed", goods(8, "Sữa chua chanh leo", "Sữa bò tươi (92 %), đường, men")),
    "second of two named": ("share_missing", goods(6, "Chè lam lạc vừng", "Bột nếp (50 %), lạc (20 %), mật mía, vừng")),
    "cosmetic named by an ingredient": ("share_missing", goods(19, "Dầu gội bồ kết", "Nước, bồ kết, sả")),
    "capital letters": ("share_missing", goods(17, "NƯỚC ÉP ỔI", "Ổi, nước")),
    "taste without flavouring": ("named_not_listed", goods(6, "Kẹo vị dừa", "Đường, mạch nha")),
    "low to high": ("ingredients_order", goods(6, "Bánh", "Đường (10 %), bột gạo (90 %)")),
    "first without a share must be more": ("ingredients_order", goods(6, "Bánh", "Đường, bột gạo (80 %)")),
    "masses low to high": ("ingredients_order", goods(18, "Viên", "Mật ong 200 mg, nghệ 300 mg", warning=HEALTH)),
    "a secret": ("ingredients_vague", goods(11, "Trà xanh", "Bí quyết gia truyền")),
    "and so on": ("ingredients_vague", goods(11, "Trà xanh", "Chè xanh, v.v.")),
    "other spices": ("ingredients_vague", goods(8, "Giò bò", "Thịt bò (90 %), nước mắm và các gia vị khác")),
    "dots": ("ingredients_vague", goods(6, "Bánh", "Bột gạo, đường...")),
    "warning on the web": ("sent_to_the_web", goods(11, "Trà xanh", "Chè xanh", warning="Xem cảnh báo tại mã QR")),
    "commune alone": ("address_short", goods(11, "Trà xanh", "Chè xanh", producer_address="Xã Ba Vì")),
    "more than everything": ("shares_above_all", goods(6, "Bánh", "Bột gạo (90 %), đường (20 %)")),
    "bare number": ("additive_group", goods(8, "Giò lụa", "Thịt lợn (90 %), 451(i), 211")),
    "bare INS": ("additive_group", goods(8, "Giò lụa", "Thịt lợn (90 %), INS 451")),
    "name of an additive alone": ("additive_group", goods(9, "Tương ớt", "Ớt (60 %), muối, natri benzoat")),
    "group alone": ("additive_unnamed", goods(9, "Tương ớt", "Ớt (60 %), muối, chất bảo quản")),
    "additives, whichever": ("additive_unnamed", goods(9, "Tương ớt", "Ớt (60 %), muối, phụ gia thực phẩm")),
    "sweetener of no nature": ("additive_nature", goods(7, "Mứt gừng", "Gừng (70 %), chất tạo ngọt (INS 951)")),
    "colour of no nature": ("additive_nature", goods(7, "Mứt bí", "Bí xanh (70 %), phẩm màu (INS 102)")),
    "flavour of no nature": ("additive_nature", goods(6, "Bánh quy", "Bột mì (60 %), hương liệu")),
    "aroma of no nature": ("additive_nature", goods(6, "Bánh quy", "Bột mì (60 %), hương vani")),
    "fibres without shares": ("fibre_share_missing", goods(22, "Khăn lụa", "Tơ tằm, sợi cotton", _SPEC, specification="1 m")),
    "one fibre without a share": ("fibre_share_missing", goods(22, "Khăn", "Tơ tằm 70 %, cotton", _SPEC, specification="1 m")),
    "fibres above everything": ("shares_above_all", goods(22, "Khăn", "Tơ tằm 70 %, cotton 40 %", _SPEC, specification="1 m")),
    "wood that is praised": ("wood_unnamed", craft(21, "Ghế", "Gỗ tự nhiên cao cấp")),
    "wood without its name": ("wood_unnamed", craft(21, "Khay trà", "Gỗ tự nhiên")),
    "medicine that says it is none": ("medicine_label", goods(18, "Dầu gió thảo dược", "Menthol 2 g", warning=HEALTH)),
    "medicine": ("medicine_label", goods(18, "Thuốc ho thảo dược", "Cát cánh 300 mg")),
    "traditional medicine": ("medicine_label", goods(18, "Viên hoàn bổ thận", "Thục địa 300 mg", specification="Dạng bào chế: viên hoàn")),
    "health food without quantities": ("share_missing", goods(18, "Viên nang", "Bột rau củ, men", warning=HEALTH)),
    "sweetened milk without nutrition": ("missing_content", goods(8, "Sữa chua", "Sữa bò tươi (92 %), đường kính")),
    "firm without nutrition": ("missing_content", goods(6, "Bánh", "Bột gạo (60 %), đậu xanh (30 %)", producer_name="Công ty Cổ phần Bánh Sông Nhuệ")),
    "four figures": ("nutrition_incomplete", goods(6, "Bánh", "Bột gạo (60 %)", {"n": "Dinh dưỡng: {nutrition}"}, nutrition="Trong 100 g: năng lượng 300 kcal, chất đạm 6 g, carbohydrat 60 g, chất béo 3 g")),
    "sugared without sugars": ("nutrition_incomplete", goods(6, "Bánh", "Bột gạo (60 %), đường", {"n": "Dinh dưỡng: {nutrition}"}, nutrition="Trong 100 g: năng lượng 300 kcal, chất đạm 6 g, carbohydrat 60 g, chất béo 3 g, natri 5 mg")),
    "fried without saturated fat": ("nutrition_incomplete", goods(7, "Khoai lang chiên", "Khoai lang (80 %), dầu", {"n": "Dinh dưỡng: {nutrition}"}, nutrition="Trong 100 g: năng lượng 300 kcal, chất đạm 6 g, carbohydrat 60 g, chất béo 3 g, natri 5 mg")),
    "energy in kJ": ("nutrition_incomplete", goods(6, "Bánh", "Bột gạo (60 %)", {"n": "Dinh dưỡng: {nutrition}"}, nutrition="Trong 100 g: năng lượng 1200 kJ, chất đạm 6 g, carbohydrat 60 g, chất béo 3 g, natri 5 mg")),
    "figures of nothing": ("nutrition_basis", goods(6, "Bánh", "Bột gạo (60 %)", {"n": "Dinh dưỡng: {nutrition}"}, nutrition="Năng lượng 300 kcal, chất đạm 6 g, carbohydrat 60 g, chất béo 3 g, natri 5 mg")),
    "stressed without its quantity": ("share_missing", goods(8, "Bánh sữa", "Sữa bò tươi (70 %)", {"storage": "Bảo quản: {storage}\nGiàu canxi"})),
    "packing day for tea": ("made_is_packing", goods(11, "Chè xanh", "Chè xanh", {"dates": "Ngày đóng gói: {made} · HSD: {expires}"})),
}  # fmt: skip
