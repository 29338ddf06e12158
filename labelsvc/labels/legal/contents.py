"""Contents: knows the mandatory contents of a label: art. 42.1 and appendix I of Decree 37/2026/NĐ-CP. Used
by legal.

Goods are known by the number of their criteria set (Decision 26/2026/QĐ-TTg, appendix I); each set
lies in one group of the decree's appendix. Goods that lie in several groups may choose (art. 42).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

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

    `phrases`: words that the law prescribes for the group, whatever the product.
    """

    number: str
    name_vi: str
    contents: tuple[Content, ...] = ()
    if_any: tuple[Content, ...] = ()
    phrases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        said = f"{APPENDIX_I} group {self.number}" if self.number else APPENDIX_I
        for name in ("contents", "if_any"):
            own = tuple(replace(content, article=said) for content in getattr(self, name))
            object.__setattr__(self, name, own)


def _content(key: str, name_vi: str, name_en: str, *variables: str) -> Content:
    return Content(key, name_vi, name_en, APPENDIX_I, variables or (key,))


NAME = Content("name", "Tên hàng hóa", "Name", article("42.1a"), ("product_name",))
PARTY = Content(
    "producer",
    "Tên tổ chức, cá nhân chịu trách nhiệm",
    "Responsible party",
    article("42.1b"),
    ("producer_name",),
)
ADDRESS = Content(
    "address", "Địa chỉ sản xuất", "Address of production", article("42.1b"), ("producer_address",)
)
ORIGIN = Content("origin", "Xuất xứ", "Origin", article("42.1c"), ("origin",))
QUANTITY = _content("net_content", "Định lượng", "Net quantity", "net_content", "net_total")
MADE = _content("made", "Ngày sản xuất", "Date of manufacture")
EXPIRES = _content("expires", "Hạn sử dụng", "Expiry date")
EITHER_DATE = _content(
    "expires", "Ngày sản xuất hoặc hạn sử dụng", "Date of manufacture or expiry", "expires", "made"
)
INGREDIENTS = _content("ingredients", "Thành phần", "Ingredients")
NUTRITION = _content("nutrition", "Thành phần dinh dưỡng", "Nutrition")
WARNING = _content("warning", "Thông tin cảnh báo", "Warning")
USE = _content("instructions", "Hướng dẫn sử dụng", "Instructions for use")
STORAGE = _content("storage", "Hướng dẫn bảo quản", "Storage")
ETHANOL = _content("alcohol", "Hàm lượng etanol", "Ethanol content")
LOT = _content("lot", "Số lô", "Lot number", "lot_code")
FIGURES = _content(
    "specification", "Thông số kỹ thuật", "Technical figures", "specification", "dimensions"
)
YEAR = _content("made_year", "Năm sản xuất", "Year of manufacture", "made_year", "made")

_ALWAYS = (NAME, PARTY, ADDRESS, ORIGIN)
#: Traditional crafts may name the artisan and the craft village instead (art. 44).
_ALWAYS_CRAFTS = (
    NAME,
    replace(PARTY, article=article("44"), variables=("producer_name", "artisan")),
    replace(ADDRESS, article=article("44"), variables=("producer_address", "village")),
    ORIGIN,
)
_FOOD = (QUANTITY, MADE, EXPIRES, INGREDIENTS, WARNING, USE, STORAGE)

GRAIN = Group("1", "Lương thực", (QUANTITY, MADE, EXPIRES), (WARNING,))
FOOD = Group("2", "Thực phẩm", _FOOD, (NUTRITION,))
HEALTH_FOOD = Group(
    "3",
    "Thực phẩm bảo vệ sức khỏe",
    _FOOD,
    (NUTRITION,),
    (
        "Thực phẩm bảo vệ sức khỏe",
        "Thực phẩm này không phải là thuốc, không có tác dụng thay thế thuốc chữa bệnh",
        "Công dụng",
        "Đối tượng",
    ),
)
DRINKS = Group("6", "Đồ uống (trừ rượu)", _FOOD, (NUTRITION,))
SPIRITS = Group("7", "Rượu", (QUANTITY, ETHANOL), (EXPIRES, STORAGE, WARNING, LOT))
COSMETICS = Group("14", "Mỹ phẩm", (QUANTITY, INGREDIENTS, LOT, EITHER_DATE, USE, WARNING))
#: Essential oils and herbs that are neither medicine nor food: the nearest contents; no group
#: names them (open point).
HERBS = Group("", "Tinh dầu, dược liệu khác", (QUANTITY, INGREDIENTS, MADE, EXPIRES, USE, STORAGE))
CRAFTS = Group(
    "32-35", "Đồ gỗ, gốm sứ, thủ công mỹ nghệ", (INGREDIENTS, FIGURES, USE, STORAGE), (WARNING,)
)
TEXTILES = Group("25", "Dệt, may, da, giầy", (INGREDIENTS, FIGURES, USE, STORAGE, WARNING, YEAR))
#: Ornamental plants and animals: no list that fits them, the four of art. 42.1 only.
LIVING = Group("", "Hoa, cây, vật nuôi cảnh")

_BY_SET: dict[int, Group] = (
    {3: GRAIN}
    | dict.fromkeys((1, 2, *range(4, 14)), FOOD)
    | dict.fromkeys((14, 15), SPIRITS)
    | dict.fromkeys((16, 17), DRINKS)
    | {18: HEALTH_FOOD, 19: COSMETICS, 20: HERBS, 21: CRAFTS, 22: TEXTILES}
    | dict.fromkeys((23, 24, 25), LIVING)
)

#: Set 26 is a service: it has no goods label at all.
NO_LABEL = frozenset({26})


def group_of(set_number: int) -> Group | None:
    """The group of appendix I; None for services and unknown sets."""
    return _BY_SET.get(set_number)


def required(set_number: int) -> tuple[Content, ...]:
    """Mandatory contents of goods of a criteria set, those of art. 42.1 first."""
    if set_number in NO_LABEL:
        return ()
    group = group_of(set_number)
    always = _ALWAYS_CRAFTS if group is CRAFTS else _ALWAYS
    return (*always, *(group.contents if group else ()))


def if_any(set_number: int) -> tuple[Content, ...]:
    """Contents that are mandatory once the catalogue has a value for them ("nếu có")."""
    group = group_of(set_number)
    return group.if_any if group else ()


def mandatory_variables(set_number: int) -> frozenset[str]:
    """Variables whose words are mandatory contents: those that size and contrast rules mean."""
    contents = (*required(set_number), *if_any(set_number))
    return frozenset(name for content in contents for name in content.variables)


def missing(set_number: int, values: Mapping[str, str]) -> list[Content]:
    """Mandatory contents for which the catalogue has no value yet."""
    return [
        content
        for content in required(set_number)
        if not any(values.get(name) for name in content.variables)
    ]
