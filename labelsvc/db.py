"""Database: one engine, with a reading and a writing session.

`reading()` opens a deferred transaction, `writing()` takes the write lock at once. On SQLite a
transaction that reads first and writes later fails with "database is locked" immediately,
whatever `busy_timeout` says, when another writer came between; BEGIN IMMEDIATE waits its turn
instead. Using it for reads too would make every page a writer: hence two doors. On PostgreSQL
both are ordinary transactions. Leaving the block commits, raising rolls back.
"""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, cast

from sqlalchemy import (
    Engine,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import StatementError
from sqlalchemy.orm import Session

from labelsvc import letters
from labelsvc.errors import LabelsvcError
from labelsvc.mapped import Base as Base
from labelsvc.mapped import Revision as Revision
from labelsvc.mapped import UtcDateTime as UtcDateTime
from labelsvc.revisions import WritingSession
from labelsvc.settings import Settings
from labelsvc.sqlite_file import SqliteFile
from labelsvc.sqlite_file import make_private_file as make_private_file

_NAMED = re.compile(r":([a-z_]+)")


def take_turn(session: Session, lock: int, key: int | None = None) -> None:
    """Let one transaction at a time pass here, until it ends; SQLite's writing door does so for all.

    :param lock: a number of its own for each place. :param key: of what only a part takes turns for.
    """
    if session.get_bind().dialect.name != "postgresql":
        return
    if key is None:
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
    else:
        words = "SELECT pg_advisory_xact_lock(:lock, :key)"
        session.execute(text(words), {"lock": lock, "key": key})


@dataclass(frozen=True)
class Pool:
    """Connections to a server: how many of one process, and what they may keep there (docs/settings.md)."""

    size: int = 5
    overflow: int = 10
    #: Seconds that a page waits for one.
    wait: float = 30.0
    #: Whether statements stay prepared: not behind a pooler that hands each transaction to another.
    prepare: bool = False


_here = threading.local()


def writing_here() -> bool:
    """True inside a writing door of this thread: others wait, nothing slow may be done."""
    return bool(getattr(_here, "writing", 0))


class Database:
    """An engine and its two doors. One per process: a forked child makes its own.

    A thread has one connection at a time: `reading` inside an open door looks through that one. With
    two, all who have their first may wait for ever for their second.
    """

    #: How long a new, reset or promoted account confirms nothing (`accounts.two_people`).
    confirm_wait: timedelta = timedelta(hours=72)
    #: Ways by which messages leave (`Settings.channels`); without settings there are none.
    channels: Mapping[str, frozenset[str] | None] = MappingProxyType({})
    #: Refuse a writing door inside an open one; tests turn it on.
    strict: ClassVar[bool] = False

    def __init__(self, url: str, pool: Pool = Pool()) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.closed = False
        self._file = SqliteFile(self.url.database or "" if self.is_sqlite else "")
        self._inside = threading.local()
        self._glances, self._generation = threading.local(), 0
        self._opened: list[sqlite3.Connection] = []
        if self.is_sqlite and self.url.database:
            # Password hashes, names and telephone numbers are in it: no business of other users.
            Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.engine: Engine = create_engine(
            self.url,
            json_serializer=_json,
            # Errors go to the log: they must not bring codes, or what a reporter wrote, with them.
            hide_parameters=True,
            pool_pre_ping=not self.is_sqlite,
            **({"connect_args": {"timeout": 30}} if self.is_sqlite else _server_arguments(pool)),
        )
        event.listen(self.engine, "before_cursor_execute", _check_texts)
        if self.is_sqlite:
            self._file.listen(self.engine)

    @classmethod
    def of(cls, settings: Settings) -> Database:
        """The database that *settings* name."""
        made = cls(
            settings.database,
            Pool(
                settings.database_pool,
                settings.database_overflow,
                settings.database_wait,
                settings.database_prepare,
            ),
        )
        made.confirm_wait = timedelta(hours=settings.confirm_wait)
        made.channels = settings.channels
        return made

    def _rules(self) -> dict[str, Any]:
        """Collect what the settings say about verbs: a session carries it to them."""
        return {"confirm_wait": self.confirm_wait, "channels": self.channels}

    def check_file(self) -> None:
        """Look whether an SQLite file is still the one that was opened.

        :raises DatabaseGone: it was deleted or replaced.
        """
        self._file.check()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session for looking; never commit through it."""
        outer: Session | None = getattr(self._inside, "session", None)
        bind = self.engine if outer is None else outer.connection()
        with Session(bind, expire_on_commit=False, autoflush=False, info=self._rules()) as session:
            if outer is not None:
                yield session  # closing it leaves the transaction to the outer one
                return
            with self._entered(session):
                yield session  # closing rolls back and leaves what was loaded usable

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session for changing: commits on leaving, rolls back when something is raised.

        :raises DatabaseGone: the SQLite file was deleted or replaced: what is written would be lost.
        """
        self._file.check()
        if self.strict and getattr(self._inside, "session", None) is not None:
            raise RuntimeError("a writing door inside an open one takes a second connection")
        engine = (
            self.engine.execution_options(labelsvc_write=True) if self.is_sqlite else self.engine
        )
        with (
            WritingSession(engine, expire_on_commit=False, info=self._rules()) as session,
            self._entered(session),
            session.begin(),
            _writes(),
        ):
            yield session

    @contextmanager
    def _entered(self, session: Session) -> Iterator[None]:
        outer = getattr(self._inside, "session", None)
        self._inside.session = session
        try:
            yield
        except StatementError as error:
            if isinstance(error.orig, LabelsvcError):  # of `_json`, which SQLAlchemy wraps
                raise error.orig from None
            raise
        finally:
            self._inside.session = outer

    def glance(self, query: str, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of one statement with ``:name`` parameters, without a transaction.

        For what is asked with every scan: a pooled connection costs more than the statement, and
        each of its calls gives the interpreter away and has to win it back. SQLite gives each
        thread its own connection, which is never in a transaction.
        """
        if not self.is_sqlite:
            connection = self.engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(_NAMED.sub(r"%(\1)s", query), values)
                return cast(tuple[Any, ...] | None, cursor.fetchone())
            finally:
                connection.close()
        own = getattr(self._glances, "connection", None)
        if own is None or self._glances.generation != self._generation:
            own = sqlite3.connect(
                str(self.url.database), timeout=30, isolation_level=None, check_same_thread=False
            )
            own.execute("PRAGMA query_only=ON")
            self._glances.connection, self._glances.generation = own, self._generation
            self._opened.append(own)
        return cast(tuple[Any, ...] | None, own.execute(query, values).fetchone())

    def close(self) -> None:
        """Close every pooled connection; threads that work for this database end by `closed`."""
        self.closed = True
        self._generation += 1
        while self._opened:
            self._opened.pop().close()
        self.engine.dispose()
        self._file.forget()


def _json(value: Any) -> str:
    """:raises BadInput: a text inside holds characters that no text of ours may hold."""
    letters.check_all(value)
    return json.dumps(value)


def _check_texts(
    _connection: Any, _cursor: Any, _statement: str, values: Any, _context: Any, _many: bool
) -> None:
    """The last door for texts, behind those of forms, lists and JSON: what none of them looked at."""
    # Several rows of one INSERT come as one tuple; several runs of a statement as a list of tuples.
    for row in values if isinstance(values, list) else (values,):
        held = row.values() if isinstance(row, dict) else row or ()
        # Looked at as one text: a row has dozens, and most are empty.
        letters.check("".join([value for value in held if isinstance(value, str)]))


@contextmanager
def _writes() -> Iterator[None]:
    _here.writing = getattr(_here, "writing", 0) + 1
    try:
        yield
    finally:
        _here.writing -= 1


def _server_arguments(pool: Pool) -> dict[str, Any]:
    return {
        "pool_size": pool.size,
        "max_overflow": pool.overflow,
        "pool_timeout": pool.wait,
        "connect_args": {} if pool.prepare else {"prepare_threshold": None},
    }
