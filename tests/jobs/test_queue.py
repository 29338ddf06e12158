"""The table as a queue: who may take what, and when."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta

import pytest

from labelsvc import clock
from labelsvc.db import Database
from labelsvc.errors import BadInput
from labelsvc.i18n import explain
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job, JobState, Part


def put(database: Database, parts: int = 3) -> int:
    with database.writing() as session:
        return queue.enqueue(session, kind="test", payload={"run_id": 7}, parts=parts).id


def take(database: Database, **which: int) -> queue.Claim | None:
    with database.writing() as session:
        return queue.claim(session, **which)


def taken(database: Database, **which: int) -> queue.Claim:
    claimed = take(database, **which)
    assert claimed is not None
    return claimed


def finish(database: Database, claimed: queue.Claim) -> bool:
    with database.writing() as session:
        return queue.finish_part(session, claimed, file_key="k", sha256="0", result={"n": 1})


def let_pass(database: Database, claimed: queue.Claim) -> None:
    """As if the time of a part's lease, or of its wait, were over."""
    with database.writing() as session:
        part = session.get_one(Part, (claimed.job_id, claimed.number))
        part.leased_until = clock.now() - timedelta(seconds=1)


def test_parts_are_given_out_once_and_in_order(database: Database) -> None:
    job = put(database)
    claims = [taken(database) for _ in range(3)]
    assert [(c.job_id, c.number, c.attempt) for c in claims] == [(job, n, 1) for n in (1, 2, 3)]
    assert claims[0].payload == {"run_id": 7}
    assert take(database) is None


def test_one_job_or_one_part_can_be_asked_for(database: Database) -> None:
    first, second = put(database), put(database)
    assert taken(database, job_id=second).job_id == second
    assert taken(database, job_id=first, number=3).number == 3
    assert take(database, job_id=first, number=3) is None


def test_many_workers_at_once_never_share_a_part(database: Database) -> None:
    put(database, parts=40)
    got: list[int] = []

    def work() -> None:
        while (claimed := take(database)) is not None:
            got.append(claimed.number)
            finish(database, claimed)

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    left = take(database)
    while left is not None:  # skipped while another worker looked at it
        got.append(left.number)
        finish(database, left)
        left = take(database)
    assert Counter(got) == dict.fromkeys(range(1, 41), 1)


def test_an_idle_look_takes_nothing(database: Database) -> None:
    with database.reading() as session:
        assert not queue.is_due(session)
    job = put(database, parts=1)
    with database.reading() as session:
        assert queue.is_due(session)
        assert queue.is_due(session, job_id=job)
        assert not queue.is_due(session, job_id=job + 1)
    taken(database)
    with database.reading() as session:
        assert not queue.is_due(session)


def test_a_lease_that_ran_out_goes_to_another_and_the_late_one_must_not_write(
    database: Database,
) -> None:
    put(database, parts=1)
    late = taken(database)
    let_pass(database, late)
    other = taken(database)
    assert (other.number, other.attempt) == (late.number, 2)
    assert other.lease != late.lease
    with database.writing() as session:
        assert not queue.renew(session, late)
    assert not finish(database, late)
    assert finish(database, other)


def test_a_lease_is_renewed_from_now(database: Database) -> None:
    put(database, parts=1)
    claimed = taken(database)
    let_pass(database, claimed)
    with database.writing() as session:
        assert queue.renew(session, claimed)
    assert take(database) is None


def test_a_failed_part_waits_longer_each_time_and_the_last_time_ends_it(database: Database) -> None:
    put(database, parts=1)
    waits = []
    for attempt in range(1, queue.MAX_ATTEMPTS + 1):
        claimed = taken(database)
        assert claimed.attempt == attempt
        with database.writing() as session:
            again = queue.give_back(session, claimed, "disk full")
        assert again == (attempt < queue.MAX_ATTEMPTS)
        assert take(database) is None  # not at once
        with database.reading() as session:
            part = session.get_one(Part, (claimed.job_id, 1))
            assert part.problem == "disk full"
            assert part.leased_until is not None
            waits.append(round((part.leased_until - clock.now()).total_seconds()))
        let_pass(database, claimed)
    assert waits == [5, 10, 15]


def test_an_ended_job_gives_out_no_parts_and_does_not_come_back(database: Database) -> None:
    job = put(database)
    claimed = taken(database)
    with database.writing() as session:
        assert queue.fail_job(session, job, BadInput("No {thing}.", fix="Get one.", thing="ink"))
        assert not queue.fail_job(session, job, BadInput("Later."))
        assert not queue.finish_job(session, job)
    assert take(database) is None
    assert finish(database, claimed)  # harmless
    with database.reading() as session:
        assert session.get_one(Job, job).state == JobState.FAILED


def test_what_ended_a_job_can_be_told_in_any_language(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = put(database)
    with database.writing() as session:
        queue.fail_job(session, job, BadInput("No {thing}.", fix="Get {thing}.", thing="ink"))
    with database.reading() as session:
        error = queue.failure(session.get_one(Job, job))
    assert explain(error, "en") == ("No ink.", "Get ink.")
    assert error.as_json() == {
        "code": "print_refused", "message": "No ink.", "fix": "Get ink.", "thing": "ink",
    }  # fmt: skip
    monkeypatch.setattr(
        "labelsvc.i18n.catalog", lambda _: {"No {thing}.": "Không có {thing}.", "Get {thing}.": "Mua {thing}."}
    )  # fmt: skip
    assert explain(error, "vi") == ("Không có ink.", "Mua ink.")


def test_a_finished_job_is_closed_by_one_worker_at_a_time(database: Database) -> None:
    job = put(database, parts=2)
    for claimed in (taken(database), taken(database)):
        with database.reading() as session:
            assert not queue.all_parts_done(session, job)
            assert queue.waiting_to_close(session) == []
        finish(database, claimed)
    with database.writing() as session:
        assert queue.all_parts_done(session, job)
        assert queue.waiting_to_close(session) == [job]
        assert queue.waiting_to_close(session, job_id=job + 1) == []
        assert queue.claim_close(session, job)
        assert not queue.claim_close(session, job)
        assert queue.waiting_to_close(session) == []
        session.get_one(Part, (job, 1), populate_existing=True).leased_until = clock.now() - timedelta(seconds=1)  # fmt: skip
        session.flush()
        assert queue.waiting_to_close(session) == [job]  # whoever closed it died
        assert queue.finish_job(session, job)
        assert queue.waiting_to_close(session) == []
