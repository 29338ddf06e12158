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
from labelsvc.db import Database
from labelsvc.web.site import Site
from tests.catalogue import lists
from tests.web.desk import Desk, seen
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
