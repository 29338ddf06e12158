"""Requests a second of the scan page beside a bare Flask "hello" on the same server.

    python -m tests.bench.scan_page [SECONDS]

Both run under gunicorn as `labelsvc serve` starts it (gthread, 8 threads, here one worker) on
127.0.0.1 and are asked in turn, round by round, so that other work on the machine falls on both.
The ratio of the medians is what counts; the aim is 0.5. On a busy machine the ratio of processor
time a request, read from /proc, is the steadier figure.
"""

from __future__ import annotations

import gzip
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from labelsvc import settings as settings_module
from labelsvc.db import Database
from labelsvc.migrations import upgrade
from labelsvc.settings import Settings
from labelsvc.web.app import create_app
from labelsvc.web.scan.state import ScanSite

#: Connections that ask at once, and how often the two applications take turns.
CONNECTIONS, ROUNDS = 4, 5
_FOLDER = "LABELSVC_BENCH_FOLDER"


def hello() -> Flask:
    """The lightest page that Flask gives."""
    app = Flask("hello")
    app.add_url_rule("/", view_func=lambda: "hello")
    return app


def scan() -> Flask:
    """The site over the world that `measure` built."""
    return create_app(_settings(Path(os.environ[_FOLDER])))


def measure(seconds: float = 2.0) -> dict[str, float]:
    """Requests a second of each, their ratio, and the bytes of the page.

    :param seconds: of each round of each application.
    """
    from tests import world as worlds

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database = Database(_settings(folder).database)
        upgrade(database)
        path = worlds.build(database, _settings(folder)).codes["in_force"]
        app = create_app(_settings(folder), database)
        page = app.test_client().get(path).data
        ScanSite.of(app).recorder.flush()
        database.close()
        asked = {
            "hello": ("hello", "/", ""),
            "scan": ("scan", path, ""),
            "scan_gzip": ("scan", path, "Accept-Encoding: gzip\r\n"),
        }
        rates: dict[str, list[float]] = {name: [] for name in asked}
        costs: dict[str, list[float]] = {name: [] for name in asked}
        with _served("hello", folder) as bare, _served("scan", folder) as site:
            servers = {"hello": bare, "scan": site}
            for turn in range(ROUNDS + 1):
                for name, (app, target, header) in asked.items():
                    port, process = servers[app]
                    before = _processor_time(process)
                    rate, count = _rate(port, target, header, seconds if turn else 0.5)
                    if turn:  # the first warms up
                        rates[name].append(rate)
                        costs[name].append((_processor_time(process) - before) / count)
    medians = {name: statistics.median(found) for name, found in rates.items()}
    spent = {name: statistics.median(found) for name, found in costs.items()}
    return {
        **{f"{name}_per_second": round(rate, 1) for name, rate in medians.items()},
        **{f"{name}_cpu_ms": round(cost * 1000, 3) for name, cost in spent.items()},
        "ratio_cpu": round(spent["hello"] / spent["scan"], 3),
        "ratio": round(medians["scan"] / medians["hello"], 3),
        "ratio_gzip": round(medians["scan_gzip"] / medians["hello"], 3),
        "page_bytes": len(page),
        "page_bytes_gzip": len(gzip.compress(page, 5)),
    }


def _settings(folder: Path) -> Settings:
    return settings_module.load(
        dev=True, data_dir=folder, database_url="", files_url="", secret_keys=(),
        base_url="http://127.0.0.1:8000", render_processes=0,
    )  # fmt: skip


@contextmanager
def _served(name: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process id of a server."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--worker-class", "gthread", "--threads", "8", "--workers", "1",
         "--bind", f"127.0.0.1:{port}", "--log-level", "warning", "--no-control-socket",
         f"tests.bench.scan_page:{name}()"],
        env={**os.environ, _FOLDER: str(folder)},
    )  # fmt: skip
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait(10)


def _processor_time(process: int) -> float:
    """Seconds of processor time that the workers of a server have used."""
    ticks = 0
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _rate(port: int, path: str, header: str, seconds: float) -> tuple[float, int]:
    """Answers a second over keep-alive connections, and how many they were."""
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{header}\r\n".encode()
    counts = [0] * CONNECTIONS
    stop = time.monotonic() + seconds

    def ask(which: int) -> None:
        with socket.create_connection(("127.0.0.1", port), 10) as connection:
            file = connection.makefile("rb")
            while time.monotonic() < stop:
                connection.sendall(request)
                status = file.readline()
                if b" 200 " not in status:
                    raise RuntimeError(f"{path}: {status!r}")
                length = 0
                while (line := file.readline()) not in (b"\r\n", b""):
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                file.read(length)
                counts[which] += 1

    begun = time.monotonic()
    threads = [threading.Thread(target=ask, args=(n,)) for n in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.monotonic() - begun), sum(counts)


def main() -> None:
    found = measure(float(sys.argv[1]) if len(sys.argv) > 1 else 2.0)
    for name, value in found.items():
        print(f"{name:24} {value:>10}")


if __name__ == "__main__":
    main()
