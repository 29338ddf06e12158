"""Withdrawals: who may take what off the market, alone or with a second person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot
from labelsvc.clock import now
from labelsvc.codes import keys, revoke, withdrawal
from labelsvc.codes.issue import allocate
from labelsvc.codes.models import Form, KeyRecord, Scope, Withdrawal, WithdrawalState
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, NotFound, Refused
from labelsvc.settings import Settings
from tests.factories import make_lot

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
        assert [row.id for row in withdrawal.unread(session, made.producer_id or 0)] == [made.id]
        assert audit.verify_chain(session) is None


@pytest.mark.parametrize(
    ("first", "last", "scope"),
    [(99, 101, Scope.RANGE), (151, 151, Scope.UNIT), (9, 7, Scope.RANGE), (1, 100, Scope.LOT)],
)
def test_what_was_not_issued_together_is_not_withdrawn_together(
    database: Database, lot: int, first: int, last: int, scope: Scope
) -> None:
    with pytest.raises(NotFound), database.writing() as session:
        withdrawal.withdraw_codes(
            session, first=first, last=last, scope=scope, reason="Tem giả", actor=ANNA
        )


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
        made = withdrawal.propose(session, kid=1, reason="Khoá bị lộ", actor=ANNA)
        withdrawal.confirm(session, made, actor=BINH, secrets=settings.keys)
        assert session.get_one(KeyRecord, 1).state == "revoked"
        assert session.get_one(KeyRecord, 2).state == "active"


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
