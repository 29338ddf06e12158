"""The life of labels: printed, activated, sold; from the first to the last that was scanned."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import blank, keys, revoke
from labelsvc.codes.register.issue import allocate, codes_of, load_keyring
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, NotFound
from labelsvc.labels.ledger import ledger, life
from labelsvc.labels.models import RunState
from labelsvc.labels.runs import start as print_run
from labelsvc.scans import lookup
from labelsvc.settings import Settings
from tests.factories import make_lot, make_product, make_recognition

WHO = "user:1"


@dataclass
class Desk:
    """A lot that wants activation, with a run of 10, one of 5, and 4 labels of a blank roll."""

    database: Database
    ring: Keyring
    lot: int
    codes: list[str]

    def enter(self, first: int, last: int, step: str) -> int:
        """Labels by their place in the lot, from 0."""
        with self.database.writing() as session:
            lot = session.get_one(Lot, self.lot)
            pieces = life.between(session, self.ring, lot, self.codes[first], self.codes[last])
            return life.enter(session, lot, pieces, step, actor=WHO)

    def verdict(self, place: int) -> str:
        with self.database.reading() as session:
            number = self.ring.verify_short(blank.short.parse(self.codes[place].rpartition("/")[2]))
            peek = lookup.peek(self.database, number)
            assert peek is not None
            return str(lookup.verdict_of(session, peek, on=clock.today()))

    @property
    def living(self) -> life.Living:
        with self.database.reading() as session:
            return life.living(session, session.get_one(Lot, self.lot))


@pytest.fixture
def desk(database: Database, settings: Settings) -> Desk:
    with database.writing() as session:
        keys.create_keys(session, secrets=settings.keys)
        product = make_product(session)
        make_recognition(session, product)
        lot = make_lot(session, product, declared=60, activation=True)
        for count in (10, 5):
            run = print_run.start_run(
                session,
                print_run.RunRequest(
                    lot=lot, layout="a4-65", count=count, base_url=settings.base_url
                ),
                actor=WHO,
            )
            run.state, run.released_at = RunState.RELEASED, clock.now()
        allocate(session, lot=lot, count=1, form=Form.LOT)
        number = lot.id
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
        issues = session.query(Issue).order_by(Issue.first_in_lot, Issue.id)
        codes = [c for i in issues if i.form != Form.LOT for c in codes_of(i, ring)]
    return Desk(database, ring, number, codes)


def test_a_label_warns_until_it_is_activated(desk: Desk) -> None:
    assert desk.verdict(3) == "NOT_ACTIVATED"
    assert desk.enter(3, 3, "activated") == 1
    assert [desk.verdict(n) for n in (2, 3, 4)] == ["NOT_ACTIVATED", "ISSUED_OK", "NOT_ACTIVATED"]
    desk.enter(3, 3, "sold")
    assert desk.verdict(3) == "DECOMMISSIONED"


def test_a_range_spans_print_runs_in_any_order(desk: Desk) -> None:
    assert desk.enter(12, 8, "activated") == 5
    assert desk.living == life.Living(waiting=10, activated=5, sold=0, void=0, withdrawn=0)
    with desk.database.reading() as session:
        runs = session.query(print_run.PrintRun).order_by(print_run.PrintRun.id).all()
        written = [[(e.first, e.last) for e in ledger.entries(session, run)] for run in runs]
    assert written == [[(9, 10)], [(1, 3)]]


def test_the_whole_lot_leaves_out_what_is_gone(desk: Desk) -> None:
    with desk.database.writing() as session:
        revoke.void(session, first=3, count=2, reason="Rách", by=WHO)
    desk.enter(0, 0, "sold")
    with desk.database.writing() as session:
        lot = session.get_one(Lot, desk.lot)
        assert life.enter(session, lot, life.whole(session, lot), "activated", actor=WHO) == 12
    assert desk.living == life.Living(waiting=0, activated=12, sold=1, void=2, withdrawn=0)


def test_nothing_goes_back(desk: Desk) -> None:
    desk.enter(0, 4, "sold")
    with pytest.raises(Conflict, match="sold"):
        desk.enter(4, 6, "activated")
    with desk.database.writing() as session:
        revoke.withdraw(session, first=10, count=1, reason="Giả", by=WHO)
    with pytest.raises(Conflict, match="withdrawn"):
        desk.enter(9, 9, "sold")


@pytest.mark.parametrize(
    ("text", "error"),
    [("", BadInput), ("không phải mã", BadInput), ("HTTPS://QR.OTHER.VN/ABC", BadInput)],
)
def test_what_is_no_label_of_ours_is_named(desk: Desk, text: str, error: type[Exception]) -> None:
    with desk.database.reading() as session, pytest.raises(error):
        life.between(session, desk.ring, session.get_one(Lot, desk.lot), desk.codes[0], text)


def test_a_label_of_another_lot_and_a_lot_code_are_refused(desk: Desk) -> None:
    with desk.database.writing() as session:
        lot = session.get_one(Lot, desk.lot)
        other = make_lot(session, lot.product, code="L2", declared=9)
        strange = codes_of(allocate(session, lot=other, count=1, form=Form.SHORT), desk.ring)[0]
        issue = session.query(Issue).filter_by(form=Form.LOT).one()
        whole = codes_of(issue, desk.ring)[0]
        with pytest.raises(Conflict, match="another lot"):
            life.between(session, desk.ring, lot, strange, strange)
        with pytest.raises(BadInput, match="every label"):
            life.between(session, desk.ring, lot, whole, whole)
        unissued = desk.ring.base_url + "/" + desk.ring.short(999_999)
        with pytest.raises(NotFound):
            life.between(session, desk.ring, lot, unissued, unissued)


def test_binding_a_blank_label_activates_it(desk: Desk, settings: Settings) -> None:
    with desk.database.writing() as session:
        lot = session.get_one(Lot, desk.lot)
        roll = blank.allocate_blank(session, producer_id=lot.product.producer_id, count=10, by=WHO)
        blank.bind(session, lot=lot, first=roll.first, last=roll.first + 3, by=WHO)
    assert desk.living.activated == 4
