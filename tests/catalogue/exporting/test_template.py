"""Templates: what is filled in is read back as it stands; nothing else of them is read."""

from __future__ import annotations

import io
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select

from labelsvc.catalogue import criteria
from labelsvc.catalogue.exporting.columns import COLUMNS, Column
from labelsvc.catalogue.exporting.sheet import HEAD_ROW, OWNERS
from labelsvc.catalogue.exporting.template import STARS, template
from labelsvc.catalogue.importing import ListKind, apply_import, plan_import
from labelsvc.catalogue.importing.plan import Plan
from labelsvc.catalogue.models import Outlet, Product, Village
from labelsvc.catalogue.places import load_places
from labelsvc.catalogue.recognition import Recognition
from labelsvc.catalogue.stars.withdrawing import REASON_WORDS, reason_of
from labelsvc.db import Database
from labelsvc.errors import ImportRefused
from labelsvc.migrations import upgrade
from tests.factories import make_producer, make_product, make_recognition

#: Filled in as a clerk does; each kind takes those of its columns.
FULL: dict[str, Any] = {
    "product": "Giò lụa Ước Lễ", "producer": "Hợp tác xã Giò Ước Lễ", "kind": "Hợp tác xã",
    "address": "Thôn Đông, phường Hà Đông", "phone": "024 3999 0123", "tax_code": "0100109106",
    "stars": "4 sao", "score": 86.5, "decision": "1147/QĐ-UBND", "decision_date": date(2026, 3, 4),
    "authority": "UBND Thành phố Hà Nội", "gtin": "8938500000010", "net_content": "200 g",
    "set": criteria.name(9, "vi"), "outlet": "Cửa hàng Ước Lễ", "village": "Làng giò Ước Lễ", "craft": "Giò chả",
    "withdrawal_decision": "2001/QĐ-UBND", "withdrawal_date": date(2026, 10, 1),
    "withdrawal_reason": "Không còn sản xuất sản phẩm", "wanted_stars": "4 sao",
}  # fmt: skip


