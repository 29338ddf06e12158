"""A print run from the first number to the released file."""

from __future__ import annotations

import dataclasses
import hashlib
import threading
from datetime import timedelta
from typing import Any

import pytest

from labelsvc import clock
from labelsvc.codes.register import revoke
from labelsvc.codes.register.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import (
    FileMissing,
    PrintRefused,
    ReadBackFailed,
)
from labelsvc.files import Files
from labelsvc.i18n import explain
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job, JobState, Part
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.pdf.label_block import Block
from labelsvc.labels.runs import merge as merging
from labelsvc.labels.runs import parts
from labelsvc.labels.runs import render as render_run
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.merge import merge
from labelsvc.labels.sheets.imprint import Imprint
from labelsvc.settings import Settings
from labelsvc.worker import tasks
from tests.factories import make_lot


def begin(
    database: Database,
    settings: Settings,
    *,
    count: int = 100,
    declared: int = 1000,
    **facts: object,
) -> int:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        lot = make_lot(session, declared=declared)
        run = print_run.start_run(session, print_run.RunRequest(lot=lot, layout="a4-65", count=count, base_url=settings.base_url, **facts), actor="user:1")  # fmt: skip
        return run.id


def finish(database: Database, files: Files, settings: Settings, run_id: int) -> PrintRun:
    with database.reading() as session:
        job_id = session.get_one(PrintRun, run_id).job_id
    assert job_id is not None
    tasks.run_inline(database, files, settings, job_id)
    with database.reading() as session:
        return session.get_one(PrintRun, run_id)


def test_a_run_is_released_when_every_symbol_was_read_back(
    database: Database, files: Files, settings: Settings
) -> None:
    run = finish(database, files, settings, begin(database, settings))
    assert run.state == "released"
    assert run.report is not None
    assert run.report["decoded"] == 100
    assert run.pages == 2
    with print_run.output(files, run) as file:
        data = file.read()
    assert hashlib.sha256(data).hexdigest() == run.sha256
    assert data.startswith(b"%PDF")


def test_parts_are_put_together_in_order_and_the_same_job_gives_the_same_bytes(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 65)
    monkeypatch.setattr(parts, "LARGEST_PART", 65)
    run = finish(
        database,
        files,
        settings,
        begin(database, settings, count=150, imprint=Imprint(start_at=11)),
    )
    assert run.report is not None
    assert (run.report["parts"], run.report["decoded"], run.pages) == (3, 150, 3)
    with database.reading() as session:
        hashes = [part.sha256 or "" for part in session.get_one(PrintRun, run.id).job.parts]
    assert merge(files, run, hashes)[1] == run.sha256
    with database.writing() as session:  # all of it again: the same bytes
        job = session.get_one(Job, run.job_id)
        job.state = JobState.QUEUED
        for part in job.parts:
            part.state, part.sha256, part.leased_until = JobState.QUEUED, None, None
        session.get_one(PrintRun, run.id).state = RunState.QUEUED
    assert finish(database, files, settings, run.id).sha256 == run.sha256


@pytest.mark.parametrize(
    "order", [[1, 0, 2], [0, 0, 2], [0, 1, 1], [0, 1], [0, 1, 2, 2], [2, 1, 0]]
)
@pytest.mark.parametrize("start_at", [1, 64])
def test_a_whole_that_is_not_its_parts_in_their_order_is_not_released(
    database: Database,
    files: Files,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    order: list[int],
    start_at: int,
) -> None:
    monkeypatch.setattr(parts, "LEAST_PART", 65)
    monkeypatch.setattr(parts, "LARGEST_PART", 65)
    join = merging.join
    monkeypatch.setattr(
        merging, "join", lambda streams, whole: join([streams[n] for n in order], whole)
    )
    begun = begin(database, settings, count=140, imprint=Imprint(start_at=start_at))
    with pytest.raises(PrintRefused, match=r"not the page that was read|pages that no part has"):
        finish(database, files, settings, begun)
    with database.reading() as session:
        run = session.get_one(PrintRun, begun)
    assert run.state == "failed" and run.file_key is None


