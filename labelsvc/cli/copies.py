"""backup and restore."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import click

from labelsvc import clock, migrations
from labelsvc.cli import base
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict
from labelsvc.settings import Settings

_FORMAT = 1


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@base.json_option
def backup(file: Path, as_json: bool) -> None:
    """Write a consistent copy of database and local files to FILE (tar) while the service runs.

    Secret keys are not in it: keep them apart. Example: labelsvc backup /backup/labelsvc-monday.tar
    """
    settings, database, _ = base.opened()
    aside = file.with_name(f".{file.name}.part")
    with tempfile.TemporaryDirectory() as folder, tarfile.open(aside, "w") as tar:
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
            tar.add(files, "files")
    aside.replace(file)
    result = facts | {"file": str(file), "bytes": file.stat().st_size}
    base.put(result, as_json, base.say("{file}: {bytes} bytes.", **result))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
@base.json_option
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Put a backup back into an empty place.

    Numbers issued after the backup was made are not known to it: give the service a fresh key
    (labelsvc keys rotate) and never restore an old copy beside a running service.
    """
    settings, database, _ = base.opened()
    try:
        tar = tarfile.open(file)  # noqa: SIM115 -- closed below
        facts = json.loads(_member(tar, "backup.json").read())
    except (tarfile.TarError, KeyError, ValueError) as error:
        raise BadInput("{file} is no backup of labelsvc.", fix="Give a file made by: labelsvc backup", file=file) from error  # fmt: skip
    with tar:
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
        database.close()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "database"
            with copy.open("wb") as target:
                shutil.copyfileobj(_member(tar, "database"), target)
            _put_database(database, copy)
            files = _local_files(settings)
            if files is not None and any(m.name.startswith("files/") for m in tar.getmembers()):
                tar.extractall(folder, filter="data")
                shutil.copytree(Path(folder) / "files", files, dirs_exist_ok=True)
    migrations.upgrade(database)
    base.put(facts, as_json, base.say("Restored the copy of {made_at}.", **facts))


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
        for ending in ("-wal", "-shm"):
            Path(f"{target}{ending}").unlink(missing_ok=True)
        shutil.copyfile(source, target)
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
