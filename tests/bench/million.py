"""Whole runs as the service makes them: numbers taken, codes signed, drawn in parts, released.

    python -m tests.bench.million [--labels 10000 100000]

"read back" is a run in the local pool of two processes, as the worker does it. "draw only" leaves
the reading of the symbols out, which the service never does: the same parts, by two processes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

from labelsvc import settings as settings_module
from labelsvc.codes.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels import parts, print_run, render_run
from labelsvc.labels.merge import merge
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.migrations import upgrade
from labelsvc.settings import Settings
from labelsvc.worker.local import LocalPool, settle
from tests.bench.sample import PER_SHEET, layout
from tests.bench.table import Row
from tests.factories import make_lot

COUNTS = (10_000, 100_000, 1_000_000)
PROCESSES = 2
#: A run that goes first: imports, fonts and tables of every process. Sixteen parts, so that no process
#: misses it.
_WARM = 40_000


def run() -> Iterator[Row]:
    """The rows of `measure`, from a process that has measured nothing before."""
    command = [sys.executable, "-m", "tests.bench.million"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            yield json.loads(line)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)


def measure(counts: Sequence[int]) -> Iterator[Row]:
    """A row a count and kind; memory is the peak of the process that needed most."""
    for kind, made in (("draw only", _draw_only), ("read back", _read_back)):
        first = 0.0
        for count, seconds, pages, size, peaks in made(counts):
            each = seconds / count
            first = first or each
            yield {
                "run": kind,
                "labels": count,
                "seconds": f"{seconds:.1f}",
                "labels/s": round(count / seconds),
                "µs a label": f"{each * 1e6:.0f}",
                "beside the smallest": f"{each / first:.2f}",
                "pages": pages,
                "MB file": f"{size / 1e6:.1f}",
                "peak MB, render process": max(peaks[1:]),
                "peak MB, main process": peaks[0],
            }


_Measured = tuple[int, float, int, int, list[int]]


def _read_back(counts: Sequence[int]) -> Iterator[_Measured]:
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        database = _database(settings)
        pool = LocalPool(settings)
        pool.start()
        try:
            for turn, count in enumerate((_WARM, *counts)):
                with _Watch([os.getpid(), *pool.pids]) as watch:
                    begun = time.perf_counter()
                    run_id = _begin(database, settings, count)
                    while (made := _run(database, run_id)).state != RunState.RELEASED:
                        if made.state == RunState.FAILED:
                            raise RuntimeError(f"the run of {count} labels failed")
                        time.sleep(0.01)
                    seconds = time.perf_counter() - begun
                if turn:
                    yield count, seconds, made.pages or 0, made.bytes or 0, watch.peaks
        finally:
            pool.stop()
            database.close()


def _draw_only(counts: Sequence[int]) -> Iterator[_Measured]:
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        database, files = _database(settings), Files(settings.files)
        spawn = multiprocessing.get_context("spawn")
        with closing(database), ProcessPoolExecutor(PROCESSES, spawn, initializer=settle) as pool:
            for turn, count in enumerate((_WARM, *counts)):
                begun = time.perf_counter()
                run_id = _begin(database, settings, count)
                made = _run(database, run_id)
                cut = parts.slices(parts.layout_of(made), made)
                numbers = range(1, len(cut) + 1)
                jobs = [pool.submit(_draw, settings, run_id, number) for number in numbers]
                pids = [os.getpid(), *pool._processes]  # a dictionary by process id
                with _Watch(pids) as watch:
                    done = [job.result() for job in jobs]
                    _, _, size = merge(files, made, [digest for digest, _ in done])
                seconds = time.perf_counter() - begun
                if turn:
                    yield count, seconds, sum(pages for _, pages in done), size, watch.peaks


def _draw(settings: Settings, run_id: int, number: int) -> tuple[str, int]:
    """In a process of the pool: one part drawn and filed; its SHA-256 and number of pages."""
    with closing(Database(settings.database)) as database, database.reading() as session:
        made = session.get_one(PrintRun, run_id)
        keyring = load_keyring(session, base_url=made.base_url, secrets=settings.keys)
        made.touch()
    files = Files(settings.files)
    drawn = render_run.draw_part(made, keyring, files, number)
    files.put(parts.part_key(made, number), drawn.data)
    return hashlib.sha256(drawn.data).hexdigest(), -(-drawn.part.count // PER_SHEET)


def _begin(database: Database, settings: Settings, count: int) -> int:
    """The numbers are taken and the rendering is queued."""
    with database.writing() as session:
        lot = make_lot(session, code=f"L-{time.monotonic_ns()}", declared=count)
        made = print_run.start_run(
            session, lot=lot, layout=layout(), count=count,
            base_url=settings.base_url, actor="bench",
        )  # fmt: skip
        return made.id


def _run(database: Database, run_id: int) -> PrintRun:
    with database.reading() as session:
        made = session.get_one(PrintRun, run_id)
        made.touch()
    return made


def _settings(folder: Path) -> Settings:
    return settings_module.load(
        dev=True, data_dir=folder, database_url="", files_url="", secret_keys=(),
        base_url="https://ocop.example", render_processes=PROCESSES,
    )  # fmt: skip


def _database(settings: Settings) -> Database:
    database = Database(settings.database)
    upgrade(database)
    with database.writing() as session:
        create_keys(session, secrets=settings.keys)
    return database


class _Watch:
    """The most memory that processes held (MB), read from /proc while they work."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._most, self._end = dict.fromkeys(pids, 0), threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    @property
    def peaks(self) -> list[int]:
        """In the order of the processes that were given."""
        return list(self._most.values())

    def __enter__(self) -> _Watch:
        for pid in self._most:
            with suppress(OSError):  # then it is the peak since the process began
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # sets VmHWM back
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        self._note()

    def _look(self) -> None:
        while not self._end.wait(0.5):
            self._note()

    def _note(self) -> None:
        for pid in self._most:
            with suppress(OSError):  # it has ended
                status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
                peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
                self._most[pid] = max(self._most[pid], peak)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labels", type=int, nargs="*", default=list(COUNTS))
    for row in measure(parser.parse_args().labels):
        print(json.dumps(row, ensure_ascii=False), flush=True)
