"""What came out of the printer: printed, spoiled, void, replaced, used; and what a lot adds up to."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Lot
from labelsvc.codes.register import blank, revoke
from labelsvc.codes.register.issue import create_keys
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, QuantityExceeded
from labelsvc.labels.ledger import ledger, lot_account, replacement
from labelsvc.labels.models import Entry, Printer, PrintRun, RunState
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.settings import Settings
from tests.factories import make_lot, make_product, make_recognition

WHO = "user:1"


def released(
    session: Session, settings: Settings, lot: Lot | None = None, **facts: Any
) -> PrintRun:
    """A run of ten labels whose file may be fetched."""
    if lot is None:
        create_keys(session, secrets=settings.keys)
        product = make_product(session)
        make_recognition(session, product)
        lot = make_lot(session, product, declared=60)
    facts = {"layout": "a4-65", "count": 10} | facts
    run = print_run.start_run(
        session, print_run.RunRequest(lot=lot, base_url=settings.base_url, **facts), actor=WHO
    )
    run.state, run.released_at = RunState.RELEASED, clock.now()
    session.flush()
    return run


def test_the_account_of_a_lot_counts_each_label_once(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        other = released(session, settings, run.lot, count=20)
        for first, last in ((1, 10), (3, 6)):  # a part of it was fetched twice
            ledger.note_printed(session, run=run, first=first, last=last, actor=WHO)
        ledger.note_printed(session, run=other, first=1, last=15, actor=WHO)
        ledger.note_spoiled(session, run=run, first=2, last=3, reason="Nhòe mực", actor=WHO)
        ledger.note_spoiled(session, run=other, first=14, last=18, reason="Thừa", actor=WHO)
        ledger.note_activated(session, run=other, first=1, last=5, actor=WHO)
        found = lot_account.account(session, run.lot)
    assert found == lot_account.Account(
        declared=60, issued=23, printed=25, spoiled=7, void=7, reprinted=0, activated=5,
        remaining=37, good=21, unwritten=2,
    )  # fmt: skip


def test_what_is_said_twice_is_written_once(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        run = released(session, settings)
        for _ in range(2):
            ledger.note_spoiled(session, run=run, first=8, last=9, reason="Nhòe mực ", actor=WHO)
            ledger.note_activated(session, run=run, first=1, last=5, actor=WHO)
        for _ in range(2):
            ledger.note_sold(session, run=run, first=1, last=5, actor=WHO)
        ledger.note_sold(session, run=run, first=6, last=6, actor=WHO)
        ledger.note_spoiled(session, run=run, first=8, last=9, reason="Rách", actor=WHO)
        assert [(e.kind, e.first, e.last) for e in ledger.entries(session, run)] == [
            (Entry.SPOILED, 8, 9), (Entry.ACTIVATED, 1, 5), (Entry.SOLD, 1, 5),
            (Entry.SOLD, 6, 6), (Entry.SPOILED, 8, 9),
        ]  # fmt: skip
        assert len(revoke.marks_of(session, run.issue)) == 5


def test_labels_that_did_not_come_out_are_not_printed_until_they_are(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        for verb, first, last in (
            (ledger.note_printed, 1, 10),
            (ledger.note_unprinted, 6, 10),
            (ledger.note_printed, 9, 10),
        ):
            words = {"reason": "Kẹt giấy"} if verb is ledger.note_unprinted else {}
            verb(session, run=run, first=first, last=last, actor=WHO, **words)
        assert ledger.printed(session, run) == [(1, 5), (9, 10)]
        assert lot_account.account(session, run.lot).printed == 7
        ledger.note_activated(session, run=run, first=3, last=4, actor=WHO)
        with pytest.raises(Conflict, match="Labels 3 to 4 did come out"):
            ledger.note_unprinted(session, run=run, first=2, last=9, reason="Kẹt", actor=WHO)
        with pytest.raises(BadInput, match="reason"):
            ledger.note_unprinted(session, run=run, first=9, last=9, reason=" ", actor=WHO)


def test_labels_of_blank_rolls_count_as_used(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        run = released(session, settings)
        owner = run.lot.product.producer_id
        roll = blank.allocate_blank(session, producer_id=owner, count=30, by=WHO)
        blank.bind(session, lot=run.lot, first=roll.first, last=roll.first + 11, by=WHO)
        ledger.note_printed(session, run=run, first=1, last=10, actor=WHO)
        found = lot_account.account(session, run.lot)
    assert (found.issued, found.printed, found.bound, found.activated) == (22, 10, 12, 12)
    assert (found.good, found.remaining) == (22, 38)


def test_an_empty_lot_has_an_account(database: Database, settings: Settings) -> None:
    with database.writing() as session:
        lot = make_lot(session, make_product(session), declared=7)
        assert lot_account.account(session, lot) == lot_account.Account(7, 0, 0, 0, 0, 0, 0, 7)


def test_a_spoiled_label_is_dead_at_once_and_may_be_printed_again(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        ledger.note_spoiled(session, run=run, first=4, last=5, reason="Kẹt giấy", actor=WHO)
        states = {n: revoke.state_of(session, run.issue.first + n - 1) for n in (3, 4, 5, 6)}
        assert {n: mark.state if mark else None for n, mark in states.items()} == {
            3: None,
            4: "void",
            5: "void",
            6: None,
        }
        assert print_run.balance(session, run.lot).remaining == 52


def test_a_reprint_kills_the_old_labels_and_takes_new_numbers(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        imprint = Imprint(start_at=9, used=(10,), order="down", copies=2, collate=False, spares=8)
        run = released(session, settings, count=60, imprint=imprint)
        new = replacement.reprint(session, replacement.Reprint(run=run, first=5, last=7, reason="Kẹt giấy", start_at=4, used=(7, 6)), actor=WHO)  # fmt: skip
        assert (new.reprint_of, new.reason, new.count) == (run.id, "Kẹt giấy", 3)
        assert new.issue.first > run.issue.last
        assert new.layout_toml == run.layout_toml
        assert new.start_at == 4
        assert Imprint.from_json(new.imprint) == Imprint(
            start_at=4, used=(6, 7), order="down", copies=2, collate=False, spares=1
        )
        for number in (5, 6, 7):
            mark = revoke.state_of(session, run.issue.first + number - 1)
            assert mark is not None
            assert mark.state == "void"
        # Sixty live codes as declared: not one more.
        assert print_run.balance(session, run.lot).remaining == 0
        last = ledger.entries(session, run)[-1]
        assert (last.kind, last.first, last.last, last.other_run_id) == ("reprinted", 5, 7, new.id)
        with pytest.raises(Conflict, match="replaced before"):
            replacement.reprint(
                session, replacement.Reprint(run=run, first=7, last=8, reason="x"), actor=WHO
            )
        with pytest.raises(QuantityExceeded):
            released(session, settings, run.lot, count=1)


def test_a_reprint_of_labels_that_are_void_already_marks_nothing_twice(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        ledger.note_spoiled(session, run=run, first=1, last=4, reason="Lệch", actor=WHO)
        before = len(revoke.marks_of(session, run.issue))
        replacement.reprint(
            session, replacement.Reprint(run=run, first=2, last=4, reason="In bù"), actor=WHO
        )
        assert len(revoke.marks_of(session, run.issue)) == before
        kinds = [entry.kind for entry in ledger.entries(session, run)]
        assert kinds == ["spoiled", "reprinted"]


def test_a_refused_reprint_leaves_the_old_labels_alive(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
    with database.writing() as session:
        session.get_one(Lot, run.lot_id).recalled_at = clock.now()
    with pytest.raises(Exception, match="recalled"), database.writing() as session:
        same = session.get_one(PrintRun, run.id)
        replacement.reprint(
            session, replacement.Reprint(run=same, first=1, last=2, reason="Mờ"), actor=WHO
        )
    with database.reading() as session:
        same = session.get_one(PrintRun, run.id)
        assert revoke.marks_of(session, same.issue) == []
        assert ledger.entries(session, same) == []


def test_labels_on_goods_cannot_be_spoiled_and_dead_ones_cannot_be_put_on_goods(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        ledger.note_activated(session, run=run, first=1, last=5, actor=WHO)
        with pytest.raises(Conflict, match="used on goods"):
            ledger.note_spoiled(session, run=run, first=5, last=6, reason="Mờ", actor=WHO)
        ledger.note_spoiled(session, run=run, first=6, last=7, reason="Mờ", actor=WHO)
        with pytest.raises(Conflict, match="6 to 7"):
            ledger.note_activated(session, run=run, first=1, last=10, actor=WHO)
        ledger.note_activated(session, run=run, first=8, last=10, actor=WHO)
        assert lot_account.account(session, run.lot).activated == 8


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("note_printed", {"first": 0, "last": 1}),
        ("note_printed", {"first": 1, "last": 11}),
        ("note_spoiled", {"first": 3, "last": 2, "reason": "x"}),
        ("note_spoiled", {"first": 3, "last": 4, "reason": "  "}),
        ("note_activated", {"first": 10, "last": 11}),
        ("note_spoiled", {"first": 1, "last": 1, "reason": ""}),
        ("reprint", {"first": 1, "last": 1, "reason": " "}),
        ("reprint", {"first": 1, "last": 99, "reason": "x"}),
    ],
)
def test_what_no_label_can_be_is_refused_with_a_fix(
    database: Database, settings: Settings, kind: str, facts: dict[str, Any]
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        with pytest.raises(BadInput) as caught:
            if kind == "reprint":
                replacement.reprint(session, replacement.Reprint(run=run, **facts), actor=WHO)
            else:
                getattr(ledger, kind)(session, run=run, actor=WHO, **facts)
        assert caught.value.fix
        assert ledger.entries(session, run) == []


def test_what_is_not_released_cannot_have_come_out_of_a_printer(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        run.state = RunState.RENDERING
        with pytest.raises(Conflict, match="not released"):
            ledger.note_printed(session, run=run, first=1, last=10, actor=WHO)


def test_labels_of_a_lot_code_are_printed_but_not_told_apart(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings, form="lot", count=40)
        ledger.note_printed(session, run=run, first=1, last=40, actor=WHO)
        with pytest.raises(BadInput):
            ledger.note_printed(session, run=run, first=1, last=41, actor=WHO)
        with pytest.raises(BadInput, match="one lot code"):
            ledger.note_spoiled(session, run=run, first=1, last=2, reason="x", actor=WHO)


def test_the_ledger_says_who_when_and_on_which_printer(
    database: Database, settings: Settings
) -> None:
    with database.writing() as session:
        run = released(session, settings)
        printer = Printer(producer_id=run.lot.product.producer_id, name="Kho", profile={})
        session.add(printer)
        session.flush()
        entry = ledger.note_printed(session, run=run, first=1, last=10, actor=WHO, printer=printer)
        assert (entry.kind, entry.count, entry.actor) == (Entry.PRINTED, 10, WHO)
        assert entry.printer_id == printer.id
        assert abs((clock.now() - entry.at).total_seconds()) < 60
