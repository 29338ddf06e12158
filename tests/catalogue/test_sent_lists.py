"""Lists of 2026 as communes, districts and the city send them: titles, heads, places and figures."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font

from labelsvc.catalogue import criteria
from labelsvc.catalogue.address import in_two_times
from labelsvc.catalogue.importing import Choices, Plan, plan_import
from labelsvc.catalogue.importing.files.asides import page_texts
from labelsvc.catalogue.importing.heads.kinds import judged
from labelsvc.catalogue.importing.heads.words import field_of
from labelsvc.catalogue.importing.rows.contents import shelf_life
from labelsvc.catalogue.importing.values.days import days_in
from labelsvc.catalogue.importing.values.zeros import phone
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.products import columns as product_columns
from labelsvc.catalogue.products.columns import ProductColumn
from labelsvc.db import Database
from labelsvc.errors import BadInput
from tests.catalogue.listing import DAY, GIVEN, HEAD, book, row

#: What is read does not hang on the database; test_kinds_of_lists.py takes lists over on both.
_READ = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def planned(database: Database, *rows: Any, **answers: Any) -> Plan:
    with database.writing() as session:
        load_places(session)
    with database.reading() as session:
        return plan_import(
            session, data=book(*rows), file_name="a.xlsx", choices=Choices(**answers)
        )


def told(plan: Plan) -> list[tuple[str, str, int]]:
    """(product, state, stars) of every row."""
    return [(r.product, r.state, r.line.recognition.get("stars", 0)) for r in plan.rows]


@_READ
def test_two_rows_that_contradict_each_other_are_both_refused(database: Database) -> None:
    plan = planned(database, HEAD, row("Bình gốm"), row("Bình gốm", stars="3 sao"), row("Chén gốm"))
    assert [(name, state) for name, state, _ in told(plan)] == [
        ("Bình gốm", "refused"), ("Bình gốm", "refused"), ("Chén gốm", "new"),
    ]  # fmt: skip
    assert (plan.counts["refused"], plan.counts["new"]) == (2, 1)
    (problem,) = plan.rows[0].problems
    assert (problem.column, problem.params["row"]) == ("Hạng sao", 3)


@_READ
def test_tables_beside_each_other_are_both_read(database: Database) -> None:
    short = HEAD[:6]
    plan = planned(
        database, (*short, None, *short),
        (*row("Bình gốm", number=f"{GIVEN} ngày {DAY}")[:6], None, *row("Chén gốm", stars="3 sao", number="một")[:6]),
    )  # fmt: skip
    assert told(plan) == [("Bình gốm", "new", 4), ("Chén gốm", "refused", 0)]
    assert plan.rows[1].problems[0].letter == "M", "the column as the sheet has it"


@pytest.mark.parametrize(
    "title",
    [
        "DANH SÁCH SẢN PHẨM ĐƯA RA KHỎI DANH MỤC SẢN PHẨM OCOP", "Danh sách sản phẩm loại bỏ khỏi OCOP",
        "BÃI BỎ KẾT QUẢ CÔNG NHẬN SẢN PHẨM OCOP", "Danh sách chủ thể trả lại Giấy chứng nhận OCOP",
        "SẢN PHẨM KHÔNG ĐƯỢC TIẾP TỤC SỬ DỤNG LOGO OCOP", "Sản phẩm không còn được công nhận OCOP",
        "Sản phẩm không còn là sản phẩm OCOP", "Thôi công nhận sản phẩm OCOP",
    ],
)  # fmt: skip
def test_such_a_title_ends_stars(title: str) -> None:
    found = judged([(title, "title")], stars=True, products=True)
    assert found.kind.ends_stars or not found.sure


@pytest.mark.parametrize(
    "title",
    ["Danh sách sản phẩm OCOP còn hiệu lực đến 31/12/2026", "SẢN PHẨM OCOP 3 SAO TRỞ LÊN", "Sản phẩm OCOP tiêu biểu tham gia hội chợ"],
)  # fmt: skip
def test_such_a_title_gives_them(title: str) -> None:
    found = judged([(title, "title")], stars=True, products=True)
    assert found.kind.gives_stars and found.sure


@pytest.mark.parametrize(
    ("head", "field"),
    [
        ("Tên gọi sản phẩm", "product"), ("Tên nông sản", "product"), ("Tên s.phẩm", "product"), ("Pháp nhân", "producer"),
        ("OCOP (sao)", "stars"), ("Công nhận hạng", "stars"), ("QĐ/ngày tháng", "decision"), ("GCN có giá trị đến", "valid_to"),
        ("Hạn sử dụng GCN", "valid_to"), ("Hạn sử dụng", "shelf_life_days"), ("Tình trạng hiệu lực", "status"), ("Hiện trạng GCN", "status"),
        ("Đ/thoại", "phone"), ("Số ĐTDĐ", "phone"), ("Nơi SX", "address"), ("Đ/c", "address"), ("MSDN", "tax_code"), ("Giấy CN số", "certificate"),
    ],
)  # fmt: skip
def test_a_head_is_understood(head: str, field: str) -> None:
    assert field_of(head) == field


@pytest.mark.parametrize(
    ("text", "today", "before"),
    [
        ("Thôn 2, xã Phú Nhi, thị xã Sơn Tây (nay là phường Sơn Tây, TP Hà Nội)", "Thôn 2, phường Sơn Tây, TP Hà Nội", "Thôn 2, xã Phú Nhi, thị xã Sơn Tây"),
        ("Thôn 3, xã Bát Tràng (xã Đa Tốn cũ)", "Thôn 3, xã Bát Tràng", "Thôn 3, xã Đa Tốn"),
        ("xã Bát Tràng (trước đây là xã Đa Tốn)", "xã Bát Tràng", "xã Đa Tốn"),
        ("Số 5 phố Mới, phường Hà Đông", "Số 5 phố Mới, phường Hà Đông", ""),
        ("Xóm Hiện, xã Ba Vì (gần chợ cũ)", "Xóm Hiện, xã Ba Vì (gần chợ cũ)", ""),
    ],
)  # fmt: skip
def test_an_address_of_two_times(text: str, today: str, before: str) -> None:
    assert in_two_times(text) == (today, before)


@_READ
def test_columns_of_two_times_give_the_commune_of_today(database: Database) -> None:
    head = (*HEAD[:3], "Địa chỉ trước sắp xếp", "Địa chỉ sau sắp xếp", *HEAD[4:])
    cells = row("Nón lá")
    plan = planned(
        database, head, (*cells[:3], "Xã Phương Trung, huyện Thanh Oai", "Thôn 1, xã Thanh Oai", *cells[4:])
    )  # fmt: skip
    line = plan.rows[0].line
    assert (line.commune, line.producer["old_address"]) == (
        "Xã Thanh Oai", "Xã Phương Trung, huyện Thanh Oai",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "number"),
    [("0912345678 (chị Hoa)", "0912345678"), ("Zalo 0912 345 678", "0912 345 678"), ("Chị Hoa: 0912345678; anh Ba: 0987654321", "0912345678, 0987654321")],
)  # fmt: skip
def test_words_beside_a_telephone_are_left_out(text: str, number: str) -> None:
    assert phone(text) == (number, False)


@pytest.mark.parametrize("text", ["gặp chị Hoa", "0912345678, phòng 12"])
def test_what_is_not_surely_one_telephone_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        phone(text)


GOODS = ("Nến thơm quế", "Chén sen đá", "Bột gì đó")


@_READ
@pytest.mark.parametrize(
    ("answer", "states", "guessed"),
    [
        (None, ["new", "new", "new"], [True] * 3), (True, ["new", "new", "new"], [False] * 3),
        (False, ["refused"] * 3, []),
    ],
)  # fmt: skip
def test_guessed_sets_are_looked_at_once_for_the_whole_list(
    database: Database, answer: bool | None, states: list[str], guessed: list[bool]
) -> None:
    plan = planned(database, HEAD, *(row(one) for one in GOODS), sets=answer)
    assert [r.state for r in plan.rows] == states
    assert [r.line.product["set_guessed"] for r in plan.rows if r.state == "new"] == guessed
    shown = {(one.set, one.words): one.products for one in plan.guessed.values()}
    if answer is not False:
        assert shown == {
            (21, "nến thơm"): ["Nến thơm quế"], (24, "sen đá"): ["Chén sen đá"], (7, "bột"): ["Bột gì đó"],
        }  # fmt: skip
    assert Choices.from_json(plan.choices.as_json()).sets is answer


@_READ
def test_a_set_of_the_list_is_no_guess(database: Database) -> None:
    plan = planned(database, (*HEAD, "Bộ sản phẩm"), row("Nến thơm", more=("Bộ 21",)))
    assert not plan.guessed and plan.rows[0].line.product["set_guessed"] is False


@pytest.mark.parametrize(
    ("name", "number", "words"),
    [
        ("Khăn lụa tơ tằm", 22, "Khăn"), ("Trà hoa cúc sấy lạnh", 12, "Trà hoa cúc"), ("Cao atiso", 18, "Cao"),
        ("Hạt điều rang muối", 7, "Hạt điều"), ("Chả cá Lã Vọng", 8, "Chả cá"),
    ],
)  # fmt: skip
def test_the_words_that_a_guess_rests_on_are_shown(name: str, number: int, words: str) -> None:
    assert criteria.guess(name, None) == criteria.Guess(number, words)


CONTENTS = {
    "Thương hiệu": ("brand", "Ước Mơ"), "Hạn sử dụng": ("shelf_life_days", "12 tháng kể từ ngày sản xuất"),
    "Số gói": ("packs", "10 gói × 20 g"), "Khối lượng ráo nước": ("drained_weight", "300 g"),
    "Thông tin dinh dưỡng": ("nutrition", "Trong 100 g: năng lượng 250 kcal"), "Cảnh báo dị ứng": ("allergens", "lạc"),
    "Cách dùng": ("instructions", "Ăn liền."), "Điều kiện bảo quản": ("storage", "Nơi khô ráo."), "Khuyến cáo": ("warning", "Không dùng khi bao bì hở."),
    "Đơn vị đóng gói": ("repacker", "HTX Gói, xã Ba Vì - ĐT 0912345678"), "Bên đặt gia công": ("ordering_party", "Công ty TNHH Đặt, xã Ba Vì"),
    "TCCS": ("standards", "TCCS 01:2026"), "Số bản tự công bố": ("declaration", "02/HTX/2026"), "Tên tiếng Anh": ("name_en", "Ginger cake"),
}  # fmt: skip


@_READ
def test_what_a_label_says_comes_in_by_its_columns(database: Database) -> None:
    head, cells = tuple(CONTENTS), tuple(said for _, said in CONTENTS.values())
    plan = planned(
        database, (*HEAD, "Bộ sản phẩm", *head), row("Chè lam", more=("Bộ 6", *cells)),
        (*HEAD, "Bộ sản phẩm", "Nghệ nhân", "Kích thước", "Chất liệu", "Độ cồn"),
        row("Bình gốm", more=("Bộ 21", "Nguyễn Thị Mẫu", "Ø 11 × 24 cm", "Men lam", "30 % vol")),
    )  # fmt: skip
    food, craft = (r.line.product for r in plan.rows)
    want = dict(CONTENTS.values()) | {"shelf_life_days": 365, "repacker": "HTX Gói, xã Ba Vì"}
    assert {name: food.get(name) for name in want} == want
    assert (craft["artisan"], craft["dimensions"], craft["specification"]) == ("Nguyễn Thị Mẫu", "Ø 11 × 24 cm", "Men lam")  # fmt: skip
    assert "alcohol" not in craft and not plan.questions


@_READ
def test_a_fault_in_what_a_label_says_refuses_no_stars(database: Database) -> None:
    plan = planned(
        database, (*HEAD, "Hạn sử dụng", "Thương hiệu"), row("Chè lam", more=("6 - 12 tháng", "x" * 300))
    )  # fmt: skip
    assert told(plan) == [("Chè lam", "new", 4)]
    assert {"shelf_life_days", "brand"}.isdisjoint(plan.rows[0].line.product)
    assert sum("left out" in message for message, _ in plan.rows[0].line.notes) == 2


@pytest.mark.parametrize(
    ("text", "head", "days"),
    [
        ("12 tháng", "", 365), ("18 tháng kể từ NSX", "", 545), ("06 tháng", "", 180), ("2 năm", "", 730), ("45 ngày", "", 45),
        ("6", "Hạn sử dụng (tháng)", 180), ("6", "Hạn sử dụng", None), ("6 - 12 tháng", "", None), ("lâu", "", None), ("0 ngày", "", None),
    ],
)  # fmt: skip
def test_a_shelf_life_is_one_span(text: str, head: str, days: int | None) -> None:
    assert shelf_life(text, head) == days


@pytest.mark.parametrize("column", product_columns.IN_LISTS, ids=lambda one: one.name)
def test_each_head_of_a_content_means_it_and_nothing_else(column: ProductColumn) -> None:
    assert {field_of(head) for head in column.heads} == {column.name}


@_READ
def test_what_people_read_beside_the_cells_is_heeded(database: Database) -> None:
    """A decision in the head of the page, a withdrawal in a comment, a stroke through a product."""
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    short = (*HEAD[:5], "Ghi chú")
    for one in (short, *((*row(name)[:5], None) for name in ("Bình gốm", "Chén gốm", "Đĩa gốm"))):
        sheet.append(list(one))
    sheet.oddHeader.center.text = f"Kèm theo Quyết định số {GIVEN} ngày {DAY}"
    sheet["B3"].comment = Comment("Đã thu hồi theo QĐ 4100/QĐ-UBND ngày 01/10/2026", "Văn phòng")
    sheet["B4"].font = Font(strike=True)
    out = io.BytesIO()
    made.save(out)
    with database.writing() as session:
        load_places(session)
    with database.reading() as session:
        plan = plan_import(session, data=out.getvalue(), file_name="a.xlsx")
    assert told(plan) == [("Bình gốm", "new", 4), ("Chén gốm", "refused", 0), ("Đĩa gốm", "refused", 0)]  # fmt: skip
    assert [one.number for one in plan.decisions] == [GIVEN]
    assert [one.message for one in plan.rows[2].problems] == [
        "The cell is struck through in the file."
    ]


def test_the_codes_of_a_page_foot_are_no_words() -> None:
    told = b'</sheetData><headerFooter><oddHeader>&amp;C&amp;"Times,Bold"&amp;12 Ph\xe1\xbb\xa5 l\xe1\xbb\xa5c &amp; b\xe1\xba\xa3ng</oddHeader><oddFooter>&amp;P/&amp;N</oddFooter>'
    assert page_texts(told) == ["Phụ lục & bảng"]


@_READ
def test_one_letter_of_iceland_makes_no_font(database: Database) -> None:
    """ "QÐ" with the wrong Ð beside cells without marks is Unicode, not .VnTime."""
    plan = planned(database, HEAD, row("Bình gốm", number="1147/QÐ-UBND"))
    assert [one.about for one in plan.questions] == []
    assert plan.rows[0].line.recognition["decision_number"] == "1147/QĐ-UBND"


@_READ
def test_a_title_that_corrects_a_decision_gives_no_row_its_stars(database: Database) -> None:
    title = (f"Kèm theo Quyết định số 2345/QĐ-UBND ngày 20/6/2025 về việc đính chính Quyết định số {GIVEN} ngày {DAY}",)  # fmt: skip
    plan = planned(database, title, HEAD[:5], row("Bình gốm")[:5])
    assert (plan.counts["refused"], plan.decisions) == (1, [])


def test_a_month_may_be_a_roman_numeral() -> None:
    numerals = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
    assert [days_in(f"15/{one}/2025")[0].month for one in numerals] == list(range(1, 13))
