"""A whole list is taken back: what it made, what it changed, what stands against it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select

from labelsvc import clock
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue import register
from labelsvc.catalogue.importing import Choices, ListKind, apply_import, plan_import
from labelsvc.catalogue.models import ImportRun, Outlet, Producer, Product, ProductPhoto, Village
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.certify import withdraw_recognition
from labelsvc.catalogue.stars.proposals import ProposalState, WithdrawalProposal, confirm_withdrawal
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.programme import undoing
from labelsvc.settings import Settings
from tests.catalogue import lists
from tests.factories import make_lot

HEAD = (*lists.HEAD, "Điện thoại")
OWNER = ("HTX Giò Ước Lễ", "xã Tây Phương, huyện Thạch Thất")
OLD = (1, "Giò lụa Ước Lễ", *OWNER, "3 sao", "9/QĐ-UBND", "05/01/2026", "024 3999 0001")
NEW = (1, "Giò lụa Ước Lễ", *OWNER, "4 sao", "20/QĐ-UBND", "05/06/2026", "024 3999 0002")
MORE = (2, "Chả quế Ước Lễ", "Hộ kinh doanh Mơ Táo", "xã Tây Phương", "4 sao", "20/QĐ-UBND", "05/06/2026", "024 3999 0003")  # fmt: skip


def taken(
    database: Database,
    *rows: tuple[Any, ...],
    head: tuple[Any, ...] = HEAD,
    actor: str = "user:1",
    **choices: Any,
) -> int:
    """Take a list over; gives its number."""
    data = lists.workbook([head, *rows])
    with database.writing() as session:
        plan = plan_import(session, data=data, file_name="a.xlsx", choices=Choices(**choices))
        return apply_import(session, plan, actor=actor).id


def snapshot(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything of the catalogue but when it was last touched."""
    told = {}
    with database.reading() as session:
        for mapped in (Producer, Product, Recognition, Outlet, Village):
            columns = [c for c in mapped.__table__.c if c.name != "changed_at"]
            told[mapped.__name__] = [tuple(row) for row in session.execute(select(*columns).order_by(mapped.__table__.c.id))]  # fmt: skip
    return told


def undone(database: Database, number: int) -> undoing.Undoing:
    with database.writing() as session:
        return undoing.undo(session, session.get_one(ImportRun, number), actor="user:2")


@pytest.fixture(autouse=True)
def _places(database: Database) -> None:
    with database.writing() as session:
        load_places(session)


def test_a_list_that_made_and_changed_is_taken_back_to_the_last_value(database: Database) -> None:
    taken(database, OLD)
    before = snapshot(database)
    number = taken(database, NEW, MORE)
    assert snapshot(database) != before
    found = undone(database, number)
    assert found.counts == {"producer": 1, "product": 1, "recognition": 2, "changed": 1}
    assert snapshot(database) == before
    with database.reading() as session:
        run = session.get_one(ImportRun, number)
        assert run.undone_by == "user:2" and run.undone_at is not None
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "import.undo")).one()
        assert (entry.subject, entry.facts["product"]) == (f"import:{number}", 1)
    again = taken(database, NEW, MORE)  # and it can come in once more
    with database.reading() as session:
        assert session.get_one(ImportRun, again).new == 1


def test_a_renamed_product_gets_its_name_back(database: Database) -> None:
    taken(database, OLD)
    before = snapshot(database)
    row = (1, "Giò lụa thượng hạng (tên cũ: Giò lụa Ước Lễ)", *NEW[2:])
    number = taken(database, row)
    with database.reading() as session:
        assert session.scalars(select(Product.name)).one() == "Giò lụa thượng hạng"
    undone(database, number)
    assert snapshot(database) == before


@pytest.mark.parametrize("kind", [ListKind.POINTS_OF_SALE, ListKind.VILLAGES])
def test_points_of_sale_and_villages_are_taken_back(database: Database, kind: ListKind) -> None:
    head = (
        ("STT", "Tên điểm bán", "Địa chỉ", "Điện thoại")
        if kind is ListKind.POINTS_OF_SALE
        else ("STT", "Tên làng nghề", "Địa chỉ", "Nghề")
    )
    one, two = (
        ("024 3999 0001", "024 3999 0009") if kind is ListKind.POINTS_OF_SALE else ("Gốm", "Sứ")
    )
    taken(database, (1, "Nơi thứ nhất", "phường Hà Đông", one), head=head, kind=kind)
    before = snapshot(database)
    rows = ((1, "Nơi thứ nhất", "xã Bát Tràng", two), (2, "Nơi thứ hai", "phường Hà Đông", one))
    number = taken(database, *rows, head=head, kind=kind)
    assert snapshot(database) != before
    undone(database, number)
    assert snapshot(database) == before


def test_what_somebody_changed_since_stays_and_is_named(database: Database) -> None:
    taken(database, OLD)
    number = taken(database, NEW)
    with database.writing() as session:
        producer = session.scalars(select(Producer)).one()
        register.update_producer(session, producer, actor="user:3", phone="024 3999 7777")
    found = undone(database, number)
    assert [(one.field, one.now) for one in found.kept] == [("phone", "024 3999 7777")]
    with database.reading() as session:
        assert session.scalars(select(Producer.phone)).one() == "024 3999 7777"
        assert session.scalars(select(Recognition.stars)).all() == [3]


