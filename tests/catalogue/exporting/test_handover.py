"""What is new since a day goes to another department as a list, and comes back as the same."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import time_machine
from openpyxl import load_workbook
from sqlalchemy import select

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue import register
from labelsvc.catalogue.exporting.handover import delta, hand_over
from labelsvc.catalogue.importing import apply_import, plan_import
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.certify import withdraw_recognition
from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.files import Files
from labelsvc.migrations import upgrade
from tests.catalogue import lists
from tests.factories import make_producer, make_product, make_recognition


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Database]:
    """The installation of another department."""
    database = Database(f"sqlite:///{tmp_path / 'other.sqlite3'}")
    upgrade(database)
    with database.writing() as session:
        load_places(session)
    yield database
    database.close()


def taken(database: Database, data: bytes) -> dict[str, int]:
    with database.writing() as session:
        plan = plan_import(session, data=data, file_name="a.xlsx")
        apply_import(session, plan, actor="user:1")
        return plan.counts | {"proposals": plan.proposals}


def facts(database: Database) -> set[tuple[object, ...]]:
    with database.reading() as session:
        return {
            (r.product.name, r.product.producer.name, r.product.producer.kind, r.stars, r.decision_number,
             r.decision_date, r.valid_to, r.authority_name, r.product.set_number, r.product.producer.commune_code)
            for r in session.scalars(select(Recognition))
        }  # fmt: skip


def test_what_is_new_comes_in_elsewhere_as_the_same(database: Database, other: Database) -> None:
    with database.writing() as session:
        load_places(session)
    taken(database, lists.plain())
    with database.reading() as session:
        made = delta(session, date(2026, 1, 1))
    assert (made.recognised, made.withdrawn) == (3, 0)
    assert taken(other, made.data)["new"] == 3
    assert facts(other) == facts(database)
    assert taken(other, made.data)["unchanged"] == 3


def test_only_what_is_new_since_the_day_is_in_it(database: Database, other: Database) -> None:
    with time_machine.travel("2026-10-01 09:00 +0700", tick=False) as clockwork:
        with database.writing() as session:
            load_places(session)
        taken(database, lists.plain())
        with database.reading() as session:
            taken(other, delta(session, date(2026, 10, 1)).data)
        clockwork.shift(timedelta(days=30))
        with database.writing() as session:
            first, second = session.scalars(select(Product).order_by(Product.id).limit(2))
            register.update_producer(session, first.producer, actor="user:1", phone="024 3999 0001")
            withdraw_recognition(session, recognition=second.recognitions[0], decision="30/QĐ-UBND", reason="Không còn sản xuất sản phẩm", on=date(2026, 10, 31), actor="user:1")  # fmt: skip
        with database.reading() as session:
            made = delta(session, date(2026, 10, 31))
        assert (made.recognised, made.withdrawn) == (1, 1)
        counts = taken(other, made.data)
        assert (counts["changed"], counts["new"], counts["proposals"]) == (1, 0, 1)
        with other.reading() as session:
            assert session.scalars(select(Producer.phone).where(Producer.phone != "")).all() == ["024 3999 0001"]  # fmt: skip


def test_a_handover_keeps_its_receipt_and_its_file(database: Database, files: Files) -> None:
    with database.writing() as session:
        load_places(session)
    taken(database, lists.plain())
    with database.writing() as session:
        for wrong in ({"recipient": " "}, {"since": date(2199, 1, 1)}, {"recipient": "x\u202ey"}):
            with pytest.raises(BadInput):
                hand_over(session, files, **({"since": date(2026, 1, 1), "recipient": "Xã", "actor": "user:1"} | wrong))  # type: ignore[arg-type]  # fmt: skip
        made = hand_over(session, files, since=date(2026, 1, 1), recipient="Phòng Kinh tế", actor="user:1")  # fmt: skip
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "handover")).one()
        assert (entry.facts["recipient"], entry.facts["sha256"]) == ("Phòng Kinh tế", made.sha256)
        assert (made.recognised, made.file_name[:8]) == (3, "ocop-tu-")
    assert files.get(made.file_key).startswith(b"PK")


def test_no_personal_id_is_handed_over(database: Database, other: Database) -> None:
    with database.writing() as session:
        load_places(session)
        head = (*lists.HEAD, "Mã số thuế", "Người đại diện")
    taken(database, lists.workbook([head, (*lists.ROWS[0], "001203004567", "Nguyễn Thị Mai Hoa")]))
    with database.reading() as session:
        assert session.scalars(select(Producer.tax_code)).one() == "001203004567"
        made = delta(session, date(2026, 1, 1))
    taken(other, made.data)
    with other.reading() as session:
        got = session.scalars(select(Producer)).one()
        assert (got.tax_code, got.representative) == (None, "")


def test_formulas_and_addresses_stay_text(database: Database) -> None:
    with database.writing() as session:
        load_places(session)
        owner = make_producer(session, name="=HYPERLINK(1)", street="http://a.vn")
        product = make_product(session, producer=owner, name="+1+2")
        make_recognition(session, product)
        made = delta(session, date(2026, 1, 1))
    sheet = load_workbook(io.BytesIO(made.data))["Công nhận"]
    assert [sheet.cell(4, n).data_type for n in (2, 3)] == ["s", "s"]
    assert sheet.cell(4, 2).value == "+1+2" and not sheet._hyperlinks
