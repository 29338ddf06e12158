"""Local engine: processes or a thread beside the server that work off the queue."""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import multiprocessing.util
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess

import structlog

from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.labels.drawing import fonts
from labelsvc.labels.printers.sending import JOB_KIND as SENDING
from labelsvc.migrations import tables as tables
from labelsvc.settings import Settings
from labelsvc.worker.broker import dispatch_forever
from labelsvc.worker.couriers import Couriers
from labelsvc.worker.posting import Postman
from labelsvc.worker.publishing import Publisher
from labelsvc.worker.quiet import Quiet
from labelsvc.worker.tasks import work_once

log = structlog.get_logger()

#: Seconds between two looks at an empty queue; grows from the first to the second.
SHORTEST, LONGEST = 0.02, 0.1
#: Seconds before a dead process is replaced or one that stumbled looks again: neither may spin.
_BREATH = 1.0


def configure_logs(settings: Settings) -> None:
    """Lines for a log file: plain or JSON, tracebacks without the values of variables."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if settings.log_json
            else structlog.processors.LogfmtRenderer(bool_as_flag=False),
        ]
    )


def work_forever(settings: Settings, stop: threading.Event) -> None:
    """Do parts until *stop* is set."""
    database, files = Database.of(settings), Files(settings.files)
    pause, publisher = SHORTEST, Publisher(database, files, settings)
    quiet, busy = Quiet(database), False
    try:
        with Couriers(database, files, settings), Postman(database, settings):
            while not stop.is_set():
                publisher.tick()  # also between the parts of a long run
                try:
                    busy = (busy or quiet.is_over()) and work_once(
                        database, files, settings, but=SENDING
                    )
                except Exception:  # a database that is away for a moment must not end the worker
                    log.exception("worker stumbled")
                    busy = False
                    stop.wait(_BREATH)
                pause = SHORTEST if busy else min(LONGEST, pause * 1.5)
                if not busy:
                    stop.wait(pause)
    finally:
        database.close()


def settle() -> None:
    """Leave what lives as long as the process to itself: modules, fonts, mapped classes.

    The collector walks all of it, a tenth of a second in the middle of a part, to find nothing.
    """
    fonts.load()
    gc.collect()
    gc.freeze()


def _process(settings: Settings, parent: int) -> None:
    configure_logs(settings)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the server, which ends us

    def orphaned() -> None:
        while not stop.wait(2):
            if os.getppid() != parent:
                stop.set()

    threading.Thread(target=orphaned, daemon=True).start()
    if settings.broker_url:  # nothing is drawn here
        dispatch_forever(settings, stop)
    else:
        settle()
        work_forever(settings, stop)


class LocalPool:
    """`settings.render_processes` processes, or one thread when it is 0.

    With a broker it is one process, which tells the workers elsewhere. A process that dies is replaced; what it was doing goes back into the queue with its lease.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._processes: list[BaseProcess] = []

    @property
    def pids(self) -> list[int]:
        """Of the processes that render now."""
        return [process.pid for process in self._processes if process.pid is not None]

    def start(self) -> None:
        if count := processes(self._settings):
            self._processes = [_spawn(self._settings) for _ in range(count)]
            task: Callable[[], None] = self._replace_dead
        else:
            task = partial(work_forever, self._settings, self._stop)
        self._thread = threading.Thread(target=task, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Let the parts at hand finish, then end."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(10)
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join(10)

    def _replace_dead(self) -> None:
        while not self._stop.is_set():
            # By their pipes, not by waitpid: gunicorn collects every child of the process.
            dead = wait([process.sentinel for process in self._processes], timeout=0.5)
            if not dead or self._stop.is_set():
                continue
            log.warning("render process died", count=len(dead))
            self._stop.wait(_BREATH)
            if not self._stop.is_set():
                self._processes = [
                    _spawn(self._settings) if process.sentinel in dead else process
                    for process in self._processes
                ]


def leave_processes_alone() -> None:
    """Take the render processes out of the care of a forked server process.

    The fork copied the list of children: at its end it would stop those of its master, and stumble.
    """
    atexit.unregister(multiprocessing.util._exit_function)  # type: ignore[attr-defined]


def processes(settings: Settings) -> int:
    """Count the processes beside the server; 0: a thread in it."""
    return 1 if settings.broker_url else settings.render_processes


def _spawn(settings: Settings) -> BaseProcess:
    context = multiprocessing.get_context("spawn")  # forking would copy open connections
    process = context.Process(target=_process, args=(settings, os.getpid()), daemon=True)
    process.start()
    return process
