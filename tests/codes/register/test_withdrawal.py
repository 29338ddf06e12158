"""Withdrawals: who may take what off the market, alone or with a second person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes.models import Form, KeyRecord, Scope, Withdrawal, WithdrawalState
from labelsvc.codes.register import blank, keys, notices, revoke, withdrawal
from labelsvc.codes.register.issue import allocate
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, NotFound, Refused
from labelsvc.settings import Settings
from tests.factories import make_lot, make_producer, make_product

ANNA, BINH = "user:1", "user:2"


@pytest.fixture
def lot(database: Database, settings: Settings) -> int:
    """A lot with labels 1 to 100 and 101 to 150; its product has another lot."""
    with database.writing() as session:
        keys.create_keys(session, secrets=settings.keys)
        made = make_lot(session, declared=500)
        make_lot(session, made.product, code="L2")
        allocate(session, lot=made, count=100, form=Form.SHORT)
        allocate(session, lot=made, count=50, form=Form.SHORT)
        return made.id


def test_one_person_withdraws_single_codes_at_once(database: Database, lot: int) -> None:
    with database.writing() as session:
        made = withdrawal.withdraw_codes(
            session, first=7, last=9, scope=Scope.RANGE, reason="Tem giả", actor=ANNA
        )
        assert (made.state, made.lot_id) == (WithdrawalState.DONE, lot)
        mark = revoke.state_of(session, 8)
        assert mark is not None and (mark.state, mark.reason) == ("withdrawn", "Tem giả")
        assert revoke.state_of(session, 10) is None
        assert [row.id for row in notices.unread(session, made.producer_id or 0)] == [made.id]
        assert audit.verify_chain(session) is None


@pytest.mark.parametrize(
    ("first", "last", "scope"),
    [
        (150, 151, Scope.RANGE),
        (151, 151, Scope.UNIT),
        (9, 7, Scope.RANGE),
        (1, 100, Scope.LOT),
        (7, 9, Scope.UNIT),
        (1, 99, Scope.RUN),
        (99, 101, Scope.RUN),
        (140, 161, Scope.RANGE),
    ],
)
def test_what_was_not_issued_for_one_lot_is_not_withdrawn_together(
    database: Database, lot: int, first: int, last: int, scope: Scope
) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        withdrawal.withdraw_codes(
            session, first=first, last=last, scope=scope, reason="Tem giả", actor=ANNA
        )


def test_a_range_spans_print_runs_and_leaves_what_lies_between_their_numbers(
    database: Database, lot: int
) -> None:
    with database.writing() as session:
        stranger = session.get_one(Lot, lot).product.lots[1]
        other = allocate(session, lot=stranger, count=10, form=Form.SHORT)  # 151 to 160
        third = allocate(session, lot=session.get_one(Lot, lot), count=10, form=Form.SHORT)
        made = withdrawal.withdraw_codes(
            session,
            first=149,
            last=third.first + 1,
            scope=Scope.RANGE,
            reason="Tem giả",
            actor=ANNA,
        )
        assert made.state == WithdrawalState.DONE
        found = [
            number
            for number in range(1, third.last + 1)
            if (mark := revoke.state_of(session, number)) is not None and mark.state == "withdrawn"
        ]
        assert found == [149, 150, third.first, third.first + 1]
        assert not revoke.marks_of(session, other)


#: What is withdrawn or sold before, what is asked for, and whether one person may do it.
ALONE = [
    ([], (1, 75, Scope.RANGE), True),  # half of the labels
    ([], (1, 76, Scope.RANGE), False),
    ([], (1, 100, Scope.RUN), False),
    ([], (101, 150, Scope.RUN), True),
    ([], (1, 150, Scope.RANGE), False),
    ([("withdraw", 1, 75)], (76, 76, Scope.UNIT), False),  # more than half, with those before
    ([("withdraw", 1, 74)], (76, 76, Scope.UNIT), True),
    ([("void", 11, 140)], (1, 10, Scope.RANGE), True),  # 10 of 20 that are used
    ([("void", 11, 140)], (1, 11, Scope.RANGE), False),
    ([("sell", 1, 100)], (101, 150, Scope.RUN), False),  # nothing would be left to sell
    ([("sell", 1, 100)], (101, 149, Scope.RANGE), True),
]


@pytest.mark.parametrize(("before", "asked", "alone"), ALONE)
def test_what_comes_to_a_lot_takes_two_whatever_it_is_called(
    database: Database, settings: Settings, lot: int,
    before: list[tuple[str, int, int]], asked: tuple[int, int, Scope], alone: bool,
) -> None:  # fmt: skip
    first, last, scope = asked
    with database.writing() as session:
        for verb, start, stop in before:
            getattr(revoke, verb)(
                session, first=start, count=stop - start + 1, reason="trước đó", by=BINH
            )
        made = withdrawal.withdraw_codes(
            session, first=first, last=last, scope=scope, reason="Tem giả", actor=ANNA
        )
        number = made.id
        mark = revoke.state_of(session, last)
        assert made.state == ("done" if alone else "proposed")
        assert (mark is not None and mark.state == "withdrawn") == alone
    if alone:
        return
    with pytest.raises(Refused, match="proposes"), database.writing() as session:
        made = session.get_one(Withdrawal, number)
        withdrawal.confirm(session, made, actor=ANNA, secrets=settings.keys)
    with pytest.raises(Conflict, match="proposed already"), database.writing() as session:
        withdrawal.withdraw_codes(
            session, first=first, last=last, scope=scope, reason="Tem giả", actor=BINH
        )
    with database.writing() as session:
        made = session.get_one(Withdrawal, number)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        assert (made.scope, made.first, made.last) == (scope, first, last)
        for end in (first, last):
            mark = revoke.state_of(session, end)
            assert mark is not None and (mark.state, mark.actor) == ("withdrawn", BINH)


@pytest.mark.parametrize("scope", [Scope.UNIT, Scope.RUN, Scope.RANGE])
def test_the_code_of_a_whole_lot_is_no_single_label(
    database: Database, settings: Settings, lot: int, scope: Scope
) -> None:
    with database.writing() as session:
        number = allocate(session, lot=session.get_one(Lot, lot), count=1, form=Form.LOT).first
        made = withdrawal.withdraw_codes(
            session, first=number, last=number, scope=scope, reason="Tem giả", actor=ANNA
        )
        assert (made.state, revoke.state_of(session, number)) == ("proposed", None)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        assert revoke.state_of(session, number) is not None


def test_a_lot_is_recalled_when_a_second_person_confirms(
    database: Database, settings: Settings, lot: int
) -> None:
    with database.writing() as session:
        found = session.get_one(Lot, lot)
        made = withdrawal.propose(session, lot=found, reason="Có chất cấm", actor=ANNA)
        assert found.recalled_at is None
        number = made.id
    with pytest.raises(Refused, match="proposes"), database.writing() as session:
        made = session.get_one(Withdrawal, number)
        withdrawal.confirm(session, made, actor=ANNA, secrets=settings.keys)
    with database.writing() as session:
        made = session.get_one(Withdrawal, number)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        found = session.get_one(Lot, lot)
        assert found.recalled_at is not None
        assert found.recall_reason == "Có chất cấm"
        assert (made.state, made.decided_by) == ("done", BINH)
    with pytest.raises(Conflict, match="decided"), database.writing() as session:
        made = session.get_one(Withdrawal, number)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)


def test_a_product_takes_all_its_lots_with_it(
    database: Database, settings: Settings, lot: int
) -> None:
    with database.writing() as session:
        product = session.get_one(Lot, lot).product
        made = withdrawal.propose(session, product=product, reason="Có chất cấm", actor=ANNA)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        assert all(found.recalled_at is not None for found in product.lots)
        assert len(product.lots) == 2


def test_a_key_is_revoked_and_the_next_one_signs(
    database: Database, settings: Settings, lot: int
) -> None:
    with database.writing() as session:
        made = withdrawal.propose(session, kid=1, reason="Khóa bị lộ", actor=ANNA)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        assert session.get_one(KeyRecord, 1).state == "revoked"
        assert session.get_one(KeyRecord, 2).state == "active"


def test_every_producer_with_labels_of_a_key_is_told_and_reads_for_itself(
    database: Database, settings: Settings, lot: int
) -> None:
    with database.writing() as session:
        lan = session.get_one(Lot, lot).product.producer
        minh, hung = (make_producer(session, name=name) for name in ("Minh", "Hùng"))
        blank.allocate_blank(session, producer_id=minh.id, count=10, by=ANNA)
        keys.rotate(session, secrets=settings.keys)
        made = make_lot(session, make_product(session, producer=hung), declared=5)
        allocate(session, lot=made, count=5, form=Form.SHORT)  # of key 2
        made = withdrawal.propose(session, kid=1, reason="Khóa bị lộ", actor=ANNA)
        assert not notices.unread(session, lan.id)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        told = notices.of_key(session, made)
        assert [notice.producer_id for notice in told] == [lan.id, minh.id]
        told[0].read_at = now()
        session.flush()
        counts = [len(notices.unread(session, found.id)) for found in (lan, minh, hung)]
        assert counts == [0, 1, 0]
        assert session.scalars(select(Withdrawal.id).where(notices.decided())).all() == [made.id]


def test_one_person_revokes_a_key_only_where_the_audit_trail_says_so(
    database: Database, settings: Settings, lot: int
) -> None:
    with database.writing() as session:
        made = withdrawal.revoke_alone(
            session, 1, reason="Khóa bị lộ", actor="cli", secrets=settings.keys
        )
        assert (made.state, session.get_one(KeyRecord, 1).state) == ("done", "revoked")
        entry = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert entry is not None
        assert (entry.action, entry.facts["alone"], entry.facts["kid"]) == ("key.revoke", True, 1)
        assert entry.facts["reason"] == "Khóa bị lộ"
        assert len(notices.of_key(session, made)) == 1
    with pytest.raises(BadInput, match="reason"), database.writing() as session:
        withdrawal.revoke_alone(session, 2, reason=" ", actor="cli", secrets=settings.keys)


def test_a_proposal_is_refused_or_taken_back_and_nothing_is_changed(
    database: Database, settings: Settings, lot: int
) -> None:
    with database.writing() as session:
        found = session.get_one(Lot, lot)
        made = withdrawal.propose(session, lot=found, reason="Có chất cấm", actor=ANNA)
        withdrawal.refuse(session, made, answer="Nhầm lô", actor=ANNA)
        assert (made.state, made.answer, found.recalled_at) == ("refused", "Nhầm lô", None)
        again = withdrawal.propose(session, lot=found, reason="Có chất cấm", actor=ANNA)
        assert again.id != made.id


def test_the_same_is_not_proposed_twice_while_the_first_waits(database: Database, lot: int) -> None:
    with database.writing() as session:
        found = session.get_one(Lot, lot)
        withdrawal.propose(session, lot=found, reason="Có chất cấm", actor=ANNA)
        withdrawal.propose(session, product=found.product, reason="Có chất cấm", actor=ANNA)
    with pytest.raises(Conflict, match="proposed already"), database.writing() as session:
        found = session.get_one(Lot, lot)
        withdrawal.propose(session, lot=found, reason="Có chất cấm", actor=BINH)


def test_an_old_proposal_is_made_anew(database: Database, settings: Settings, lot: int) -> None:
    with database.writing() as session:
        found = session.get_one(Lot, lot)
        number = withdrawal.propose(session, lot=found, reason="Có chất cấm", actor=ANNA).id
    with time_machine.travel(now() + timedelta(days=15)):
        with pytest.raises(Conflict, match="14 days"), database.writing() as session:
            made = session.get_one(Withdrawal, number)
            withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        with database.writing() as session:
            found = session.get_one(Lot, lot)
            assert withdrawal.propose(session, lot=found, reason="Vẫn còn", actor=ANNA).id


@pytest.mark.parametrize("reason", ["", "   ", "abc"])
def test_a_reason_is_needed(database: Database, lot: int, reason: str) -> None:
    with pytest.raises(BadInput, match="reason"), database.writing() as session:
        withdrawal.propose(session, lot=session.get_one(Lot, lot), reason=reason, actor=ANNA)


def test_exactly_one_thing_is_proposed_and_it_must_be_there(database: Database, lot: int) -> None:
    with database.writing() as session:
        found = session.get_one(Lot, lot)
        with pytest.raises(BadInput):
            withdrawal.propose(session, reason="Có chất cấm", actor=ANNA)
        with pytest.raises(BadInput):
            withdrawal.propose(session, lot=found, kid=1, reason="Có chất cấm", actor=ANNA)
        with pytest.raises(NotFound):
            withdrawal.propose(session, kid=9, reason="Có chất cấm", actor=ANNA)