def test_a_worker_that_dies_loses_nothing(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)
    with database.writing() as session:
        dead = queue.claim(session)
    assert dead is not None
    with database.writing() as session:
        assert queue.claim(session) is None  # leased: nobody else may take it
        part = session.get_one(Part, (dead.job_id, dead.number))
        part.leased_until = clock.now() - timedelta(seconds=1)
    run = finish(database, files, settings, run_id)
    assert run.state == "released"
    with database.writing() as session:  # the dead one comes back to life: too late
        assert not queue.finish_part(session, dead, file_key="x", sha256="x", result={})


def test_a_job_whose_last_worker_died_before_closing_is_closed_by_the_next(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "close_job", lambda *_: None)
        assert tasks.work_once(database, files, settings)
    with database.reading() as session:
        assert session.get_one(PrintRun, run_id).state != "released"
    assert tasks.work_once(database, files, settings)
    with database.reading() as session:
        assert session.get_one(PrintRun, run_id).state == "released"
        assert not queue.waiting_to_close(session)
    assert not tasks.work_once(database, files, settings)


def test_a_job_that_another_worker_is_closing_is_left_to_it(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "close_job", lambda *_: None)
        assert tasks.work_once(database, files, settings)
    with database.writing() as session:
        job_id = session.get_one(PrintRun, run_id).job_id
        assert job_id is not None
        assert queue.claim_close(session, job_id)
    assert not tasks.close_job(database, files, job_id)
    assert not tasks.work_once(database, files, settings)


