"""SQLite file: opens it for its owner alone, and notices when it is deleted or replaced. Used by `db`.

SQLite goes on in a file whose name is gone: pages answer, writes are acknowledged, and all of it is
lost with the process. So the file is known by its number on the disk from the first connection on.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

from labelsvc.errors import DatabaseGone

#: Seconds that a connection waits for another one: for the lock, and for the change to the log.
_WAIT: Final = 30.0
_PRAGMAS: Final = (
    "synchronous=FULL",  # a number that is printed must survive a power failure
    "foreign_keys=ON",
    "busy_timeout=30000",
    "temp_store=MEMORY",
)


def make_private_file(path: Path) -> None:
    """An empty file that its owner alone may read, where none is yet."""
    with suppress(OSError):  # SQLite says it better
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


class SqliteFile:
    """The file behind an engine, and which one it was when it was opened."""

    def __init__(self, path: str) -> None:
        self._path = path if path not in ("", ":memory:") else ""
        self._known: tuple[int, int] | None = None

    def forget(self) -> None:
        """Nothing of it is open any more: what is found next is taken as it is."""
        self._known = None

    def check(self) -> None:
        """Compare the name with the file that is open.

        :raises DatabaseGone: what is written now would be lost with this process.
        """
        if self._known is not None and self._number() != self._known:
            raise DatabaseGone(
                # Pages show it too: no path.
                "The database of the service was taken away while it ran: nothing was saved.",
                fix="Stop the program. Put the file back, or restore a copy; then start it again.",
            )

    def listen(self, engine: Engine) -> None:
        """Prepare every connection of *engine*."""
        event.listen(engine, "do_connect", self._opening)
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "begin", _begin)

    def _opening(self, *_: Any) -> None:
        # SQLite itself would ask the umask, and make an empty database where ours was deleted; its
        # -wal and -shm take the mode of the file.
        if self._path:
            self.check()
            make_private_file(Path(self._path))

    def _connected(self, connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        try:
            _use_log(connection)
            for pragma in _PRAGMAS:
                connection.execute(f"PRAGMA {pragma}")
        except sqlite3.Error:
            connection.close()  # the pool does not: it never got this connection
            raise
        if self._path and self._known is None:
            self._known = self._number()

    def _number(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 -- with every write: a Path costs twice as much
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _use_log(connection: sqlite3.Connection) -> None:
    """Turn on the write-ahead log. Two that do so at once in a new file are told "locked" whatever
    the timeout says."""
    end = time.monotonic() + _WAIT
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > end:
                raise
            time.sleep(0.05)


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("labelsvc_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
