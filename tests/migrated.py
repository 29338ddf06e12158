"""An empty SQLite database at the newest revision, made by its steps once a process.

Used by conftest.py. The commands that are tried on a folder of their own each began with two dozen
steps. What is older or not empty still takes them, and so does PostgreSQL.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from labelsvc.db import Database


def once(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Copy the first database that is migrated from nothing into each later empty one."""
    steps, kept = command.upgrade, folder / "migrated.sqlite3"

    def upgrade(config: Config, revision: str, *args: Any, **named: Any) -> None:
        database: Database = config.attributes["database"]
        if not database.is_sqlite or revision != "head" or _filled(database):
            steps(config, revision, *args, **named)
            return
        if not kept.exists():
            steps(config, revision, *args, **named)
            _copy(database, kept, out=True)
        else:
            _copy(database, kept, out=False)

    patch.setattr(command, "upgrade", upgrade)


def _filled(database: Database) -> bool:
    connection = database.engine.raw_connection()
    try:
        return bool(connection.cursor().execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    finally:
        connection.close()


def _copy(database: Database, kept: Path, *, out: bool) -> None:
    connection, other = database.engine.raw_connection(), sqlite3.connect(kept)
    own: Any = connection.driver_connection
    try:
        own.backup(other) if out else other.backup(own)
    finally:
        other.close()
        connection.close()
