"""Whole runs as the service makes them: numbers taken, codes signed, drawn in parts, released.

    python -m tests.bench.million [--labels 10000 100000]

"read back" is a run in the local pool of two processes, as the worker does it. "draw only" leaves
the reading of the symbols out, which the service never does: the same parts, by two processes.
The lot and the layout are there before the clock starts, as they are before somebody clicks.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from labelsvc import settings as settings_module
from labelsvc.catalogue.models import Lot
from labelsvc.codes.register.issue import create_keys, load_keyring
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.runs import parts
from labelsvc.labels.runs import render as render_run
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.merge import merge
from labelsvc.migrations import upgrade
from labelsvc.settings import Settings
from labelsvc.worker.local import LocalPool, settle
from tests.bench.sample import PER_SHEET, layout
from tests.bench.table import Row
from tests.factories import make_lot

COUNTS = (10_000, 100_000, 1_000_000)
PROCESSES = 2
#: A small run is over in a blink, and whatever else the machine does then falls on it: so many go
#: before and after each larger one, which is compared with those beside it. A machine that others
#: use too is faster at one time than at another.
_BESIDE = 3
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
        turns = list(made(counts))
        for count in counts:
            mine = [place for place, turn in enumerate(turns) if turn.labels == count]
            seconds = statistics.median(turns[place].seconds for place in mine)
            each = seconds / count
            beside = statistics.median(_ratios(turns, mine)) if count != counts[0] else 1.0
            first = turns[mine[0]]  # a larger run before it leaves its heap behind
            yield {
                "run": kind,
                "labels": count,
                "turns": len(mine),
                "seconds": f"{seconds:.1f}",
                "labels/s": round(count / seconds),
                "µs a label": f"{each * 1e6:.0f}",
                "beside the smallest": f"{beside:.2f}",
                "pages": first.pages,
                "MB file": f"{first.size / 1e6:.1f}",
                "peak MB, render process": max(first.peaks[1:]),
                "peak MB, main process": first.peaks[0],
            }


class _Turn(NamedTuple):
    """One run: seconds, pages, bytes, and the peaks of memory in MB, the main process first."""

    labels: int
    seconds: float
    pages: int
    size: int
    peaks: list[int]

    @property
    def each(self) -> float:
        """Seconds a label."""
        return self.seconds / self.labels


def _read_back(counts: Sequence[int]) -> Iterator[_Turn]:
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        database = _database(settings)
        pool = LocalPool(settings)
        pool.start()
        try:
            for counted, count in _turns(counts):
                ready = _Ready(database, settings, count)
                with _Watch([os.getpid(), *pool.pids]) as watch:
                    begun = time.perf_counter()
                    run_id = ready.begin()
                    while (made := _run(database, run_id)).state != RunState.RELEASED:
                        if made.state == RunState.FAILED:
                            raise RuntimeError(f"the run of {count} labels failed")
                        time.sleep(0.01)
                    seconds = time.perf_counter() - begun
                if counted:
                    yield _Turn(count, seconds, made.pages or 0, made.bytes or 0, watch.peaks)
        finally:
            pool.stop()
            database.close()


def _draw_only(counts: Sequence[int]) -> Iterator[_Turn]:
    with tempfile.TemporaryDirectory() as folder:
        settings = _settings(Path(folder))
        database, files = _database(settings), Files(settings.files)
        spawn = multiprocessing.get_context("spawn")
        with (
            closing(database),
            ProcessPoolExecutor(
                PROCESSES, spawn, initializer=_settle, initargs=(settings,)
            ) as pool,
        ):
            for counted, count in _turns(counts):
                ready = _Ready(database, settings, count)
                pids = [os.getpid(), *(pool._processes or ())]  # by process id, once it has some
                with _Watch(pids) as watch:
                    begun = time.perf_counter()
                    run_id = ready.begin()
                    made = _run(database, run_id)
                    cut = parts.slices(parts.layout_of(made), made)
                    numbers = range(1, len(cut) + 1)
                    jobs = [pool.submit(_draw, settings, run_id, number) for number in numbers]
                    done = [job.result() for job in jobs]
                    _, _, size = merge(files, made, [digest for digest, _ in done])
                    seconds = time.perf_counter() - begun
                if counted:
                    pages = sum(pages for _, pages in done)
                    yield _Turn(count, seconds, pages, size, watch.peaks)


def _turns(counts: Sequence[int]) -> Iterator[tuple[bool, int]]:
    """The runs in their order: whether the run counts, and its labels."""
    smallest, *larger = counts
    yield False, _WARM
    for count in larger + larger[-2::-1]:
        yield from itertools.repeat((True, smallest), _BESIDE)
        yield True, count
    yield from itertools.repeat((True, smallest), _BESIDE)


def _ratios(turns: Sequence[_Turn], places: Sequence[int]) -> Iterator[float]:
    """Time a label of the turns at *places*, beside the middle one of the small runs around each."""
    for place in places:
        around = [*turns[max(0, place - _BESIDE) : place], *turns[place + 1 : place + 1 + _BESIDE]]
        small = [turn for turn in around if turn.labels == turns[0].labels]
        yield turns[place].each / statistics.median(turn.each for turn in small)


def _settle(settings: Settings) -> None:
    """In a process of the pool, once: like a worker, which keeps its database."""
    global _database_here
    _database_here = Database(settings.database)
    settle()


_database_here: Database


def _draw(settings: Settings, run_id: int, number: int) -> tuple[str, int]:
    """In a process of the pool: one part drawn and filed; its SHA-256 and number of pages."""
    with _database_here.reading() as session:
        made = session.get_one(PrintRun, run_id)
        keyring = load_keyring(session, base_url=made.base_url, secrets=settings.keys)
        made.touch()
    files = Files(settings.files)
    drawn = render_run.draw_part(made, keyring, files, number)
    files.put(parts.part_key(made, number), drawn.data)
    return hashlib.sha256(drawn.data).hexdigest(), -(-drawn.part.count // PER_SHEET)


class _Ready:
    """A lot of *count* units and a layout, as they are before somebody clicks."""

    def __init__(self, database: Database, settings: Settings, count: int) -> None:
        self._database, self._settings, self._count = database, settings, count
        self._layout = layout()
        with database.writing() as session:
            self._lot = make_lot(session, code=f"L-{time.monotonic_ns()}", declared=count).id

    def begin(self) -> int:
        """The numbers are taken and the rendering is queued."""
        with self._database.writing() as session:
            made = print_run.start_run(session, print_run.RunRequest(lot=session.get_one(Lot, self._lot), layout=self._layout, count=self._count, base_url=self._settings.base_url), actor="bench")  # fmt: skip
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
