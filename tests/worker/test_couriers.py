"""Printers that stand still hold up nobody who renders."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.labels.models import PrintRun, Sending
from labelsvc.labels.printers.sending import JOB_KIND
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker import couriers
from labelsvc.worker.broker import Dispatcher
from labelsvc.worker.local import work_forever
from tests.factories import make_lot
from tests.worker.test_killed import shared
from tests.worker.test_sending import (
    HERE,
    at,  # noqa: F401
    queued,
    released,
)


def until(said: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if said():
            return True
        time.sleep(0.05)
    return False


@contextmanager
def working(settings: Settings) -> Iterator[None]:
    """One worker, as the server has beside it."""
    stop = threading.Event()
    thread = threading.Thread(target=work_forever, args=(settings, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()


def state_of(database: Database, kind: type[Any], number: int) -> str:
    with database.reading() as session:
        return str(session.get_one(kind, number).state)


def test_labels_are_made_and_sent_while_a_printer_stands_still(
    database: Database,
    files: Files,
    settings: Settings,
    at: Any,  # noqa: F811
    monkeypatch: Any,
) -> None:
    go_on = threading.Event()

    monkeypatch.setattr(couriers, "_EVERY", 0.02)
    there = shared(settings, files, printer_networks=HERE)
    first, second = (released(database, files, settings, count=3) for _ in range(2))
    still, _ = queued(database, first, at().port)
    monkeypatch.setattr("labelsvc.labels.printers.sending._ask", lambda line, _: go_on.wait(30))
    with working(there):
        assert until(lambda: state_of(database, Sending, still) == "sending")
        with database.writing() as session:
            run = print_run.start_run(session, print_run.RunRequest(lot=make_lot(session), layout="a4-65", count=5, base_url=settings.base_url), actor="user:1")  # fmt: skip
            number = run.id
        assert until(lambda: state_of(database, PrintRun, number) == "released")
        other, _ = queued(database, second, at().port, name="Khác")
        assert until(lambda: state_of(database, Sending, other) == "sending")
        assert state_of(database, Sending, still) == "sending"
        go_on.set()
        assert until(lambda: state_of(database, Sending, still) == "sent")
        assert until(lambda: state_of(database, Sending, other) == "sent")


def test_no_more_printers_than_a_process_can_hold_are_sent_to_at_once(
    database: Database,
    files: Files,
    settings: Settings,
    at: Any,  # noqa: F811
    monkeypatch: Any,
) -> None:
    monkeypatch.setattr(couriers, "MOST", 1)
    monkeypatch.setattr(couriers, "_EVERY", 0.02)
    go_on = threading.Event()
    monkeypatch.setattr("labelsvc.labels.printers.sending._ask", lambda line, _: go_on.wait(30))
    there = shared(settings, files, printer_networks=HERE)
    numbers = [
        queued(database, released(database, files, settings, count=3), at().port)[0]
        for _ in range(2)
    ]
    with working(there):
        assert until(lambda: state_of(database, Sending, numbers[0]) == "sending")
        time.sleep(0.3)
        assert state_of(database, Sending, numbers[1]) == "queued"
        go_on.set()
        assert until(lambda: state_of(database, Sending, numbers[1]) == "sent")


def test_workers_behind_a_broker_are_not_told_of_rolls_for_printers(
    database: Database,
    files: Files,
    settings: Settings,
    at: Any,  # noqa: F811
) -> None:
    _, job_id = queued(database, released(database, files, settings, count=3), at().port)
    told: list[Any] = []

    class App:
        def send_task(self, *sent: Any, **_: Any) -> None:
            told.append(sent)

    assert Dispatcher(database, App()).tick() == 0
    assert told == []
    with database.writing() as session:
        assert queue.claim(session, but=JOB_KIND) is None
        claimed = queue.claim(session, only=JOB_KIND)
        assert claimed is not None
        assert claimed.job_id == job_id
