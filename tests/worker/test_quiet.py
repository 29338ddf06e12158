"""An idle worker asks one cheap question; whatever may be done ends the quiet at once or within a second."""

from __future__ import annotations

from sqlalchemy import event

from labelsvc.db import Database
from labelsvc.jobs import queue
from labelsvc.worker.quiet import AGAIN, Quiet


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def queued(database: Database) -> int:
    with database.writing() as session:
        return queue.enqueue(session, kind="print", payload={}, parts=1).id


def test_a_queue_without_open_jobs_is_looked_at_in_full_once(database: Database) -> None:
    clock = Clock()
    quiet = Quiet(database, clock)
    assert quiet.is_over()
    quiet.is_over()  # the first glance
    statements: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *at: statements.append(at[2]))
    for _ in range(20):
        clock.now += 10 * AGAIN
        assert not quiet.is_over()
    assert statements == [], "no query of the mapper"


def test_a_job_that_is_queued_or_ends_is_seen_at_once(database: Database) -> None:
    quiet = Quiet(database, Clock())
    while quiet.is_over():
        pass
    first = queued(database)
    assert (quiet.is_over(), quiet.is_over()) == (True, False)
    queued(database)
    assert (quiet.is_over(), quiet.is_over()) == (True, False)
    with database.writing() as session:
        queue.finish_job(session, first)
    assert (quiet.is_over(), quiet.is_over()) == (True, False)


def test_open_jobs_are_looked_at_again_since_leases_end_without_a_change(
    database: Database,
) -> None:
    clock = Clock()
    quiet = Quiet(database, clock)
    queued(database)
    while quiet.is_over():
        pass
    clock.now += AGAIN / 2
    assert not quiet.is_over()
    clock.now += AGAIN / 2
    assert quiet.is_over()
