"""The embedded engine: processes beside the server, or a thread in it, that work off the queue."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from multiprocessing.process import BaseProcess

import structlog

from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.migrations import tables as tables
from labelsvc.settings import Settings
from labelsvc.worker.tasks import work_once

log = structlog.get_logger()

#: Seconds between two looks at an empty queue; grows from the first to the second.
SHORTEST, LONGEST = 0.1, 1.0


def work_forever(settings: Settings, stop: threading.Event) -> None:
    """Do parts until *stop* is set."""
    database, files = Database(settings.database), Files(settings.files)
    pause = SHORTEST
    try:
        while not stop.is_set():
            try:
                busy = work_once(database, files, settings)
            except Exception:  # a database that is away for a moment must not end the worker
                log.exception("worker stumbled")
                busy, pause = False, LONGEST
            pause = SHORTEST if busy else min(LONGEST, pause * 1.5)
            if not busy:
                stop.wait(pause)
    finally:
        database.close()


def _process(settings: Settings, parent: int) -> None:
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the server, which ends us

    def orphaned() -> None:
        while not stop.wait(2):
            if os.getppid() != parent:
                stop.set()

    threading.Thread(target=orphaned, daemon=True).start()
    work_forever(settings, stop)


class LocalPool:
    """`settings.render_processes` processes, or one thread when it is 0."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._processes: list[BaseProcess] = []

    def start(self) -> None:
        if not self._settings.render_processes:
            self._thread = threading.Thread(
                target=work_forever, args=(self._settings, self._stop), daemon=True
            )
            self._thread.start()
            return
        context = multiprocessing.get_context("spawn")  # forking would copy open connections
        for _ in range(self._settings.render_processes):
            process = context.Process(
                target=_process, args=(self._settings, os.getpid()), daemon=True
            )
            process.start()
            self._processes.append(process)

    def stop(self) -> None:
        """Let the parts at hand finish, then end."""
        self._stop.set()
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(10)
        if self._thread is not None:
            self._thread.join(10)
