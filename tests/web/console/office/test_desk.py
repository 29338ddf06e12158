"""The office finds anything by one box, sees what waits, and takes every list with it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from labelsvc import clock
from labelsvc.accounts.models import User
from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import Issue
from labelsvc.codes.register import withdrawal
from labelsvc.db import Database
from labelsvc.i18n import catalog
from labelsvc.inspections.cases import open_case
from labelsvc.inspections.models import Report
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.settings import Settings
from labelsvc.web.console.office.desk import export
from tests import world as worlds
from tests.conftest import HOST
from tests.factories import make_product, make_recognition
from tests.web.desk import Desk, second_person

pytestmark = pytest.mark.usefixtures("viewer")


def found(page: str) -> set[str]:
    """Addresses that the page of the search leads to, outside of the menu."""
    return set(re.findall(r'<a href="(/office/[^"]+)"', page.partition("<main")[2]))


@pytest.mark.parametrize(
    ("typed", "leads"),
    [
        ("gom song nhue", "/office/producers/1"),
        ("GỐM Sông Nhuệ", "/office/producers/1"),
        ("nguyen  van", None),
        ("tra hoa cuc", "/office/products/1"),
        ("Trà hoa cúc gốm sông nhuệ", "/office/products/1"),
        ("rượu mơ", "/office/products/2"),
        ("0101234567", "/office/producers/1"),
        ("bat trang", "/office/producers?commune="),
        ("Đa Tốn", "/office/producers?commune="),  # since 2025 a part of Bát Tràng
        ("l-main", "/office/lots/1"),
        ("lô L-MAIN", None),
        ("1147/QĐ-UBND", "/office/recognitions?q=1147%2FQ%C4%90-UBND"),
        ("1147 qd ubnd", "/office/recognitions?q=1147%2FQ%C4%90-UBND"),
        (worlds.GTIN, "/office/products/1"),
        (f"https://{HOST}/01/{worlds.GTIN}/10/L-MAIN", "/office/lots/1"),
    ],
)
def test_one_box_finds_goods_places_and_papers(
    desk: Callable[[str], Desk],
    database: Database,
    world: worlds.World,
    typed: str,
    leads: str | None,
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).producer.tax_code = "0101234567"
    page = desk("office").get("/office/find", query_string={"q": typed})
    assert page.status_code == 200
    if leads is None:
        return
    leads = leads.replace("/products/2", f"/products/{world.stranger_product}")
    assert any(url.startswith(leads) for url in found(page.text)), (leads, found(page.text))


@pytest.mark.parametrize("wrap", ["{}", "  {}. ", "HTTPS://QR.EXAMPLE.VN{}", "https://qr.example.vn{}?utm_source=zalo", "“https://qr.example.vn{}”"])  # fmt: skip
@pytest.mark.parametrize("form", ["in_force", "gs1", "offline", "lot"])
def test_a_code_in_any_spelling_leads_to_lot_and_run(
    desk: Callable[[str], Desk], world: worlds.World, form: str, wrap: str
) -> None:
    page = desk("office").get("/office/find", query_string={"q": wrap.format(world.codes[form])})
    assert {f"/office/lots/{world.lot}", f"/office/products/{world.product}"} <= found(page.text)


def test_guessed_codes_count_as_they_do_elsewhere(
    desk: Callable[[str], Desk], settings: Settings, world: worlds.World
) -> None:
    office = desk("office")
    for _ in range(settings.scan_misses + 2):
        page = office.words(f"/office/find?q={world.codes['not_issued'][1:]}")
        if "Many wrong codes" in page:
            break
    else:
        pytest.fail("codes can be guessed here without end")


def test_numbers_with_and_without_their_word_find_papers(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    with database.writing() as session:
        open_case(session, kind="inspection", actor="test")
        send_report(session, SentReport(kind="other", code="x", number=None, verdict="MALFORMED", message="Tem lạ"))  # fmt: skip
    office = desk("office")
    for typed, leads in (
        ("vụ việc 1", {"/office/cases/1"}),
        ("Phản ánh số 1", {"/office/reports/1"}),
        ("#1", {"/office/cases/1", "/office/reports/1"}),
        ("1", {"/office/cases/1", "/office/reports/1"}),
    ):
        page = office.get("/office/find", query_string={"q": typed})
        assert leads <= found(page.text), typed


def test_people_and_their_acts_are_found_by_overseers_alone(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    with database.writing() as session:
        user = session.get_one(User, 1)
        user.full_name, user.name = "Đặng Thị Lan", "0912345678"
    for name, sees in (("office", True), ("auditor", True), ("viewer", False)):
        for typed in ("dang thi lan", "0912 345 678", "+84912345678"):
            urls = found(desk(name).get("/office/find", query_string={"q": typed}).text)
            assert ("/office/accounts/1" in urls) is sees, (name, typed)
        audit = found(desk(name).get("/office/find?q=dang+thi+lan").text)
        assert any(url.startswith("/office/audit") for url in audit) is sees


def test_what_waits_comes_first_and_stands_in_the_menu(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    second_person(database)
    with database.writing() as session:
        first = session.query(User).filter_by(name="office").one()
        lot = session.get_one(Lot, world.lot)
        withdrawal.propose(session, lot=lot, reason="Thiếu nhãn phụ", actor=f"user:{first.id}")
        open_case(session, kind="inspection", actor="test")
    mine, other = desk("office").words("/office/"), desk("binh").words("/office/")
    assert "1 recalls that you proposed wait for another person" in mine
    assert "1 proposed recalls wait for a second person: you may confirm them" in other
    assert "1 new cases that nobody has looked at" in other
    for page in ("/office/audit", "/office/producers"):
        menu = desk("binh").words(page)
        assert "Withdrawals 1 waiting" in menu and "Cases 1 waiting" in menu


def test_the_overview_counts_products_with_codes(
    desk: Callable[[str], Desk], database: Database
) -> None:
    with database.writing() as session:
        make_product(session, name="Sản phẩm chưa có mã")
        coded = {
            lot.product_id
            for lot in session.scalars(select(Lot).join(Issue, Issue.lot_id == Lot.id))
        }
    assert coded and f"{len(coded)} products have codes." in desk("office").words("/office/")


@pytest.mark.parametrize("name", [*export.LISTS, *export.PEOPLE])
def test_every_list_goes_out_as_csv_and_workbook_with_vietnamese_heads(
    desk: Callable[[str], Desk], database: Database, world: worlds.World, name: str
) -> None:
    with database.writing() as session:
        session.get_one(Product, world.product).name = '=HYPERLINK("http://x")'
        send_report(session, SentReport(kind="other", code="x", number=None, verdict="MALFORMED", message="=1+1 tem lạ", contact="0912345678"))  # fmt: skip
        open_case(session, kind="inspection", actor="test")
    office, room = desk("office"), "people" if name in export.PEOPLE else "lists"
    listing = (export.LISTS | export.PEOPLE)[name]
    text = office.get(f"/office/{room}/{name}.csv?lang=vi").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[0] == [catalog("vi")[head] for head in listing.heads]
    assert not [cell for row in rows for cell in row if cell.startswith("=")]
    assert "0912345678" not in text
    book = office.get(f"/office/{room}/{name}.xlsx?lang=vi")
    sheet = openpyxl.load_workbook(io.BytesIO(book.data)).worksheets[0]
    cells = list(sheet.iter_rows())
    assert [cell.value for cell in cells[0]] == rows[0] and len(cells) == len(rows)
    assert not [cell for row in cells for cell in row if cell.data_type == "f"]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_list_longer_than_one_reading_goes_out_whole(
    desk: Callable[[str], Desk], database: Database, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(export, "_STEP", 2)
    with database.writing() as session:
        for n in range(5):
            make_recognition(session, make_product(session, name=f"Sản phẩm {n}"))
    data = desk("office").get(f"/office/lists/recognitions.{ending}").data
    if ending == "csv":
        found = [row[0] for row in csv.reader(io.StringIO(data.decode("utf-8-sig")))]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(data)).active
        found = [str(row[0]) for row in sheet.iter_rows(values_only=True)]
    assert {f"Sản phẩm {n}" for n in range(5)} <= set(found)


def test_an_export_is_narrowed_as_its_page_is(desk: Callable[[str], Desk], world: worlds.World) -> None:  # fmt: skip
    page = desk("viewer").get("/office/lots?q=l-main&state=open").text
    links = re.findall(r'href="(/office/lists/lots.csv[^"]*)"', page)
    assert links == ["/office/lists/lots.csv?q=l-main&amp;state=open"]
    rows = desk("viewer").get(links[0].replace("&amp;", "&")).text.splitlines()
    assert len(rows) == 2 and "L-MAIN" in rows[1]


@pytest.mark.parametrize(
    ("address", "has", "lacks"),
    [
        ("/office/products?q=tra+hoa", "Trà hoa cúc", "Rượu mơ"),
        ("/office/products?stars=none", "Sản phẩm stars_none", "Trà hoa cúc"),
        ("/office/products?stars=4", "Trà hoa cúc", "Sản phẩm stars_expired"),
        ("/office/lots?state=recalled", "L-RECALL", "L-MAIN"),
        ("/office/lots?state=expired", "L-PAST", "L-MAIN"),
        ("/office/producers?q=bat+trang", "Gốm Sông Nhuệ", None),
        ("/office/producers?village=1", "Gốm Sông Nhuệ", "Trần Văn Hùng"),
        ("/office/lots/1", "L-MAIN", None),
    ],
)
def test_lists_of_goods_are_narrowed(
    desk: Callable[[str], Desk], address: str, has: str, lacks: str | None
) -> None:
    page = desk("viewer").words(address)
    assert has in page and (lacks is None or lacks not in page)


def report_of(database: Database, count: int = 1) -> list[int]:
    with database.writing() as session:
        return [
            send_report(session, SentReport(kind="other", code="x", number=None, verdict="MALFORMED", message="Tem lạ", contact="a@example.vn")).id
            for _ in range(count)
        ]  # fmt: skip


def test_reports_and_cases_have_somebody_a_day_and_notes(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    second_person(database)
    (number,) = report_of(database)
    with database.writing() as session:
        case = open_case(session, kind="inspection", actor="test").id
        binh = session.query(User).filter_by(name="binh").one().id
        lan = session.query(User).filter_by(name="lan").one().id
    office, until = desk("office"), clock.today() + timedelta(days=7)
    for kind, at in (("reports", number), ("cases", case)):
        path = f"/office/{kind}/{at}"
        office.post(f"{path}/assign", {"assignee": binh, "due_on": f"{until:%d/%m/%Y}"})
        assert f"Bình by {until:%d/%m/%Y}" in office.words(f"/office/{kind}")
        for wrong in ({"assignee": lan}, {"assignee": binh, "due_on": "01/01/2020"}):
            office.post(f"{path}/assign", wrong)
        assert f"Bình by {until:%d/%m/%Y}" in office.words(f"/office/{kind}")
        assert f"/{kind}/{at}" in desk("binh").get(f"/office/{kind}?who=me").text
        assert f"/{kind}/{at}" not in office.get(f"/office/{kind}?who=me").text
    mine = desk("binh").words("/office/")
    assert "1 reports are given to you" in mine and "1 cases are given to you" in mine
    office.post(f"/office/reports/{number}/notes", {"text": "Đã gọi điện"})
    assert "Đã gọi điện" in desk("viewer").words(f"/office/reports/{number}")
    with time_machine.travel(clock.now() + timedelta(days=8), tick=False):
        assert f"/reports/{number}" in desk("office").get("/office/reports?who=late").text


def test_many_are_given_at_once_and_taken_back(
    desk: Callable[[str], Desk], database: Database, world: worlds.World
) -> None:
    second_person(database)
    first, second, third, closed = report_of(database, 4)
    with database.writing() as session:
        people = {user.name: user.id for user in session.query(User)}
    office = desk("office")
    office.post(f"/office/reports/{first}/assign", {"assignee": people["office"]})
    office.post(f"/office/reports/{closed}/close", {"answer": "Đã xem."})
    picks = {"pick": [first, second, third, closed, 999], "assignee": people["binh"]}
    page = office.get(office.post("/office/reports/assign", picks).location)
    undo = re.search(r'name="undo" value="([^"]+)"', page.text)
    assert undo is not None and "Given: 3." in page.text
    office.post(f"/office/reports/{third}/assign", {"assignee": people["office"]})  # given on since
    assert (
        "Taken back" not in desk("binh").post("/office/reports/assign-back", {"undo": undo[1]}).text
    )
    office.post("/office/reports/assign-back", {"undo": undo[1]})
    with database.reading() as session:
        had = {row.id: row.assignee_id for row in session.query(Report)}
    assert had == {first: people["office"], second: None, third: people["office"], closed: None}


def test_who_reported_reads_the_answer_behind_a_link_that_nobody_guesses(
    desk: Callable[[str], Desk], client: FlaskClient, database: Database, world: worlds.World
) -> None:
    path = f"/report{world.codes['in_force']}?lang=en"
    base = f"https://{HOST}"
    token = re.search(r'name="token" value="([^"]+)"', client.get(path, base_url=base).text)
    assert token is not None
    form = {"token": token[1], "kind": "quality", "message": "Gói bị rách", "contact": "0912345678"}
    thanks = client.get(client.post(path, data=form, base_url=base).location, base_url=base)
    link = re.search(r'href="(/report/answer/[^"?]+)', thanks.text)
    assert link is not None
    seen = client.get(f"{link[1]}?lang=en", base_url=base)
    assert (
        "The office has your report." in seen.text and seen.headers["Cache-Control"] == "no-store"
    )
    desk("office").post("/office/reports/1/close", {"answer": "Đã đổi gói mới."})
    seen = client.get(f"{link[1]}?lang=en", base_url=base)
    assert "Đã đổi gói mới." in seen.text and "0912345678" not in seen.text
    assert "Gói bị rách" not in seen.text
    start = link[1].rpartition("/")[2]
    for forged in (
        "1",
        "MQ",
        start[:-1] + ("A" if start[-1] != "A" else "B"),
        start.replace("MQ", "Mg"),
    ):
        assert client.get(f"/report/answer/{forged}", base_url=base).status_code == 404


def test_a_list_longer_than_what_is_read_at_once_goes_out_whole(
    desk: Callable[[str], Desk], world: worlds.World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "_STEP", 2)
    for name in ("products", "lots", "producers"):
        page = desk("office").words(f"/office/{name}")
        count = re.search(r"(\d+) found", page)
        rows = desk("office").get(f"/office/lists/{name}.csv").text.splitlines()
        assert count is not None and len(rows) == 1 + int(count[1]), name
