"""Lists as clerks of districts and communes write them: no star that was not given, no row lost.

Each list has what must come of its products: stars, or why there are none. A refused row is right
where nobody could know; it is never left out in silence.
"""

from __future__ import annotations

from typing import Any

import pytest

from labelsvc.catalogue.importing import plan_import
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.places import load_places
from labelsvc.db import Database
from tests.catalogue import lists
from tests.catalogue.listing import books

HEAD = ("STT", "Tên sản phẩm", "Chủ thể", "Địa chỉ", "Hạng sao", "Số quyết định", "Ngày ban hành")
OWNER = ("HTX Giò Ước Lễ", "phường Hà Đông")
BY = ("1147/QĐ-UBND", "04/03/2026")
TITLE = ("Danh sách sản phẩm OCOP được công nhận",)
#: What may come of a row beside stars.
REFUSED, ENDED, UNSURE = "refused", "ended", "unsure"


def row(product: str, *rest: Any) -> tuple[Any, ...]:
    return (1, product, *OWNER, *rest)


def by_cell(head: str, cells: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """A list with a further column: its cell → what must come of the row."""
    rows = [row(f"Giò {n}", "4 sao", *BY, cell) for n, cell in enumerate(cells)]
    return lists.workbook([(*HEAD, head), *rows]), dict(zip([f"Giò {n}" for n in range(len(cells))], cells.values(), strict=True))  # fmt: skip


def by_stars(cells: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    rows = [row(f"Giò {n}", cell, *BY) for n, cell in enumerate(cells)]
    return lists.workbook([HEAD, *rows]), dict(zip([f"Giò {n}" for n in range(len(cells))], cells.values(), strict=True))  # fmt: skip


def titled(title: str, *rows: tuple[Any, ...], head: tuple[Any, ...] = HEAD) -> bytes:
    return lists.workbook([(title,), head, *rows])


GIO = row("Giò lụa", "4 sao", *BY)
CHA = row("Chả quế", "3 sao", *BY)
SHORT = HEAD[:4]
LISTS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "a column for each number of stars": (
        lists.workbook(
            [(*SHORT, "Phân hạng", "", "", *HEAD[5:]), ("", "", "", "", "3 sao", "4 sao", "5 sao", "", ""),
             row("Giò lụa", "", "x", "", *BY), row("Chả quế", "X", "", "", *BY), row("Nem", "", "", "", *BY), row("Bún", "x", "x", "", *BY)],
            merges=["E1:G1"],
        ),
        {"Giò lụa": 4, "Chả quế": 3, "Nem": REFUSED, "Bún": REFUSED},
    ),
    "the same in one row of heads": (
        lists.workbook([(*SHORT, "3 sao", "4 sao", *HEAD[5:]), row("Giò lụa", "", "✓", *BY), row("Chả quế", "v", "", *BY)]),
        {"Giò lụa": 4, "Chả quế": 3},
    ),
    "a result beside the stars": (
        lists.workbook([(*SHORT, "Kết quả", *HEAD[4:]), row("Giò lụa", "Đạt", "4 sao", *BY), row("Chả quế", "Không đạt", "3 sao", *BY)]),
        {"Giò lụa": 4, "Chả quế": REFUSED},
    ),
    "several products in a cell": (
        lists.workbook([HEAD, row("Giò lụa\nChả quế\nNem chua", "4 sao", *BY), row("- Bánh cuốn\n- Bánh giầy", "3 sao", *BY),
                        row("1. Trà sen; 2. Trà nhài", "3 sao", *BY), row("Giò lụa\nđặc biệt", "3 sao", *BY)]),
        {"Giò lụa Chả quế Nem chua": REFUSED, "- Bánh cuốn - Bánh giầy": REFUSED, "1. Trà sen; 2. Trà nhài": REFUSED, "Giò lụa đặc biệt": 3},
    ),
    "states of a row": by_cell("Tình trạng", {
        "Đang hiệu lực": 4, "Đã thu hồi": ENDED, "Hết hiệu lực": ENDED, "Chờ kết quả": REFUSED, "Bảo lưu": REFUSED,
        "Không đạt": REFUSED, "Đang đề nghị công nhận lại": 4, "Còn hạn": 4, "Xin rút": ENDED, "Đạt": 4, "Chưa công nhận": REFUSED,
        "Hồ sơ bổ sung": REFUSED, "Không công nhận": REFUSED, "Đang trình": REFUSED, "Chưa được công nhận lại": 4,
        "Tạm dừng": ENDED, "Chấm dứt hoạt động": ENDED, "Đã hủy": ENDED, "HUỶ": ENDED, "Đóng cửa": ENDED, "Không": REFUSED,
        "Đang hoạt động": 4, "Hoạt động của HTX ổn định": 4, "Không vi phạm": 4, "Chưa rõ": REFUSED,
    }),
    "notes of a row": by_cell("Ghi chú", {
        "Chưa có nhãn hiệu": 4, "Không đạt": REFUSED, "Chờ quyết định": REFUSED, "Sản phẩm tiêu biểu": 4, "Bị loại": REFUSED,
        "Chưa đạt 5 sao": 4, "Bổ sung hồ sơ": REFUSED, "Sản phẩm chưa được công nhận": REFUSED,
        "Liên hệ: Nguyễn Quang Huy": 4, "Chuyên nghề gốm": 4, "Đã chấm dứt hoạt động": ENDED, "Tạm đình chỉ": ENDED,
    }),
    "ticked as withdrawn": by_cell("Thu hồi", {"": 4, "x": ENDED, "Không": 4, "Có": ENDED, "-": 4, "v": ENDED}),
    "ticked as in force": by_cell("Còn hiệu lực (x)", {"x": 4, "": REFUSED, "Không": REFUSED}),
    "in force in words": by_cell("Hiệu lực", {"Còn": 4, "Hết": REFUSED, "x": REFUSED, "36 tháng": 4, "Đã hết": REFUSED}),
    "stars in odd words": by_stars({
        "hạng 4": 4, "4/5 sao": 4, "4,0": 4, "4.0 sao": 4, "3-4 sao": REFUSED, "3 hoặc 4": REFUSED, "3/4 sao": REFUSED,
        "4 hoặc 5 sao": REFUSED, "3 sao (cũ 4 sao)": 3, "Dưới 3 sao": REFUSED, "⭐⭐⭐": 3, "bốn sao (****)": 4,
        "Hạng 3 sao → đề nghị 4 sao": REFUSED, "3 sao → 4 sao": 4,
    }),
    "stars behind the name": (
        lists.workbook([HEAD, row("Giò lụa (OCOP 4 sao)", "4 sao", *BY), row("Chả quế - 4 sao", "3 sao", *BY), row("Trà ba miền", "3 sao", *BY)]),
        {"Giò lụa (OCOP 4 sao)": 4, "Chả quế - 4 sao": REFUSED, "Trà ba miền": 3},
    ),
    "a head with a decision in it": (
        lists.workbook([(*SHORT, "Hạng sao theo QĐ số 1147/QĐ-UBND ngày 04/3/2026"), row("Giò lụa", "4 sao")]),
        {"Giò lụa": 4},
    ),
    "heads with numbers": (
        lists.workbook([(*SHORT, "Điểm theo QĐ 1048", "Xếp hạng", *HEAD[5:], "Cột X360"), row("Giò lụa", 86, "4 sao", *BY, "gì đó")]),
        {"Giò lụa": 4},
    ),
    "the day of a certificate": (
        lists.workbook([(*SHORT, "Hạng sao", "Số GCN", "Ngày cấp GCN", "Số QĐ", "Ngày QĐ"), row("Giò lụa", "4 sao", "12/GCN", "10/03/2026", *BY)]),
        {"Giò lụa": 4},
    ),
    "from and to": (
        lists.workbook([("Danh sách sản phẩm nâng hạng sao",), (*SHORT, "Từ hạng", "Lên hạng", *HEAD[5:]), row("Giò lụa", "3 sao", "4 sao", *BY)]),
        {"Giò lụa": 4},
    ),
    "hyphens of a word processor": (
        lists.workbook([HEAD, row("Giò\u00a0lụa", "4\u00a0sao", "1147/QĐ\u2011UBND", "04/03/2026")]), {"Giò lụa": 4},
    ),
    "two tables below each other": (
        lists.workbook([TITLE, HEAD, GIO, (), ("DANH SÁCH SẢN PHẨM BỊ THU HỒI",), HEAD, CHA]), {"Giò lụa": 4, "Chả quế": ENDED},
    ),
    "a second table with other heads": (
        lists.workbook([TITLE, HEAD, GIO, (), ("II. Sản phẩm thu hồi",),
                        (*SHORT, "Số quyết định", "Ngày quyết định", "Lý do"), row("Chả quế", "2001/QĐ-UBND", "01/10/2026", "Không còn sản xuất")]),
        {"Giò lụa": 4, "Chả quế": ENDED},
    ),
    "sheets of several kinds": (
        books({"Công nhận": [HEAD, GIO], "Thu hồi": [HEAD, CHA], "Hết hạn 2025": [HEAD, row("Nem", "3 sao", "99/QĐ-UBND", "01/02/2022")]}),
        {"Giò lụa": 4, "Chả quế": ENDED, "Nem": ENDED},
    ),
    "a footnote that takes back": (lists.workbook([TITLE, HEAD, GIO, ("(*) Sản phẩm đã bị thu hồi",)]), {"Giò lụa": UNSURE}),
    "suspended": (titled("Danh sách sản phẩm tạm đình chỉ sử dụng nhãn hiệu chứng nhận OCOP", GIO), {"Giò lụa": UNSURE}),
    "punished": (titled("Danh sách sản phẩm OCOP vi phạm an toàn thực phẩm bị xử lý năm 2026", GIO), {"Giò lụa": UNSURE}),
    "ending soon": (titled("Danh sách sản phẩm OCOP sắp hết hạn", GIO), {"Giò lụa": UNSURE}),
    "expired and asked for again": (titled("Danh sách sản phẩm OCOP hết hạn đề nghị công nhận lại", GIO), {"Giò lụa": UNSURE}),
    "a plan": (titled("Kế hoạch phát triển sản phẩm OCOP năm 2027", row("Giò lụa", "4 sao"), head=HEAD[:5]), {"Giò lụa": None}),
    "those that failed": (titled("Danh sách sản phẩm không đạt hạng sao OCOP", GIO), {"Giò lụa": None}),
    "several owners in a cell": (
        lists.workbook([HEAD, (1, "Giò lụa", "HTX Giò Ước Lễ; Công ty TNHH Hoa Mai", "phường Hà Đông", "4 sao", *BY),
                        (2, "Chả quế", "HTX Bình Minh và HTX Hoa Sen", "phường Hà Đông", "4 sao", *BY),
                        (3, "Nem", "HTX Sản xuất và Thương mại Hoa Mai", "phường Hà Đông", "4 sao", *BY)]),
        {"Giò lụa": REFUSED, "Chả quế": REFUSED, "Nem": 4},
    ),
    "a term in months": by_cell("Thời hạn (tháng)", {36: 4, "36": 4, "": 4, 400: REFUSED}),
    "two lists side by side": (lists.workbook([(*HEAD, None, *HEAD), (*GIO, None, *CHA)]), {"Giò lụa": 4, "Chả quế": 3}),
}  # fmt: skip


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", LISTS)
def test_what_comes_of_each_row_is_what_it_says(database: Database, name: str) -> None:
    data, wanted = LISTS[name]
    with database.writing() as session:
        load_places(session)
        plan = plan_import(session, data=data, file_name="a.xlsx")
    unsure = any(question.about == "kind" for question in plan.questions)
    found: dict[str, Any] = {}
    for one in plan.rows:
        told = one.line.recognition.get("stars")
        came = told if one.state == "new" else ENDED if one.line.kind.ends_stars else REFUSED
        found[one.product] = UNSURE if unsure else came
    assert found == wanted
    assert not any(one.problems and not one.problems[0].message for one in plan.rows)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_shopkeeper_is_no_name_of_a_shop(database: Database) -> None:
    head = ("STT", "Tên cửa hàng", "Địa chỉ", "Điện thoại", "Chủ cửa hàng")
    data = titled("DANH SÁCH ĐIỂM BÁN SẢN PHẨM OCOP 3 SAO TRỞ LÊN", (1, "Cửa hàng Mai", "phường Hà Đông", "0912345678", "Nguyễn Thị Mai"), head=head)  # fmt: skip
    with database.writing() as session:
        load_places(session)
        plan = plan_import(session, data=data, file_name="a.xlsx")
    (found,) = plan.rows
    assert (found.product, found.line.kind) == ("Cửa hàng Mai", ListKind.POINTS_OF_SALE)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_later_row_answers_for_a_doubtful_owner_of_an_earlier_one(database: Database) -> None:
    """The first row may be the known one; the second says by its tax code that it is another."""
    head = (*HEAD, "Mã số thuế")
    with database.writing() as session:
        load_places(session)
        from tests.factories import make_producer

        make_producer(session, name="HTX Gốm sứ Sông Nhuệ", street="", old_address="xã Bát Tràng", tax_code="0100109106")  # fmt: skip
    rows = [
        (1, "Bình gốm", "HTX Gốm Sông Nhuệ", "xã Bát Tràng", "4 sao", *BY, None),
        (2, "Ấm gốm", "HTX Gốm Sông Nhuệ", "xã Bát Tràng", "4 sao", *BY, "0100108173"),
    ]
    with database.writing() as session:
        first = plan_import(session, data=lists.workbook([head, rows[0]]), file_name="a.xlsx")
        assert [one.state for one in first.rows] == ["refused"]
        both = plan_import(session, data=lists.workbook([head, *rows]), file_name="a.xlsx")
        assert [one.state for one in both.rows] == ["new", "new"]
        owners = {one.owner.row for one in both.rows if one.owner is not None}
        assert owners == {2} and both.counts["new"] == 2
