"""Numbers: given once, found again, and never more than the lot declared."""

from __future__ import annotations

import threading
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from labelsvc.catalogue.models import Lot
from labelsvc.codes.forms import uri
from labelsvc.codes.forms.gs1 import Gs1Code
from labelsvc.codes.forms.offline import OfflineCode, OfflinePayload
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Counter, Form, Issue
from labelsvc.codes.register.issue import allocate, codes_of, find_issue, find_unit
from labelsvc.codes.register.keys import create_keys, load_keyring, rotate
from labelsvc.codes.register.revoke import void, voided_units
from labelsvc.db import Database
from labelsvc.errors import BadInput, ContentMissing, PrintRefused, QuantityExceeded
from tests.factories import make_lot, make_product

BASE_URL = "https://qr.example.vn"
SECRETS = ("a-secret-of-the-settings-for-tests-0001",)
GTIN = "08938505974019"


@pytest.fixture
def ready(database: Database) -> Database:
    """A database with keys and one lot of a product with a GTIN."""
    with database.writing() as session:
        create_keys(session, secrets=SECRETS)
        make_lot(session, make_product(session, gtin=GTIN), code="L1", declared=10_000)
    return database


def the_keyring(database: Database) -> Keyring:
    with database.reading() as session:
        return load_keyring(session, base_url=BASE_URL, secrets=SECRETS)


def issue(database: Database, count: int, form: Form = Form.SHORT, **facts: Any) -> Issue:
    with database.writing() as session:
        lot = session.scalars(select(Lot)).first()
        assert lot is not None
        for name, value in facts.items():
            setattr(lot, name, value)
        made = allocate(session, lot=lot, count=count, form=form, by="lan")
        _ = made.lot.product
        return made


def test_32_runs_at_once_never_overlap(ready: Database) -> None:
    """Eight threads, four runs each, every run a transaction; a rotation in between."""
    barrier = threading.Barrier(33)
    failures: list[BaseException] = []

    def run(size: int) -> None:
        barrier.wait()
        try:
            if size:
                issue(ready, size, Form.OFFLINE if size % 2 else Form.SHORT)
            else:
                with ready.writing() as session:
                    rotate(session, secrets=SECRETS)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(size,)) for size in range(33)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with ready.reading() as session:
        issues = session.scalars(select(Issue).order_by(Issue.first)).all()
        assert len(issues) == 32
        at = 1
        for made in issues:  # no overlap and, as nothing failed, no gap either
            assert made.first == at
            assert made.first_in_lot == at - 1  # the same holds for the units of the lot
            at += made.count
        assert session.scalars(select(Counter.next)).one() == at == 1 + sum(range(33))
        # Every number was given by the key in whose range it lies.
        keyring = the_keyring(ready)
        second = keyring.keys[1].first_number
        assert second is not None
        assert all(made.kid == (1 if made.first < second else 2) for made in issues)


def test_a_run_that_fails_takes_no_number(ready: Database) -> None:
    with pytest.raises(ZeroDivisionError), ready.writing() as session:
        lot = session.scalars(select(Lot)).one()
        allocate(session, lot=lot, count=7, form=Form.SHORT)
        raise ZeroDivisionError
    assert issue(ready, 1).first == 1


def test_a_million_codes_are_one_row(ready: Database) -> None:
    issue(ready, 1_000_000, declared=1_000_000)
    with ready.reading() as session:
        assert session.scalar(select(func.count()).select_from(Issue)) == 1


@pytest.mark.parametrize("form", list(Form))
def test_every_form_leads_from_the_symbol_back_to_its_issue(ready: Database, form: Form) -> None:
    issue(ready, 3)
    made = issue(ready, 1 if form is Form.LOT else 5, form)
    keyring = the_keyring(ready)
    texts = codes_of(made, keyring)
    assert len(set(texts)) == made.count
    with ready.reading() as session:
        for number, text in enumerate(texts, made.first):
            assert text.startswith("HTTPS://QR.EXAMPLE.VN/")
            code = uri.parse(text, host=keyring.host)
            if isinstance(code, OfflineCode):
                assert form is Form.OFFLINE
                payload = keyring.verify_offline(code)
                assert payload.gtin == GTIN
                assert payload.expires == date(2027, 11, 1)
                located = find_unit(session, keyring, payload)
                assert located is not None
                assert (located[0].id, located[1]) == (made.id, number)
                continue
            if isinstance(code, Gs1Code):
                assert form is Form.GS1
                assert keyring.verify_gs1(code) == number
            else:
                assert isinstance(code, ShortCode)
                assert form in (Form.SHORT, Form.LOT)
                assert keyring.verify_short(code) == number
            found = find_issue(session, number)
            assert found is not None
            assert (found.id, found.form, found.created_by) == (made.id, form, "lan")


