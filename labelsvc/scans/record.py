"""Writing scans down, de-identified, without making the reader wait.

A scan is put into a bounded queue; a thread writes what has gathered a few times a second. When the
queue is full or the database is away, scans are lost and the page is not: it never waits for them.
"""

from __future__ import annotations

import atexit
import hashlib
import hmac
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from queue import Empty, Full, Queue

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.db import Database
from labelsvc.scans.models import Scan, UnitSeen

log = structlog.get_logger()

#: Scans by one day token within this time are one session.
SESSION = timedelta(minutes=30)
_QUEUE, _PAUSE = 10_000, 0.3


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


class DayKey:
    """A random key that lives one day in the data folder, shared by the processes of one machine.

    When the day is over the file is removed: no token of that day can be tied to an address again.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "ephemeral"
        self._day: date | None = None
        self._key = b""
        self._lock = threading.Lock()

    def token(self, network: str, device: str) -> str:
        """Sixteen hex characters for one network and browser family, the same all day."""
        with self._lock:
            today = clock.today()
            if today != self._day:
                self._key, self._day = self._load(today), today
        return hmac.digest(self._key, f"{network}|{device}".encode(), hashlib.sha256).hex()[:16]

    def _load(self, today: date) -> bytes:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self._folder / f"day-{today:%Y%m%d}"
        for old in self._folder.glob("day-*"):
            if old.name < path.name:
                old.unlink(missing_ok=True)
        aside = self._folder / f".{secrets.token_hex(8)}"
        aside.write_bytes(secrets.token_bytes(32))
        try:
            path.hardlink_to(aside)  # whole or not at all; the first process of the day wins
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        return path.read_bytes()


class Recorder:
    """Takes scans from any thread and writes them in batches."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: Queue[Seen] = Queue(_QUEUE)
        self._wake = threading.Event()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None
        self._start = threading.Lock()

    def add(self, seen: Seen) -> None:
        """Remember a scan; drops it when ten thousand are waiting."""
        try:
            self._queue.put_nowait(seen)
        except Full:
            return
        if self._thread is None:  # begun on first use: after a server has forked
            with self._start:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, daemon=True)
                    self._thread.start()
                    atexit.register(self.flush)

    def flush(self) -> None:
        """Write everything that waits, now."""
        with self._writing:
            rows: list[Seen] = []
            while True:
                try:
                    rows.append(self._queue.get_nowait())
                except Empty:
                    break
            if not rows:
                return
            try:
                with self._database.writing() as session:
                    write(session, rows)
            except Exception:
                log.exception("scans lost", count=len(rows))

    def _run(self) -> None:
        while True:
            self._wake.wait(_PAUSE)
            self.flush()


def write(session: Session, rows: Sequence[Seen]) -> None:
    """Add scans and count the visits of their codes."""
    session.execute(
        insert(Scan),
        [
            {
                "at": row.at.replace(second=0, microsecond=0),
                "number": row.number,
                "issue_id": row.issue_id,
                "form": row.form,
                "verdict": row.verdict,
                "language": row.language,
                "device": row.device,
                "day_token": row.day_token,
            }
            for row in rows
        ],
    )
    for row in rows:
        if row.number is None or row.issue_id is None:
            continue
        known = session.get(UnitSeen, row.number, with_for_update=True)
        if known is None:
            session.add(
                UnitSeen(
                    number=row.number, first_at=row.at, last_at=row.at, last_token=row.day_token
                )
            )
            session.flush()
            continue
        again = known.last_token == row.day_token and row.at - known.last_at < SESSION
        known.scans += 1
        known.sessions += 0 if again else 1
        known.last_at, known.last_token = row.at, row.day_token


def coarsen(session: Session, *, before: datetime) -> int:
    """Scans older than *before* keep the day and lose minute and token. Gives how many."""
    fine = session.scalars(select(Scan).where(Scan.at < before, Scan.day_token.is_not(None))).all()
    for scan in fine:
        scan.at, scan.day_token = clock.local(scan.at).replace(hour=12, minute=0), None
    session.execute(update(UnitSeen).where(UnitSeen.last_at < before).values(last_token=None))
    return len(fine)
