"""A catalogue of an older version: nothing in it is lost, and what is new has its first value."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

from labelsvc.accounts.models import User
from labelsvc.catalogue.models import Outlet, Producer, Product
from labelsvc.db import Database
from labelsvc.events.models import Event
from labelsvc.inspections.models import CaseNote, Report
from labelsvc.migrations import upgrade

_OLD = (
    "INSERT INTO producer (id, name, name_en, kind, tax_code, representative, phone, email, website, street,"
    " old_address, registration_number, active, search_key, created_at, changed_at) VALUES (1, 'Trang trại Mai',"
    " '', 'farm', '0100109106', '', '', '', '', '', '', '', 1, 'trang trai mai', '2026-01-01', '2026-01-01')",
    "INSERT INTO product (id, producer_id, name, name_en, brand, set_number, set_decision, net_content,"
    " ingredients, instructions, storage, warning, specification, alcohol, origin, standards, declaration,"
    " risk_level, story, story_en, search_key, created_at, changed_at) VALUES (1, 1, 'Bưởi', '', '', 1,"
    " '26/2026/QĐ-TTg', '', '', '', '', '', '', '', '', '', '', 'low', '', '', 'buoi', '2026-01-01', '2026-01-01')",
    "INSERT INTO outlet (id, name, street, phone, active) VALUES (1, 'Cửa hàng Đồng Xuân', '3 Cầu Đông', '', 1)",
    "INSERT INTO outlet_product (outlet_id, product_id) VALUES (1, 1)",
    "INSERT INTO lot (id, product_id, code, declared, growing_area, note, recall_reason, created_at, created_by)"
    " VALUES (1, 1, 'L-1', 5, '', '', '', '2026-01-01', '')",
    "INSERT INTO event (lot_id, step, at, place, note, note_en, recorded_by, recorded_at)"
    " VALUES (1, 'harvesting', '2026-01-01', '', '', '', '', '2026-01-01')",
    "INSERT INTO user (id, name, full_name, role, language, active, created_at)"
    " VALUES (1, 'hoado', 'Đỗ Thị Hoa', 'office', '', 1, '2026-01-01')",
)


@pytest.mark.parametrize("revision", ["0004", "0007"])
def test_an_older_catalogue_is_upgraded_with_all_that_is_in_it(
    tmp_path: Path, request: pytest.FixtureRequest, revision: str
) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.sqlite3")
    request.addfinalizer(database.close)
    upgrade(database, revision)
    with database.engine.begin() as connection:
        for statement in _OLD:
            connection.execute(text(statement))
    upgrade(database)
    with database.reading() as session:
        outlet = session.scalars(select(Outlet)).one()
        assert outlet.search_key == "cua hang dong xuan 3 cau dong"
        assert [product.name for product in outlet.products] == ["Bưởi"]
        assert session.get_one(Product, 1).set_guessed is False
        assert session.get_one(User, 1).search_key == "do thi hoa hoado"
        assert session.get_one(Producer, 1).public_tax_code is None
        assert session.scalars(select(Event.lot_id)).all() == [1]
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1


def test_codes_in_older_reports_and_notes_are_cut_to_their_ends(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.sqlite3")
    request.addfinalizer(database.close)
    upgrade(database, "0011")
    code = "J8BJE39WWDR8JYCA06G9ZRCK"
    with database.writing() as session:
        session.execute(  # in letters: the table has columns now that it had not then
            text(
                "INSERT INTO inspection_case (id, uid, kind, state, opened_at, opened_by, facts, decision, reason,"
                " decided_by, contest, contested_by) VALUES (1, 'c', 'inspection', 'new', '2026-01-01', 'x', '{}', '', '',"
                " '', '', '')"
            )
        )
        for text_ in (f"Mã {code}", "Không có mã nào ở đây."):
            session.add(CaseNote(case_id=1, actor="x", text=text_))
            session.execute(
                text(
                    "INSERT INTO report (kind, code, verdict, message, place, contact, state, answer, created_at,"
                    " handled_by) VALUES ('other', :code, 'x', :words, :place, '', 'new', '', '2026-01-01', '')"
                ),
                {"code": code, "words": text_, "place": f"Chợ {code}"},
            )
    upgrade(database)
    with database.reading() as session:
        notes = [note.text for note in session.scalars(select(CaseNote).order_by(CaseNote.id))]
        reports = session.scalars(select(Report).order_by(Report.id)).all()
    assert notes == ["Mã J8BJ…ZRCK", "Không có mã nào ở đây."]
    assert [(r.code, r.message, r.place) for r in reports] == [
        ("J8BJ…ZRCK", words, "Chợ J8BJ…ZRCK") for words in notes
    ]
