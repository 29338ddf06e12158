"""Keeps the public log up to what happened: now and then, by whichever worker is idle."""

from __future__ import annotations

import time

import structlog

from labelsvc.codes.tlog import log as public_log
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.settings import Settings

log = structlog.get_logger()

#: Seconds between two looks at what the log does not tell yet.
EVERY = 30.0


def publish(database: Database, files: Files, settings: Settings) -> int:
    """Note what no leaf tells about, and publish. Any process may, at any time.

    :returns: leaves that were missing.
    :raises LogForked: the database is older than the published log; KeyUnavailable.
    """
    origin = public_log.origin_of(settings.host)
    with database.writing() as session:
        found = sweep(session, origin=origin, secrets=settings.keys)
    public_log.publish(database, files, origin=origin, secrets=settings.keys)
    return found


class Publisher:
    """Publishes every `EVERY` seconds, and says once what stands against it."""

    def __init__(self, database: Database, files: Files, settings: Settings) -> None:
        self._what = database, files, settings
        self._next, self._said = time.monotonic() + EVERY / 2, ""

    def tick(self) -> None:
        """Publish when it is time. A log that cannot be published stops no print run."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        try:
            publish(*self._what)
            self._said = ""
        except LabelsvcError as error:
            if error.code != self._said:
                log.error("the public log was not published", reason=str(error), code=error.code)
            self._said = error.code
