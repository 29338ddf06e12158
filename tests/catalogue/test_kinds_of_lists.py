"""Lists of every kind: what is understood of them, what is proposed, and what is never a star."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from labelsvc.catalogue.importing import Choices, ListKind, Plan, apply_import, plan_import
from labelsvc.catalogue.importing.heads.memory import remember
from labelsvc.catalogue.models import Outlet, Product, Village
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.proposals import WithdrawalProposal, confirm_withdrawal, waiting
from labelsvc.db import Database
from labelsvc.errors import BadInput, ImportRefused, Refused
from tests.catalogue.listing import (
    DAY,
    FORMS,
    GIVEN,
    HEAD,
    OWNER,
    WITHDRAWN,
    book,
    books,
    ended,
    row,
)


def taken(
    database: Database, data: bytes, name: str = "a.xlsx", *, actor: str = "user:1", **choices: Any
) -> Plan:
    with database.writing() as session:
        load_places(session)
        plan = plan_import(session, data=data, file_name=name, choices=Choices(**choices))
        if not plan.blocked:
            apply_import(session, plan, actor=actor)
        return plan


def stars(database: Database) -> dict[str, list[tuple[int, str]]]:
    """Product → its stars and decisions, oldest first."""
    with database.reading() as session:
        given = select(Recognition).order_by(Recognition.decision_date)
        made: dict[str, list[tuple[int, str]]] = {
            p.name: [] for p in session.scalars(select(Product))
        }
        for one in session.scalars(given):
            made[one.product.name].append((one.stars, one.decision_number))
        return made


FOUR = [(4, GIVEN)]
LISTS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "decision in the title": (
        book((f"(Kèm theo Quyết định số {GIVEN} ngày 04 tháng 3 năm 2024 của UBND Thành phố Hà Nội)",), HEAD[:5], row("Bình gốm")[:5]),
        {"Bình gốm": FOUR},
    ),
    "decision in a heading": (
        book(HEAD[:5], (f"I. Quyết định số {GIVEN} ngày {DAY}",), row("Bình gốm")[:5]), {"Bình gốm": FOUR},
    ),
    "decision in the sheet's name": (
        book(HEAD[:5], row("Bình gốm")[:5], name="QĐ 1147-QĐ-UBND 4.3.2024"), {"Bình gốm": FOUR},
    ),
    "replaced decision": (
        book(HEAD, row("Bình gốm", number=f"{GIVEN} ngày {DAY} (thay thế 99/QĐ-UBND ngày 01/3/2022)", day=None)), {"Bình gốm": FOUR},
    ),
    "two decisions": (book(HEAD, row("Bình gốm", number=f"{GIVEN}; 7012/QĐ-UBND")), {}),
    "draft": (book(("(Kèm theo Quyết định số      /QĐ-UBND ngày   tháng   năm 2026)",), HEAD[:5], row("Bình gốm")[:5]), {}),
    "ditto": (
        book(HEAD, row("Bình gốm"), row("Chén gốm", owner="-nt-", place='"', stars="nt", number="〃", day="//")),
        {"Bình gốm": FOUR, "Chén gốm": FOUR},
    ),
    "empty owner": (
        book(HEAD, row("Bình gốm"), row("Chén gốm", owner=None, place=None)), {"Bình gốm": FOUR, "Chén gốm": FOUR},
    ),
    "owner in a heading": (
        book((*HEAD[:2], *HEAD[4:]), ("I", "HTX Gốm Đông Dư"), (1, "Bình gốm", "4 sao", GIVEN, DAY)), {"Bình gốm": FOUR},
    ),
    "headings, totals, signatures": (
        book(HEAD, ("I", "XÃ BÁT TRÀNG"), row("Bình gốm"), ("Tổng cộng: 01 sản phẩm",), ("Trang 1",),
             (None, "TM. ỦY BAN NHÂN DÂN", None, None, "NGƯỜI LẬP"), (None, "(Đã ký)"), (None, "Nguyễn Văn Mẫu")),
        {"Bình gốm": FOUR},
    ),
    "header on every page": (book(HEAD, row("Bình gốm"), HEAD, row("Chén gốm")), {"Bình gốm": FOUR, "Chén gốm": FOUR}),
    "points beside stars": (
        book((*HEAD[:4], "Kết quả", None, *HEAD[5:]), (None,) * 4 + ("Điểm", "Hạng sao"), (*row("Bình gốm")[:4], 78.4, "4 sao", GIVEN, DAY), merges=["E1:F1"]),
        {"Bình gốm": FOUR},
    ),
    "old and new results": (
        book((*HEAD[:4], "Kết quả năm 2021", None, "Kết quả công nhận lại năm 2024", None), (None,) * 4 + ("Hạng sao", "Số QĐ", "Hạng sao", "Số QĐ"),
             (*row("Bình gốm")[:4], "3 sao", "100/QĐ-UBND ngày 1/2/2021", "4 sao", f"{GIVEN} ngày {DAY}"), merges=["E1:F1", "G1:H1"]),
        {"Bình gốm": FOUR},
    ),
    "summary of the others": (
        books({"Tổng hợp": [HEAD, row("Bình gốm"), row("Chén gốm")], "Xã A": [HEAD, row("Bình gốm")], "Xã B": [HEAD, row("Chén gốm")]}),
        {"Bình gốm": FOUR, "Chén gốm": FOUR},
    ),
    "sheet that goes on": (books({"1": [HEAD, row("Bình gốm")], "2": [row("Chén gốm", at=2)]}), {"Bình gốm": FOUR, "Chén gốm": FOUR}),
    "figures beside": (
        books({"Số liệu": [("Xã", "Số sản phẩm", "3 sao", "4 sao"), ("Bát Tràng", 2, 1, 1)], "DS": [HEAD, row("Bình gốm")]}), {"Bình gốm": FOUR},
    ),
    "two decisions in two rows": (
        book(HEAD, row("Bình gốm", stars="3 sao", number="100/QĐ-UBND", day="01/02/2022"), row("Bình gốm")), {"Bình gốm": [(3, "100/QĐ-UBND"), (4, GIVEN)]},
    ),
    "stars said twice": (book(HEAD, row("Bình gốm", stars="3 sao, 4 sao")), {}),
    "stars of a heading": (book((*HEAD[:4], *HEAD[5:]), ("I. SẢN PHẨM 4 SAO",), (1, "Bình gốm", OWNER, None, GIVEN, DAY)), {"Bình gốm": FOUR}),
    "stars against the heading": (book(HEAD, ("I. SẢN PHẨM 3 SAO",), row("Bình gốm")), {}),
    "not reached": (book(HEAD, row("Bình gốm", stars="Không đạt")), {}),
    "asked for": (book(HEAD, row("Bình gốm", stars="Đăng ký 4 sao")), {}),
    "registered": (book(("SẢN PHẨM ĐĂNG KÝ THAM GIA ĐÁNH GIÁ NĂM 2026",), HEAD, row("Bình gốm")), {"Bình gốm": []}),
    "TCVN3": (book(HEAD, row("B×nh gèm", owner="Hîp t¸c x· Gèm MÉu", place="X· B¸t Trµng")), {"Bình gốm": FOUR}),
    "error": (book(HEAD, row("Bình gốm", stars="#N/A")), {}),
    "letters lost": (book(HEAD, row("B?nh g?m")), {}),
    "private letters": (book(HEAD, row("Bình \ue001 gốm")), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_gives_the_stars_that_it_says(database: Database, name: str) -> None:
    data, want = LISTS[name]
    taken(database, data)
    assert stars(database) == want
    assert taken(database, data).counts["new"] == 0, "the same list again adds nothing"
    assert stars(database) == want


@pytest.mark.parametrize("form", FORMS)
def test_a_list_of_what_ended_gives_no_stars(database: Database, form: str) -> None:
    name, data = ended("Bình gốm")[form]
    taken(database, data, name)
    assert stars(database).get("Bình gốm", []) == []


@pytest.mark.parametrize("form", ["title and annex", "column of the decision", "column, no title", "both decisions", "head of two rows", "note"])  # fmt: skip
def test_a_withdrawal_is_proposed_and_a_second_person_confirms_it(
    database: Database, form: str
) -> None:
    taken(database, book(HEAD, row("Bình gốm")))
    plan = taken(database, ended("Bình gốm")[form][1])
    assert plan.proposals == 1 and stars(database) == {"Bình gốm": FOUR}
    with database.writing() as session:
        (one,) = waiting(session)
        assert (one.decision, one.on, one.proposed_by) == (WITHDRAWN, date(2026, 10, 1), "user:1")
        with pytest.raises(Refused):
            confirm_withdrawal(session, one, actor="user:1")
        confirm_withdrawal(session, one, actor="user:2")
        assert one.recognition.withdrawn_on == date(2026, 10, 1)
    again = taken(database, ended("Bình gốm")[form][1])
    assert (again.proposals, again.counts["unchanged"]) == (0, 1)
    older = taken(database, book(HEAD, row("Bình gốm", number="1148/QĐ-UBND", day="05/03/2024")))
    assert older.counts["refused"] == 1, "an older decision does not bring the stars back"


def test_without_a_person_nothing_is_proposed(database: Database) -> None:
    taken(database, book(HEAD, row("Bình gốm")))
    assert taken(database, ended("Bình gốm")["title and annex"][1], actor="cli").proposals == 1
    with database.reading() as session:
        assert session.scalars(select(WithdrawalProposal)).all() == []


def test_a_surely_ended_list_gives_no_stars_whatever_somebody_says(database: Database) -> None:
    taken(database, ended("Bình gốm")["title"][1], kind=ListKind.RECOGNISED)
    assert stars(database) == {}
    taken(database, ended("Bình gốm")["both in the title"][1], kind=ListKind.RECOGNISED)
    assert stars(database) == {"Bình gốm": FOUR}, "what is not sure a person may say"


def test_an_older_list_lowers_nothing(database: Database) -> None:
    taken(database, book(HEAD, row("Bình gốm", day="10/03/2026")))
    taken(database, book(HEAD, row("Bình gốm", stars="3 sao")))
    assert stars(database) == {"Bình gốm": [(3, GIVEN), (4, GIVEN)]}


def test_a_head_that_is_not_understood_is_assigned_and_remembered(database: Database) -> None:
    data = book((*HEAD[:4], "Mức độ", *HEAD[5:]), row("Bình gốm"))
    plan = taken(database, data)
    (asked,) = [q for q in plan.questions if q.about == "column"]
    assert (asked.name, asked.params["index"]) == ("Mức độ", "4")
    with database.writing() as session:
        remember(session, asked.params["fingerprint"], {4: "stars"}, actor="user:1")
        with pytest.raises(BadInput):
            remember(session, asked.params["fingerprint"], {4: "nothing"}, actor="user:1")
    taken(database, data)
    assert stars(database) == {"Bình gốm": FOUR}


def test_a_district_is_proposed_for_three_stars_of_its_time(database: Database) -> None:
    taken(database, book(HEAD, ("HUYỆN GIA LÂM",), row("Bình gốm", stars="3 sao", place="Xã Kim Sơn", number="1887/QĐ-UBND", day="12/10/2023")))  # fmt: skip
    with database.reading() as session:
        assert session.scalars(select(Recognition)).one().authority_name == "UBND huyện Gia Lâm"


@pytest.mark.parametrize(
    ("owner", "place", "name", "phone"),
    [
        ("Hộ KD Nguyễn Văn An (0912345678)", "Thôn 1, xã Bát Tràng", "Hộ KD Nguyễn Văn An", "0912345678"),
        ("HTX Gốm", "Thôn 1, xã Bát Tràng - ĐT: 0912.345.678", "HTX Gốm", "0912.345.678"),
        ("Hộ ông Lê Văn Dân 001085012345", "xã Ba Vì (sđt: 098 765 4321)", "Hộ ông Lê Văn Dân", "098 765 4321"),
    ],
)  # fmt: skip
def test_numbers_of_people_leave_names_and_addresses(
    database: Database, owner: str, place: str, name: str, phone: str
) -> None:
    taken(database, book(HEAD, row("Bình gốm", owner=owner, place=place)))
    with database.reading() as session:
        producer = session.scalars(select(Product)).one().producer
        assert (producer.name, producer.phone) == (name, phone)
        assert not any(c in producer.street for c in "0987")


def test_points_of_sale_and_villages_come_in(database: Database) -> None:
    taken(database, book(("DANH SÁCH ĐIỂM GIỚI THIỆU VÀ BÁN SẢN PHẨM OCOP",), ("TT", "Tên điểm bán", "Địa chỉ", "Điện thoại"), (1, "Cửa hàng Ba Vì", "Thôn 1, xã Ba Vì", 912345678)))  # fmt: skip
    taken(database, book(("DANH SÁCH LÀNG NGHỀ",), ("TT", "Tên làng nghề", "Nghề"), (1, "Làng gốm", "Gốm sứ")))  # fmt: skip
    with database.reading() as session:
        assert session.scalars(select(Outlet)).one().phone == "0912345678"
        assert session.scalars(select(Village)).one().craft == "Gốm sứ"


@pytest.mark.parametrize(
    ("head", "said", "name", "kind"),
    [
        ("Loại làng nghề", "Làng nghề truyền thống", "Làng gốm", "traditional"),
        ("Loại hình", "Làng có nghề", "Làng gốm", "with_craft"),
        ("Phân loại", "làng nghề", "Làng gốm", "craft"),
        ("Ghi chú", "", "Làng nghề truyền thống gốm Bát Tràng", "traditional"),
        ("Ghi chú", "", "Làng gốm", ""),
    ],
)
def test_villages_come_with_craft_kind_and_decision(
    database: Database, head: str, said: str, name: str, kind: str
) -> None:
    data = book(
        ("DANH SÁCH LÀNG NGHỀ ĐƯỢC CÔNG NHẬN",),
        ("TT", "Tên làng nghề", "Nghề", head, "Địa chỉ", "Số quyết định", "Ngày ban hành"),
        (1, name, "Gốm sứ", said, "xã Bát Tràng", "5/QĐ-UBND", "01/03/2020"),
        (2, "Làng khác", "Việc lạ", said, "xã Bát Tràng", "", ""),
    )  # fmt: skip
    taken(database, data)
    with database.writing() as session:
        one, other = session.scalars(select(Village).order_by(Village.id)).all()
        assert (one.craft_code, one.kind, one.decision_number) == ("gom-su", kind, "5/QĐ-UBND")
        assert one.recognised(date(2020, 3, 1)) and not one.recognised(date(2020, 2, 29))
        assert (other.craft_code, other.decision_number) == ("", "")
        one.craft_code = "tranh"  # the office knows better
    taken(database, data)
    with database.reading() as session:
        assert session.get_one(Village, one.id).craft_code == "tranh"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.pdf", b"%PDF-1.7", "PDF"), ("a.xlsm", book(HEAD), "macros"),
        ("a.docx", b"{\\rtf1 x", "Word"), ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ""),
    ],
)  # fmt: skip
def test_other_files_get_one_sentence(
    database: Database, name: str, data: bytes, says: str
) -> None:
    with database.reading() as session, pytest.raises(ImportRefused) as told:
        plan_import(session, data=data, file_name=name)
    assert says in told.value.message and told.value.fix


_STARS = {3: ("3 sao", "03 sao", "***", "☆☆☆", "3*", "Ba (03) sao", "Hạng 3 sao", 3), 4: ("4 sao", "OCOP 4 sao", "★★★★", "3 sao → 4 sao", "4 sao (tiềm năng 5 sao)", 4.0)}  # fmt: skip
_DAYS = ("04/03/2026", "4.3.26", "ngày 04 tháng 3 năm 2026", date(2026, 3, 4), "2026-03-04")
_PRODUCTS = st.lists(
    st.tuples(st.sampled_from(["HTX Gốm", "Công ty TNHH Lụa", "Hộ kinh doanh Mơ"]), st.sampled_from([3, 4])),
    min_size=1, max_size=6,
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(_PRODUCTS, st.data())
def test_a_list_in_any_form_comes_back_as_its_catalogue(
    database: Database, made: list[tuple[str, int]], data: st.DataObject
) -> None:
    """Order of columns, merged cells, ditto marks, spelling of stars and days, sheets: one catalogue."""
    rows, want, before = [], [], ""
    merged = data.draw(st.booleans())
    for n, (owner, count) in enumerate(sorted(made)):
        spelled = data.draw(st.sampled_from(_STARS[count]))
        again = (None,) if merged else (owner, "nt", None)
        said = data.draw(st.sampled_from(again)) if owner == before else owner
        rows.append((n + 1, f"Gốm số {n}", said, "Xã Ba Vì", spelled, "9/QĐ-UBND", data.draw(st.sampled_from(_DAYS))))  # fmt: skip
        want.append((f"Gốm số {n}", owner, count))
        before = owner
    order = data.draw(st.permutations(range(7)))
    cut = data.draw(st.integers(0, len(rows)))
    while cut and cut < len(rows) and rows[cut][2] != want[cut][1]:
        cut -= 1
    pages = [page for page in (rows[:cut], rows[cut:]) if page]
    sheets = {f"Trang {i}": [[one[c] for c in order] for one in (HEAD, *page)] for i, page in enumerate(pages)}  # fmt: skip
    column, first = "ABCDEFG"[order.index(2)], pages[0]
    tops = [at for at, one in enumerate(first) if one[2] is not None]
    ends = [*tops[1:], len(first)]
    spans = [
        f"{column}{top + 2}:{column}{end + 1}"
        for top, end in zip(tops, ends, strict=True)
        if end > top + 1
    ]
    with database.reading() as session:
        made_book = books(sheets, merges=spans if merged else ())
        plan = plan_import(session, data=made_book, file_name="a.xlsx")
    found = [(r.product, r.producer, r.line.recognition.get("stars")) for r in plan.rows]
    assert found == want
