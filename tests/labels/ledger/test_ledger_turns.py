"""Several people at one ledger: nobody's entry overlooks another's, and nobody waits for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.db import Database
from labelsvc.errors import Conflict
from labelsvc.labels.ledger import ledger, replacement
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from tests.labels.ledger.test_ledger import WHO, released


def together(database: Database, *acts: Callable[[Session], Any]) -> list[str]:
    """What each came to, all begun in the same moment."""
    outcomes: list[str] = []
    gate = threading.Barrier(len(acts))

    def one(act: Callable[[Session], Any]) -> None:
        try:
            with database.writing() as session:
                gate.wait(10) if not database.is_sqlite else None
                act(session)
            outcomes.append("done")
        except Conflict:
            outcomes.append("conflict")
        except Exception as error:
            outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(outcomes)


def begun(database: Database, settings: Settings) -> int:
    with database.writing() as session:
        return released(session, settings).id


def test_two_who_replace_the_same_labels_make_one_run(
    database: Database, settings: Settings
) -> None:
    number = begun(database, settings)

    def replace(session: Session) -> None:
        run = session.get_one(PrintRun, number)
        replacement.reprint(
            session, replacement.Reprint(run=run, first=1, last=3, reason="Kẹt giấy"), actor=WHO
        )

    assert together(database, replace, replace, replace) == ["conflict", "conflict", "done"]
    with database.reading() as session:
        made = session.scalars(select(PrintRun).where(PrintRun.reprint_of == number)).all()
        assert len(made) == 1


def test_a_reprint_and_a_run_of_the_same_lot_do_not_wait_for_each_other(
    database: Database, settings: Settings
) -> None:
    number = begun(database, settings)

    def replace(place: int) -> Callable[[Session], None]:
        def act(session: Session) -> None:
            run = session.get_one(PrintRun, number)
            replacement.reprint(
                session,
                replacement.Reprint(run=run, first=place, last=place, reason="Nhòe"),
                actor=WHO,
            )

        return act

    def begin(session: Session) -> None:
        lot = session.get_one(PrintRun, number).lot
        print_run.start_run(
            session,
            print_run.RunRequest(lot=lot, layout="a4-65", count=1, base_url=settings.base_url),
            actor=WHO,
        )

    acts = [replace(place) if place % 2 else begin for place in range(1, 9)]
    assert together(database, *acts) == ["done"] * 8


@pytest.mark.parametrize("turn", range(4))
def test_no_label_is_on_goods_and_spoiled(
    database: Database, settings: Settings, turn: int
) -> None:
    number = begun(database, settings)

    def goods(session: Session) -> None:
        run = session.get_one(PrintRun, number)
        ledger.note_activated(session, run=run, first=1, last=5, actor=WHO)

    def spoil(session: Session) -> None:
        run = session.get_one(PrintRun, number)
        ledger.note_spoiled(session, run=run, first=5, last=6, reason="Nhòe", actor=WHO)

    acts = (goods, spoil) if turn % 2 else (spoil, goods)
    assert together(database, *acts) == ["conflict", "done"]
