"""Publishing: brings the public log and the status lists up to date, from time to time, in an idle worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeAlias

import structlog

from labelsvc import breakdown, clock
from labelsvc.accounts import notices
from labelsvc.catalogue.stars import ending
from labelsvc.codes.register.keys import keyring_of
from labelsvc.codes.tlog import log as public_log
from labelsvc.codes.tlog import setback
from labelsvc.codes.tlog.formats.checkpoint import Checkpoint
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.codes.trust import publish as lists
from labelsvc.codes.trust.formats.status import StatusHead
from labelsvc.db import Database
from labelsvc.errors import LabelsvcError
from labelsvc.files import Files
from labelsvc.inspections import watch
from labelsvc.jobs.heartbeat import beat
from labelsvc.messages import overview
from labelsvc.programme.points import links as point_links
from labelsvc.recovery import journal, notice
from labelsvc.settings import Settings
from labelsvc.worker.steady import Steady

log = structlog.get_logger()

Verb: TypeAlias = Callable[[Database, Files, Settings], object]

#: Seconds between two looks at what the log does not tell yet.
EVERY = 30.0
#: Seconds between two looks at what is a matter of days.
HOUR = 3600.0
#: Producers that are told in one transaction.
_TOLD_AT_ONCE = 50


def publish(database: Database, files: Files, settings: Settings) -> int:
    """Note what no leaf tells about, and publish. Any process may, at any time.

    :returns: leaves that were missing.
    :raises LogForked: the database is older than the published log; KeyUnavailable.
    """
    origin = public_log.origin_of(settings.host)
    with database.writing() as session:
        found = sweep(session, origin=origin, secrets=settings.keys)
    publish_log(database, files, settings)
    return found


def publish_log(database: Database, files: Files, settings: Settings) -> Checkpoint:
    """Publish what was noted, once the journal beside the log has it. Raises as `publish`."""
    keep = partial(journal.keep, database, files, settings.keys)
    origin = public_log.origin_of(settings.host)
    return public_log.publish(database, files, origin=origin, secrets=settings.keys, keep=keep)


def look_for_older(database: Database, files: Files, settings: Settings) -> None:
    """See whether an old copy was put in the place of the database, also under a running service.

    :raises LogForked: it was; no numbers are given from here on.
    """
    found = notice.look(database, files, settings)
    if found is not None and found.fault is not None:
        raise found.fault
    with database.reading() as session:
        setback.refuse(session)


def publish_lists(database: Database, files: Files, settings: Settings) -> StatusHead | None:
    """Publish what was withdrawn or sold since. Any process may, at any time.

    :returns: the new head; None when nothing changed.
    :raises KeyUnavailable: there are no keys, or the settings do not open them.
    """
    with database.reading() as session:
        ring = keyring_of(session, settings)
    return lists.publish(database, files, ring, secrets=settings.keys)


def look_for_copies(database: Database, _: Files, settings: Settings) -> None:
    """Raise cases for what the scans of the last hours show; returns at once most of the time."""
    watch.look(database, settings)


def keep_messages(database: Database, _: Files, settings: Settings) -> None:
    """Tell of stars that end, ask points of sale to confirm themselves, and forget old messages."""
    if not settings.channels:
        return
    with database.reading() as session:
        found = ending.waiting(session, clock.today())
    for start in range(0, len(found), _TOLD_AT_ONCE):  # others write between
        with database.writing() as session:
            for producer_id, note in found[start : start + _TOLD_AT_ONCE]:
                notices.tell_producer(session, producer_id, note)
    with database.writing() as session:
        for outlet in point_links.due(session, clock.today()):
            point_links.send(session, outlet, keys=settings.keys, actor="worker")
    with database.writing() as session:
        overview.forget(session)


#: Recurring work by the name of its heartbeat: what is logged when it does not go well.
_LOGGED: Final = {
    "older": "nobody looked whether the database is older than the log",
    "lists": "the status lists were not published",
    "log": "the public log was not published",
    "copies": "nobody looked for copies",
    "messages": "nobody was told of stars that end",
}


class Publisher:
    """Publishes every `EVERY` seconds, says once what stands against it, and notes when it went well."""

    def __init__(self, database: Database, files: Files, settings: Settings) -> None:
        self._what = database, files, settings
        self._next = time.monotonic() + EVERY / 10
        self._next_hour = self._next
        self._said: dict[str, str] = {}
        self._steady = Steady()

    def tick(self) -> None:
        """Publish when it is time. What cannot be published stops no print run, nor the other."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY
        verbs: dict[str, Verb] = {
            "older": look_for_older,
            "lists": self._steadily(publish_lists),
            "log": self._steadily(publish),
            "copies": look_for_copies,
            "messages": self._hourly(keep_messages),
        }
        problems = {name: self._try(name, verb) for name, verb in verbs.items()}
        try:
            with self._what[0].writing() as session:
                for name, problem in problems.items():
                    beat(session, name, problem=problem)
        except Exception as error:  # the next time tells it
            self._tell("heartbeats were not written", error)

    def _steadily(self, verb: Verb) -> Verb:
        def checked(*what: Any) -> object:
            self._steady.check()
            return verb(*what)

        return checked

    def _hourly(self, verb: Verb) -> Verb:
        def run(*what: Any) -> object:
            if time.monotonic() >= self._next_hour:
                verb(*what)
                self._next_hour = time.monotonic() + HOUR
            return None

        return run

    def _try(self, name: str, verb: Verb) -> str:
        """Code of what stands against it, "" when it went well."""
        try:
            verb(*self._what)
        except Exception as error:  # a store that is away must not starve the others
            return self._tell(_LOGGED[name], error)
        self._said.pop(_LOGGED[name], None)
        return ""

    def _tell(self, words: str, error: Exception) -> str:
        fault = error if isinstance(error, LabelsvcError) else breakdown.of(error)
        code = fault.code if fault is not None else "unexpected"
        if code != self._said.get(words):
            if fault is None:
                log.exception(words, code=code)
            else:
                log.error(words, reason=str(error).partition("\n")[0], code=code)
        self._said[words] = code
        return code