@pytest.mark.parametrize("form", [Form.SHORT, Form.GS1, Form.OFFLINE])
def test_parts_of_a_run_are_the_run(ready: Database, form: Form) -> None:
    issue(ready, 1020)
    made, keyring = issue(ready, 10, form), the_keyring(ready)  # crosses a block of units
    parts = [codes_of(made, keyring, offset=at, count=4) for at in (0, 4)]
    assert parts[0] + parts[1] + codes_of(made, keyring, offset=8) == codes_of(made, keyring)
    for offset, count in ((-1, 1), (0, 11), (10, 1), (0, -1)):
        with pytest.raises(ValueError, match="no codes"):
            codes_of(made, keyring, offset=offset, count=count)


def test_a_product_without_gtin_has_its_number_in_the_offline_form(ready: Database) -> None:
    with ready.writing() as session:
        lot = make_lot(session, make_product(session, name="Bát men lam"), expires_on=None)
        made = allocate(session, lot=lot, count=1, form="offline")
        code = uri.parse(codes_of(made, the_keyring(ready))[0], host="qr.example.vn")
        assert isinstance(code, OfflineCode)
        assert code.payload.reference == lot.product_id
        assert (code.payload.gtin, code.payload.expires) == (None, None)


def test_numbers_that_were_never_issued_are_not_found(ready: Database) -> None:
    issue(ready, 5)
    keyring = the_keyring(ready)
    with ready.reading() as session:
        assert find_issue(session, 0) is None
        assert find_issue(session, 6) is None
        # Unit 0 exists, but in the short form: an offline code of it was never made.
        printed = keyring.units.printed(1, 0)
        assert find_unit(session, keyring, OfflinePayload(1, 1, 1, printed)) is None
        assert find_unit(session, keyring, OfflinePayload(1, 1, 99, printed)) is None


def test_the_unit_behind_the_last_of_an_issue_was_never_issued(ready: Database) -> None:
    issue(ready, 2)
    made, keyring = issue(ready, 3, Form.OFFLINE), the_keyring(ready)
    with ready.reading() as session:
        found = {
            index: find_unit(
                session,
                keyring,
                OfflinePayload(
                    1, made.said.reference, made.lot_id,
                    keyring.units.printed(made.lot_id, index),
                    made.said.expires, made.said.is_gtin,
                ),
            )
            for index in range(1, 6)
        }  # fmt: skip
    assert {index: unit and unit[1] for index, unit in found.items()} == {
        1: None, 2: made.first, 3: made.first + 1, 4: made.first + 2, 5: None,
    }  # fmt: skip


def test_more_than_the_lot_declared_is_refused_in_every_unit_form(ready: Database) -> None:
    issue(ready, 60, declared=100)
    issue(ready, 1, Form.LOT)  # says nothing about units
    for form in (Form.SHORT, Form.GS1, Form.OFFLINE):
        with pytest.raises(QuantityExceeded) as caught:
            issue(ready, 41, form)
        assert caught.value.params["left"] == 40
    issue(ready, 40)
    with pytest.raises(QuantityExceeded):
        issue(ready, 1)
    assert issue(ready, 1, Form.LOT).first_in_lot == 0


def test_void_labels_may_be_printed_again_under_new_numbers(ready: Database) -> None:
    made = issue(ready, 100, declared=100)
    with ready.writing() as session:
        void(session, first=made.first + 10, count=5, reason="lệch tem", by="lan")
        assert voided_units(session, made.lot) == 5
    again = issue(ready, 5)
    assert again.first > made.last
    assert again.first_in_lot == 100  # a printed index is never used twice
    with pytest.raises(QuantityExceeded):
        issue(ready, 1)


def test_two_runs_together_may_not_exceed_the_lot(ready: Database) -> None:
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def run() -> None:
        barrier.wait()
        try:
            issue(ready, 60)
            outcomes.append("issued")
        except QuantityExceeded:
            outcomes.append("refused")

    with ready.writing() as session:
        session.scalars(select(Lot)).one().declared = 100
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["issued", "refused"]


@pytest.mark.parametrize("count", [0, -1, 5_000_001])
def test_impossible_counts_are_refused(ready: Database, count: int) -> None:
    with pytest.raises(BadInput):
        issue(ready, count)


def test_a_lot_code_is_one_code(ready: Database) -> None:
    with pytest.raises(BadInput):
        issue(ready, 2, Form.LOT)


def test_the_gs1_form_needs_a_gtin(ready: Database) -> None:
    with pytest.raises(ContentMissing), ready.writing() as session:
        lot = make_lot(session, make_product(session, name="Bát men lam"))
        allocate(session, lot=lot, count=1, form=Form.GS1)


def test_the_offline_form_knows_days_to_2064(ready: Database) -> None:
    with pytest.raises(PrintRefused):
        issue(ready, 1, Form.OFFLINE, expires_on=date(2064, 11, 9))
    issue(ready, 1, Form.OFFLINE, expires_on=date(2064, 11, 8))
    with pytest.raises(PrintRefused):
        issue(ready, 1, Form.OFFLINE, expires_on=date(2020, 1, 1))
