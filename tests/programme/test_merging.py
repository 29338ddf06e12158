"""Merging two producers or products: everything moves, two people, nothing is lost, and back again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.audit import verify_chain
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot, Outlet, Producer, Product, outlet_product
from labelsvc.catalogue.places import load_places
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Base, Database
from labelsvc.errors import BadInput, Conflict, LabelsvcError, Refused
from labelsvc.labels.models import OwnLayout, OwnSheet, Printer
from labelsvc.programme import merging, moving
from labelsvc.programme.models import Merge, MergeKind, MergeState
from tests.factories import make_lot, make_producer, make_product
from tests.programme.rows import add_row, everything

#: Tables that tell of the merge itself.
#: The index of the search is made of the others: its entries come back under other numbers.
TOLD = frozenset({"merge", "audit_entry", "revision", "search_entry"})
KINDS = pytest.mark.parametrize("kind", MergeKind)


@dataclass
class Two:
    """Two producers with a product each, both of the second to go; and two products of the first."""

    kept: int
    gone: int
    product: int
    other_product: int
    gone_product: int

    def ids(self, kind: MergeKind) -> tuple[int, int]:
        return (self.kept, self.gone) if kind == MergeKind.PRODUCER else (self.product, self.other_product)  # fmt: skip


@pytest.fixture
def two(database: Database) -> Two:
    with database.writing() as session:
        load_places(session)
        create_keys(session, secrets=["k" * 40])
        kept = make_producer(session, name="HTX NN Hữu cơ Đông Phú")
        gone = make_producer(session, name="HTX Hữu cơ Đông Phú", phone="", tax_code="0100109106")
        product = make_product(session, producer=kept, name="Rau muống")
        other = make_product(session, producer=kept, name="Rau muống hữu cơ", gtin="09520000001001")
        going = make_product(session, producer=gone, name="Bí xanh")
        for one, code in ((product, "L-1"), (other, "L-2"), (going, "L-3")):
            allocate(session, lot=make_lot(session, one, code=code), count=5, form=Form.SHORT)
        return Two(kept.id, gone.id, product.id, other.id, going.id)


def _merged(database: Database, kind: MergeKind, two: Two, **more: Any) -> int:
    kept, gone = two.ids(kind)
    with database.writing() as session:
        made = merging.propose(session, kind, kept=kept, gone=gone, reason="Nhập trùng", actor="user:1", **more)  # fmt: skip
        number = made.id
    with database.writing() as session:
        merging.confirm(session, session.get_one(Merge, number), actor="user:2")
    return number


def _undone(database: Database, number: int) -> list[str]:
    with database.writing() as session:
        merge = session.get_one(Merge, number)
        merging.propose_undo(session, merge, reason="Là hai chủ thể", actor="user:2")
    with database.writing() as session:
        return merging.undo(session, session.get_one(Merge, number), actor="user:1")


@KINDS
def test_every_reference_of_the_database_moves_and_comes_back_exactly(
    database: Database, two: Two, kind: MergeKind
) -> None:
    """Walks the metadata: a new table that refers to a producer or a product is moved too."""
    table = merging.MAPPED[kind].__table__
    kept, gone = two.ids(kind)
    columns = moving.references(table)
    with database.writing() as session:
        for column in columns:
            add_row(session, column.table, **{column.name: gone})
    with database.reading() as session:
        before = everything(session, without=TOLD)
    number = _merged(database, kind, two)
    with database.reading() as session:
        for column in columns:
            left = session.execute(select(column.table).where(column == gone)).all()
            assert not left, f"{column} still refers to the one that is gone"
            assert session.execute(select(column.table).where(column == kept)).first(), column
        assert session.get_one(merging.MAPPED[kind], gone).merged_into_id == kept
    assert _undone(database, number) == []
    with database.reading() as session:
        after = everything(session, without=TOLD)
        assert {name: rows for name, rows in after.items() if rows != before[name]} == {}
        assert verify_chain(session) is None


def test_the_references_are_those_of_the_metadata() -> None:
    walked = {
        (table.name, key.parent.name)
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name in ("producer", "product")
    }
    found = {
        (column.table.name, column.name)
        for mapped in (Producer, Product)
        for column in moving.references(mapped.__table__)
    }
    assert found == walked
    assert {("user", "producer_id"), ("lot", "product_id"), ("blank", "producer_id")} <= found


@KINDS
def test_one_person_alone_can_neither_merge_nor_take_back(
    database: Database, two: Two, kind: MergeKind
) -> None:
    kept, gone = two.ids(kind)
    with database.writing() as session:
        number = merging.propose(session, kind, kept=kept, gone=gone, reason="Nhập trùng", actor="user:1").id  # fmt: skip
    with database.writing() as session, pytest.raises(Refused):
        merging.confirm(session, session.get_one(Merge, number), actor="user:1")
    with database.writing() as session:
        merging.confirm(session, session.get_one(Merge, number), actor="user:2")
        merging.propose_undo(session, session.get_one(Merge, number), reason="Nhầm lẫn", actor="user:2")  # fmt: skip
    with database.writing() as session, pytest.raises(Refused):
        merging.undo(session, session.get_one(Merge, number), actor="user:2")


def test_facts_that_are_missing_come_from_the_other_and_chosen_ones_win(
    database: Database, two: Two
) -> None:
    _merged(database, MergeKind.PRODUCER, two, choices={"fields": {"name": "gone"}})
    with database.reading() as session:
        kept, gone = (session.get_one(Producer, number) for number in (two.kept, two.gone))
        assert (kept.name, kept.tax_code, gone.tax_code) == ("HTX Hữu cơ Đông Phú", "0100109106", None)  # fmt: skip
        assert kept.search_key == "htx huu co dong phu"
        assert kept.phone, "what the one that stays has is not emptied"


def test_a_product_gets_the_gtin_of_the_one_merged_into_it(database: Database, two: Two) -> None:
    _merged(database, MergeKind.PRODUCT, two, choices={"fields": {"name": "gone"}})
    with database.reading() as session:
        kept = session.get_one(Product, two.product)
        assert (kept.name, kept.gtin) == ("Rau muống hữu cơ", "09520000001001")
        assert {lot.code for lot in kept.lots} == {"L-1", "L-2"}


def _two_tax_codes(session: Session, two: Two) -> None:
    session.get_one(Producer, two.kept).tax_code = "0101243150"


def _namesakes(session: Session, two: Two) -> None:
    session.get_one(Product, two.gone_product).name = "RAU MUỐNG"


def _two_gtins(session: Session, two: Two) -> None:
    session.get_one(Product, two.product).gtin = "08938505974192"


def _one_lot_code(session: Session, two: Two) -> None:
    session.scalars(select(Lot).where(Lot.code == "L-2")).one().code = "L-1"


def _two_owners(session: Session, two: Two) -> None:
    session.get_one(Product, two.other_product).producer_id = two.gone


def _merged_before(session: Session, two: Two) -> None:
    session.get_one(Producer, two.gone).merged_into_id = two.kept


@pytest.mark.parametrize(
    ("kind", "spoil", "error", "words"),
    [
        (MergeKind.PRODUCER, _two_tax_codes, BadInput, "a number of their own"),
        (MergeKind.PRODUCER, _namesakes, Conflict, "product named"),
        (MergeKind.PRODUCER, _merged_before, Conflict, "merged already"),
        (MergeKind.PRODUCT, _two_gtins, Conflict, "GTIN"),
        (MergeKind.PRODUCT, _one_lot_code, Conflict, "the lot"),
        (MergeKind.PRODUCT, _two_owners, Conflict, "different producers"),
    ],
)
def test_what_must_be_settled_first_is_said_and_nothing_moves(
    database: Database, two: Two, kind: MergeKind, spoil: Callable[[Session, Two], None],
    error: type[LabelsvcError], words: str,
) -> None:  # fmt: skip
    with database.writing() as session:
        spoil(session, two)
    with pytest.raises(error, match=words) as told:
        _merged(database, kind, two)
    assert told.value.fix or words == "merged already"
    with database.reading() as session:
        assert session.scalars(select(Merge)).all() == []


def test_two_tax_codes_are_chosen_by_the_person(database: Database, two: Two) -> None:
    with database.writing() as session:
        _two_tax_codes(session, two)
    _merged(database, MergeKind.PRODUCER, two, choices={"fields": {"tax_code": "gone"}})
    with database.reading() as session:
        assert session.get_one(Producer, two.kept).tax_code == "0100109106"


def test_products_of_one_name_go_with_their_producers(database: Database, two: Two) -> None:
    with database.writing() as session:
        _namesakes(session, two)
    with database.reading() as session:
        before = everything(session, without=TOLD)
    number = _merged(database, MergeKind.PRODUCER, two, choices={"products": [(two.product, two.gone_product)]})  # fmt: skip
    with database.reading() as session:
        kept = session.get_one(Product, two.product)
        assert {lot.code for lot in kept.lots} == {"L-1", "L-3"}
        assert session.get_one(Product, two.gone_product).merged_into_id == two.product
    _undone(database, number)
    with database.reading() as session:
        assert everything(session, without=TOLD) == before


def test_names_that_both_gave_and_points_of_sale_of_both_stay_apart(
    database: Database, two: Two
) -> None:
    toml = 'name = "tem-nho"\n[sheet]\narticle = "giay"\n'
    with database.writing() as session:
        shop = Outlet(name="Cửa hàng OCOP")
        session.add(shop)
        for owner in (two.kept, two.gone):
            session.add(Printer(producer_id=owner, name="Zebra", profile={}))
            session.add(OwnSheet(producer_id=owner, name="giay", title="Giấy", article={}))
            session.add(OwnLayout(producer_id=owner, name="tem-nho", title="Tem nhỏ", toml=toml))
        session.flush()
        for product in (two.product, two.other_product):
            session.execute(outlet_product.insert().values(outlet_id=shop.id, product_id=product))
    with database.reading() as session:
        before = everything(session, without=TOLD)
    numbers = [_merged(database, kind, two) for kind in MergeKind]
    with database.reading() as session:
        names = [
            sorted(session.scalars(select(table.name).where(table.producer_id == two.kept)))
            for table in (Printer, OwnSheet, OwnLayout)
        ]
        assert names == [["Zebra", "Zebra (2)"], ["giay", "giay-2"], ["tem-nho", "tem-nho-2"]]
        renamed = session.scalars(select(OwnLayout).where(OwnLayout.name == "tem-nho-2")).one()
        assert 'name = "tem-nho-2"' in renamed.toml
        assert 'article = "giay-2"' in renamed.toml
        assert len(session.execute(select(outlet_product)).all()) == 1
    for number in reversed(numbers):
        _undone(database, number)
    with database.reading() as session:
        assert everything(session, without=TOLD) == before


def test_a_merge_is_taken_back_within_a_day_only(
    database: Database, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = _merged(database, MergeKind.PRODUCER, two)
    with database.writing() as session:
        session.get_one(Merge, number).decided_at = clock.now() - timedelta(hours=25)
    with pytest.raises(Conflict, match="hours"):
        _undone(database, number)


@KINDS
def test_a_merge_stays_once_labels_name_the_merged_one(
    database: Database, two: Two, kind: MergeKind
) -> None:
    number = _merged(database, kind, two)
    moved = two.gone_product if kind == MergeKind.PRODUCER else two.product
    with database.writing() as session:
        lot = session.scalars(select(Lot).where(Lot.product_id == moved)).first()
        assert lot is not None
        allocate(session, lot=lot, count=5, form=Form.SHORT)
    with pytest.raises(Conflict, match=f"lot {lot.code} were printed since"):
        _undone(database, number)
    with database.reading() as session:
        assert session.get_one(Merge, number).state == MergeState.DONE


def test_labels_of_goods_that_did_not_move_hinder_nothing(database: Database, two: Two) -> None:
    number = _merged(database, MergeKind.PRODUCER, two)
    with database.writing() as session:
        lot = session.scalars(select(Lot).where(Lot.code == "L-1")).one()
        allocate(session, lot=lot, count=5, form=Form.SHORT)
        session.get_one(Producer, two.kept).phone = "024 3999 9999"
    _undone(database, number)
    with database.reading() as session:
        assert session.get_one(Product, two.gone_product).producer_id == two.gone
        assert session.get_one(Producer, two.kept).phone == "024 3999 9999", "newer than the merge"


def test_a_later_merge_is_taken_back_first(database: Database, two: Two) -> None:
    first = _merged(database, MergeKind.PRODUCER, two)
    with database.writing() as session:
        third = make_producer(session, name="HTX Đông Phú Xanh").id
    later = _merged(database, MergeKind.PRODUCER, Two(third, two.kept, 0, 0, 0))
    with database.reading() as session:
        assert session.get_one(Producer, two.gone).merged_into_id == third, "old numbers lead on"
    with pytest.raises(Conflict, match=f"Merge {later} came later"):
        _undone(database, first)
    _undone(database, later)
    _undone(database, first)


def test_who_confirms_sees_what_was_proposed(database: Database, two: Two) -> None:
    with database.writing() as session:
        number = merging.propose(session, MergeKind.PRODUCER, kept=two.kept, gone=two.gone, reason="Nhập trùng", actor="user:1").id  # fmt: skip
    with database.writing() as session:
        session.get_one(Producer, two.gone).street = "Thôn khác"
    with database.writing() as session, pytest.raises(Conflict, match="was changed since"):
        merging.confirm(session, session.get_one(Merge, number), actor="user:2")
    with database.writing() as session:
        merging.refuse(session, session.get_one(Merge, number), answer="Không phải", actor="user:1")
    with database.writing() as session, pytest.raises(Conflict, match="decided already"):
        merging.confirm(session, session.get_one(Merge, number), actor="user:2")


def test_a_merge_that_breaks_in_the_middle_leaves_everything_as_it_was(
    database: Database, two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writing() as session:
        number = merging.propose(session, MergeKind.PRODUCER, kept=two.kept, gone=two.gone, reason="Nhập trùng", actor="user:1").id  # fmt: skip
    with database.reading() as session:
        before = everything(session)
    real = moving.assign

    def dies(*given: Any) -> Any:
        if given[3] == "merged_into_id":  # the last step
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(moving, "assign", dies)
    with pytest.raises(KeyboardInterrupt), database.writing() as session:
        merging.confirm(session, session.get_one(Merge, number), actor="user:2")
    with database.reading() as session:
        assert everything(session) == before


def test_both_histories_stay_in_the_audit_trail(database: Database, two: Two) -> None:
    number = _merged(database, MergeKind.PRODUCER, two)
    _undone(database, number)
    with database.reading() as session:
        told = session.scalars(
            select(AuditEntry.action).where(AuditEntry.subject == f"producer:{two.gone}")
        ).all()
        assert told == ["merge.into", "merge.undone"]
        assert verify_chain(session) is None
        assert session.scalars(select(Issue)).all(), "no code is lost"
