"""Groups: the table of contents that appendix I of Decree 37/2026/NĐ-CP asks of each group of goods. Used by
`contents` and by the page of the law.

One row a group: key, number, name, English name, contents. A content stands with the letter of its
point; `?` is the decree's "nếu có", `!` is asked of some goods of the group, which `contents` tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from labelsvc.labels.legal.finding import APPENDIX_I, article


@dataclass(frozen=True)
class Content:
    """A mandatory content: `variables` of which one must have a value and stand on the label."""

    key: str
    name_vi: str
    name_en: str
    article: str
    variables: tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A group of appendix I. `if_any`: mandatory only where there is something to say ("nếu có").

    `some`: mandatory for some goods of the group. `phrases`: words that the law prescribes for the
    group, whatever the product. `why`: English sentence of what the group is, for refusals.
    """

    key: str
    number: str
    name_vi: str
    name_en: str
    contents: tuple[Content, ...] = ()
    if_any: tuple[Content, ...] = ()
    some: tuple[Content, ...] = ()
    phrases: tuple[tuple[str, str], ...] = ()


#: key | Vietnamese | English | variables, of which one is enough.
_CONTENTS = """
name          | Tên hàng hóa                          | Name                    | product_name
producer      | Tên tổ chức, cá nhân chịu trách nhiệm | Responsible party       | producer_name
address       | Địa chỉ sản xuất                      | Address of production   | producer_address
origin        | Xuất xứ                               | Origin                  | origin
net_content   | Định lượng                            | Net quantity            | net_content net_total
made          | Ngày sản xuất                         | Date of manufacture     | made
expires       | Hạn sử dụng                           | Expiry date             | expires best_before
either_date   | Ngày sản xuất hoặc hạn sử dụng        | Date of manufacture or expiry | expires made
made_or_season | Ngày sản xuất, ngày bao gói hoặc vụ thu hoạch | Day made, day packed or season | made season
month_made    | Tháng, năm sản xuất                   | Month of manufacture    | made
ingredients   | Thành phần                            | Ingredients             | ingredients
nutrition     | Thành phần dinh dưỡng                 | Nutrition               | nutrition
warning       | Thông tin cảnh báo                    | Warning                 | warning
instructions  | Hướng dẫn sử dụng                     | Instructions for use    | instructions
storage       | Hướng dẫn bảo quản                    | Storage                 | storage
alcohol       | Hàm lượng etanol                      | Ethanol content         | alcohol
lot           | Số lô                                 | Lot number              | lot_code
specification | Thông số kỹ thuật                     | Technical figures       | specification dimensions
made_year     | Năm sản xuất                          | Year of manufacture     | made_year made
"""
#: What a content is called elsewhere: in findings, sent cases, "xem … ở đáy bao bì".
_CALLED = {"either_date": "expires", "made_or_season": "made", "month_made": "made"}

_GROUPS = """
grain       | 1  | Lương thực | Grain | a net_content; b made_or_season; c expires; d warning?
food        | 2  | Thực phẩm | Food | a net_content; b made; c expires; d ingredients; d nutrition!; đ warning; e instructions; e storage
health_food | 3  | Thực phẩm bảo vệ sức khỏe | Health food | a net_content; b made; c expires; d ingredients; đ instructions; đ storage; e warning?
irradiated  | 4  | Thực phẩm đã qua chiếu xạ | Irradiated food | a net_content; b made; c expires; d ingredients; đ warning
drink       | 6  | Đồ uống (trừ rượu) | Drinks but for spirits and wine | a net_content; b made; c expires; d ingredients; d nutrition!; đ warning; e instructions; e storage
spirit      | 7  | Rượu | Spirits and wine | a net_content; b alcohol; c expires?; d storage!; đ warning?; e lot?
medicine    | 12 | Thuốc, nguyên liệu làm thuốc dùng cho người | Medicines |
cosmetic    | 14 | Mỹ phẩm | Cosmetics | a net_content; b ingredients; c lot; d either_date; đ expires!; e instructions!; g warning
textile     | 25 | Sản phẩm dệt, may, da, giầy | Textiles, clothing, leather, shoes | a ingredients; b specification; c warning; d instructions; d storage; đ made_year
wood        | 32 | Đồ gỗ | Wooden goods | a ingredients; b specification; c instructions; c storage; d warning?
ceramic     | 33 | Sản phẩm sành, sứ, thủy tinh | Stoneware, porcelain, glass | a ingredients; b specification; c instructions; c storage; d warning?
craft       | 34 | Hàng thủ công mỹ nghệ | Handicrafts | a ingredients; b specification; c instructions; c storage; d warning?
household   | 35 | Đồ gia dụng, thiết bị gia dụng (không dùng điện) | Household goods without electricity | a ingredients; b specification; c instructions; c storage; d warning?
cleaning    | 54 | Sản phẩm tẩy rửa, xả vải, khử mùi, làm thơm gia dụng | Cleaning and scenting goods | a net_content; b month_made; c ingredients; d warning; đ instructions
supplement  | 67 | Thực phẩm bổ sung, thực phẩm dinh dưỡng y học | Supplemented and medical foods | a net_content; b made; c expires; d ingredients; đ warning?; e instructions?; e storage?
herb        |    | Tinh dầu, dược liệu khác | Essential oils and other herbs | net_content; ingredients; made; expires; instructions; storage
living      |    | Hoa, cây, vật nuôi cảnh | Ornamental plants and animals |
"""
#: Group → words that it prescribes, with their points.
_PHRASES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "health_food": (
        ("g", "Thực phẩm bảo vệ sức khỏe"),
        ("h", "Thực phẩm này không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh"),
        ("đ", "Công dụng"),
        ("đ", "Đối tượng"),
    ),
    "irradiated": (("e", "Thực phẩm đã qua chiếu xạ"),),
    "supplement": (("h", "Thực phẩm bổ sung"),),
}


def _rows(table: str) -> list[list[str]]:
    lines = [line for line in table.split("\n") if line.strip()]
    return [[cell.strip() for cell in line.split("|")] for line in lines]


def _contents() -> dict[str, Content]:
    made = {}
    for key, vi, en, variables in _rows(_CONTENTS):
        source = {"name": "42.1a", "origin": "42.1c"}.get(key, "42.1b")
        made[key] = Content(
            _CALLED.get(key, key), vi, en, article(source), tuple(variables.split())
        )
    return made


CONTENTS: Mapping[str, Content] = MappingProxyType(_contents())


def _group(key: str, number: str, vi: str, en: str, contents: str) -> Group:
    kept: dict[str, list[Content]] = {"": [], "?": [], "!": []}
    for part in filter(None, (part.strip() for part in contents.split(";"))):
        point, _, name = part.rpartition(" ")
        mark = name[-1] if name[-1] in kept else ""
        one = CONTENTS[name.removesuffix(mark)]
        source = f"{APPENDIX_I} group {number}{point}" if number else APPENDIX_I
        kept[mark].append(Content(one.key, one.name_vi, one.name_en, source, one.variables))
    must, perhaps, some = (tuple(found) for found in kept.values())
    return Group(key, number, vi, en, must, perhaps, some, _PHRASES.get(key, ()))


GROUPS: Mapping[str, Group] = MappingProxyType(
    {row[0]: _group(row[0], row[1], row[2], row[3], row[4]) for row in _rows(_GROUPS)}
)
