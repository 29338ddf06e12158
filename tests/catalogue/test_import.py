"""Lists as they are really written: what is understood, what is refused, and that nothing is lost."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from labelsvc.catalogue.importing import apply_import, plan_import
from labelsvc.catalogue.importing.files import guard
from labelsvc.catalogue.importing.files.spool import Spool
from labelsvc.catalogue.importing.heads.header import Header
from labelsvc.catalogue.importing.report import as_document, as_lines
from labelsvc.catalogue.importing.values import cell as cells
from labelsvc.catalogue.models import ImportRun, Producer, Product
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import Recognition
from labelsvc.db import Database
from labelsvc.errors import BadInput, ImportRefused, LabelsvcError
from tests.catalogue import lists

STYLES: dict[str, Callable[[], bytes]] = {
    "plain.xlsx": lists.plain,
    "titles.xlsx": lists.with_titles_groups_and_merges,
    "unmarked.xlsx": lists.without_marks_in_one_cell,
    "bom.csv": lists.csv,
    "comma.csv": lambda: lists.csv(",", "utf-8"),
    "tab.csv": lambda: lists.csv("\t", "utf-8"),
    "utf16.csv": lambda: lists.csv("\t", "utf-16"),
    "nfd.csv": lambda: lists.csv(";", "utf-8", "NFD"),
    "cp1258.csv": lists.cp1258,
}


@pytest.mark.parametrize("name", STYLES)
def test_every_style_gives_the_same_catalogue(database: Database, name: str) -> None:
    data = STYLES[name]()
    with database.writing() as session:
        load_places(session)
        plan = plan_import(session, data=data, file_name=name)
        assert plan.counts == {"new": 3, "changed": 0, "unchanged": 0, "refused": 0}, "\n".join(
            as_lines(plan, "en")
        )
        apply_import(session, plan, actor="test")
    with database.reading() as session:
        products = {p.name: p for p in session.scalars(select(Product))}
        assert set(products) == {"Bánh gai Yên Sở", "Miến dong Minh Hồng", "Lụa vân Vạn Phúc"}
        silk = products["Lụa vân Vạn Phúc"]
        assert (silk.producer.kind, silk.set_number) == ("enterprise", 22)
        assert silk.producer.commune is not None
        assert silk.producer.commune.name == "Phường Hà Đông"  # a whole move: sure
        (stars,) = silk.recognitions
        assert (stars.stars, stars.decision_number, stars.valid_from, stars.valid_to) == (
            4, "1147/QĐ-UBND", date(2026, 3, 4), date(2029, 3, 4),
        )  # fmt: skip
        again = plan_import(session, data=data, file_name=name)
        assert again.counts == {"new": 0, "changed": 0, "unchanged": 3, "refused": 0}
        assert session.scalar(select(func.count()).select_from(ImportRun)) == 1


def test_old_addresses_are_kept_and_a_split_commune_waits_for_a_person(database: Database) -> None:
    rows = [
        lists.HEAD,
        (
            1,
            "Ấm chén",
            "Hộ Lan",
            "Xóm 3, xã Bát Tràng, huyện Gia Lâm",
            "4 sao",
            "9/QĐ-UBND",
            "01/02/2026",
        ),
    ]
    with database.writing() as session:
        load_places(session)
        plan = plan_import(session, data=lists.workbook(rows), file_name="a.xlsx")
        (row,) = plan.rows
        assert any("Xã Bát Tràng" in params.get("names", "") for _, params in row.line.notes)
        apply_import(session, plan, actor="test")
    with database.reading() as session:
        lan = session.scalars(select(Producer)).one()
        assert lan.commune_code is None
        assert lan.old_address == "Xóm 3, xã Bát Tràng, huyện Gia Lâm"


def test_a_changed_row_says_what_changes_and_the_rest_stays(database: Database) -> None:
    with database.writing() as session:
        load_places(session)
        apply_import(
            session, plan_import(session, data=lists.plain(), file_name="a.xlsx"), actor="test"
        )
        product = session.scalars(select(Product).where(Product.name == "Bánh gai Yên Sở")).one()
        product.story = "Câu chuyện của chủ thể"
    newer = [
        lists.HEAD,
        (*lists.ROWS[0][:4], "4 sao", "2200/QĐ-UBND", "01/10/2026"),
        *lists.ROWS[1:],
    ]
    with database.writing() as session:
        plan = plan_import(session, data=lists.workbook(newer), file_name="b.xlsx")
        assert plan.counts == {"new": 0, "changed": 1, "unchanged": 2, "refused": 0}
        (change,) = plan.rows[0].changes
        assert (change.field, change.new) == ("recognition", "4 sao, 2200/QĐ-UBND")
        apply_import(session, plan, actor="test")
    with database.reading() as session:
        product = session.scalars(select(Product).where(Product.name == "Bánh gai Yên Sở")).one()
        assert product.story == "Câu chuyện của chủ thể"
        assert len(product.recognitions) == 2


@pytest.mark.parametrize(
    ("cells_changed", "column", "words"),
    [
        ({4: "6 sao"}, "Hạng sao", "6 stars"),
        ({4: "5 sao"}, "Hạng sao", "ministry"),
        ({5: "quyết định gì đó"}, "Số quyết định", "not the number of a decision"),
        ({6: "31/02/2026"}, "Ngày ban hành", "no day"),
        ({6: None}, "Ngày ban hành", "missing"),
        ({1: None}, "Tên sản phẩm", "missing"),
        ({2: "  "}, "Chủ thể", "missing"),
        ({1: "=HYPERLINK(1)"}, "Tên sản phẩm", ""),
        ({2: "Hộ \u202eLan"}, "Chủ thể", ""),
    ],
)
def test_a_refused_row_names_row_column_reason_and_fix(
    database: Database, cells_changed: dict[int, object], column: str, words: str
) -> None:
    row = list(lists.ROWS[0])
    for index, value in cells_changed.items():
        row[index] = value
    with database.reading() as session:
        plan = plan_import(session, data=lists.workbook([lists.HEAD, row, lists.ROWS[1]]), file_name="a.xlsx")  # fmt: skip
    refused, good = plan.rows
    assert (refused.state, refused.number, good.state) == ("refused", 2, "new")
    problem = refused.problems[0]
    assert problem.column == column
    assert words in problem.message.format(**problem.params) or not words
    assert problem.fix
    letter = "ABCDEFG"[next(iter(cells_changed))]
    assert problem.letter == letter
    assert f"{column} ({letter})" in "\n".join(as_lines(plan, "vi"))


def test_doubles_inside_a_file_are_refused_with_the_first_row(database: Database) -> None:
    data = lists.workbook([lists.HEAD, *lists.ROWS, lists.ROWS[0]])
    with database.reading() as session:
        plan = plan_import(session, data=data, file_name="a.xlsx")
    assert plan.rows[3].state == "refused"
    assert plan.rows[3].problems[0].params["row"] == 2


def test_refused_rows_leave_nothing_behind_and_an_error_undoes_everything(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labelsvc.catalogue.importing import apply

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(apply, "_new_recognitions", fail)
    with pytest.raises(ZeroDivisionError), database.writing() as session:
        apply_import(
            session, plan_import(session, data=lists.plain(), file_name="a.xlsx"), actor="test"
        )
    with database.reading() as session:
        for table in (Producer, Product, Recognition, ImportRun):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(
    ("written", "stars", "potential"),
    [("4 sao", 4, False), ("****", 4, False), ("★★★", 3, False), ("Hạng 5 sao", 5, False), ("3", 3, False),
     (3.0, 3, False), ("bốn sao", 4, False), ("Tiềm năng 5 sao", 4, True), ("4 sao (tiềm năng 5 sao)", 4, True),
     (None, None, False)],
)  # fmt: skip
def test_stars_as_people_write_them(written: object, stars: int | None, potential: bool) -> None:
    assert cells.stars_of(written) == (stars, potential)


@pytest.mark.parametrize(
    "written",
    ["04/03/2026", "4/3/2026", "4.3.26", "04-03-2026", "2026-03-04", "ngày 04 tháng 3 năm 2026", 46085, 46085.0,
     date(2026, 3, 4), datetime(2026, 3, 4, 7)],  # noqa: DTZ001
)  # fmt: skip
def test_days_as_people_write_them(written: object) -> None:
    assert cells.day_of(written) == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("written", "good"),
    [("31/12/1989", False), ("01/01/1990", True), ("31/12/2100", True), ("01/01/2101", False)],
)
def test_only_years_from_1990_to_2100_are_days_of_a_decision(written: str, good: bool) -> None:
    if good:
        assert cells.day_of(written) is not None
    else:
        with pytest.raises(BadInput, match="cannot be right"):
            cells.day_of(written)


@pytest.mark.parametrize(
    ("index", "letters"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")],
)
def test_a_column_has_the_letters_of_a_spreadsheet_program(index: int, letters: str) -> None:
    header = Header(1, 1, {"product": index}, {})
    assert (header.letter("product"), header.letter("gtin")) == (letters, "")


@given(st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.dates()))
def test_a_cell_is_understood_or_refused(value: object) -> None:
    for read in (cells.day_of, cells.stars_of, cells.score_of, cells.decision_of):
        try:
            read(value)
        except BadInput as error:
            assert error.fix


def _bomb() -> bytes:
    """A workbook with a sheet of 360 MB, made in pieces: the test needs no such memory either."""
    out, piece = io.BytesIO(), b"<row/>" * 100_000
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(600):
                sheet.write(piece)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("empty.xlsx", b""),
        ("text.xlsx", b"this is no workbook"),
        ("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
        ("page.xlsx", b"<html><table><tr><td>1</td></tr></table></html>"),
        ("cut.xlsx", lists.plain()[:900]),
        ("noheader.csv", b"a;b;c\n1;2;3\n"),
        ("nul.csv", b"\0\0\0\0"),
        ("onlyheader.csv", ";".join(lists.HEAD).encode()),
    ],
)
def test_files_that_hold_no_list_are_refused_with_a_reason(
    database: Database, name: str, data: bytes
) -> None:
    with database.reading() as session, pytest.raises(ImportRefused) as caught:
        plan_import(session, data=data, file_name=name)
    assert caught.value.fix


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_zip_bomb_is_refused_before_it_opens(database: Database) -> None:
    with database.reading() as session, pytest.raises(ImportRefused):
        plan_import(session, data=_bomb(), file_name="bomb.xlsx")


@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(st.binary(max_size=400), st.sampled_from(["a.csv", "a.xlsx"]), st.booleans())
def test_any_bytes_are_a_list_or_are_refused(
    database: Database, noise: bytes, name: str, after: bool
) -> None:
    data = (lists.plain() if name == "a.xlsx" else lists.csv())[: 600 if after else 0] + noise
    with database.reading() as session:
        try:
            plan_import(session, data=data, file_name=name)
        except LabelsvcError as error:
            assert str(error)


@pytest.mark.parametrize(("most", "good"), [(4, True), (3, False)])
def test_a_list_of_too_many_rows_is_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch, most: int, good: bool
) -> None:
    monkeypatch.setattr(guard, "MOST_ROWS", most)
    data = "\n".join(";".join(map(str, row)) for row in [lists.HEAD, *lists.ROWS]).encode()
    with database.reading() as session:
        if good:
            assert len(plan_import(session, data=data, file_name="a.csv").rows) == 3
        else:
            with pytest.raises(ImportRefused, match="more than 3 rows"):
                plan_import(session, data=data, file_name="a.csv")


def test_the_document_for_programs_is_whole_json_with_every_row(database: Database) -> None:
    rows = [*lists.ROWS, lists.ROWS[0]]
    with database.reading() as session:
        plan = plan_import(session, data=lists.workbook([lists.HEAD, *rows]), file_name="a.xlsx")
    made = json.loads("".join(as_document(plan, applied=False)))
    assert made["applied"] is False
    assert made["counts"] == {"new": 3, "changed": 0, "unchanged": 0, "refused": 1}
    assert [row["state"] for row in made["rows"]] == ["new"] * 3 + ["refused"]
    assert made["rows"][3]["problems"][0]["params"] == {"row": "2"}


@given(
    st.lists(st.lists(st.one_of(st.text(), st.dates(), st.integers()), max_size=3), max_size=80),
    st.sets(st.integers(0, 79)),
)
def test_a_spool_gives_back_what_was_put_in_in_any_order(
    rows: list[list[object]], changed: set[int]
) -> None:
    spool = Spool[list[object]]()
    for row in rows:
        spool.append(row)
        assert spool[len(spool) - 1] == row
    for index in changed & set(range(len(rows))):
        spool[index].append("of a copy")
        assert spool[index] == rows[index]
        rows[index] = [index]
        spool.replace(index, rows[index])
    assert list(spool) == list(spool) == rows == [spool[index] for index in range(len(spool))]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_plan_of_many_rows_takes_hardly_more_memory_than_one_of_few(database: Database) -> None:
    """Rows wait on disk: what grows is what finds doubles, some hundred bytes a row."""

    def peak(count: int) -> int:
        rows = [(n + 1, f"Trà số {n}", "Hộ Lan", *lists.ROWS[0][3:]) for n in range(count)]
        text = "\n".join(";".join(map(str, row)) for row in [lists.HEAD, *rows])
        data = text.encode("utf-8-sig")
        with database.reading() as session:
            tracemalloc.start()
            plan = plan_import(session, data=data, file_name="a.csv")
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert len(plan.rows) == count
        return most - 4 * len(text)  # the file itself, as bytes and as text

    peak(1500)  # what is loaded once, and caches of a size
    few, many = peak(300), peak(1500)
    assert (many - few) / 1200 < 500, (few, many)
