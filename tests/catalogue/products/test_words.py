"""Texts of a product that no label may carry are refused when they are saved, and seen in lists."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from labelsvc import clock
from labelsvc.catalogue import register
from labelsvc.catalogue.certificates import CertificateFacts, create_certificate
from labelsvc.catalogue.importing import plan_import
from labelsvc.catalogue.lots import LotFacts, correct_lot, open_lot
from labelsvc.catalogue.places import load_places
from labelsvc.db import Database
from labelsvc.errors import BadInput, Refused
from labelsvc.labels import legal
from labelsvc.labels.runs.catalogue_content import lot_content
from tests.factories import make_lot, make_product, make_recognition
from tests.labels.legal.shared_cases import layout_of


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "Trà sen OCOP 5 sao"),
        ("brand", "Năm ngôi sao OCOP"),
        ("story", "Sản phẩm đạt chuẩn 05 sao cấp quốc gia."),
        ("story_en", "A five-star product."),
        ("story", "Trà giúp ngăn ngừa ung thư."),
        ("instructions", "Uống mỗi ngày để hạ huyết áp."),
        ("ingredients", "Green tea leaves, sugar"),
        ("warning", "Keep out of reach of children."),
    ],
)
@pytest.mark.parametrize("stars", [None, 4])
def test_what_no_label_may_say_is_not_saved(
    database: Database, stars: int | None, field: str, text: str
) -> None:
    with database.writing() as session:
        product = make_product(session)
        if stars and field != "name":
            make_recognition(session, product, stars=stars)
            session.refresh(product)
        before = getattr(product, field)
        with pytest.raises(BadInput) as told:
            register.update_product(session, product, actor="test", **{field: text})
        assert told.value.params["field"] == field
        assert getattr(product, field) == before
        with pytest.raises(BadInput):
            register.create_product(
                session, producer=product.producer, actor="test",
                **({"name": "Trà mới", "set_number": 12} | {field: text}),
            )  # fmt: skip


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "Golden Lotus Tea"),  # as the decision may have it
        ("name", "Trà sao suốt Sao Vàng"),
        ("story", "Trà được công nhận OCOP 4 sao."),
        ("ingredients", "Lá chè (Camellia sinensis) 100 %"),
        ("warning", "Hỏi thầy thuốc khi đang điều trị bệnh."),
    ],
)
def test_lawful_texts_are_saved(database: Database, field: str, text: str) -> None:
    with database.writing() as session:
        product = make_product(session)
        if field != "name":  # a name with stars is the decision's, and does not change
            make_recognition(session, product, stars=4)
            session.refresh(product)
        register.update_product(session, product, actor="test", **{field: text})
        assert getattr(product, field) == text


def test_the_stars_of_an_ended_decision_are_no_longer_written(database: Database) -> None:
    with database.writing() as session:
        product = make_product(session)
        make_recognition(session, product, stars=4, valid_from=date(2020, 3, 4))
        session.refresh(product)
        with pytest.raises(BadInput, match="no decision in force"):
            register.update_product(session, product, actor="test", story="OCOP 4 sao.")


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        ("Trà sen OCOP 5 sao", "The name says"),
        ("Trà sen (4 sao)", "labels with it are printed only"),
        ("Trà trị mất ngủ", "promises to cure"),
        ("Trà sen", ""),
    ],
)
def test_a_list_tells_of_names_that_claim(
    database: Database, tmp_path: Any, name: str, outcome: str
) -> None:
    file = tmp_path / "list.csv"
    file.write_text(
        "Chủ thể,Sản phẩm,Bộ,Sao,Số quyết định,Ngày quyết định\n"
        f"HTX Chè Sông Nhuệ,{name},11,4,1147/QĐ-UBND,04/03/2026\n",
        encoding="utf-8",
    )
    with database.writing() as session:
        load_places(session)
        (row,) = plan_import(session, data=file.read_bytes(), file_name=file.name).rows
    said = " ".join(
        [*(problem.message for problem in row.line.problems), *(note for note, _ in row.line.notes)]
    )
    assert (outcome in said) if outcome else ("labels with" not in said and not row.problems)


@pytest.mark.parametrize(
    ("made", "expires", "field"),
    [
        (5, None, "made_on"),
        (0, 200, "expires_on"),
        (0, 500, "expires_on"),
    ],
)
def test_doubtful_dates_of_a_lot_are_asked_about(
    database: Database, made: int, expires: int | None, field: str
) -> None:
    day = clock.today() + timedelta(days=made)
    end = day + timedelta(days=expires) if expires else None
    with database.writing() as session:
        product = make_product(session, shelf_life_days=365)
        with pytest.raises(BadInput) as told:
            open_lot(session, product, LotFacts(declared=5, made_on=day, expires_on=end), actor="t")
        assert told.value.params["field"] == field
        sure = LotFacts(declared=5, made_on=day, expires_on=end, sure=True)
        lot = open_lot(session, product, sure, actor="t")
        assert lot.expires_on == (end or day + timedelta(days=365))
        # What was agreed is not asked about again; labels keep the dates as they are.
        same = LotFacts(declared=6, made_on=lot.made_on, expires_on=lot.expires_on)
        correct_lot(session, lot, same, issued=0, actor="t")
        other = LotFacts(declared=6, made_on=lot.made_on, expires_on=day + timedelta(days=100))
        with pytest.raises(BadInput):
            correct_lot(session, lot, other, issued=0, actor="t")
        with pytest.raises(Refused):
            correct_lot(session, lot, other, issued=1, actor="t")


@pytest.mark.parametrize(
    ("kind", "until", "words"),
    [
        ("Chứng minh: thơm ngon nhất Hà Nội", date(2027, 10, 1), "thơm ngon nhất Hà Nội"),
        ("Chứng minh: thơm ngon nhất Hà Nội", date(2026, 10, 31), ""),
        ("HACCP", date(2027, 10, 1), ""),
    ],
)
def test_papers_prove_words_of_labels_while_they_hold(
    database: Database, kind: str, until: date, words: str
) -> None:
    with database.writing() as session:
        lot = make_lot(session, make_product(session, story="Thơm ngon nhất Hà Nội."))
        facts = CertificateFacts(kind=kind, valid_from=date(2026, 10, 1), valid_to=until)
        create_certificate(session, facts, actor="test", product=lot.product)
        content = lot_content(lot, base_url="https://qr.example.vn", on=date(2026, 11, 1))
        assert content.facts["proven"] == words
        layout = layout_of({"extra": "{story_short}"})
        found = {one.code for one in legal.check_run(layout, content, 12)}
        assert ("unproven_claim" in found) is not bool(words)


def test_a_proof_holds_for_one_year_at_most(database: Database) -> None:
    with database.writing() as session:
        product = make_product(session)
        for until in (None, date(2028, 10, 1)):
            facts = CertificateFacts(
                kind="Chứng minh: số 1", valid_from=date(2026, 10, 1), valid_to=until
            )
            with pytest.raises(BadInput, match="one year"):
                create_certificate(session, facts, actor="test", product=product)