def _printed(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot = make_lot(session, product=session.scalars(select(Product)).first())
        allocate(session, lot=lot, count=5, form=Form.SHORT)


def _a_lot(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        make_lot(session, product=session.scalars(select(Product).order_by(Product.id.desc())).first())  # fmt: skip


def _withdrawn(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        given = session.scalars(select(Recognition).order_by(Recognition.id.desc())).first()
        assert given is not None
        withdraw_recognition(session, recognition=given, decision="30/QĐ-UBND", reason="Vi phạm", on=clock.today(), actor="user:3")  # fmt: skip


def _a_picture(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        product = session.scalars(select(Product).order_by(Product.id.desc())).first()
        assert product is not None
        session.add(ProductPhoto(product_id=product.id, key="a", width=1, height=1))


def _a_further_list(database: Database, settings: Settings) -> None:
    taken(database, (1, MORE[1], *MORE[2:4], "5 sao", "31/QĐ-BNNMT", "05/08/2026", ""))


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (_printed, "Labels were made from the list"),
        (_a_lot, "Lots were entered"),
        (_withdrawn, "Stars of the list were withdrawn"),
        (_a_picture, "have pictures"),
        (_a_further_list, "further stars since"),
    ],
)
def test_what_rests_on_a_list_keeps_it_and_is_named(
    database: Database, settings: Settings, happens: Callable[[Database, Settings], None], words: str
) -> None:  # fmt: skip
    taken(database, OLD)
    number = taken(database, NEW, MORE)
    happens(database, settings)
    before = snapshot(database)
    with pytest.raises(LabelsvcError, match=words) as caught:
        undone(database, number)
    assert "Ước Lễ" in str(caught.value)
    assert snapshot(database) == before
    with database.reading() as session:
        assert session.get_one(ImportRun, number).undone_at is None


def test_what_was_printed_before_the_list_does_not_keep_it(
    database: Database, settings: Settings
) -> None:
    taken(database, OLD)
    _printed(database, settings)
    before = snapshot(database)
    undone(database, taken(database, NEW))
    assert snapshot(database) == before


def test_withdrawals_that_a_list_proposed_are_refused_and_done_ones_keep_it(
    database: Database,
) -> None:
    taken(database, OLD, MORE)
    head = (*lists.HEAD[:4], "Quyết định thu hồi", "Ngày thu hồi", "Lý do thu hồi")
    rows = [(1, *row[1:4], "40/QĐ-UBND", "05/09/2026", "Không còn sản xuất") for row in (OLD, MORE)]
    number = taken(database, *rows, head=head, kind=ListKind.WITHDRAWN)
    undone(database, number)
    with database.reading() as session:
        assert set(session.scalars(select(WithdrawalProposal.state))) == {ProposalState.REFUSED}
    number = taken(database, *rows, head=head, kind=ListKind.WITHDRAWN)
    with database.writing() as session:
        waits = session.scalars(select(WithdrawalProposal).where(WithdrawalProposal.state == ProposalState.PROPOSED)).first()  # fmt: skip
        assert waits is not None
        confirm_withdrawal(session, waits, actor="user:9")
    with pytest.raises(LabelsvcError, match="were withdrawn since"):
        undone(database, number)


def test_a_list_is_taken_back_once_and_for_thirty_days(database: Database) -> None:
    with time_machine.travel("2026-11-01 09:00 +0700", tick=False) as clockwork:
        first, second = taken(database, OLD), taken(database, MORE)
        undone(database, second)
        with pytest.raises(LabelsvcError, match="already"):
            undone(database, second)
        clockwork.shift(timedelta(days=29))
        third = taken(database, MORE)
        clockwork.shift(timedelta(days=2))
        with pytest.raises(LabelsvcError, match="for 30 days"):
            undone(database, first)
        undone(database, third)


def test_lists_of_an_earlier_version_are_left_alone(database: Database) -> None:
    with database.writing() as session:
        session.add(ImportRun(file_name="cũ.xlsx", sha256="0" * 64, actor="cli", new=3))
    with pytest.raises(LabelsvcError, match="earlier version"):
        undone(database, 1)


def test_numbers_of_what_was_taken_back_are_given_to_nothing_else(database: Database) -> None:
    number = taken(database, OLD)
    with database.writing() as session:
        product = session.scalars(select(Product)).one()
        first = product.id
        register.update_product(session, product, actor="user:3", name="Giò lụa", agreed=True)
    undone(database, number)
    other = (1, "Nem chua", *OLD[2:])
    taken(database, other)
    taken(database, (1, "Giò lụa Ước Lễ", *OLD[2:]))
    with database.reading() as session:
        assert set(session.scalars(select(Product.name))) == {"Nem chua", "Giò lụa Ước Lễ"}
        assert all(one > first for one in session.scalars(select(Product.id)))


def test_thousands_of_rows_are_taken_back_in_few_seconds(database: Database) -> None:
    rows = [(n, f"Giò số {n}", f"HTX Giò {n // 3}", *OLD[3:7], "") for n in range(1, 1300)]
    number = taken(database, *rows)
    undone(database, number)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == 0
