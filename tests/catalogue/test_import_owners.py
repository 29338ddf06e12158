"""Owners of a list: written otherwise, near to one another, decided by a person, remembered."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.importing import Plan, apply_import, plan_import
from labelsvc.catalogue.importing.answers import answer
from labelsvc.catalogue.importing.plan import PlanRow
from labelsvc.catalogue.importing.report import as_lines
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.owners.decisions import decide, forget, remembered
from labelsvc.catalogue.owners.index import OwnerKey
from labelsvc.catalogue.places import load_places
from labelsvc.db import Database
from labelsvc.errors import BadInput
from tests.catalogue import lists

PHU = "Thôn Hạ Dục, xã Đồng Phú, huyện Chương Mỹ"
TOWN = "Phường Vạn Phúc, quận Hà Đông"
FAR = "xã Minh Quang, huyện Ba Vì, Hà Nội"
HEAD = (*lists.HEAD, "Điện thoại", "Mã số thuế")
Owner = tuple[str, ...]


def _list(*owners: Owner, start: int = 1) -> bytes:
    """A list in which each of (name, address, telephone, tax code) makes a product of its own."""
    rows = [
        (n, f"Sản phẩm gốm thứ {n}", name, address, "4 sao", "1147/QĐ-UBND", "04/03/2026", *more, *("",) * (2 - len(more)))
        for n, (name, address, *more) in enumerate(owners, start)
    ]  # fmt: skip
    return lists.workbook([HEAD, *rows])


def _plan(session: Session, *owners: Owner, start: int = 1) -> Plan:
    return plan_import(session, data=_list(*owners, start=start), file_name="a.xlsx")


def _taken(database: Database, *owners: Owner, start: int = 1) -> Plan:
    with database.writing() as session:
        load_places(session)
        plan = _plan(session, *owners, start=start)
        apply_import(session, plan, actor="test")
    return plan


def _key(row: PlanRow) -> OwnerKey:
    assert row.owner is not None
    return row.owner.key


def _owners(database: Database) -> list[tuple[str, list[str]]]:
    """Each owner with the numbers of its products."""
    with database.reading() as session:
        return [
            (producer.name, sorted(product.name[-1] for product in producer.products))
            for producer in session.scalars(select(Producer).order_by(Producer.id))
        ]


@pytest.mark.parametrize(
    "owners",
    [
        [("HTX NN Hữu cơ Đông Phú", PHU), ("Hợp tác xã Nông nghiệp Hữu cơ Đông Phú", PHU), ("HTX NÔNG NGHIỆP HỮU CƠ ĐÔNG PHÚ", "xã Đồng Phú (Chương Mỹ cũ)")],
        [("Cty TNHH Dệt lụa Nhuệ Giang", TOWN), ("Công ty TNHH dệt lụa Nhuệ Giang", TOWN), ("Công ty trách nhiệm hữu hạn Dệt lụa Nhuệ Giang", TOWN)],
        [("HKD Nguyễn Văn Mẫu", PHU), ("Hộ KD Nguyễn Văn Mẫu (Đồng Phú)", PHU), ("Hộ ông Nguyễn Văn Mẫu", PHU)],
    ],
)  # fmt: skip
def test_one_owner_written_three_ways_is_one_in_the_same_list_and_in_the_next(
    database: Database, owners: list[Owner]
) -> None:
    name = owners[0][0]
    _taken(database, *owners)
    assert _owners(database) == [(name, ["1", "2", "3"])]
    again = _taken(database, *owners)
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 3, "refused": 0}
    _taken(database, *reversed(owners), start=4)
    assert _owners(database) == [(name, ["1", "2", "3", "4", "5", "6"])]


def test_an_owner_written_otherwise_is_noted_with_what_spoke_for_it(database: Database) -> None:
    with database.reading() as session:
        plan = _plan(session, ("Cty TNHH Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", TOWN))
    assert "Taken for “Cty TNHH Lụa Mây”: name and place are the same" in "\n".join(
        as_lines(plan, "en")
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("HTX NN Hòa Bình", PHU), ("HTX Hòa Bình", PHU)),
        (("HTX Hòa Bình", PHU), ("HTX Hòa Bình", FAR)),
        (("Hộ Nguyễn Văn An", PHU), ("Hộ Nguyễn Văn Ân", PHU)),
        (("Công ty TNHH MTV Lụa Mây", TOWN), ("Công ty TNHH Lụa Mây", TOWN)),
        (("Công ty TNHH Lụa Mây", TOWN, "", "0100109106"), ("Công ty TNHH Lụa Mây", TOWN, "", "0101243150")),
        (("Hộ Lê Văn Nam", PHU), ("Hộ Lê Văn Nam", "")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("known", [True, False], ids=["known", "in-the-list"])
@pytest.mark.parametrize("same", [True, False], ids=["same", "another"])
def test_a_doubtful_owner_waits_until_a_person_says_and_is_never_asked_again(
    database: Database, first: Owner, second: Owner, known: bool, same: bool
) -> None:
    if known:
        _taken(database, first)
        rows, start = [second], 2
    else:
        rows, start = [first, second], 1
    plan = _taken(database, *rows, start=start)
    waiting = plan.rows[len(rows) - 1]
    assert waiting.state == "refused"
    assert _owners(database) == [(first[0], ["1"])], "nothing is written before somebody says"
    (other,) = waiting.asked
    assert other["name"] == first[0]
    assert other["for"] or other["against"]
    with database.writing() as session:
        decide(
            session, _key(waiting), OwnerKey(*other["key"]), producer_id=other["producer"],
            same=same, actor="test", written=waiting.producer,
        )  # fmt: skip
    assert _taken(database, *rows, start=start).counts["refused"] == 0
    both = [(first[0], ["1", "2"])] if same else [(first[0], ["1"]), (second[0], ["2"])]
    assert _owners(database) == both
    again = _taken(database, *rows, start=start)
    assert (again.counts["new"], again.counts["refused"]) == (0, 0), "said once, known for ever"
    again = _taken(database, second, start=3)
    assert again.counts["refused"] == 0, "what was said once answers the next list"
    assert [len(products) for _, products in _owners(database)] == ([3] if same else [1, 2])


def test_what_was_said_can_be_replaced_and_taken_back(database: Database) -> None:
    _taken(database, ("HTX NN Hòa Bình", PHU))
    with database.reading() as session:
        row = _plan(session, ("HTX Hòa Bình", PHU), start=2).rows[0]
    said = {"producer_id": row.asked[0]["producer"], "actor": "test"}
    key, other = _key(row), OwnerKey(*row.asked[0]["key"])
    for same, state in ((True, "new"), (False, "new")):
        with database.writing() as session:
            decide(session, key, other, same=same, **said)
            (kept,) = remembered(session, said["producer_id"])
            assert kept.same is same
            plan = _plan(session, ("HTX Hòa Bình", PHU), start=2)
            assert plan.rows[0].state == state
            assert (plan.rows[0].producer_id is not None) is same
    with database.writing() as session:
        forget(session, remembered(session, said["producer_id"])[0], actor="test")
        assert _plan(session, ("HTX Hòa Bình", PHU), start=2).rows[0].state == "refused"


def test_a_tax_code_of_another_owner_outweighs_what_was_said(database: Database) -> None:
    _taken(database, ("HTX NN Hòa Bình", PHU), ("Công ty CP Bình Minh", TOWN, "", "0100109106"))
    with database.writing() as session:
        row = _plan(session, ("HTX Hòa Bình", PHU), start=3).rows[0]
        (one,) = row.asked
        decide(session, _key(row), OwnerKey(*one["key"]), producer_id=one["producer"], same=True, actor="test")  # fmt: skip
        again = _plan(session, ("HTX Hòa Bình", PHU, "", "0100109106"), start=3).rows[0]
    assert again.state == "refused"


def test_a_decision_about_nobody_is_refused(database: Database) -> None:
    with database.writing() as session, pytest.raises(BadInput) as told:
        decide(session, OwnerKey("a", ""), OwnerKey("b", ""), producer_id=77, same=True, actor="t")
    assert told.value.params["id"] == 77


def test_a_personal_id_is_never_shown_whole_beside_another(database: Database) -> None:
    _taken(database, ("Hộ Nguyễn Văn An", PHU, "", "001203004567"))
    with database.reading() as session:
        plan = _plan(session, ("Hộ Nguyễn Văn An", PHU, "", "001203009999"), start=2)
        (row,) = plan.rows
    assert "001203004567" not in str(row.as_json())
    assert row.as_json()["owner"]["tax_code"] == "…9999"


def test_a_product_known_under_another_spelling_of_its_owner_is_found(database: Database) -> None:
    rows: Sequence[Owner] = [("HTX NN Hữu cơ Đông Phú", PHU)]
    _taken(database, *rows)
    plan = _taken(database, ("Hợp tác xã nông nghiệp hữu cơ Đông Phú", PHU))
    assert plan.counts["unchanged"] == 1
    with database.reading() as session:
        assert len(session.scalars(select(Product)).all()) == 1


def test_answers_on_the_command_line_name_rows_as_the_report_does(database: Database) -> None:
    _taken(database, ("HTX NN Hòa Bình", PHU))
    rows = [("HTX Hòa Bình", PHU), ("HTX Lụa Mây", TOWN), ("HTX NN Lụa Mây", TOWN)]
    with database.writing() as session:
        plan = _plan(session, *rows, start=2)
        report = "\n".join(as_lines(plan, "en"))
        assert "--same 2=1" in report and "--same 4=row:3" in report and "--another 4" in report
        for wrong in ({"same": ["2=7"]}, {"same": ["3=1"]}, {"another": [3]}, {"same": ["x"]}):
            with pytest.raises(BadInput):
                answer(session, plan, **({"same": [], "another": [], "actor": "cli"} | wrong))  # type: ignore[arg-type]
        answer(session, plan, same=["2=1"], another=[4], actor="cli")
        again = _plan(session, *rows, start=2)
    assert [row.state for row in again.rows] == ["new"] * 3
    assert again.rows[0].producer_id == 1


def test_what_nobody_answered_is_asked_again_though_the_catalogue_knows_more(
    database: Database,
) -> None:
    listed = [("Công ty TNHH Đỗ Xuân Yến", ""), ("Đỗ Xuân Yến", FAR), ("Công ty TNHH Đỗ Xuân Yến", TOWN)]  # fmt: skip
    states = [row.state for row in _taken(database, *listed).rows]
    assert states == ["new", "refused", "new"], "the company's place comes behind the question"
    for _ in range(2):
        again = _taken(database, *listed)
        assert [row.state for row in again.rows] == ["unchanged", "refused", "unchanged"]
    with database.writing() as session:
        asked = session.scalars(select(AuditEntry).where(AuditEntry.action == "owner.asked")).all()
        assert len(asked) == 1, "a question that is open is not noted twice"
        row = again.rows[1]
        decide(
            session, _key(row), OwnerKey(*row.asked[0]["key"]), same=False, actor="test",
            producer_id=row.asked[0]["producer"],
        )  # fmt: skip
    assert [row.state for row in _taken(database, *listed).rows] == ["unchanged", "new", "unchanged"]  # fmt: skip


@pytest.mark.parametrize("held", [False, True])
def test_a_tax_code_of_another_owner_refuses_its_row_and_no_list(
    database: Database, held: bool
) -> None:
    """A code in a wrong row would stand with two owners: of the list, or of the catalogue."""
    gom = ("HTX Gốm Sông Nhuệ", TOWN)
    may = ("Công ty TNHH Mây tre Hoa Sen", FAR, "", "0100109106")
    if held:
        _taken(database, gom, may)
        plan = _taken(database, (*gom, "", "0100109106"), start=3)
    else:
        plan = _taken(database, gom, (*gom, "", "0100109106"), may)
    (refused,) = (row for row in plan.rows if row.state == "refused")
    assert refused.problems[0].message.startswith("The tax code is that of another owner")
    with database.reading() as session:
        codes = list(
            session.scalars(select(Producer.tax_code).where(Producer.tax_code.is_not(None)))
        )
        assert codes == ["0100109106"]
