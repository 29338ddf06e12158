"""Processes killed without a warning, in the worst moments: nothing is lost, nothing is doubled."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import labelsvc
from labelsvc.codes.register.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import render as render_run
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker import local
from labelsvc.worker.local import LocalPool
from labelsvc.worker.tasks import run_inline
from tests.factories import make_lot

#: A worker that stands still in a named moment; its leases last a second.
_WORKER = """
import importlib, sys, threading, time
from datetime import timedelta
from labelsvc.jobs import queue
from labelsvc.settings import Settings
from labelsvc.worker import local

module, name = sys.argv[2].rsplit(".", 1)

def stand_still(*_, **__):
    print("here", flush=True)
    time.sleep(60)

setattr(importlib.import_module(module), name, stand_still)
queue.LEASE = timedelta(seconds=1)
local.work_forever(Settings.model_validate_json(sys.argv[1]), threading.Event())
"""


def begin(database: Database, settings: Settings) -> tuple[int, int]:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        run = print_run.start_run(session, print_run.RunRequest(lot=make_lot(session), layout="a4-65", count=70, base_url=settings.base_url), actor="user:1")  # fmt: skip
        assert run.job_id is not None
        return run.id, run.job_id


def shared(settings: Settings, files: Files, **changes: object) -> Settings:
    """Settings under which another process finds the same files."""
    return settings.model_copy(update={"files_url": files._url} | changes)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.mark.parametrize(
    "moment",
    [
        pytest.param("labelsvc.labels.runs.render.read_back_pdf", id="while reading back"),
        pytest.param("labelsvc.jobs.queue.finish_part", id="with the file written"),
        pytest.param("labelsvc.labels.runs.render.release", id="on the point of releasing"),
    ],
)
def test_a_worker_killed_with_minus_nine_is_replaced_and_the_bytes_are_the_same(
    database: Database, settings: Settings, files: Files, moment: str
) -> None:
    run_id, job_id = begin(database, settings)
    child = subprocess.Popen(
        [sys.executable, "-c", _WORKER, shared(settings, files).model_dump_json(), moment],
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(labelsvc.__file__).parents[1])},
    )
    assert child.stdout is not None
    with child.stdout:
        said = child.stdout.readline()
    child.kill()
    child.wait()
    assert said == b"here\n"
    with database.reading() as session:
        assert session.get_one(PrintRun, run_id).state == "rendering"
    run_inline(database, files, settings, job_id)
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        keyring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
        undisturbed, report = render_run.render_part(run, keyring, files, 1)
        assert run.state == "released"
        assert run.report is not None
        assert run.report["decoded"] == report["decoded"] == 70
        assert run.sha256 == hashlib.sha256(undisturbed).hexdigest()
        assert print_run.balance(session, run.lot).issued == 70  # no second numbers were taken
    with print_run.output(files, run) as file:
        assert file.read() == undisturbed


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pool_replaces_a_killed_process_and_goes_on(
    database: Database,
    settings: Settings,
    files: Files,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    warnings: list[dict[str, object]] = []
    monkeypatch.setattr(local.log, "warning", lambda _, **facts: warnings.append(facts))
    pool = LocalPool(shared(settings, files, render_processes=1))
    pool.start()
    try:
        (first,) = pool.pids
        os.kill(first, signal.SIGKILL)
        until(lambda: pool.pids != [first])
        run_id, _ = begin(database, settings)

        def released() -> bool:
            with database.reading() as session:
                return session.get_one(PrintRun, run_id).state == "released"

        until(released)
        time.sleep(0.6)  # longer than a look at processes that live
    finally:
        pool.stop()
    assert warnings == [{"count": 1}], "one died, and only then it is said"
    for pid in pool.pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_without_processes_a_thread_does_the_work(
    database: Database, settings: Settings, files: Files
) -> None:
    run_id, _ = begin(database, settings)
    pool = LocalPool(shared(settings, files, render_processes=0))
    pool.start()
    try:

        def released() -> bool:
            with database.reading() as session:
                return session.get_one(PrintRun, run_id).state == "released"

        until(released)
        assert pool.pids == []
    finally:
        pool.stop()
