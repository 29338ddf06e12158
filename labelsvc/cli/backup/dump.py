"""Dumps: a consistent copy of a database in one file, and back (SQLite backup, pg_dump)."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import URL, inspect

from labelsvc.db import Base, Database, make_private_file
from labelsvc.errors import BadInput
from labelsvc.recovery import taken
from labelsvc.recovery.complete import Before


def dump(database: Database, target: Path) -> None:
    """Copy *database* into *target* while others write."""
    if not database.is_sqlite:
        _postgres(database, "pg_dump", "--format=custom", f"--file={target}")
        return
    path = database.url.database or ""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)  # SQLite's own online copy: consistent while others write


def load(database: Database, source: Path, *, before: Before | None = None) -> None:
    """Put a copy in the place of *database*: all of it, or nothing when something fails.

    :param before: what the replaced database gave. It is kept in the same step as the load: a restore
        that dies right after it must give no number, row id or key id twice.
    """
    if database.is_sqlite:
        check(database, source)
        if before is not None:
            taken.in_file(source, before)
        _load_sqlite(Path(database.url.database or ""), source)
        return
    script, empty = source.with_name("restore.sql"), source.with_name("empty.sql")
    after = source.with_name("after.sql")
    after.write_text(taken.as_script(before) if before is not None else "")
    # First our tables, those too that are newer than the copy: the migrations make them again.
    names = [table.name for table in Base.metadata.sorted_tables] + ["alembic_version"]
    empty.write_text("".join(f'DROP TABLE IF EXISTS "{name}" CASCADE;\n' for name in names))
    # Extensions stay as they are: where somebody else installed one, dropping it is refused, and no table
    # of ours needs any.
    listing = source.with_name("listing.txt")
    _run("pg_restore", "--list", f"--file={listing}", str(source))
    kept = [line for line in listing.read_text().splitlines() if " EXTENSION " not in line]
    listing.write_text("\n".join(kept) + "\n")
    _run(
        "pg_restore", "--clean", "--if-exists", "--no-owner", f"--use-list={listing}", f"--file={script}", str(source)
    )  # fmt: skip
    _postgres(
        database, "psql", "--no-psqlrc", "--quiet", "--single-transaction",
        "--set=ON_ERROR_STOP=1", f"--file={empty}", f"--file={script}", f"--file={after}",
    )  # fmt: skip


def check(database: Database, source: Path) -> None:
    """Look whether a copy could be loaded, before anything is replaced.

    :raises BadInput: it is damaged, or no copy of such a database.
    """
    if not database.is_sqlite:
        _run("pg_restore", "--list", str(source))
        return
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro&immutable=1", uri=True)) as opened:
            said = [str(row[0]) for row in opened.execute("PRAGMA integrity_check(3)")]
            if said == ["ok"] and opened.execute("PRAGMA foreign_key_check").fetchone():
                said = ["rows point to nothing"]
            if said == ["ok"]:
                opened.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.DatabaseError as error:
        said = [str(error)]
    if said != ["ok"]:
        raise BadInput("The copy is damaged: {reason}", reason="; ".join(said))


@contextmanager
def replaced(
    database: Database, source: Path, aside: Path, *, before: Before | None = None
) -> Iterator[None]:
    """*source* in the place of *database*; what was there comes back when the block raises.

    :param before: as of `load`.
    :param aside: a file that does not exist: the database that is replaced, until the block ends.
    """
    kept = _keep(database, aside)
    try:
        load(database, source, before=before)
        yield
    except BaseException:
        database.close()
        if kept:
            load(database, aside)
        raise
    finally:
        aside.unlink(missing_ok=True)


def _keep(database: Database, aside: Path) -> bool:
    """A copy of the database as it is; False where there is none."""
    if not database.is_sqlite:
        with database.engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
        database.engine.dispose()
        dump(database, aside)
        return True
    path = Path(database.url.database or "")
    if not path.is_file():
        return False
    fold(path)
    make_private_file(aside)
    shutil.copyfile(path, aside)
    return True


def fold(path: Path) -> None:
    """Fold the write-ahead log of a SQLite file into it: a log that lies beside another file than its
    own is read into that one. One that cannot be read any more is left to be thrown away.
    """
    try:
        with closing(sqlite3.connect(path)) as own:
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            own.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.Error:
        return


def _load_sqlite(target: Path, source: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = target.with_name(f"{target.name}.part")
    aside.unlink(missing_ok=True)
    make_private_file(aside)  # copyfile keeps the mode of what is there
    shutil.copyfile(source, aside)
    sync(aside)
    if target.is_file():
        fold(target)  # from here on the old file is whole without a log
    for ending in ("-wal", "-shm"):
        Path(f"{target}{ending}").unlink(missing_ok=True)
    sync(target.parent)
    aside.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Make a written file, or a name changed in a folder, survive a power failure."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


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
