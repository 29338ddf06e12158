"""Long lists in the office's pages: a worker reads them, rows are mended, heads are pointed at."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.importing import staging, waiting
from labelsvc.catalogue.importing.files.read import read_tables
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.db import Database
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.site import Site
from labelsvc.worker.tasks import work_once
from tests.catalogue import lists
from tests.web.desk import Desk
from tests.world import PASSWORD

from .test_imports import ANNEX, LIST, ROW, SHORT, book_of, products, say, send

FACTS = ("1147/QĐ-UBND", "04/03/2026")


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is a long one."""
    monkeypatch.setattr(waiting, "LARGE", 0)


def work(office: Desk) -> None:
    """Be the worker until nothing waits."""
    site = office.client.application.extensions["labelsvc"]
    assert isinstance(site, Site)
    while work_once(site.database, site.files, site.settings):
        pass


def test_a_long_list_goes_on_without_the_browser_and_after_a_restart(
    desk: Callable[[str], Desk], database: Database, settings: Settings, app: Flask, long: None
) -> None:
    office = desk("office")
    data = lists.workbook([(ANNEX,), SHORT, ROW, (2, "Chả quế Ước Lễ", *ROW[2:])])
    preview = send(office, data, "phụ lục.xlsx")
    page = office.get(preview)
    assert page.status_code == 200 and "The list is being read" in office.words(preview)
    assert '<noscript><meta http-equiv="refresh"' in page.text and "data-progress" in page.text
    told = office.get(f"{preview}/state").get_json()
    assert told["ended"] is False
    for answer in (office.post(preview), office.post(f"{preview}/drop")):
        assert answer.status_code == 409  # a worker is at it
    started_again = Desk(create_app(settings, database), database, "office")
    listed = started_again.words("/office/imports")
    assert "Lists on their way" in listed and "phụ lục.xlsx" in listed and "being read" in listed
    work(started_again)
    assert office.get(f"{preview}/state").get_json()["ended"] is True
    assert "2 rows rest on decision 1147/QĐ-UBND" in office.words(preview)
    assert "waits for you" in office.words("/office/imports")
    say(office, preview, "decision", key="1147/QĐ-UBND 2026-03-04", take=1)
    assert "The list is being read" in office.words(preview)  # the answer is a job too
    work(office)
    assert "2 rows will be taken over" in office.words(preview)
    assert office.post(preview).status_code == 303
    assert "The list is being taken over" in office.words(preview)
    work(office)
    answer = office.get(preview)
    assert answer.status_code == 302
    assert "Chả quế Ước Lễ" in products(database)
    assert "Giò lụa Ước Lễ" in office.words(f"{answer.location}?state=new")
    assert "Lists on their way" not in office.words("/office/imports")


def test_what_stops_a_long_list_is_told_on_its_page(
    desk: Callable[[str], Desk], database: Database, long: None
) -> None:
    office = desk("office")
    data = lists.workbook([("Cột 1", "Cột 2", "Cột 3"), ("Giò", "HTX", "4 sao")])
    preview = send(office, data, "lạ.xlsx")
    work(office)
    words = office.words(preview)
    assert "No header row was found" in words and "Say what the columns are" in words
    assert "stopped: look at the reason" in office.words("/office/imports")
    assert office.post(f"{preview}/drop").status_code == 302
    assert "lạ.xlsx" not in office.words("/office/imports")


def test_a_list_that_changed_meanwhile_is_shown_again(
    desk: Callable[[str], Desk], database: Database, long: None
) -> None:
    office = desk("office")
    data = lists.workbook([lists.HEAD, (*ROW, *FACTS)])
    first, second = send(office, data, "a.xlsx"), send(office, data, "a.xlsx")
    work(office)
    for preview in (first, second):
        assert office.post(preview).status_code == 303
    work(office)
    assert office.get(first).status_code == 302
    words = office.words(second)
    assert "catalogue has changed since the preview" in words and "nothing to take over" in words
    assert "very same file was taken over before" in words


