from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from openpyxl import Workbook
from sqlalchemy import func, select

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import ImportRun, Producer, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.proposals import WithdrawalProposal
from labelsvc.db import Database
from labelsvc.web.site import Site
from tests.catalogue import lists
from tests.web.desk import Desk, second_person, seen
from tests.world import World

HEADER = "STT;Tên sản phẩm;Chủ thể;Địa chỉ;Hạng sao;Số quyết định;Ngày ban hành;Bộ sản phẩm;Điện thoại\r\n"
LIST = (
    HEADER + "1;Cốm làng Vòng;HTX Cốm Vòng;phường Cầu Giấy;4 sao;1147/QĐ-UBND;04/03/2026;12;\r\n"
    "2;Chè lam Thạch Xá;HTX Chè Lam;xã Tây Phương;3 sao;1147/QĐ-UBND;04/03/2026;12;\r\n"
    "3;Bánh sai ngày;HTX Cốm Vòng;phường Cầu Giấy;3 sao;1147/QĐ-UBND;31/02/2026;12;\r\n"
)


def send(office: Desk, text: str | bytes = LIST, name: str = "danh sách.csv") -> str:
    """Upload a list; gives the address of its preview."""
    data = text if isinstance(text, bytes) else text.encode("utf-8-sig")
    answer = office.post("/office/imports", {"list": (io.BytesIO(data), name)})
    assert answer.status_code == 302, seen(answer)
    return urlsplit(answer.location).path


def products(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Product.name)))


def test_a_list_is_looked_at_then_taken_over_and_its_report_stays(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office, before = desk("office"), products(database)
    preview = send(office)
    page = office.words(preview)
    assert "2 rows will be taken over, 1 is refused" in page
    assert "Ngày ban hành (G)" in page and "31/02/2026" in page  # refused rows come first
    new = office.words(f"{preview}?state=new")
    assert "Cốm làng Vòng" in new and "1147/QĐ-UBND" in new and "until 04/03/2029" in new
    assert "The list has no row of this kind" in office.words(f"{preview}?state=changed")
    assert products(database) == before

    answer = office.post(preview)
    assert answer.status_code == 302
    assert products(database) == before | {"Cốm làng Vòng", "Chè lam Thạch Xá"}
    report = office.words(answer.location)
    assert "1 row was refused and left out" in report and "31/02/2026" in report
    assert "Cốm làng Vòng" in office.words("/office/recognitions?q=com+lang+vong")
    listed = office.words("/office/imports")
    assert "danh sách.csv" in listed
    assert office.get(preview).status_code == 404  # it is taken over: nothing is left of the upload
    with database.reading() as session:
        run = session.scalars(select(ImportRun)).one()
        assert (run.new, run.changed, run.unchanged, run.refused) == (2, 0, 0, 1)
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.apply")).one()
        assert entry.actor == run.actor and entry.actor.startswith("user:")


def test_the_same_list_again_has_nothing_to_take_over(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    office.post(send(office))
    again = send(office)
    page = office.get(again)
    assert "nothing to take over" in seen(page) and "Take 0" not in seen(page)
    changed = send(office, LIST.replace("04/03/2026;12;\r\n2", "04/03/2026;12;024 3999 0789\r\n2"))
    words = office.words(changed)
    assert "1 row will be taken over" in words
    assert "Telephone: 024 3999 0789" in office.words(f"{changed}?state=changed")


def test_what_was_looked_at_is_what_is_taken_over(
    desk: Callable[[str], Desk], database: Database
) -> None:
    """Somebody enters a product of the list between the preview and the click."""
    office = desk("office")
    first, second = send(office), send(office)
    office.post(first)
    answer = office.post(second)
    assert answer.status_code == 409 and "catalogue has changed since" in seen(answer)
    assert "nothing to take over" in office.words(second)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ImportRun)) == 1


def test_a_list_is_thrown_away(
    desk: Callable[[str], Desk], app: object, database: Database
) -> None:
    office, before = desk("office"), products(database)
    preview = send(office)
    assert office.post(f"{preview}/drop").status_code == 302
    assert office.get(preview).status_code == 404 and products(database) == before


def test_an_upload_is_forgotten_after_a_day(desk: Callable[[str], Desk]) -> None:
    with time_machine.travel("2026-11-23 09:00 +0700", tick=False) as clockwork:
        office = desk("office")
        files = office.client.application.extensions["labelsvc"]
        assert isinstance(files, Site)
        preview = send(office)
        clockwork.shift(timedelta(minutes=50))
        assert office.get(preview).status_code == 200
        clockwork.shift(timedelta(days=1))
        late = desk("office")
        assert late.get(preview).status_code == 404
        send(late)
        assert len(files.files.names("imports")) == 2  # the new upload and its plan, not the old


