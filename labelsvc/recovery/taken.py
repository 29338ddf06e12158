"""Taken: what a replaced database gave stays taken in the copy that replaces it, in one step with the load.

A restore that dies right after the load leaves a database that knows where to go on, and that gives no
number before somebody has completed it. As statements, since PostgreSQL runs them inside the
transaction of psql, and SQLite in the file that is not yet in its place.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from labelsvc.clock import now
from labelsvc.codes.models import CODE_COUNTER, COPY_COUNTER, KEY_COUNTER
from labelsvc.db import Base
from labelsvc.recovery.complete import Before
from labelsvc.recovery.ids import SETVAL

#: Of a copy that lacks numbers which were given: its own counter is remembered, and it refuses to
#: give any until it is completed.
_BEHIND = "SELECT '{copy}', next FROM counter WHERE name = '{code}' AND next < {next:d}"
_SHUT = (
    "INSERT INTO setback (id, noticed_at, published, own, sign, leaves)"
    " SELECT 1, '{at}', size, size, 'restore', 0 FROM"
    " (SELECT coalesce(max(size), 0) AS size FROM log_state) AS log"
    " WHERE EXISTS (SELECT 1 FROM counter WHERE name = '{copy}')"
    " ON CONFLICT (id) DO UPDATE SET noticed_at = excluded.noticed_at, ended_at = NULL,"
    " published = excluded.published, own = excluded.own, sign = excluded.sign, leaves = 0"
)
#: Never down: a copy may hold a larger one.
_UP = " ON CONFLICT (name) DO UPDATE SET next = excluded.next WHERE {table}.next < excluded.next"


def in_file(copy: Path, before: Before) -> None:
    """Write what *before* gave into a copy of SQLite that is not yet in its place."""
    with closing(sqlite3.connect(copy)) as own, own:
        tables = {row[0] for row in own.execute("SELECT name FROM sqlite_schema")}
        for needed, statement in _statements(before, sqlite=True):
            if needed in tables:  # a copy of an older release has none: its migrations make it
                own.execute(statement)


def as_script(before: Before) -> str:
    """The same for psql, after it has loaded a copy in the same transaction."""
    lines = ["SET search_path = DEFAULT;"]  # pg_restore leaves it empty
    for needed, statement in _statements(before, sqlite=False):
        run = statement if statement.startswith(("INSERT", "UPDATE")) else f"PERFORM {statement}"
        lines.append(f"DO $$BEGIN IF to_regclass('\"{needed}\"') IS NOT NULL THEN {run}; END IF; END$$;")  # fmt: skip
    return "\n".join(lines)


def _statements(before: Before, *, sqlite: bool) -> Iterator[tuple[str, str]]:
    """Table that must be there, and statement; numbers and names of ours, and no text of others."""
    names = {"copy": COPY_COUNTER, "code": CODE_COUNTER, "key": KEY_COUNTER}
    at = f"{now():%Y-%m-%d %H:%M:%S.%f}" + ("" if sqlite else "+00")
    behind = _BEHIND.format(**names, next=before.next)
    yield "counter", f"INSERT INTO counter (name, next) {behind} ON CONFLICT (name) DO NOTHING"
    yield "setback", _SHUT.format(**names, at=at)
    up = f"UPDATE counter SET next = {before.next:d} WHERE name = '{CODE_COUNTER}' AND next < {before.next:d}"  # noqa: S608
    yield "counter", up
    if before.kid:
        keys = f"INSERT INTO counter (name, next) VALUES ('{KEY_COUNTER}', {before.kid + 1:d})"  # noqa: S608
        yield "counter", keys + _UP.format(table="counter")
    for name, last in before.ids.items():
        if not last or name not in Base.metadata.tables:
            continue
        if sqlite:
            floor = f"INSERT INTO id_floor (name, next) VALUES ('{name}', {last + 1:d})"  # noqa: S608
            yield "id_floor", floor + _UP.format(table="id_floor")
        else:
            # PERFORM stands for SELECT.
            setval = SETVAL.replace(":last", f"{last:d}").replace(":name", f"'\"{name}\"'")
            yield name, setval.removeprefix("SELECT ")
