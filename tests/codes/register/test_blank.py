"""Codes printed ahead and bound to a lot by the first and the last label that went on its goods."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Blank, Form
from labelsvc.codes.register import blank, revoke
from labelsvc.codes.register.issue import (
    allocate,
    codes_of,
    create_keys,
    load_keyring,
    next_in_lot,
)
from labelsvc.codes.register.keys import freeze
from labelsvc.db import Database
from labelsvc.errors import (
    BadInput,
    BadSignature,
    Conflict,
    LabelsvcError,
    NotFound,
    NotIssued,
    PrintRefused,
    QuantityExceeded,
)
from labelsvc.files import Files
from labelsvc.settings import Settings
from tests.factories import make_lot, make_producer, make_product, publish_log


def roll_for(
    session: Session, settings: Settings, *, count: int = 100, declared: int = 60, **lot: Any
) -> tuple[Blank, Lot]:
    create_keys(session, secrets=settings.keys)
    made = make_lot(session, make_product(session), declared=declared, **lot)
    owner = made.product.producer_id
    return blank.allocate_blank(session, producer_id=owner, count=count, by="user:1"), made


def ring(session: Session, settings: Settings) -> Keyring:
    return load_keyring(session, base_url=settings.base_url, secrets=settings.keys)


def bind(session: Session, roll: Blank, lot: Lot, first: int, last: int) -> Any:
    """Labels *first* to *last* of the roll, from 1."""
    return blank.bind(
        session, lot=lot, first=roll.first + first - 1, last=roll.first + last - 1, by="user:1"
    )


def test_a_bound_range_is_an_issue_like_any_other(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings)
        keyring = ring(session, settings)
        printed = blank.codes_of(roll, keyring)
        assert len(set(printed)) == 100
        first, last = (blank.number_of(keyring, printed[n]) for n in (10, 29))
        issue = blank.bind(session, lot=lot, first=first, last=last, by="user:1")
        assert codes_of(issue, keyring) == printed[10:30]
        assert next_in_lot(session, lot) == blank.bound_units(session, lot) == 20
        assert [(p.first, p.last) for p in blank.bound_parts(session, roll)] == [(11, 30)]
        # A label that was bound may be void like any other, and frees its unit.
        revoke.void(session, first=issue.first, count=5, reason="Rách", by="user:1")
        assert revoke.voided_units(session, lot) == 5


def test_the_last_label_may_be_scanned_first(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings)
        issue = bind(session, roll, lot, 30, 11)
        assert (issue.first, issue.count) == (roll.first + 10, 20)


def test_printed_and_bound_labels_share_the_quantity_and_the_index_of_their_lot(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings, declared=60)
        allocate(session, lot=lot, count=25, form=Form.SHORT)
        issue = bind(session, roll, lot, 1, 30)
        assert issue.first_in_lot == 25
        with pytest.raises(QuantityExceeded):
            bind(session, roll, lot, 31, 36)
        assert bind(session, roll, lot, 31, 35).first_in_lot == 55


@pytest.mark.parametrize(("first", "last"), [(20, 40), (25, 25), (1, 100), (11, 30), (1, 11)])
def test_no_label_is_bound_twice(
    database: Database, settings: Settings, first: int, last: int
) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings, declared=1000)
        other = make_lot(session, lot.product, code="L-KHAC", declared=1000)
        bind(session, roll, lot, 11, 30)
        with pytest.raises(Conflict, match="11 to 30 of the roll were entered for lot") as caught:
            bind(session, roll, other, first, last)
        assert caught.value.fix
        assert next_in_lot(session, other) == 0


def test_what_is_not_a_roll_of_this_producer_is_refused(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings)
        stranger = make_lot(
            session, make_product(session, producer=make_producer(session, name="Xưởng khác"))
        )
        printed = allocate(session, lot=lot, count=10, form=Form.SHORT)
        with pytest.raises(NotFound):
            bind(session, roll, stranger, 1, 5)
        with pytest.raises(NotFound):
            blank.bind(session, lot=lot, first=printed.first, last=printed.last, by="user:1")
        with pytest.raises(NotFound):
            blank.bind(session, lot=lot, first=roll.last, last=roll.last + 1000, by="user:1")


def test_two_rolls_are_entered_one_by_one(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        one, lot = roll_for(session, settings, count=10)
        two = blank.allocate_blank(
            session, producer_id=lot.product.producer_id, count=10, by="user:1"
        )
        with pytest.raises(BadInput, match="different rolls"):
            blank.bind(session, lot=lot, first=one.first + 8, last=two.first + 1, by="user:1")


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"recalled_at": clock.now()}, id="recalled"),
        pytest.param({"expires_on": clock.today() - timedelta(1)}, id="past its date"),
    ],
)
def test_lots_that_may_not_be_labelled_get_no_blank_labels(
    database: Database, settings: Settings, facts: dict[str, Any]
) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings, **facts)
        with pytest.raises(PrintRefused):
            bind(session, roll, lot, 1, 5)


@pytest.mark.parametrize(
    "scanned",
    ["", "x", "https://example.com/7K3M9QXAV2T5C8W4H0JDPR61", "HTTPS://QR.EXAMPLE.VN/01/08935217400119"],
)  # fmt: skip
def test_what_is_no_code_of_a_blank_label_is_told_by_its_text(
    database: Database, settings: Settings, scanned: str
) -> None:
    with database.writing() as session:
        roll_for(session, settings)
        with pytest.raises(BadInput, match="not the code of a blank label"):
            blank.number_of(ring(session, settings), scanned)
        with pytest.raises(NotIssued):  # of the shape of one: whether the tag is wrong is not said
            blank.number_of(ring(session, settings), "0" * 24)


@pytest.mark.parametrize("count", [0, -1, 5_000_001])
def test_impossible_counts_are_refused(database: Database, settings: Settings, count: int) -> None:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        owner = make_producer(session).id
        with pytest.raises(BadInput):
            blank.allocate_blank(session, producer_id=owner, count=count, by="user:1")


def test_blank_labels_survive_the_theft_of_their_key(
    database: Database, settings: Settings, files: Files
) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings, count=50)
        genuine = blank.codes_of(roll, ring(session, settings))
        bind(session, roll, lot, 5, 9)
        freeze(session, roll.kid, secrets=settings.keys)
    publish_log(database, files, settings.keys)
    with database.reading() as session:
        after = ring(session, settings)
        assert [blank.number_of(after, code) for code in (genuine[0], genuine[6], genuine[49])] == [
            roll.first, roll.first + 6, roll.last,
        ]  # fmt: skip


def test_codes_that_a_thief_makes_with_a_frozen_key_are_refused(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        roll, _ = roll_for(session, settings, count=50)
        stolen = ring(session, settings)
        forged = stolen.short(roll.last + 1)
        freeze(session, roll.kid, secrets=settings.keys)
        with pytest.raises((BadSignature, LabelsvcError)):
            blank.number_of(ring(session, settings), forged)


def test_two_people_cannot_bind_one_label_at_once(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        roll, lot = roll_for(session, settings, count=40, declared=1000)
        first, lot_id = roll.first, lot.id

    def attempt(number: int) -> bool:
        try:
            with database.writing() as session:
                blank.bind(
                    session, lot=session.get_one(Lot, lot_id), first=first + number,
                    last=first + number + 9, by=f"user:{number}",
                )  # fmt: skip
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = [n for n, done in enumerate(pool.map(attempt, range(8))) if done]
    assert len(won) == 1
    with database.reading() as session:
        assert next_in_lot(session, session.get_one(Lot, lot_id)) == 10