@pytest.mark.parametrize("large", [False, True])
def test_a_refused_row_is_mended_in_its_own_cells(
    desk: Callable[[str], Desk], database: Database, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(waiting, "LARGE", 0)
    office = desk("office")
    preview = send(office)
    work(office)
    page = office.get(preview)
    assert "Correct the row here" in page.text
    cell = re.search(r'<input id="cell-0-4-6" name="cell-6"[^>]*>', page.text)
    assert cell is not None and 'value="31/02/2026"' in cell[0] and 'aria-invalid="true"' in cell[0]
    assert re.search(r'id="cell-0-4-6-error">[^<]*31/02/2026', page.text)
    form = {"sheet": 0, "row": 4, "cell-1": "Bánh sai ngày", "cell-6": "30/02/2026"}
    assert office.post(f"{preview}/row", {"sheet": 0, "row": 4}).status_code == 400
    assert office.post(f"{preview}/row", form | {"row": 2}).status_code == 404  # not refused
    assert office.post(f"{preview}/row", form | {"sheet": 3}).status_code == 404
    assert office.post(f"{preview}/row", form).status_code == 303
    work(office)
    assert "30/02/2026" in office.words(preview)
    assert office.post(f"{preview}/row", form | {"cell-6": "28/02/2026"}).status_code == 303
    work(office)
    assert "3 rows will be taken over" in office.words(preview)
    assert "Changed by hand in the preview: Ngày ban hành" in office.words(f"{preview}?state=new")
    office.post(preview)
    work(office)
    with database.reading() as session:
        given = session.scalars(
            select(Recognition).join(Product).where(Product.name == "Bánh sai ngày")
        ).one()
        assert f"{given.decision_date:%d/%m/%Y}" == "28/02/2026"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.apply")).one()
        assert entry.facts["mended"] == 1


def test_what_a_list_has_no_column_of_is_added_to_its_row(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    preview = send(office, lists.workbook([SHORT, ROW, (2, "Chả quế", *ROW[2:])]), "a.xlsx")
    assert "Not in the list: Decision" in office.words(preview)
    form = {
        "sheet": 0,
        "row": 2,
        "added-decision": "1147/QĐ-UBND",
        "added-decision_date": "04/03/2026",
    }
    assert office.post(f"{preview}/row", form).status_code == 303
    assert "1 row will be taken over, 1 is refused" in office.words(preview)
    office.post(preview)
    with database.reading() as session:
        given = session.scalars(
            select(Recognition).join(Product).where(Product.name == ROW[1])
        ).one()
        assert (given.stars, given.decision_number) == (4, "1147/QĐ-UBND")


def test_hostile_texts_in_a_mended_cell_are_refused_as_in_a_file(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    preview = send(office)
    form = {"sheet": 0, "row": 4, "cell-6": "04/03/2026", "cell-1": "Bánh \u202e<script>"}
    assert office.post(f"{preview}/row", form).status_code == 303
    page = office.get(preview)
    assert "<script>" not in page.text.partition("<main")[2].replace("<script type", "")
    assert "2 rows will be taken over, 1 is refused" in office.words(preview)
    assert office.post(f"{preview}/row", form | {"cell-1": "x" * 3000}).status_code == 400


@pytest.mark.parametrize("large", [False, True])
def test_heads_that_no_rule_knows_are_pointed_at_and_remembered(
    desk: Callable[[str], Desk], database: Database, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(waiting, "LARGE", 0)
    office = desk("office")
    strange = ("Cột A", "Cột B", "Cột C", "Cột D", "Cột E", "Cột F", "Cột G")
    data = lists.workbook([("Danh sách chưa đặt tên cột",), strange, (*ROW, *FACTS)])
    answer = office.post("/office/imports", {"list": (io.BytesIO(data), "lạ.xlsx")})
    if large:
        work(office)
        preview = urlsplit(answer.location).path
    else:
        assert answer.status_code == 400
        found = re.search(r'href="(/office/imports/preview/[^/"]+)/columns"', answer.text)
        assert found is not None
        preview = found[1]
    path = f"{preview}/columns"
    if large:  # the worker kept the first rows: no page reads a long file
        monkeypatch.setattr(staging, "read_tables", lambda *_: pytest.fail("read in a page"))
    assert 'value="2" selected' in office.get(path).text  # the row with most texts
    assert "Giò lụa Ước Lễ" in office.words(path)
    names = ("number", "product", "producer", "address", "stars", "decision", "decision_date")
    form = {f"column-{i}": name for i, name in enumerate(names)} | {"sheet": 0, "row": 2}
    assert office.post(path, form | {"column-1": "-"}).status_code == 400
    assert office.post(path, form | {"column-1": "nothing"}).status_code == 404
    assert office.post(path, form).status_code == 303
    monkeypatch.setattr(staging, "read_tables", read_tables)
    work(office)
    assert "1 row will be taken over" in office.words(preview)
    office.post(preview)
    work(office)
    assert "Giò lụa Ước Lễ" in products(database)
    again = lists.workbook([strange, (1, "Chả quế Ước Lễ", *ROW[2:], *FACTS)])
    following = send(office, again, "nữa.xlsx")
    work(office)
    assert "1 row will be taken over" in office.words(following)


def test_a_list_without_any_heads_is_read_by_its_columns(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    data = "\n".join(
        ["Giò lụa;HTX Giò;4 sao;1147/QĐ-UBND;04/03/2026"] * 1
        + ["Chả quế;HTX Giò;3 sao;1147/QĐ-UBND;04/03/2026"]
    )
    answer = office.post("/office/imports", {"list": (io.BytesIO(data.encode()), "trơn.csv")})
    preview = re.search(r'href="(/office/imports/preview/[^/"]+)/columns"', answer.text)[1]  # type: ignore[index]
    names = ("product", "producer", "stars", "decision", "decision_date")
    form = {f"column-{i}": name for i, name in enumerate(names)} | {"sheet": 0, "row": 0}
    assert office.post(f"{preview}/columns", form).status_code == 303
    assert "2 rows" in office.words(preview)
    office.post(preview)
    assert {"Giò lụa", "Chả quế"} <= products(database)


def test_a_sheet_without_heads_beside_others_is_read_by_hand(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    strange = ("Thứ", "Tên sản phẩm dự thi", "Của ai", "Nơi nào", "Được gì", "Giấy nào", "Bao giờ")
    data = book_of({"Đợt 1": [lists.HEAD, (*ROW, *FACTS)],
                    "Đợt 2": [("Sản phẩm",), ("A1", "B1", "C1", "D1", "E1", "F1", "G1"), (1, "Chả quế Ước Lễ", *ROW[2:], *FACTS)]})  # fmt: skip
    assert strange
    preview = send(office, data, "hai.xlsx")
    assert "1 row will be taken over" in office.words(preview)
    names = ("number", "product", "producer", "address", "stars", "decision", "decision_date")
    form = {f"column-{i}": name for i, name in enumerate(names)} | {"sheet": 1, "row": 2}
    assert office.post(f"{preview}/columns", form).status_code == 303
    assert "2 rows will be taken over" in office.words(preview)


def test_no_other_role_sees_or_touches_a_list_on_its_way(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office, auditor, producer = desk("office"), desk("auditor"), desk("lan")
    preview = send(office, LIST)
    for other in (auditor, producer):
        for path in (preview, f"{preview}/state", f"{preview}/columns"):
            assert other.get(path).status_code == 403
        for path in ("row", "columns", "drop"):
            assert other.post(f"{preview}/{path}").status_code == 403
    assert "danh sách.csv" not in auditor.words("/office/imports")
    with database.reading() as session:
        assert session.scalars(select(Producer).where(Producer.name == "HTX Cốm Vòng")).all() == []


def test_a_list_is_taken_back_on_its_page(desk: Callable[[str], Desk], database: Database) -> None:
    office, auditor, before = desk("office"), desk("auditor"), products(database)
    report = urlsplit(office.post(send(office)).location).path
    assert "Take the list back" in office.words(report)
    assert "Take the list back" not in auditor.words(report)
    assert auditor.get(f"{report}/undo").status_code == 403
    words = office.words(f"{report}/undo")
    assert "Products: 2" in words and "Take the whole list back" in words
    assert office.post(f"{report}/undo", {"password": PASSWORD}).status_code == 303
    assert products(database) == before
    assert "The list was taken back" in office.words(report)
    assert "taken back" in office.words("/office/imports")
    assert "It cannot be taken back" in office.words(f"{report}/undo")
    assert office.post(f"{report}/undo", {"password": PASSWORD}).status_code == 409
    again = office.words(send(office))
    assert "2 rows will be taken over" in again and "very same file" not in again


def test_templates_are_downloaded_and_come_back_empty(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    assert "Templates to fill in" in office.words("/office/imports")
    answer = office.get("/office/imports/templates/recognised.xlsx")
    assert 'filename="mau-cong-nhan.xlsx"' in answer.headers["Content-Disposition"]
    sent = {"list": (io.BytesIO(answer.data), "mau-cong-nhan.xlsx")}
    assert "There is no row below the header" in office.post("/office/imports", sent).text
    assert office.get("/office/imports/templates/stars.xlsx").status_code == 404


def test_a_list_is_handed_over_with_a_receipt(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office, auditor = desk("office"), desk("auditor")
    office.post(send(office))
    form = {"since": "01/01/2026", "recipient": "Phòng Kinh tế xã <b>Bát Tràng</b>"}
    for wrong in (
        {"since": ""},
        {"since": "31/02/2026"},
        {"recipient": ""},
        {"since": "01/01/2199"},
    ):
        assert office.post("/office/handovers", form | wrong).status_code == 400
    assert "Nothing was handed over yet" in auditor.words("/office/handovers")
    assert office.post("/office/handovers", form).status_code == 303
    page = auditor.get("/office/handovers")
    assert "<b>Bát Tràng" not in page.text and "ocop-tu-2026-01-01" in page.text
    assert auditor.post("/office/handovers", form).status_code == 403
    assert auditor.get("/office/handovers/1.xlsx").status_code == 403
    assert office.get("/office/handovers/1.xlsx").data.startswith(b"PK")
    assert office.get("/office/handovers/9.xlsx").status_code == 404


def test_the_overview_counts_withdrawals_that_wait(
    desk: Callable[[str], Desk], database: Database
) -> None:
    office = desk("office")
    office.post(send(office))
    assert "wait for a second person" not in office.words("/office/")
    head = (*lists.HEAD[:4], "Quyết định thu hồi", "Ngày thu hồi", "Lý do thu hồi")
    row = (1, "Cốm làng Vòng", "HTX Cốm Vòng", "phường Cầu Giấy", "2001/QĐ-UBND", "01/11/2026", "Không còn sản xuất")  # fmt: skip
    preview = send(office, lists.workbook([head, row]), "thu hồi.xlsx")
    assert office.post(preview).status_code == 302
    words = office.words("/office/")
    assert "1 withdrawal" in words or "1 withdrawals of stars wait for a second person" in words


def test_rows_passed_over_are_listed(desk: Callable[[str], Desk]) -> None:
    office = desk("office")
    rows = [lists.HEAD, ("I. XÃ HÀ ĐÔNG",), (*ROW, *FACTS), ("Tổng cộng: 1 sản phẩm",)]
    words = office.words(send(office, lists.workbook(rows), "a.xlsx"))
    assert "Rows passed over: 2" in words
    assert "2: I. XÃ HÀ ĐÔNG" in words and "4: Tổng cộng: 1 sản phẩm" in words
