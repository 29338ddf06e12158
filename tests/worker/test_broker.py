"""Celery workers on a real Redis: the broker may lose, repeat and die; the table keeps the truth."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from kombu.exceptions import OperationalError

import labelsvc
from labelsvc.codes.register.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.errors import ConfigurationError
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.jobs.models import Job
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import render as render_run
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.worker.broker import CLOSE, PART, Dispatcher, Hands, dispatch_forever, make_app, reach
from labelsvc.worker.local import LocalPool
from labelsvc.worker.tasks import do_part, run_inline
from tests import broker
from tests.factories import make_lot

#: A Celery worker whose parts never end; its leases last a second.
_STUCK = """
import sys, time
from datetime import timedelta
from labelsvc.jobs import queue
from labelsvc.labels.runs import render as render_run
from labelsvc.settings import Settings
from labelsvc.worker.broker import run_worker

def stand_still(*_, **__):
    print("here", flush=True)
    time.sleep(60)

render_run.read_back_pdf = stand_still
queue.LEASE = timedelta(seconds=1)
run_worker(Settings.model_validate_json(sys.argv[1]), processes=1)
"""


class Recorded:
    """Stands for the Celery application: keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, list[int]]] = []

    def send_task(self, name: str, *, args: list[int], **_: Any) -> None:
        self.sent.append((name, args))


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is not installed: apt-get install redis-server")
    with broker.redis(broker.free_port()) as url:
        yield url


def begin(database: Database, settings: Settings, count: int = 70) -> tuple[int, int]:
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
        run = print_run.start_run(session, print_run.RunRequest(lot=make_lot(session, declared=count), layout="a4-65", count=count, base_url=settings.base_url), actor="user:1")  # fmt: skip
        assert run.job_id is not None
        return run.id, run.job_id


def told(settings: Settings, files: Files, url: str) -> Settings:
    """Settings of workers elsewhere: the same files, and the broker."""
    changes = {"files_url": files._url, "broker_url": url}
    return settings.model_copy(update=changes)


