"""What the report of an import says: of formulas, of names that cannot be shown, of guesses."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from labelsvc.catalogue.importing import Plan, apply_import, plan_import
from labelsvc.catalogue.importing.files.formula import unsaved_formulas
from labelsvc.catalogue.importing.report import as_document, as_lines, notes, reasons
from labelsvc.catalogue.models import Product
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.register import confirm_set
from labelsvc.db import Database
from tests.catalogue import lists


def planned(database: Database, *rows: Any, head: Any = lists.HEAD) -> Plan:
    with database.writing() as session:
        load_places(session)
        return plan_import(session, data=lists.workbook([head, *rows]), file_name="a.xlsx")


def taken_over(database: Database, *rows: Any, head: Any = lists.HEAD) -> Plan:
    with database.writing() as session:
        load_places(session)
        plan = plan_import(session, data=lists.workbook([head, *rows]), file_name="a.xlsx")
        apply_import(session, plan, actor="test")
        return plan


def row(**cells: Any) -> list[Any]:
    """The first row of the usual list, cells by their letters changed."""
    made = [*lists.ROWS[0], None]
    for letter, value in cells.items():
        made[ord(letter) - ord("A")] = value
    return made


@pytest.mark.parametrize(
    ("cells", "places"),
    [
        ({"C": '="Hộ "&"Lan"'}, ["Chủ thể (C)"]),
        ({"B": "=Z1"}, ["Tên sản phẩm (B)"]),
        ({"B": "=Z1", "C": "=Z2"}, ["Tên sản phẩm (B)", "Chủ thể (C)"]),
        ({"B": "=Z1", "C": "=Z2", "D": "=Z3", "E": "=Z4", "F": "=Z5", "G": "=Z6"},
         ["Tên sản phẩm (B)", "Chủ thể (C)", "Địa chỉ (D)", "Hạng sao (E)", "Số quyết định (F)", "Ngày ban hành (G)"]),
        ({"G": "=DATE(2026,3,4)"}, ["Ngày ban hành (G)"]),
    ],
)  # fmt: skip
def test_a_formula_without_a_saved_value_is_named_and_nothing_is_called_missing(
    database: Database, cells: dict[str, str], places: list[str]
) -> None:
    (refused,) = planned(database, row(**cells)).rows
    assert refused.state == "refused"
    assert {reason.partition(":")[0] for reason in reasons(refused, "vi")} == set(places)
    assert all("công thức nhưng chưa lưu kết quả" in reason for reason in reasons(refused, "vi"))


def test_a_formula_that_numbers_the_rows_does_no_harm(database: Database) -> None:
    assert planned(database, row(A="=ROW()-1"), ("Tổng cộng", "=COUNTA(B2:B2)")).counts["new"] == 1


def test_a_formula_with_its_value_is_read_as_the_value(database: Database) -> None:
    data = lists.workbook([lists.HEAD, row(C="=Z9")])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                assert b"<f>Z9</f><v" in text
                before, _, after = text.partition(b'<c r="C2"')
                after = after[after.index(b"</c>") :]
                text = before + '<c r="C2" t="str"><f>Z9</f><v>Hộ Lan</v>'.encode() + after
            new.writestr(name, text)
    assert unsaved_formulas(data) == {"Sheet": {(1, 2)}}
    assert unsaved_formulas(out.getvalue()) == {"Sheet": frozenset()}
    with database.reading() as session:
        plan = plan_import(session, data=out.getvalue(), file_name="a.xlsx")
    assert plan.rows[0].producer == "Hộ Lan"


def test_a_name_that_turns_the_reading_is_shown_without_its_marks(database: Database) -> None:
    (refused,) = planned(database, row(B="Bánh \u202eiag\u202c Yên Sở", C="Hộ \u2067Lan")).rows
    assert refused.state == "refused"
    assert (refused.product, refused.producer) == ("Bánh iag Yên Sở", "Hộ Lan")
    assert "turn the reading direction" in reasons(refused, "en")[0]


def test_a_double_names_its_column_as_the_file_does(database: Database) -> None:
    plan = planned(database, lists.ROWS[0], lists.ROWS[0])
    assert reasons(plan.rows[1], "vi")[0].startswith("Tên sản phẩm (B): ")
    codes, gtin = (*lists.HEAD, "GTIN"), "09520000001001"
    plan = planned(database, row(H=gtin), [*lists.ROWS[1], gtin], head=codes)
    assert plan.rows[1].state == "refused"
    assert reasons(plan.rows[1], "vi")[0].startswith("GTIN (H): ")


@pytest.mark.parametrize(
    ("rows", "applied"),
    [
        ([row(B=None)], False),
        ([row(B=None), row(E="6 sao")], False),
        ([row(B=None), lists.ROWS[1]], True),
        ([lists.ROWS[1]], True),
    ],
)
def test_a_document_says_applied_only_where_a_row_was_left(
    database: Database, rows: list[Any], applied: bool
) -> None:
    plan = planned(database, *rows)
    assert json.loads("".join(as_document(plan, applied=True)))["applied"] is applied
    assert json.loads("".join(as_document(plan, applied=False)))["applied"] is False


@pytest.mark.parametrize(("language", "says"), [("vi", "Chưa ghi sản phẩm"), ("en", "missing")])
def test_rows_for_programs_hold_their_sentences_in_words(
    database: Database, language: str, says: str
) -> None:
    plan = planned(database, row(B=None), row(B="Đặc sản Xuân", E="6 sao"))
    rows = json.loads("".join(as_document(plan, applied=False, language=language)))["rows"]
    problem = rows[0]["problems"][0]
    assert problem["message"] == "The product is missing."
    assert problem["place"] == "Tên sản phẩm (B)"
    if language == "en":
        assert says in problem["text"]
    assert problem["fix_text"]
    assert (problem["text"] == problem["message"]) is (language == "en")
    stars = rows[1]["problems"][-1]
    assert "{stars}" in stars["message"]
    assert "6" in stars["text"]


@pytest.mark.parametrize(
    ("stars", "score", "noted"),
    [("3 sao", "95", True), ("3 sao", "70", True), ("3 sao", "69,9", False), ("4 sao", "90", True),
     ("4 sao", "89", False), ("Tiềm năng 5 sao", "95", False), ("4 sao", "", False)],
)  # fmt: skip
def test_more_points_than_the_stars_need_are_noted(
    database: Database, stars: str, score: str, noted: bool
) -> None:
    head = (*lists.HEAD, "Điểm")
    (taken,) = planned(database, row(E=stars, H=score), head=head).rows
    assert taken.state == "new"
    assert any("points would do for" in note for note in notes(taken, "en")) is noted


def test_a_guessed_set_waits_for_the_office_and_a_said_one_replaces_it(database: Database) -> None:
    plan = taken_over(database, row())
    assert plan.rows[0].as_json()["set_guessed"] is True
    assert "(" in next(note for note in notes(plan.rows[0], "vi") if "được đoán theo" in note)

    def held() -> tuple[int, bool]:
        with database.reading() as session:
            product = session.scalars(select(Product)).one()
            return product.set_number, product.set_guessed

    guessed, waits = held()
    assert waits
    assert taken_over(database, row()).counts["unchanged"] == 1, "the same guess is no news"
    head = (*lists.HEAD, "Bộ sản phẩm")
    again = taken_over(database, row(H=str(guessed)), head=head)
    assert again.counts["changed"] == 1
    assert held() == (guessed, False)
    assert "set_guessed" in "\n".join(as_lines(again, "en"))


def test_what_the_office_chose_no_list_takes_back(database: Database) -> None:
    taken_over(database, row())
    with database.writing() as session:
        product = session.scalars(select(Product)).one()
        confirm_set(session, product, number=12, actor="test")
    head = (*lists.HEAD, "Bộ sản phẩm")
    assert taken_over(database, row(H="5"), head=head).counts["unchanged"] == 1
    with database.reading() as session:
        product = session.scalars(select(Product)).one()
        assert (product.set_number, product.set_guessed) == (12, False)


def test_the_commune_that_was_found_is_told(database: Database) -> None:
    sure, unsure = planned(
        database, lists.ROWS[2], row(D="xã Bát Tràng, huyện Gia Lâm", G="04/03/2024")
    ).rows
    assert sure.as_json()["commune"] == "Phường Hà Đông"
    assert unsure.as_json()["commune"] == ""