def test_a_part_that_stumbles_is_tried_again_and_then_ends_the_job(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)

    def stumble(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(render_run, "render_part", stumble)
    monkeypatch.setattr(queue, "RETRY_AFTER", timedelta(0))
    for _ in range(queue.MAX_ATTEMPTS):
        assert tasks.work_once(database, files, settings)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert run.state == "failed"
        job = session.get_one(Job, run.job_id)
        assert job.error is not None
        assert "disk full" in job.error["message"]
        assert print_run.balance(session, run.lot).remaining == 1000  # its numbers are void


def test_a_part_that_kills_its_workers_ends_the_job(
    database: Database, files: Files, settings: Settings
) -> None:
    run_id = begin(database, settings, count=10)
    for _ in range(queue.MAX_ATTEMPTS):
        with database.writing() as session:
            dead = queue.claim(session)
        assert dead is not None
        with database.writing() as session:
            part = session.get_one(Part, (dead.job_id, dead.number))
            part.leased_until = clock.now() - timedelta(seconds=1)
    with pytest.raises(PrintRefused, match="died"):
        finish(database, files, settings, run_id)


def test_a_worker_without_the_keys_leaves_the_run_to_the_next(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)
    monkeypatch.setattr(queue, "RETRY_AFTER", timedelta(0))
    stranger = settings.model_copy(
        update={"secret_keys": ("another-key-of-enough-length-0123456789",)}
    )
    assert tasks.work_once(database, files, stranger)
    assert finish(database, files, settings, run_id).state == "released"


def test_a_part_that_another_worker_has_is_waited_for(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)
    with database.writing() as session:
        claimed = queue.claim(session)
    assert claimed is not None
    other = threading.Timer(0.5, tasks.do_part, (database, files, settings, claimed))
    other.start()
    assert finish(database, files, settings, run_id).state == "released"
    other.join()


def test_a_symbol_that_does_not_read_back_ends_the_run_with_its_place_and_releases_nothing(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=70)
    good = render_run.render_sheet_pdf

    def spoilt(layout: Layout, blocks: list[Block], *rest: Any, **named: Any) -> bytes:
        units = list(blocks[0].units)
        units[66] = units[67]
        return good(layout, [Block(blocks[0].content, units)], *rest, **named)

    monkeypatch.setattr(render_run, "render_sheet_pdf", spoilt)
    with pytest.raises(PrintRefused, match="page 2, cell 2"):
        finish(database, files, settings, run_id)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert (run.state, run.file_key) == ("failed", None)
        assert run.report is not None
        assert run.report["error"]["code"] == "read_back_failed"
        told = print_run.failure(run)
        assert told is not None
        assert "trang 2, ô 2: mã QR ghi HTTPS://" in explain(told, "vi")[0]
        with pytest.raises(FileMissing):
            print_run.output(files, run)
        mark = revoke.state_of(session, run.issue.first)
        assert mark is not None
        assert mark.state == "void"


def test_a_part_that_changed_after_it_was_read_back_is_not_released(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)
    with monkeypatch.context() as patch:
        patch.setattr(tasks, "close_job", lambda *_: None)
        assert tasks.work_once(database, files, settings)
    with database.reading() as session:
        key = parts.part_key(session.get_one(PrintRun, run_id), 1)
    files.put(key, files.get(key) + b"\n")
    with pytest.raises(PrintRefused, match="part 1 is not the file that was read back"):
        finish(database, files, settings, run_id)


def test_codes_that_are_withdrawn_while_a_run_fails_stay_withdrawn(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id = begin(database, settings, count=10)
    with database.writing() as session:
        issue = session.get_one(PrintRun, run_id).issue
        revoke.withdraw(session, first=issue.first, count=10, reason="Thu hồi", by="user:2")

    def refuse(*_: object) -> None:
        raise ReadBackFailed("no")

    monkeypatch.setattr(render_run, "render_part", refuse)
    with pytest.raises(PrintRefused):
        finish(database, files, settings, run_id)
    with database.reading() as session:
        mark = revoke.state_of(session, issue.first)
        assert mark is not None
        assert mark.state == "withdrawn"


def test_all_that_is_wrong_in_a_run_is_told_at_once_whichever_part_it_is_in(
    database: Database, files: Files, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three parts, a label of the first and one of the last say something else."""
    monkeypatch.setattr(parts, "LEAST_PART", 65)
    honest = parts.units_of

    def lying(run: PrintRun, keyring: Any, part: parts.Slice) -> list[Any]:
        units = honest(run, keyring, part)
        for index in (2, 7) if part.offset == 0 else (1,) if part.offset >= 195 else ():
            units[index] = units[index]._replace(code=units[index].code[:-4] + "0000")
        return units

    real = render_run._read_back

    def against_the_truth(drawn: render_run.Drawn) -> Any:
        with database.reading() as session:
            run = session.get_one(PrintRun, run_id)
            keyring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
            codes = [unit.code for unit in honest(run, keyring, drawn.part)]
        return real(dataclasses.replace(drawn, codes=codes))

    monkeypatch.setattr(render_run, "units_of", lying)
    monkeypatch.setattr(render_run, "_read_back", against_the_truth)
    run_id = begin(database, settings, count=200)
    with pytest.raises(PrintRefused, match="page 1, cell 3: the symbol says"):
        finish(database, files, settings, run_id)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        assert (run.state, run.file_key) == (RunState.FAILED, None)
        places = [(row["page"], row["cell"], row["unit"]) for row in run.report["faults"]]
        assert places == [(1, 3, 3), (1, 8, 8), (4, 2, 197)]
        assert not files.exists(parts.part_key(run, 1))
        message, fix = explain(queue.failure(session.get_one(Job, run.job_id)), "vi")
    assert "trang 1, ô 3: mã QR ghi" in message
    assert "Có 3 chỗ sai" in fix


def test_the_report_of_a_run_has_what_was_measured(
    database: Database, files: Files, settings: Settings
) -> None:
    run = finish(database, files, settings, begin(database, settings, count=70))
    measured = run.report["measured"]
    assert measured["dpi"] == 600
    assert measured["module_mm"] == pytest.approx(run.report["module_mm"], rel=0.01)
    assert measured["quiet"] >= 3.85
