"""Cases from the first sign to the last word, and what stands in the audit trail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.accounts.audit import verify_chain
from labelsvc.accounts.models import AuditEntry
from labelsvc.codes.register.issue import allocate, create_keys
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict
from labelsvc.inspections import cases
from labelsvc.inspections.models import Case, CaseNote, CaseState
from labelsvc.inspections.report import SentReport, close_report, send_report
from labelsvc.settings import Settings
from tests.factories import make_lot, make_producer, make_product

UID = "4f9d1c52-4a0e-4d5e-9d7e-0c9f6f0a1b2c"
OFFICE, MAKER, INSPECTOR = "user:1", "user:2", "user:3"


@pytest.fixture
def lot(database: Database) -> int:
    with database.writing() as session:
        return make_lot(session, make_product(session)).id


def opened(session: Session, lot: int, **facts: object) -> Case:
    facts = {"kind": "copy_risk", "actor": "watch"} | facts
    return cases.open_case(session, subject=cases.CaseSubject(lot_id=lot), **facts)  # type: ignore[arg-type]


def test_a_case_that_is_sent_twice_is_one(database: Database, lot: int) -> None:
    with database.writing() as session:
        first = opened(session, lot, kind="inspection", actor=INSPECTOR, uid=UID, facts={"a": 1})
    with database.writing() as session:
        again = opened(session, lot, kind="inspection", actor=INSPECTOR, uid=UID.upper())
        assert again.id == first.id and again.facts == {"a": 1}
        cases.add_note(session, again, "Hai hộp cùng mã", INSPECTOR, uid=UID)
        cases.add_note(session, again, "Hai hộp cùng mã", INSPECTOR, uid=UID)
        assert session.scalar(select(func.count()).select_from(Case)) == 1
        assert session.scalar(select(func.count()).select_from(CaseNote)) == 1
        other = opened(session, lot)
        with pytest.raises(BadInput, match="another case"):
            cases.add_note(session, other, "Hai hộp cùng mã", INSPECTOR, uid=UID)


def test_product_and_lot_follow_from_the_issue(
    database: Database, settings: Settings, lot: int
) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        issue = allocate(session, lot=opened(session, lot).lot, count=3, form="short")  # type: ignore[arg-type]
        case = cases.open_case(
            session,
            kind="copy_risk",
            actor="watch",
            subject=cases.CaseSubject(issue_id=issue.id, number=issue.first),
        )
        assert (case.lot_id, case.product_id) == (lot, issue.lot.product_id)


@pytest.mark.parametrize("facts", [{"kind": "rumour"}, {"uid": "12"}, {"uid": "x" * 36}])
def test_what_is_no_case_is_refused(database: Database, lot: int, facts: dict[str, str]) -> None:
    with database.writing() as session, pytest.raises(BadInput):
        opened(session, lot, **facts)


def test_the_way_of_a_case_and_its_trail(database: Database, lot: int) -> None:
    with database.writing() as session:
        case = opened(session, lot)
        assert case.state == CaseState.NEW
        cases.add_note(session, case, "Đã gọi điện cho cơ sở", OFFICE)
        assert case.state == CaseState.OPEN
        cases.decide(session, case, "watch", OFFICE, reason="Chờ thêm số liệu")
        assert (case.state, case.decided_by, case.reason) == ("decided", OFFICE, "Chờ thêm số liệu")
        cases.contest(session, case, "Hội chợ cuối tuần", MAKER)
        assert (case.state, case.contested_by) == ("contested", MAKER)
        cases.decide(session, case, "no_action", OFFICE)
        cases.close_case(session, case, OFFICE)
        assert case.state == CaseState.CLOSED
    with database.reading() as session:
        trail = session.scalars(
            select(AuditEntry.action)
            .where(AuditEntry.subject == f"case:{case.id}")
            .order_by(AuditEntry.id)
        ).all()
        assert trail == [
            f"case.{v}" for v in ("open", "note", "decide", "contest", "decide", "close")
        ]
        assert verify_chain(session) is None


def _twice(session: Session, case: Case) -> None:
    cases.contest(session, case, "Hội chợ", MAKER)
    cases.contest(session, case, "Và nữa", MAKER)


def _closed(then: Callable[[Session, Case], object]) -> Callable[[Session, Case], object]:
    def act(session: Session, case: Case) -> None:
        cases.decide(session, case, "no_action", OFFICE)
        cases.close_case(session, case, OFFICE)
        then(session, case)

    return act


@pytest.mark.parametrize(
    ("act", "error"),
    [
        (lambda s, c: cases.decide(s, c, "burn", OFFICE), BadInput),
        (lambda s, c: cases.add_note(s, c, "  \u202e ", OFFICE), BadInput),
        (lambda s, c: cases.contest(s, c, "", MAKER), BadInput),
        (lambda s, c: cases.close_case(s, c, OFFICE), Conflict),
        (_twice, Conflict),
        (_closed(lambda s, c: cases.decide(s, c, "watch", OFFICE)), Conflict),
        (_closed(lambda s, c: cases.contest(s, c, "Quá muộn", MAKER)), Conflict),
        (_closed(lambda s, c: cases.close_case(s, c, OFFICE)), Conflict),
    ],
)
def test_steps_that_are_refused(
    database: Database,
    lot: int,
    act: Callable[[Session, Case], object],
    error: type[Exception],
) -> None:
    with database.writing() as session:
        case = opened(session, lot)
        with pytest.raises(error):
            act(session, case)


def test_no_whole_code_is_kept_in_what_somebody_says(database: Database, lot: int) -> None:
    code, ends = "J8BJE39WWDR8JYCA06G9ZRCK", "J8BJ…ZRCK"
    with database.writing() as session:
        case = opened(session, lot)
        note = cases.add_note(session, case, f"Tem {code} in mờ", OFFICE)
        cases.contest(session, case, f"Mã {code} là của tôi", MAKER)
        cases.decide(session, case, "no_action", OFFICE, reason=f"Đã xem {code}")
        assert note.text == f"Tem {ends} in mờ"
        assert (case.contest, case.reason) == (f"Mã {ends} là của tôi", f"Đã xem {ends}")


def test_a_report_leads_to_one_case(database: Database, settings: Settings, lot: int) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        first = opened(session, lot)
        assert first.lot is not None
        issue = allocate(session, lot=first.lot, count=3, form="short")
        facts = {
            "kind": "suspected_fake",
            "code": "x",
            "verdict": "ISSUED_OK",
            "message": "Tem nhòe",
        }
        known = send_report(session, SentReport(number=issue.first + 1, **facts))  # type: ignore[arg-type]
        strange = send_report(session, SentReport(number=None, **facts))  # type: ignore[arg-type]
        case = cases.case_of_report(session, known, OFFICE)
        assert (case.lot_id, case.number, case.state) == (lot, issue.first + 1, "open")
        assert cases.case_of_report(session, known, OFFICE) is case and known.state == "open"
        assert cases.case_of_report(session, strange, OFFICE).product_id is None
        late = send_report(session, SentReport(number=None, **facts))  # type: ignore[arg-type]
        close_report(session, late, answer="Đã rõ", actor=OFFICE)
        with pytest.raises(Conflict):
            cases.case_of_report(session, late, OFFICE)


def test_who_is_inspected_is_not_told_before_the_decision(database: Database, lot: int) -> None:
    with database.writing() as session:
        other = make_lot(
            session, make_product(session, producer=make_producer(session, name="Hộ Hùng"))
        )
        own = [
            opened(session, lot, kind=kind) for kind in ("copy_risk", "inspection", "withdrawal")
        ]
        opened(session, other.id)
        producer = own[0].product.producer_id  # type: ignore[union-attr]

        def seen() -> list[int]:
            return sorted(c.id for c in session.scalars(cases.query_cases(producer_id=producer)))

        assert seen() == [own[0].id]
        cases.decide(session, own[1], "withdrawn", OFFICE)
        assert seen() == [own[0].id, own[1].id]
        cases.contest(session, own[1], "Không phải hàng của chúng tôi", MAKER)
        assert seen() == [own[0].id, own[1].id], "it may read its own answer"
        waiting = [cases.query_cases(state="undecided", producer_id=of) for of in (producer, None)]
        assert [len(session.scalars(query).all()) for query in waiting] == [2, 4]


@pytest.mark.parametrize(
    ("asked", "count"),
    [({}, 3), ({"state": "undecided"}, 2), ({"state": "decided"}, 1), ({"kind": "inspection"}, 1)],
)
def test_lists_by_state_and_kind(
    database: Database, lot: int, asked: dict[str, str], count: int
) -> None:
    with database.writing() as session:
        opened(session, lot)
        opened(session, lot, kind="inspection", actor=INSPECTOR)
        cases.decide(session, opened(session, lot), "no_action", OFFICE)
        found = session.scalars(cases.query_cases(**asked)).all()
        assert len(found) == count
        assert [c.id for c in found] == sorted((c.id for c in found), reverse=True)
