"""Dumps: a consistent copy of a database in one file, and back (SQLite backup, pg_dump)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL

from labelsvc.db import Base, Database, make_private_file
from labelsvc.errors import BadInput


def dump(database: Database, target: Path) -> None:
    """Copy *database* into *target* while others write."""
    if not database.is_sqlite:
        _postgres(database, "pg_dump", "--format=custom", f"--file={target}")
        return
    path = database.url.database or ""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)  # SQLite's own online copy: consistent while others write


def load(database: Database, source: Path) -> None:
    """Put a copy in the place of *database*: all of it, or nothing when something fails."""
    if database.is_sqlite:
        _load_sqlite(Path(database.url.database or ""), source)
        return
    script, empty = source.with_name("restore.sql"), source.with_name("empty.sql")
    # First our tables, those too that are newer than the copy: the migrations make them again.
    names = [table.name for table in Base.metadata.sorted_tables] + ["alembic_version"]
    empty.write_text("".join(f'DROP TABLE IF EXISTS "{name}" CASCADE;\n' for name in names))
    _run("pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(source))
    _postgres(
        database, "psql", "--no-psqlrc", "--quiet", "--single-transaction",
        "--set=ON_ERROR_STOP=1", f"--file={empty}", f"--file={script}",
    )  # fmt: skip


def _load_sqlite(target: Path, source: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    check = sqlite3.connect(source)
    try:
        check.execute("PRAGMA quick_check").fetchall()
    except sqlite3.DatabaseError as error:
        raise BadInput("The copy is damaged: {reason}", reason=str(error)) from error
    finally:
        check.close()
    aside = target.with_name(f"{target.name}.part")
    aside.unlink(missing_ok=True)
    make_private_file(aside)  # copyfile keeps the mode of what is there
    shutil.copyfile(source, aside)
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    aside.replace(target)


def _postgres(database: Database, program: str, *arguments: str) -> None:
    url = database.url
    plain = URL.create(
        "postgresql", url.username, None, url.host, url.port, url.database, url.query
    )
    _run(program, f"--dbname={plain.render_as_string()}", *arguments, password=url.password)


def _run(program: str, *arguments: str, password: str | None = None) -> None:
    """:param password: goes by the environment: everybody on the machine sees the arguments."""
    path = shutil.which(program)
    if path is None:
        raise BadInput(
            "{program} is not installed.", fix="apt-get install postgresql-client", program=program
        )
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    done = subprocess.run(  # noqa: S603
        [path, *arguments], capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode:
        raise BadInput(
            "{program} failed: {reason}", program=program, reason=done.stderr.strip()[-500:]
        )
