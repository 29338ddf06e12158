"""The server as one starts it: pages answer, runs are rendered beside it, it ends cleanly."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import labelsvc
from labelsvc.cli.server import prepare
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from labelsvc.settings import Settings
from labelsvc.settings import load as load_settings
from tests.factories import make_lot


def until(condition: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    """Whether it runs; one that ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(pid: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@pytest.fixture(params=[1, 0], ids=["a process renders", "a thread renders"])
def served(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Settings, subprocess.Popen[bytes], str]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.chdir(tmp_path)
    given = {
        "LABELSVC_DATA_DIR": str(tmp_path / "var"),
        "LABELSVC_BASE_URL": "https://qr.example.vn",
        "LABELSVC_SECRET_KEYS": "a-key-that-is-long-enough-for-the-rule-0123456789",
        "LABELSVC_RENDER_PROCESSES": str(request.param),
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    server = subprocess.Popen(
        [sys.executable, "-m", "labelsvc", "serve", "--port", str(port), "--workers", "1"],
        env=os.environ | {"PYTHONPATH": str(Path(labelsvc.__file__).parents[1])},
        stderr=subprocess.PIPE,
    )
    try:
        yield load_settings(), server, f"http://127.0.0.1:{port}/"
    finally:
        if server.poll() is None:
            server.kill()
        server.communicate()


@pytest.mark.server
def test_the_server_renders_what_is_queued_and_ends_cleanly(
    served: tuple[Settings, subprocess.Popen[bytes], str],
) -> None:
    settings, server, url = served
    database = Database(settings.database)

    def answers() -> bool:
        assert server.poll() is None
        try:
            with urllib.request.urlopen(url + "health", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    until(answers)
    prepare(settings, database)  # beside the running server: harmless
    with database.writing() as session:
        run_id = print_run.start_run(session, print_run.RunRequest(lot=make_lot(session), layout="a4-65", count=65, base_url=settings.base_url), actor="cli").id  # fmt: skip

    def state() -> str:
        with database.reading() as session:
            return session.get_one(PrintRun, run_id).state

    until(lambda: state() == "released")
    with database.reading() as session:
        run = session.get_one(PrintRun, run_id)
        with print_run.output(Files(settings.files), run) as file:
            assert file.read(4) == b"%PDF"
    database.close()
    below = children(server.pid)
    assert below
    server.send_signal(signal.SIGTERM)
    assert server.wait(20) == 0
    until(lambda: not any(alive(pid) for pid in below), 10)
    assert server.stderr is not None
    said = server.stderr.read()
    assert b"Traceback" not in said and b"died" not in said
