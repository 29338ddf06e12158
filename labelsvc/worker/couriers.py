"""Couriers: threads that send rolls to printers while others render.

A printer takes labels as fast as it prints them, for minutes, or stands still without paper. Whoever
renders would wait with it, and with two such printers nobody could print at all.
"""

from __future__ import annotations

import threading

import structlog

from labelsvc.codes.tlog import setback
from labelsvc.db import Database
from labelsvc.files import Files
from labelsvc.jobs import queue
from labelsvc.labels.printers.sending import JOB_KIND
from labelsvc.settings import Settings
from labelsvc.worker.quiet import Quiet
from labelsvc.worker.tasks import do_part

log = structlog.get_logger()

#: Printers that one process sends to at once; the next ones wait.
MOST = 32
#: Seconds between two looks at the queue, and after a stumble.
_EVERY, _BREATH = 0.2, 1.0
#: Seconds in which what is being sent may end when the process does.
_PATIENCE = 8.0


class Couriers:
    """A thread for each printer that is being sent to, and one that looks for the next."""

    def __init__(self, database: Database, files: Files, settings: Settings) -> None:
        self._database, self._files, self._settings = database, files, settings
        self._stop = threading.Event()
        self._sending: list[threading.Thread] = []
        self._looking = threading.Thread(target=self._look_forever, daemon=True)

    def __enter__(self) -> Couriers:
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        """No new ones; what is on its way may end, but holds the process up only so long."""
        self._stop.set()
        self._looking.join()
        for thread in self._sending:
            thread.join(_PATIENCE / len(self._sending))

    def _look_forever(self) -> None:
        quiet = Quiet(self._database)
        while not self._stop.is_set():
            pause = _EVERY
            try:
                self._sending = [thread for thread in self._sending if thread.is_alive()]
                if quiet.is_over():
                    while len(self._sending) < MOST and self._take():
                        pass
            except Exception:  # a database that is away for a moment must not end it
                log.exception("couriers stumbled")
                pause = _BREATH
            self._stop.wait(pause)

    def _take(self) -> bool:
        """Send one roll that waits; False when none does."""
        with self._database.reading() as session:
            if not queue.is_due(session, only=JOB_KIND) or setback.found(session) is not None:
                return False
        with self._database.writing() as session:
            claimed = queue.claim(session, only=JOB_KIND)
        if claimed is None:  # another process was faster
            return False
        thread = threading.Thread(
            target=do_part, args=(self._database, self._files, self._settings, claimed), daemon=True
        )
        self._sending.append(thread)
        thread.start()
        return True
