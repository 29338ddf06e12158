"""Product columns: declares each one once, with its words, form field, list head and label variable.

Used by the register, lists, label variables, forms of the office and of producers, the audit trail
and the scan page. A new column needs an entry here, an attribute of `models.Product`, a migration,
its words in `translations/vi/` and a line in docs/layouts.md where labels may say it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from labelsvc.catalogue import fields
from labelsvc.catalogue.fields import Check
from labelsvc.catalogue.products import ingredients as ingredient_rows
from labelsvc.catalogue.products.choices import DATE_KINDS, EXEMPTIONS, GOODS_KINDS
from labelsvc.errors import BadInput


class Kind(StrEnum):
    """The kind of value that is typed or chosen."""

    LINE = "line"
    PROSE = "prose"
    NUMBER = "number"
    SET = "set"
    RISK = "risk"
    CHOICE = "choice"
    #: Lines of cells, kept as text (`ingredient_rows`).
    ROWS = "rows"


class Section(StrEnum):
    """Parts of the form."""

    IDENTITY = "identity"
    LABEL = "label"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class LabelVariable:
    """The variable by which labels say a column; `name` where the column is called otherwise."""

    label_vi: str
    label_en: str
    sample: str
    legal: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductColumn:
    """One column of `models.Product`.

    `words` and `hint` are English keys of the translations. `length` is the most that may be typed,
    `spelling` a check other than that of the kind. `beside`: on the same line as the column before.
    `producer`: producers may change it, those of `only_sets` alone where it names any. `heads` are
    folded heads of its column in lists. `choices`: value → words. `scan_place` orders the facts of the scan page; 0: none.
    """

    name: str
    words: str
    section: Section
    kind: Kind = Kind.LINE
    hint: str = ""
    length: int = 0
    rows: int = 0
    attributes: str = ""
    beside: bool = False
    spelling: Check | None = None
    producer: bool = False
    only_sets: tuple[int, ...] = ()
    heads: tuple[str, ...] = ()
    variable: LabelVariable | None = None
    scan_place: int = 0
    choices: Mapping[str, str] | None = None

    @property
    def check(self) -> Check | None:
        """Check of a typed text; None for numbers and choices, which the register checks."""
        if self.spelling is not None:
            return self.spelling
        if self.choices is not None:
            return partial(_chosen, self.choices)
        if self.kind is Kind.LINE:
            return partial(fields.line, most=self.length)
        return fields.prose if self.kind is Kind.PROSE else None

    @property
    def variable_name(self) -> str:
        """Name of the label variable; "" where labels do not say the column."""
        return (self.variable.name or self.name) if self.variable is not None else ""

    @property
    def extra(self) -> str:
        """HTML attributes of the input."""
        limit = f'maxlength="{self.length}"' if self.length else ""
        return f"{limit} {self.attributes}".strip()


def _chosen(choices: Mapping[str, str], text: str) -> str:
    """:raises BadInput: *text* is none of *choices*."""
    text = text.strip()
    if text not in choices:
        raise BadInput(
            "{value} is not one of {allowed}.", value=text, allowed=", ".join(filter(None, choices))
        )
    return text


#: Criteria sets of handmade goods.
CRAFTS = (21, 22)
_EATEN = tuple(range(1, 19))
#: In the order of the form.
COLUMNS = (
    ProductColumn(
        name="name", words="Name", section=Section.IDENTITY, hint="Exactly as in the decision",
        length=200, spelling=fields.name,
        variable=LabelVariable("Tên sản phẩm", "Product name", "Trà shan tuyết Ba Vì ướp hoa sen", "name", "product_name"),
    ),
    ProductColumn(
        name="name_en", words="Name in English", section=Section.IDENTITY, length=200,
        heads=("ten tieng anh", "ten san pham tieng anh", "ten tieng anh cua san pham", "english name", "name in english"),
        attributes='lang="en"', spelling=fields.name, producer=True,
        variable=LabelVariable("Tên tiếng Anh", "English name", "Ba Vi Shan tea scented with lotus", name="product_name_en"),
    ),
    ProductColumn(
        name="set_number", words="Criteria set (Decision 26/2026)", section=Section.IDENTITY,
        kind=Kind.SET, hint="It decides which contents the label must carry.",
    ),
    ProductColumn(
        name="goods_kind", words="Kind of goods for the label", section=Section.IDENTITY, kind=Kind.CHOICE,
        hint="Decree 37/2026, appendix I: what the goods mainly are.", choices=GOODS_KINDS,
    ),
    ProductColumn(
        name="brand", words="Brand", section=Section.IDENTITY, length=120,
        heads=("thuong hieu", "nhan hieu", "ten thuong hieu", "brand"),
        spelling=partial(fields.name, most=120), producer=True, scan_place=10,
    ),
    ProductColumn(
        name="ocop_code", words="OCOP product code", section=Section.IDENTITY,
        hint="For example: 01-00577-012-2026", length=40, attributes='autocomplete="off"',
        spelling=fields.ocop_code,
        heads=("ma san pham", "ma ocop", "ma sp", "ma san pham ocop", "ma so san pham"),
        variable=LabelVariable("Mã sản phẩm OCOP", "OCOP code", "01-09661-012-2026"), scan_place=120,
    ),
    ProductColumn(
        name="gtin", words="GTIN", section=Section.IDENTITY, hint="The digits under the bar code",
        length=18, attributes='inputmode="numeric" autocomplete="off"', beside=True,
        spelling=fields.gtin, heads=("gtin", "ma vach", "ma so ma vach", "msmv", "ma gtin"),
        variable=LabelVariable("GTIN", "GTIN", "08930000000019"), scan_place=130,
    ),
    ProductColumn(
        name="net_content", words="Net content", section=Section.LABEL, length=80, producer=True,
        heads=("net content", "quy cach", "khoi luong", "dinh luong", "the tich", "khoi luong tinh", "quy cach dong goi"),
        variable=LabelVariable("Định lượng", "Net content", "Khối lượng tịnh: 100 g", "net_content"), scan_place=30,
    ),
    ProductColumn(
        name="shelf_life_days", words="Shelf life in days", section=Section.LABEL, kind=Kind.NUMBER,
        heads=("han su dung", "hsd", "thoi han su dung", "thoi han bao quan", "shelf life"),
        length=5, attributes='inputmode="numeric"', beside=True, producer=True,
    ),
    ProductColumn(
        name="packs", words="Packs inside", section=Section.LABEL, length=60, producer=True,
        heads=("so goi", "so luong goi", "so tui trong hop", "so don vi trong bao bi", "packs"),
        hint="Where a pack holds several: 10 gói × 20 g",
    ),
    ProductColumn(
        name="drained_weight", words="Mass of the solids", section=Section.LABEL, length=40, beside=True, producer=True,
        heads=("khoi luong rao nuoc", "khoi luong cai", "khoi luong phan cai", "khoi luong rao", "drained weight"),
        hint="Of solids in a liquid: 300 g", only_sets=_EATEN,
    ),
    ProductColumn(
        name="ingredients", words="Ingredients", section=Section.LABEL, kind=Kind.PROSE, rows=3,
        hint="Highest share first; name what causes allergies.", producer=True,
        heads=("thanh phan", "thanh phan cau tao", "nguyen lieu", "ingredients"),
        variable=LabelVariable(
            "Thành phần", "Ingredients", "Búp chè shan tuyết (98,5 %), gạo sen Bách Diệp tươi (1,5 %)", "ingredients",
        ), scan_place=40,
    ),
    ProductColumn(
        name="ingredients_en", words="Ingredients in English", section=Section.LABEL, kind=Kind.PROSE, rows=2,
        attributes='lang="en"', producer=True,
    ),
    ProductColumn(
        name="ingredient_rows", words="Ingredients, row by row", section=Section.LABEL, kind=Kind.ROWS,
        hint="The text above is set from these rows, the largest share first. Leave them empty to write it yourself.",
        spelling=ingredient_rows.checked, producer=True, only_sets=_EATEN,
    ),
    ProductColumn(
        name="allergens", words="What causes allergies", section=Section.LABEL, length=200, producer=True,
        hint="For example: sữa, lạc. It is added to the warning.", only_sets=_EATEN,
        heads=("allergens", "chat gay di ung", "thanh phan gay di ung", "di ung"),
    ),
    ProductColumn(
        name="nutrition", words="Nutrition", section=Section.LABEL, kind=Kind.PROSE, rows=2, producer=True,
        hint="In 100 g or a serving: energy, protein, carbohydrate, fat, sodium; sugars where sugar is added.",
        heads=("nutrition", "thanh phan dinh duong", "gia tri dinh duong", "dinh duong"), only_sets=_EATEN, variable=LabelVariable(
            "Thành phần dinh dưỡng", "Nutrition",
            "Trong 100 g: năng lượng 250 kcal, chất đạm 18 g, carbohydrat 40 g, chất béo 2 g, natri 12 mg",
        ), scan_place=45,
    ),
    ProductColumn(
        name="nutrition_exempt", words="Why no nutrition figures", section=Section.LABEL, kind=Kind.CHOICE,
        hint="Circular 30/2026/TT-BYT", choices=EXEMPTIONS, producer=True, only_sets=_EATEN,
    ),
    ProductColumn(
        name="artisan", words="Artisan", section=Section.LABEL, length=120, producer=True, only_sets=CRAFTS,
        heads=("ten nghe nhan", "ho ten nghe nhan", "nghe nhan thuc hien", "artisan"),
        hint="Of a unique craft, with the village in place of the producer.",
        variable=LabelVariable("Nghệ nhân", "Artisan", "Nghệ nhân Nguyễn Thị Lụa"), scan_place=55,
    ),
    ProductColumn(
        name="dimensions", words="Dimensions", section=Section.LABEL, length=120, producer=True, only_sets=CRAFTS,
        heads=("kich thuoc", "kich co", "dimensions"),
        variable=LabelVariable("Kích thước", "Dimensions", "Ø 11 × 24 cm"), scan_place=58,
    ),
    ProductColumn(
        name="specification", words="Technical figures", section=Section.LABEL, kind=Kind.PROSE, rows=2,
        heads=("thong so", "thong so ky thuat", "chat lieu", "specification"),
        hint="Size, weight, material: for crafts and textiles.", producer=True,
        variable=LabelVariable(
            "Thông số kỹ thuật", "Specification", "Cao 24 cm, miệng 11 cm, men lam nung 1.280 °C", "specification",
        ), scan_place=60,
    ),
    ProductColumn(
        name="instructions", words="How to use", section=Section.LABEL, kind=Kind.PROSE, rows=3, producer=True,
        heads=("huong dan su dung", "hdsd", "cach dung", "cach su dung", "instructions"),
        variable=LabelVariable(
            "Hướng dẫn sử dụng", "Instructions",
            "Cho 5 g trà vào ấm, tráng nhanh bằng nước sôi, hãm với 250 ml nước 85 °C trong 2 phút.", "instructions",
        ), scan_place=70,
    ),
    ProductColumn(
        name="instructions_en", words="How to use, in English", section=Section.LABEL, kind=Kind.PROSE, rows=2,
        attributes='lang="en"', producer=True,
    ),
    ProductColumn(
        name="storage", words="How to store", section=Section.LABEL, kind=Kind.PROSE, rows=2, producer=True,
        heads=("bao quan", "huong dan bao quan", "dieu kien bao quan", "cach bao quan", "storage"),
        variable=LabelVariable(
            "Hướng dẫn bảo quản", "Storage", "Nơi khô ráo, thoáng mát, tránh ánh nắng; đậy kín sau khi mở.", "storage",
        ), scan_place=80,
    ),
    ProductColumn(
        name="storage_en", words="How to store, in English", section=Section.LABEL, kind=Kind.PROSE, rows=2,
        attributes='lang="en"', producer=True,
    ),
    ProductColumn(
        name="warning", words="Warning", section=Section.LABEL, kind=Kind.PROSE, rows=2, producer=True,
        heads=("canh bao", "thong tin canh bao", "khuyen cao", "warning"),
        variable=LabelVariable(
            "Cảnh báo", "Warning",
            "Không dùng khi bao bì hở hoặc trà có mùi lạ. Người mất ngủ hạn chế dùng buổi tối.", "warning",
        ), scan_place=90,
    ),
    ProductColumn(
        name="warning_en", words="Warning in English", section=Section.LABEL, kind=Kind.PROSE, rows=2,
        attributes='lang="en"', producer=True,
    ),
    ProductColumn(
        name="origin", words="Origin", section=Section.LABEL, length=120,
        variable=LabelVariable("Xuất xứ", "Origin", "Sản xuất tại Việt Nam", "origin"), scan_place=20,
    ),
    ProductColumn(
        name="alcohol", words="Alcohol", section=Section.LABEL, hint="For example: 18 % vol", length=30,
        heads=("do con", "nong do con", "ham luong etanol", "ham luong ethanol", "do ruou", "alcohol"),
        beside=True, producer=True, only_sets=(14, 15),
        variable=LabelVariable("Hàm lượng etanol", "Alcohol", "", "alcohol"), scan_place=50,
    ),
    ProductColumn(
        name="origin_en", words="Origin in English", section=Section.LABEL, length=120,
        attributes='lang="en"', producer=True,
    ),
    ProductColumn(
        name="date_kind", words="Last date on the label", section=Section.LABEL, kind=Kind.CHOICE,
        choices=DATE_KINDS, producer=True, only_sets=_EATEN,
    ),
    ProductColumn(
        name="repacker", words="Packed by", section=Section.LABEL, length=300, producer=True,
        heads=("don vi dong goi", "co so dong goi", "noi dong goi", "don vi sang chiet", "packed by"),
        hint="Name and address, where goods of another maker are packed.",
        variable=LabelVariable("Đơn vị đóng gói", "Packed by", ""), scan_place=22,
    ),
    ProductColumn(
        name="ordering_party", words="Made for", section=Section.LABEL, length=300, producer=True,
        heads=("don vi dat gia cong", "ben dat gia cong", "don vi thue gia cong", "made for"),
        hint="Name and address of who has the goods made.",
        variable=LabelVariable("Đơn vị đặt gia công", "Made for", ""), scan_place=24,
    ),
    ProductColumn(
        name="standards", words="Standards applied", section=Section.LABEL, kind=Kind.PROSE, rows=2,
        heads=("tieu chuan", "tieu chuan ap dung", "tieu chuan chat luong", "tieu chuan co so", "tccs", "tcvn", "standards"),
        producer=True, scan_place=100,
    ),
    ProductColumn(
        name="declaration", words="Declaration number", section=Section.LABEL, length=80, producer=True,
        heads=("so cong bo", "so tu cong bo", "so ban cong bo", "ban tu cong bo", "tu cong bo", "declaration number"),
        scan_place=110,
    ),
    ProductColumn(
        name="risk_level", words="Risk level", section=Section.LABEL, kind=Kind.RISK, hint="Decree 37/2026",
        beside=True,
    ),
    ProductColumn(
        name="story", words="Story (Vietnamese)", section=Section.STORY, kind=Kind.PROSE, rows=6,
        hint="Needed for 4 stars: it stands on the scan page.", producer=True,
    ),
    ProductColumn(
        name="story_en", words="Story (English)", section=Section.STORY, kind=Kind.PROSE, rows=6,
        attributes='lang="en"', producer=True,
    ),
)  # fmt: skip

BY_NAME = {column.name: column for column in COLUMNS}
#: Name → words.
WORDS = {column.name: column.words for column in COLUMNS}
#: Name → check of a typed text.
CHECKS = {column.name: column.check for column in COLUMNS if column.check is not None}
#: Columns that a producer may change; the others are the office's.
OF_PRODUCER = tuple(column for column in COLUMNS if column.producer)
#: Columns that lists may bring beside name and criteria set, which have rules of their own.
IN_LISTS = tuple(column for column in COLUMNS if column.heads)
#: Columns that labels say as they are.
ON_LABELS = tuple(column for column in COLUMNS if column.variable is not None)
#: Column → the one that says the same to readers of English.
IN_ENGLISH = {
    column.name.removesuffix("_en"): column for column in COLUMNS if column.name.endswith("_en")
}
#: Facts of the scan page below the name.
ON_SCAN_PAGE = tuple(sorted((c for c in COLUMNS if c.scan_place), key=lambda c: c.scan_place))


def in_lines(columns: Iterable[ProductColumn]) -> list[list[ProductColumn]]:
    """Lines of a form: a column that stands beside the one before shares its line."""
    lines: list[list[ProductColumn]] = []
    last: ProductColumn | None = None
    for column in columns:
        neighbour = last is not None and COLUMNS.index(column) - COLUMNS.index(last) == 1
        if column.beside and neighbour:
            lines[-1].append(column)
        else:
            lines.append([column])
        last = column
    return lines