@contextmanager
def child(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python process in a group of its own; nothing of it is left afterwards."""
    process = subprocess.Popen(
        [sys.executable, *arguments],
        stdout=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": str(Path(labelsvc.__file__).parents[1])} | environment,
    )
    assert process.stdout is not None
    try:
        with process.stdout:
            yield process
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def worker(settings: Settings) -> Any:
    """`labelsvc worker` as an operator starts it."""
    return child(
        "-m", "labelsvc", "worker", "--processes", "2",
        LABELSVC_SECOND_FACTOR="false", LABELSVC_BASE_URL=settings.base_url,
        LABELSVC_DATABASE_URL=settings.database, LABELSVC_FILES_URL=settings.files,
        LABELSVC_BROKER_URL=settings.broker_url, LABELSVC_SECRET_KEYS=" ".join(settings.keys),
        LABELSVC_DATA_DIR=str(settings.data_dir),
    )  # fmt: skip


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def released(database: Database, run_id: int) -> bool:
    with database.reading() as session:
        return session.get_one(PrintRun, run_id).state == "released"


def assert_undisturbed(database: Database, settings: Settings, files: Files, run_id: int) -> None:
    """The file is what one worker alone makes, and no numbers were taken twice."""
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        ring = load_keyring(session, base_url=run.base_url, secrets=settings.keys)
        data, _ = render_run.render_part(run, ring, files, 1)
        assert run.sha256 == hashlib.sha256(data).hexdigest()
        assert print_run.balance(session, run.lot).issued == run.count


def test_celery_workers_release_a_run_with_the_bytes_of_a_lone_worker(
    database: Database, settings: Settings, files: Files, redis_url: str
) -> None:
    there = told(settings, files, redis_url)
    run_id, _ = begin(database, settings)
    dispatcher = Dispatcher(database, make_app(there))
    with worker(there):
        until(lambda: dispatcher.tick() >= 0 and released(database, run_id))
    assert_undisturbed(database, settings, files, run_id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_pool_beside_the_server_tells_the_broker_instead_of_rendering(
    database: Database, settings: Settings, files: Files, redis_url: str
) -> None:
    there = told(settings, files, redis_url)
    run_id, job_id = begin(database, settings)
    pool = LocalPool(there)
    pool.start()
    try:
        assert len(pool.pids) == 1
        with worker(there):
            until(lambda: released(database, run_id))
    finally:
        pool.stop()
    with database.reading() as session:
        assert session.get_one(Job, job_id).parts[0].attempts == 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_killed_in_a_part_loses_nothing(
    database: Database, settings: Settings, files: Files, redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    there = told(settings, files, redis_url)
    monkeypatch.setattr(queue, "LEASE", timedelta(seconds=1))
    run_id, job_id = begin(database, settings)
    dispatcher = Dispatcher(database, make_app(there))
    with child("-c", _STUCK, there.model_dump_json()) as stuck:
        assert dispatcher.tick() == 1
        assert stuck.stdout is not None
        assert stuck.stdout.readline() == b"here\n"
    monkeypatch.undo()
    with worker(there):
        until(lambda: dispatcher.tick() >= 0 and released(database, run_id))
    assert_undisturbed(database, settings, files, run_id)
    with database.reading() as session:
        assert session.get_one(Job, job_id).parts[0].attempts == 2


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_broker_that_forgot_everything_is_told_again(
    database: Database, settings: Settings, files: Files
) -> None:
    if shutil.which("redis-server") is None:
        pytest.skip("Redis is not installed: apt-get install redis-server")
    port = broker.free_port()
    run_id, _ = begin(database, settings)
    with broker.redis(port) as url:
        there = told(settings, files, url)
        assert reach(there) == "redis"
        first = Dispatcher(database, make_app(there))
        assert first.tick() == 1
        assert first.tick() == 0  # told once
    with pytest.raises(ConfigurationError, match="does not answer"):
        reach(there)
    with pytest.raises(OperationalError):
        Dispatcher(database, make_app(there)).tick()
    with broker.redis(port), worker(there):
        second = Dispatcher(database, make_app(there))  # the server was started anew
        until(lambda: second.tick() >= 0 and released(database, run_id))
    assert_undisturbed(database, settings, files, run_id)


def test_a_part_is_told_of_once_a_lease_and_again_after_a_failure(
    database: Database, settings: Settings, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, job_id = begin(database, settings)
    app = Recorded()
    dispatcher = Dispatcher(database, app)
    assert (dispatcher.tick(), dispatcher.tick()) == (1, 0)
    assert app.sent == [(PART, [job_id, 1])]
    monkeypatch.setattr(queue, "RETRY_AFTER", timedelta(0))
    with database.writing() as session:
        claimed = queue.claim(session, job_id=job_id)
        assert claimed is not None
    assert dispatcher.tick() == 0  # somebody has it
    with database.writing() as session:
        queue.give_back(session, claimed, "the disk was full")
    assert dispatcher.tick() == 1
    monkeypatch.setattr(queue, "LEASE", timedelta(0))  # nobody came within the lease
    assert dispatcher.tick() == 1


def test_a_finished_job_that_nobody_closed_is_told_of(
    database: Database, settings: Settings, files: Files
) -> None:
    run_id, job_id = begin(database, settings)
    with database.writing() as session:
        claimed = queue.claim(session, job_id=job_id)
        assert claimed is not None
        queue.finish_part(session, claimed, file_key="a/b.pdf", sha256="0" * 64, result={})
    app = Recorded()
    assert Dispatcher(database, app).tick() == 1
    assert app.sent == [(CLOSE, [job_id])]
    assert not released(database, run_id)


def test_a_message_that_comes_twice_renders_once(
    database: Database, settings: Settings, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = told(settings, files, "memory://")
    run_id, job_id = begin(database, settings)
    done: list[int] = []

    def counted(*arguments: Any) -> None:
        done.append(1)
        do_part(*arguments)

    monkeypatch.setattr("labelsvc.worker.broker.do_part", counted)
    with closing(Hands(there)) as hands:
        app = make_app(there, hands)
        for _ in range(2):
            app.tasks[PART].apply(args=[job_id, 1], throw=True)
        app.tasks[CLOSE].apply(args=[job_id], throw=True)
    assert done == [1]
    assert_undisturbed(database, settings, files, run_id)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_dispatcher_lives_on_without_its_broker(
    database: Database, settings: Settings, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = told(settings, files, f"redis://127.0.0.1:{broker.free_port()}/0")
    monkeypatch.setattr("labelsvc.worker.broker._REST", 0.01)
    published = threading.Event()
    monkeypatch.setattr(
        "labelsvc.worker.broker.Publisher.tick", lambda _: published.set()
    )  # lists and log go on
    begin(database, settings)
    stop = threading.Event()
    thread = threading.Thread(target=dispatch_forever, args=(there, stop))
    thread.start()
    assert published.wait(30)
    stop.set()
    thread.join(30)
    assert not thread.is_alive()


def test_without_celery_the_setting_says_what_to_install(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "celery", None)
    with pytest.raises(ConfigurationError, match="Celery is not installed") as caught:
        make_app(settings.model_copy(update={"broker_url": "redis://localhost"}))
    assert "requirements/scale.txt" in caught.value.fix


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_line_does_its_jobs_itself(
    database: Database, settings: Settings, files: Files
) -> None:
    _, job_id = begin(database, settings)
    run_inline(database, files, told(settings, files, "redis://127.0.0.1:1/0"), job_id)