def filled(kind: ListKind, *rows: dict[str, Any]) -> bytes:
    """The template with rows typed into it."""
    book = load_workbook(io.BytesIO(template(kind)))
    sheet = book["Danh sách"]
    for line, row in enumerate(rows):
        for index, column in enumerate(COLUMNS[kind]):
            value = line + 1 if column.field == "number" else row.get(column.field)
            if value is not None:
                sheet.cell(HEAD_ROW + 2 + line, index + 1, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def planned(database: Database, data: bytes, *, take: bool = True) -> Plan:
    with database.writing() as session:
        plan = plan_import(session, data=data, file_name="mau.xlsx")
        if take:
            apply_import(session, plan, actor="user:1")
        return plan


@pytest.fixture
def places(database: Database) -> Database:
    with database.writing() as session:
        load_places(session)
    return database


@pytest.mark.parametrize("kind", list(ListKind))
def test_an_empty_template_has_no_row_and_its_examples_are_not_read(
    places: Database, kind: ListKind
) -> None:
    with pytest.raises(ImportRefused, match="There is no row below the header"):
        planned(places, template(kind))


@pytest.mark.parametrize("kind", list(ListKind))
def test_every_head_is_understood_as_what_it_is(places: Database, kind: ListKind) -> None:
    plan = planned(places, filled(kind, FULL | {"valid_to": date(2029, 3, 4)}), take=False)
    (read,) = plan.read
    assert read.header is not None and not read.header.unknown
    assert [read.header.fields[i] for i in range(len(COLUMNS[kind]))] == [c.field for c in COLUMNS[kind]]  # fmt: skip
    assert (read.judgement.kind, read.judgement.sure) == (kind, True)
    assert {one.name: one.state for one in plan.sheets} == {"Danh sách": "read", "Ví dụ": "left_out", "Hướng dẫn": "left_out"}  # fmt: skip
    assert not plan.asks


def test_a_filled_template_comes_back_as_it_was_filled(places: Database) -> None:
    plan = planned(places, filled(ListKind.RECOGNISED, FULL))
    assert (plan.counts["new"], plan.counts["refused"]) == (1, 0)
    with places.reading() as session:
        made = session.scalars(select(Product)).one()
        owner, stars = made.producer, made.recognitions[0]
        assert (made.name, made.set_number, made.set_guessed) == ("Giò lụa Ước Lễ", 9, False)
        assert (made.gtin, made.net_content) == ("08938500000010", "200 g")
        assert (owner.name, owner.kind, owner.phone, owner.tax_code) == ("Hợp tác xã Giò Ước Lễ", "cooperative", "024 3999 0123", "0100109106")  # fmt: skip
        assert owner.commune is not None and owner.commune.name == "Phường Hà Đông"
        assert (stars.stars, stars.decision_number, stars.decision_date) == (4, "1147/QĐ-UBND", date(2026, 3, 4))  # fmt: skip
        assert (stars.valid_to, stars.score) == (date(2029, 3, 4), Decimal("86.50"))
        assert stars.authority_name == "UBND Thành phố Hà Nội"


@pytest.mark.parametrize("kind", [ListKind.WITHDRAWN, ListKind.EXPIRED])
def test_a_filled_template_of_ended_stars_gives_none(places: Database, kind: ListKind) -> None:
    planned(places, filled(ListKind.RECOGNISED, FULL))
    row = FULL | ({"valid_to": date(2026, 6, 1)} if kind is ListKind.EXPIRED else {})
    plan = planned(places, filled(kind, row))
    with places.reading() as session:
        assert len(session.scalars(select(Recognition)).all()) == 1
    if kind is ListKind.WITHDRAWN:
        (found,) = plan.rows
        assert plan.proposals == 1 and found.line.withdrawal is not None
        told = found.line.withdrawal
        assert (told.decision, told.on, told.reason) == ("2001/QĐ-UBND", date(2026, 10, 1), "not_produced")  # fmt: skip


def test_the_drop_downs_hold_what_the_reader_takes() -> None:
    for reason, words in REASON_WORDS.items():
        assert reason_of(words) == reason
    for one in criteria.decision().sets.values():
        for words in (
            one.vi,
            f"{one.number}",
            f"{one.number}. {one.vi}",
            f"Bộ {one.number}: {one.vi}",
        ):
            assert criteria.find_set(words) == one.number, words
    assert len(OWNERS) == 5 and len(STARS) == 3


def test_points_of_sale_come_with_what_is_sold_there(places: Database) -> None:
    with places.writing() as session:
        one = make_producer(session, name="HTX Một")
        two = make_producer(session, name="HTX Hai", phone="024 3999 0001")
        for owner, names in ((one, ("Giò lụa", "Nem, chả", "Trà")), (two, ("Chả quế", "Trà"))):
            for name in names:
                make_recognition(session, make_product(session, producer=owner, name=name))
    rows = [
        {"outlet": "Cửa hàng A", "address": "phường Hà Đông", "product": "Giò lụa; Nem, chả; Bánh lạ; Trà"},
        {"outlet": "Siêu thị B", "address": "phường Hà Đông", "product": "1. Giò lụa\n2. Chả quế"},
        {"outlet": "Quầy C", "address": "phường Hà Đông", "product": "Giò lụa, Chả quế"},
    ]  # fmt: skip
    plan = planned(places, filled(ListKind.POINTS_OF_SALE, *rows))
    assert plan.counts["new"] == 3
    with places.reading() as session:
        sold = {o.name: {p.name for p in o.products} for o in session.scalars(select(Outlet))}
    assert sold == {"Cửa hàng A": {"Giò lụa", "Nem, chả"}, "Siêu thị B": {"Giò lụa", "Chả quế"}, "Quầy C": {"Giò lụa", "Chả quế"}}  # fmt: skip
    notes = [p["name"] for row in plan.rows for _, p in row.line.notes if "name" in p]
    assert notes == ["Bánh lạ", "Trà"]  # one is unknown, two producers make the other
    again = planned(places, filled(ListKind.POINTS_OF_SALE, *rows))
    assert again.counts["unchanged"] == 3


def test_villages_come_back_as_they_were_filled(places: Database) -> None:
    planned(places, filled(ListKind.VILLAGES, FULL))
    with places.reading() as session:
        made = session.scalars(select(Village)).one()
        assert (made.name, made.craft, made.decision_number) == ("Làng giò Ước Lễ", "Giò chả", "1147/QĐ-UBND")  # fmt: skip


_NAMES = ("Chè lam", "Nón lá", "Giò lụa", "Bánh cuốn", "Trà sen", "Mật ong", "Rượu mơ")
_ROWS = st.lists(
    st.fixed_dictionaries({
        "product": st.sampled_from(_NAMES), "producer": st.sampled_from(("HTX Sông Nhuệ", "Công ty TNHH Hoa Mai", "Hộ kinh doanh Bùi Văn Lạc")),
        "kind": st.sampled_from(OWNERS), "stars": st.sampled_from(STARS[:2]),
        "decision": st.sampled_from(("1147/QĐ-UBND", "88/QĐ-UBND")),
        "decision_date": st.dates(date(2025, 8, 1), date(2026, 6, 1)),
        "set": st.sampled_from([one.vi for one in criteria.decision().sets.values()]),
        "net_content": st.sampled_from(("200 g", "1 kg", "hộp 12 cái")), "gtin": st.none(),
        "score": st.none(), "address": st.sampled_from(("phường Hà Đông", "xã Bát Tràng")),
    }),
    min_size=1, max_size=6, unique_by=lambda row: (row["product"], row["producer"]),
)  # fmt: skip


@given(rows=_ROWS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_is_filled_in_comes_back(rows: list[dict[str, Any]]) -> None:
    place = {row["producer"]: row["address"] for row in rows}
    kinds = {row["producer"]: row["kind"] for row in rows}
    rows = [row | {"address": place[row["producer"]], "kind": kinds[row["producer"]]} for row in rows]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'a.sqlite3'}")
        upgrade(database)
        with database.writing() as session:
            load_places(session)
        planned(database, filled(ListKind.RECOGNISED, *rows))
        with database.reading() as session:
            found = [
                (p.name, p.producer.name, f"{p.recognitions[0].stars} sao", p.recognitions[0].decision_number,
                 p.recognitions[0].decision_date, criteria.name(p.set_number, "vi"), p.net_content)
                for p in session.scalars(select(Product))
            ]  # fmt: skip
        database.close()
    fields = ("product", "producer", "stars", "decision", "decision_date", "set", "net_content")
    assert sorted(found) == sorted(tuple(row[name] for name in fields) for row in rows)


def test_columns_are_told_once_in_every_kind() -> None:
    for columns in COLUMNS.values():
        names = [column.field for column in columns]
        assert len(names) == len(set(names)) and all(isinstance(c, Column) and c.note for c in columns)  # fmt: skip