def test_a_preview_address_cannot_be_made_up(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    for token in (
        "x",
        "..%2f..%2fkeys",
        "20261123090000-" + "0" * 32,
        "99999999999999-" + "a" * 32,
    ):
        assert office.get(f"/office/imports/preview/{token}").status_code == 404
        assert office.post(f"/office/imports/preview/{token}").status_code == 404


def test_files_that_are_no_list_are_refused_beside_the_field(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office, before = desk("office"), products(database)
    for data, name in (
        (b"", "empty.csv"),
        (b"PK\x03\x04 broken", "broken.xlsx"),
        (b"%PDF-1.7 not a list", "list.csv"),
        (b"no;header;here\r\n1;2;3\r\n", "list.csv"),
        (LIST.encode(), "list.exe"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old.xls"),
    ):
        answer = office.post("/office/imports", {"list": (io.BytesIO(data), name)})
        assert answer.status_code == 400, name
        assert 'href="#list"' in answer.text and 'id="list-error"' in answer.text, name
    assert office.post("/office/imports").status_code == 400
    assert products(database) == before


def test_hostile_names_stay_text_everywhere(
    desk: Callable[[str], Desk], database: Database
) -> None:
    rows = (
        "1;<script>alert(1)</script>;HTX A;;;;;12;\r\n"
        "2;=cmd|' /C calc'!A0;HTX B;;;;;12;\r\n"
        "3;Trà \u202egpj.exe;HTX C;;;;;12;\r\n"
        "4;Trà ngon & lành;HTX <D>;;;;;12;\r\n"
    )
    office = desk("office")
    preview = send(office, HEADER + rows, "<img src=x onerror=alert(1)>.csv")
    for path in (preview, f"{preview}?state=new"):
        answer = office.get(path)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.text and "<img src=x" not in answer.text
    answer = office.get(f"{preview}?format=csv")
    assert re.fullmatch(
        r'attachment; filename="[A-Za-z0-9._-]+"', answer.headers["Content-Disposition"]
    )
    table = list(csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    assert len(table) == 5
    assert not [cell for row in table for cell in row if cell[:1] in ("=", "+", "@", "-")]


def test_a_long_list_is_shown_page_by_page(desk: Callable[[str], Desk]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["STT", "Tên sản phẩm", "Chủ thể", "Bộ sản phẩm"])
    for number in range(1, 131):
        sheet.append([number, f"Trà số {number}", f"HTX {number % 7}", 12])
    data = io.BytesIO()
    book.save(data)
    office = desk("office")
    preview = send(office, data.getvalue(), "dài.xlsx")
    assert "Page 1 of 3" in office.words(preview)
    last = office.words(f"{preview}?state=new&page=3")
    assert "Trà số 130" in last and "Trà số 100 " not in last
    assert "Trà số 130" in office.words(f"{preview}?state=new&page=99")


def test_auditors_read_reports_and_bring_nothing_in(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office, auditor = desk("office"), desk("auditor")
    report = office.post(send(office)).location
    assert auditor.get(report).status_code == 200
    page = auditor.get("/office/imports")
    assert page.status_code == 200 and 'type="file"' not in page.text
    assert auditor.post("/office/imports", {"list": (io.BytesIO(b"x"), "x.csv")}).status_code == 403


def test_a_list_whose_report_was_not_stored_is_shown_without_its_rows(
    desk: Callable[[str], Desk], database: Database
) -> None:
    with database.writing() as session:
        session.add(ImportRun(file_name="cũ.xlsx", sha256="0" * 64, actor="cli", new=3))
        session.add(Producer(name="HTX", kind="farm"))
    assert "taken over on the command line" in desk("office").words("/office/imports/1")


@pytest.mark.parametrize(("said", "count"), [("0", 0), ("none", 1)])
def test_a_doubtful_owner_is_decided_beside_the_known_one(
    desk: Callable[[str], Desk], database: Database, world: World, said: str, count: int
) -> None:
    office = desk("office")
    row = (
        1,
        "Bình gốm",
        "HTX Gốm sứ Sông Nhuệ",
        "xã Bát Tràng",
        "4 sao",
        "9/QĐ-UBND",
        "01/02/2026",
    )
    data = lists.workbook([lists.HEAD, row])
    sent = office.post("/office/imports", {"list": (io.BytesIO(data), "a.xlsx")})
    words = office.words(sent.location)
    assert "The owner may be known already: Hợp tác xã Gốm Sông Nhuệ" in words
    assert "Another one" in words and "024 3999 0123" in words
    token = sent.location.rpartition("/")[2].partition("?")[0]
    path = f"/office/imports/preview/{token}"
    assert office.post(f"{path}/owner", {"row": 2, "same": "7"}).status_code == 404
    assert office.post(f"{path}/owner", {"row": 2, "same": said}).status_code == 303
    assert "1 row will be taken over" in office.words(path)
    assert office.post(path).status_code == 302
    with database.reading() as session:
        made = session.scalars(select(Producer).where(Producer.name.contains("Gốm sứ"))).all()
        assert len(made) == count


ANNEX = "Phụ lục kèm theo Quyết định số 1147/QĐ-UBND ngày 04 tháng 3 năm 2026"
SHORT = ("STT", "Tên sản phẩm", "Chủ thể", "Địa chỉ", "Hạng sao")
ROW = (1, "Giò lụa Ước Lễ", "HTX Giò Ước Lễ", "phường Hà Đông", "4 sao")


def book_of(sheets: dict[str, list[tuple[object, ...]]]) -> bytes:
    """A workbook with a sheet of each name."""
    book, data = Workbook(), io.BytesIO()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(data)
    return data.getvalue()


def refused_while_open(office: Desk, preview: str, database: Database) -> None:
    """The button is off, and a form that is sent all the same changes nothing."""
    before = products(database)
    page = office.get(preview)
    assert "has answered yet" in seen(page) and "nothing to take over" not in seen(page)
    assert page.text.count(f'action="{preview}"') == page.text.count('aria-disabled="true"')
    answer = office.post(preview)
    assert answer.status_code == 409 and "nobody has answered yet" in seen(answer)
    assert products(database) == before


def say(office: Desk, preview: str, about: str, **form: object) -> None:
    assert office.post(f"{preview}/{about}", form).status_code == 303, about


def test_a_kind_that_is_not_sure_is_said_with_one_click(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    head = (*lists.HEAD[:6], "Ngày ban hành")
    title = ("Dự thảo danh sách sản phẩm OCOP được công nhận, đăng ký năm 2026",)
    rows = [title, head, (*ROW, "1147/QĐ-UBND", "04/03/2026")]
    preview = send(office, lists.workbook(rows), "ds.xlsx")
    words = office.words(preview)
    assert "Not sure: say what it is" in words and "Dự thảo" not in products(database)
    refused_while_open(office, preview, database)
    assert office.post(f"{preview}/kind", {"sheet": 0, "kind": "stars"}).status_code == 404
    assert office.post(f"{preview}/kind", {"sheet": 9, "kind": "withdrawn"}).status_code == 404
    say(office, preview, "kind", sheet=0, kind="recognised")
    words = office.words(preview)
    assert "Recognised products chosen" in words and "1 row will be taken over" in words
    assert office.post(preview).status_code == 302
    assert "Giò lụa Ước Lễ" in products(database)


def test_no_click_makes_a_list_of_withdrawn_products_give_stars(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    title = ("Danh sách sản phẩm OCOP bị thu hồi giấy chứng nhận",)
    rows = [title, lists.HEAD, (*ROW, "1147/QĐ-UBND", "04/03/2026")]
    preview = send(office, lists.workbook(rows), "ds.xlsx")
    words = office.words(preview)
    assert "Withdrawn products" in words and "“bị thu hồi”" in words
    say(office, preview, "kind", sheet=0, kind="recognised")
    words = office.words(preview)
    assert "such a list never gives stars" in words and "Withdrawn products" in words
    assert "nothing to take over" in words


def test_a_sheet_is_left_out_and_read_again(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office, facts = desk("office"), ("1147/QĐ-UBND", "04/03/2026")
    other = (1, "Chả quế Ước Lễ", "HTX Giò Ước Lễ", "phường Hà Đông", "3 sao", *facts)
    data = book_of({"Đợt 1": [lists.HEAD, (*ROW, *facts)], "Nháp": [lists.HEAD, other]})
    preview = send(office, data, "hai.xlsx")
    assert "2 rows will be taken over" in office.words(preview)
    say(office, preview, "sheet", sheet=1, read=0)
    words = office.words(preview)
    assert "1 row will be taken over" in words and "Somebody left it out" in words
    nothing = office.post(f"{preview}/sheet", {"sheet": 0, "read": 0})
    assert nothing.status_code == 400  # nothing would be left: the answer before it stays
    say(office, preview, "sheet", sheet=1, read=1)
    assert "2 rows will be taken over" in office.words(preview)
    say(office, preview, "sheet", sheet=1, read=0)
    assert office.post(preview).status_code == 302
    assert "Giò lụa Ước Lễ" in products(database) and "Chả quế Ước Lễ" not in products(database)


def test_hidden_sheets_rows_and_columns_are_told(desk: Callable[[str], Desk]) -> None:
    office, facts = desk("office"), ("1147/QĐ-UBND", "04/03/2026")
    book, data = Workbook(), io.BytesIO()
    first = book.active
    assert first is not None
    for row in (lists.HEAD, (*ROW, *facts), (2, "Chả quế Ước Lễ", *ROW[2:], *facts)):
        first.append(row)
    first.row_dimensions[3].hidden = True
    first.column_dimensions["D"].hidden = True
    veiled = book.create_sheet("Ẩn")
    for row in (lists.HEAD, (1, "Nem chua Ước Lễ", *ROW[2:], *facts)):
        veiled.append(row)
    veiled.sheet_state = "hidden"
    book.save(data)
    preview = send(office, data.getvalue(), "ẩn.xlsx")
    words = office.words(preview)
    assert "rows 3; columns D" in words and "The sheet is hidden" in words
    assert "2 rows will be taken over" in words
    say(office, preview, "sheet", sheet=1, read=1)
    assert "3 rows will be taken over" in office.words(preview)


@pytest.mark.parametrize(("take", "taken"), [(1, True), (0, False)])
def test_the_decision_of_the_title_is_confirmed_once(
    desk: Callable[[str], Desk], database: Database, take: int, taken: bool
) -> None:
    office = desk("office")
    rows = [(ANNEX,), SHORT, ROW, (2, "Chả quế Ước Lễ", *ROW[2:])]
    preview = send(office, lists.workbook(rows), "phụ lục.xlsx")
    words = office.words(preview)
    assert "2 rows rest on decision 1147/QĐ-UBND of 04/03/2026" in words and ANNEX in words
    refused_while_open(office, preview, database)
    assert office.post(f"{preview}/decision", {"key": "1/QĐ-UBND 2026-01-01"}).status_code == 404
    say(office, preview, "decision", key="1147/QĐ-UBND 2026-03-04", take=take)
    assert ("2 rows will be taken over" in office.words(preview)) is taken
    assert office.post(preview).status_code == 302
    assert ("Chả quế Ước Lễ" in products(database)) is taken


def test_a_head_is_assigned_and_remembered_for_the_next_file(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office, facts = desk("office"), ("1147/QĐ-UBND", "04/03/2026")
    head = (*lists.HEAD, "Cột X9")
    preview = send(office, lists.workbook([head, (*ROW, *facts, "200 g")]), "a.xlsx")
    assert "unless you say what they are: Cột X9" in office.words(preview)
    assert office.post(f"{preview}/heads", {"sheet": 0}).status_code == 400
    assert office.post(f"{preview}/heads", {"sheet": 0, "column-7": "no"}).status_code == 404
    say(office, preview, "heads", sheet=0, **{"column-7": "net_content"})
    assert "Every column was understood" in office.words(preview)
    assert office.post(preview).status_code == 302
    following = (1, "Chả quế Ước Lễ", *ROW[2:], *facts, "500 g")
    again = send(office, lists.workbook([head, following]), "b.xlsx")
    assert "Every column was understood" in office.words(again)
    assert office.post(again).status_code == 302
    with database.reading() as session:
        made = session.scalars(select(Product).where(Product.name.contains("Ước Lễ"))).all()
        assert {one.name: one.net_content for one in made} == {"Giò lụa Ước Lễ": "200 g", "Chả quế Ước Lễ": "500 g"}  # fmt: skip
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.heads")).one()
        assert entry.actor.startswith("user:")


def test_an_assignment_that_leaves_no_row_is_not_remembered(desk: Callable[[str], Desk]) -> None:
    office, facts = desk("office"), ("1147/QĐ-UBND", "04/03/2026")
    data = lists.workbook([lists.HEAD, (*ROW, *facts)])
    preview = send(office, data, "a.xlsx")
    form = {"sheet": 0, "column-1": "-", "column-2": "-"}
    assert office.post(f"{preview}/heads", form).status_code == 400
    assert "1 row will be taken over" in office.words(preview)
    assert "1 row will be taken over" in office.words(send(office, data, "a.xlsx"))


def test_texts_of_an_old_font_are_taken_after_a_look(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    row = (
        1,
        "B×nh gèm",
        "Hîp t¸c x· Gèm MÉu",
        "X· B¸t Trµng",
        "4 sao",
        "1147/QĐ-UBND",
        "04/03/2026",
    )
    preview = send(office, lists.workbook([lists.HEAD, row]), "cũ.xlsx")
    words = office.words(preview)
    assert "look at how they were turned" in words and "“B×nh gèm” → “Bình gốm”" in words
    refused_while_open(office, preview, database)
    say(office, preview, "font", sheet=0)
    assert "looked at" in office.words(preview)
    assert office.post(preview).status_code == 302
    assert "Bình gốm" in products(database)


def test_an_answer_of_another_is_no_part_of_what_was_looked_at(
    desk: Callable[[str], Desk], database: Database
) -> None:
    """Somebody assigns a head between the preview of another list and the click: nothing is taken."""
    office, facts = desk("office"), ("1147/QĐ-UBND", "04/03/2026")
    data = lists.workbook([(*lists.HEAD, "Cột X9"), (*ROW, *facts, "200 g")])
    first, second = send(office, data, "a.xlsx"), send(office, data, "b.xlsx")
    say(office, first, "heads", sheet=0, **{"column-7": "net_content"})
    assert office.post(second).status_code == 409
    assert "Giò lụa Ước Lễ" not in products(database)


@pytest.mark.parametrize(("do", "withdrawn"), [("confirm", True), ("refuse", False)])
def test_a_list_of_withdrawn_products_proposes_and_another_person_decides(
    desk: Callable[[str], Desk], database: Database, do: str, withdrawn: bool
) -> None:
    office, listed = desk("office"), "/office/recognitions/withdrawals"
    assert "No withdrawal was proposed" in office.words(listed)
    given = lists.workbook([lists.HEAD, (*ROW, "1147/QĐ-UBND", "04/03/2026")])
    office.post(send(office, given, "a.xlsx"))
    head = (
        "STT",
        "Tên sản phẩm",
        "Chủ thể",
        "Địa chỉ",
        "Quyết định thu hồi",
        "Ngày thu hồi",
        "Lý do thu hồi",
    )
    ended = (*ROW[:4], "2208/QĐ-UBND", "05/11/2026", "Ngừng sản xuất từ tháng 6")
    title = ("Danh sách sản phẩm OCOP bị thu hồi giấy chứng nhận",)
    preview = send(office, lists.workbook([title, head, ended]), "thu hồi.xlsx")
    words = office.words(preview)
    assert "Withdrawal proposed 1" in words and "2208/QĐ-UBND" in words
    assert "Không còn sản xuất sản phẩm" in words and "“Ngừng sản xuất từ tháng 6”" in words
    assert "1 withdrawal will be proposed in your name" in words
    report = office.post(preview)
    assert "1 withdrawal was proposed" in office.words(report.location)
    waiting = office.words(listed)
    assert "Giò lụa Ước Lễ" in waiting and "thu hồi.xlsx, Sheet: 3" in waiting
    assert office.post(listed, {"proposal": 1, "do": "confirm"}).status_code == 409
    second_person(database)
    assert desk("binh").post(listed, {"proposal": 1, "do": do}).status_code == 303
    with database.reading() as session:
        made = session.scalars(select(WithdrawalProposal)).one()
        assert made.proposed_by != made.decided_by != ""
        stars = session.get_one(Recognition, made.recognition_id)
        assert (stars.withdrawn_on is not None) is withdrawn
    assert ("Not withdrawn" in office.words(listed)) is not withdrawn


def test_guessed_sets_are_confirmed_once_in_the_preview(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    preview = send(office, LIST.replace(";12;", ";;"))
    page = office.words(preview)
    assert (
        "Criteria sets guessed from names" in page
        and "“cốm làng vòng”" in page
        and "“chè lam”" in page
    )
    assert office.post(f"{preview}/sets", {"take": "0"}).status_code == 303
    assert "The list has no row of this kind" in office.words(f"{preview}?state=new")
    assert office.post(f"{preview}/sets", {"take": "1"}).status_code == 303
    assert office.post(preview).status_code == 302
    with database.reading() as session:
        made = select(Product.set_guessed).where(Product.name == "Chè lam Thạch Xá")
        assert session.scalars(made).one() is False
