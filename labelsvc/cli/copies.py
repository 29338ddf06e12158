"""backup and restore."""

from __future__ import annotations

import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy import select, update

from labelsvc import clock, migrations
from labelsvc.accounts import audit
from labelsvc.cli import base
from labelsvc.codes.keys import rotate
from labelsvc.codes.models import CODE_COUNTER, Counter
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict
from labelsvc.settings import Settings

_FORMAT = 1


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@base.json_option
def backup(file: Path, force: bool, as_json: bool) -> None:
    """Write a consistent copy of database and local files to FILE (tar) while the service runs.

    Secret keys are not in it: keep them apart. Example: labelsvc backup /backup/labelsvc-monday.tar
    """
    settings, database, _ = base.opened()
    if not _in_use(database):
        raise Conflict("There is no database to copy.", fix="Run: labelsvc doctor")
    if not file.absolute().parent.is_dir():
        raise BadInput(
            "There is no folder {folder}.", fix="Make it first.", folder=file.absolute().parent
        )
    aside = file.with_name(f".{file.name}.part")
    # Names, telephone numbers and sealed keys are in it: for the owner's eyes only.
    private = os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
    with (
        tempfile.TemporaryDirectory() as folder,
        private,
        tarfile.open(fileobj=private, mode="w") as tar,
    ):
        copy = Path(folder) / "database"
        _copy_database(database, copy)
        present, _ = migrations.revisions(database)
        facts = {
            "format": _FORMAT,
            "kind": database.url.get_backend_name(),
            "revision": present,
            "made_at": clock.now().isoformat(),
        }
        head = json.dumps(facts).encode()
        entry = tarfile.TarInfo("backup.json")
        entry.size = len(head)
        tar.addfile(entry, io.BytesIO(head))
        tar.add(copy, "database")
        if (files := _local_files(settings)) and files.is_dir():
            tar.add(files, "files", filter=_finished)
    aside.replace(file)
    result = facts | {"file": str(file), "bytes": file.stat().st_size}
    base.put(result, as_json, base.say("{file}: {bytes} bytes.", **result))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
@base.json_option
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Put a backup back into an empty place.

    Labels printed after the backup was made are not known to it: their codes will be called “not
    issued”. With --force the numbers that the replaced database had given stay taken, so that no
    code is ever printed twice. Never restore beside a running service.

    Example: labelsvc restore /backup/labelsvc-monday.tar
    """
    settings, database, _ = base.opened()
    with _opened(file) as (tar, facts):
        kind = database.url.get_backend_name()
        if facts.get("kind") != kind:
            raise Conflict(
                "The backup is of a {theirs} database, the settings name a {ours} one.",
                fix="Set LABELSVC_DATABASE_URL to the kind that was backed up.",
                theirs=facts.get("kind"), ours=kind,
            )  # fmt: skip
        if not force and _in_use(database):
            raise Conflict(
                "The database is not empty.", fix="Restore into an empty place, or add --force."
            )
        taken = _next_number(database)
        database.close()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "database"
            with copy.open("wb") as target:
                shutil.copyfileobj(_member(tar, "database"), target)
            _put_database(database, copy)
            files = _local_files(settings)
            members = [entry for entry in tar.getmembers() if entry.name.startswith("files/")]
            if files is not None and members:
                tar.extractall(folder, members, filter="data")
                shutil.copytree(Path(folder) / "files", files, dirs_exist_ok=True)
    migrations.upgrade(database)
    unknown = _keep_numbers(database, settings, taken)
    words = base.say("Restored the copy of {made_at}.", **facts)
    if unknown:
        words += "\n" + base.say(
            "{unknown} codes were issued after it and are not known now; their numbers stay taken, "
            "and a new key signs from here on.",
            unknown=unknown,
        )
    base.put(facts | {"unknown_codes": unknown}, as_json, words)


@contextmanager
def _opened(file: Path) -> Iterator[tuple[tarfile.TarFile, dict[str, Any]]]:
    """A copy and what it says about itself."""
    with ExitStack() as opened:
        try:
            tar = opened.enter_context(tarfile.open(file))
            facts: dict[str, Any] = dict(json.loads(_member(tar, "backup.json").read()))
            _member(tar, "database")
        except (tarfile.TarError, KeyError, ValueError, TypeError, EOFError, OSError) as error:
            raise BadInput(
                "{file} is no backup of labelsvc.",
                fix="Give a file made by: labelsvc backup",
                file=file,
            ) from error
        yield tar, facts


def _member(tar: tarfile.TarFile, name: str) -> io.BufferedReader:
    found = tar.extractfile(name)
    if found is None:
        raise KeyError(name)
    return found  # type: ignore[return-value]


def _in_use(database: Database) -> bool:
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        return False
    present, _ = migrations.revisions(database)
    return present is not None


def _next_number(database: Database) -> int:
    """The first number that was never given; 1 where nothing is known."""
    if not _in_use(database):
        return 1
    with database.reading() as session:
        return session.scalar(select(Counter.next).where(Counter.name == CODE_COUNTER)) or 1


def _keep_numbers(database: Database, settings: Settings, taken: int) -> int:
    """Never give a number below *taken* again; how many of them the restored data do not know.

    The index of a unit inside its lot is counted from the issues, which are gone: a new key makes
    sure that an offline code that repeats such an index still differs from the lost one.
    """
    with database.writing() as session:
        known = session.scalar(select(Counter.next).where(Counter.name == CODE_COUNTER))
        if known is None or known >= taken:
            return 0
        session.execute(update(Counter).where(Counter.name == CODE_COUNTER).values(next=taken))
        record = rotate(session, secrets=settings.keys)
        audit.record(
            session,
            actor="cli",
            action="backup.restore",
            subject=f"key:{record.kid}",
            facts={"unknown_from": known, "unknown_before": taken},
        )
        return taken - known


def _finished(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Files that are being written stay out: they appear under their name when they are whole."""
    return None if entry.name.endswith(".part") else entry


def _copy_database(database: Database, target: Path) -> None:
    if database.is_sqlite:
        source = sqlite3.connect(database.url.database or "")
        copy = sqlite3.connect(target)
        with source, copy:
            source.backup(copy)  # SQLite's own online copy: consistent while others write
        source.close()
        copy.close()
        return
    _postgres("pg_dump", ["--format=custom", f"--file={target}", _plain_url(database)])


def _put_database(database: Database, source: Path) -> None:
    if database.is_sqlite:
        target = Path(database.url.database or "")
        target.parent.mkdir(parents=True, exist_ok=True)
        check = sqlite3.connect(source)
        try:
            check.execute("PRAGMA quick_check").fetchall()
        except sqlite3.DatabaseError as error:
            raise BadInput("The copy is damaged: {reason}", reason=str(error)) from error
        finally:
            check.close()
        aside = target.with_name(f"{target.name}.part")
        shutil.copyfile(source, aside)
        for ending in ("-wal", "-shm"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        aside.replace(target)
        return
    _postgres(
        "pg_restore",
        ["--clean", "--if-exists", "--no-owner", f"--dbname={_plain_url(database)}", str(source)],
    )


def _postgres(program: str, arguments: list[str]) -> None:
    path = shutil.which(program)
    if path is None:
        raise BadInput(
            "{program} is not installed.", fix="apt-get install postgresql-client", program=program
        )
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise BadInput(
            "{program} failed: {reason}", program=program, reason=done.stderr.strip()[-500:]
        )


def _plain_url(database: Database) -> str:
    return database.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _local_files(settings: Settings) -> Path | None:
    parts = urlsplit(settings.files)
    return Path(parts.path) if parts.scheme in ("", "file") else None
