"""Recorder: writes scans in batches, de-identified, after the answer is sent.

A scan is put into a bounded queue; a thread writes what has gathered a few times a second. When the
queue is full or the database is away, scans are lost and the page is not: it never waits for them.
"""

from __future__ import annotations

import atexit
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from queue import Empty, Full, Queue

import structlog
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.db import Database
from labelsvc.scans.models import MachineVisits, Scan, UnitSeen

logger = structlog.get_logger()

#: Scans by one day token within this time are one session.
SESSION = timedelta(minutes=30)
#: Rows of one transaction at most.
_BATCH = 500
_QUEUE, _PAUSE = 10_000, 0.3
#: Rounds of the writing thread in a minute and in an hour.
_MINUTE, _HOUR = 200, 12_000


@dataclass(frozen=True, slots=True)
class Seen:
    """One scan, already without anything that names a person."""

    at: datetime
    verdict: str
    number: int | None = None
    issue_id: int | None = None
    form: str | None = None
    language: str = "vi"
    device: str = ""
    day_token: str | None = None


class Recorder:
    """Takes scans from any thread and writes them in batches.

    :param hourly: what else has to be done now and then: coarsening, forgetting keys.
    """

    def __init__(self, database: Database, hourly: Callable[[], object] = bool) -> None:
        self._database = database
        self._hourly = hourly
        self._queue: Queue[Seen] = Queue(_QUEUE)
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._start = threading.Lock()
        self._machines: Counter[tuple[date, str]] = Counter()

    def add(self, seen: Seen) -> None:
        """Remember a scan; drops it when ten thousand are waiting."""
        try:
            self._queue.put_nowait(seen)
        except Full:
            return
        self._begin()

    def _begin(self) -> None:
        """Start the writing thread on first use: after a server has forked."""
        if self._thread is None:
            with self._start:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="scans", daemon=True)
                    self._thread.start()
                    atexit.register(self.flush)

    def add_machine(self, agent: str) -> None:
        """Count a page that a program fetched; it is written with the next scans."""
        with self._start:
            self._machines[clock.today(), agent] += 1
        self._begin()

    def flush(self) -> None:
        """Write everything that waits, now; what comes meanwhile waits for the next time.

        Draining an open queue would write one scan a transaction under load, and spend more on
        that than on all pages.
        """
        with self._writing:
            waiting = self._queue.qsize()
            while waiting > 0 and (rows := self._waiting(min(waiting, _BATCH))):
                waiting -= len(rows)
                try:
                    with self._database.writing() as session:
                        write(session, rows)
                except Exception:
                    logger.exception("scans lost", count=len(rows))
            self._flush_machines()

    def _flush_machines(self) -> None:
        with self._start:
            counted, self._machines = self._machines, Counter()
        if not counted:
            return
        try:
            with self._database.writing() as session:
                write_machines(session, counted)
        except Exception:
            logger.exception("fetches of programs lost", count=counted.total())

    def _waiting(self, most: int) -> list[Seen]:
        rows: list[Seen] = []
        while len(rows) < most:
            try:
                rows.append(self._queue.get_nowait())
            except Empty:
                break
        return rows

    def _run(self) -> None:
        wait, rounds = threading.Event(), 0
        while not wait.wait(_PAUSE) and not self._database.closed:
            self.flush()
            rounds += 1
            if rounds % _HOUR == _MINUTE:  # soon after the start, then every hour
                try:
                    self._hourly()
                except Exception:
                    logger.exception("scans: housekeeping failed")
        # Otherwise the process would hold a closed service, with its statements and pages, to its end.
        atexit.unregister(self.flush)


def write(session: Session, rows: Sequence[Seen]) -> None:
    """Add scans and count the visits of their codes."""
    ours = sorted(
        (row for row in rows if row.number is not None and row.issue_id is not None),
        key=lambda row: (row.number, row.at),
    )
    # In the order of their numbers, so that two processes never wait for each other crosswise.
    for number, group in groupby(ours, key=lambda row: row.number):
        _count(session, number or 0, list(group))
    # To the minute; one visitor who loads a page again and again writes one row a batch.
    kept = dict.fromkeys(replace(row, at=row.at.replace(second=0, microsecond=0)) for row in rows)
    columns = [field.name for field in fields(Seen)]
    session.execute(insert(Scan), [{name: getattr(r, name) for name in columns} for r in kept])


def write_machines(session: Session, counted: Mapping[tuple[date, str], int]) -> None:
    """Add to the fetches of programs, by day and kind of agent."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    for (day, agent), count in sorted(counted.items()):
        session.execute(
            make(MachineVisits)
            .values(day=day, agent=agent, count=count)
            .on_conflict_do_update(
                index_elements=["day", "agent"], set_={"count": MachineVisits.count + count}
            )
        )


def _count(session: Session, number: int, scans: Sequence[Seen]) -> None:
    at = scans[0].at
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    session.execute(
        make(UnitSeen)
        .values(number=number, first_at=at, last_at=at, sessions=0, scans=0)
        .on_conflict_do_nothing()
    )
    seen = session.get_one(UnitSeen, number, with_for_update=True)
    last: dict[str | None, datetime] = {
        token: moment
        for token, moment in session.execute(
            select(Scan.day_token, func.max(Scan.at))
            .where(Scan.number == number, Scan.at >= at - SESSION - timedelta(minutes=1))
            .group_by(Scan.day_token)
        )
    }
    for scan in scans:
        before = last.get(scan.day_token)
        seen.sessions += before is None or scan.at - before >= SESSION
        last[scan.day_token] = scan.at
    seen.scans += len(scans)
    seen.first_at, seen.last_at = min(seen.first_at, at), max(seen.last_at, scans[-1].at)
    session.flush()


def coarsen(session: Session, *, before: datetime) -> int:
    """Scans older than *before* keep the day and lose minute and token, and what is known of their
    units keeps the day. Gives how many scans."""
    changed = 0
    fine = (Scan.day_token.is_not(None), Scan.at < before)
    while (oldest := session.scalar(select(func.min(Scan.at)).where(*fine))) is not None:
        day = clock.local(oldest).date()
        noon = clock.noon(oldest)
        start = datetime.combine(day, time(), clock.HANOI)
        for column in (UnitSeen.first_at, UnitSeen.last_at, UnitSeen.province_at):
            session.execute(
                update(UnitSeen)
                .where(column >= start, column < start + timedelta(days=1), column < before)
                .values({column: noon})
                .execution_options(synchronize_session=False)
            )
        result = session.execute(
            update(Scan)
            .where(*fine, Scan.at < start + timedelta(days=1))
            .values(at=noon, day_token=None)
            .execution_options(synchronize_session=False)
        )
        changed += result.rowcount  # type: ignore[attr-defined]
    return changed
