"""backup and restore."""

from __future__ import annotations

import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
from sqlalchemy.exc import SQLAlchemyError

from labelsvc import clock, i18n, migrations
from labelsvc.accounts import audit
from labelsvc.cli import base, completed
from labelsvc.cli.dump import dump, load
from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict
from labelsvc.files import Files, make_private_folders
from labelsvc.recovery import complete, notice
from labelsvc.recovery.complete import Before, Completed
from labelsvc.settings import Settings
from labelsvc.worker import publishing

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
    if file.exists() and not force:
        raise Conflict(
            "{file} is there already.",
            fix="Give another name, for example with the day in it, or add --force.",
            file=file,
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
        dump(database, copy)
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
            _add_files(tar, files)
    aside.replace(file)
    result = facts | {"file": str(file), "bytes": file.stat().st_size}
    base.put(result, as_json, base.say("{file}: {bytes} bytes.", **result))


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
@base.json_option
def restore(file: Path, force: bool, as_json: bool) -> None:
    """Put a backup back into an empty place.

    What was issued and withdrawn after it is taken from the published log and the journal among the
    files; what cannot be taken back is named, and its codes are not called valid. With --force the
    numbers that the replaced database had given stay taken, so that no code is ever printed twice.
    Never restore beside a running service.

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
        before = _given(database)
        database.close()
        with tempfile.TemporaryDirectory() as folder:
            copy = Path(folder) / "database"
            with copy.open("wb") as target:
                shutil.copyfileobj(_member(tar, "database"), target)
            load(database, copy)
            files = _local_files(settings)
            if files is not None:
                _put_files(tar, files)
    migrations.upgrade(database)
    found = _complete(database, Files(settings.files), settings, before)
    made_at = i18n.moment(datetime.fromisoformat(facts["made_at"]))
    words = [base.say("Restored the copy of {made_at}.", made_at=made_at)]
    if found.codes:
        words.append(
            base.say(
                "{unknown} codes were issued after it; of {lost} nothing is known now. Their numbers "
                "stay taken, and a new key signs from here on.",
                unknown=found.codes,
                lost=found.lost,
            )
        )
    told = completed.facts(found)
    base.put(facts | told, as_json, "\n".join(words + completed.words(found)))


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


def _given(database: Database) -> Before:
    """What the database gave so far; nothing where there is none, or it cannot be read any more."""
    try:
        if not _in_use(database):
            return Before()
        with database.reading() as session:
            return complete.given(session)
    except SQLAlchemyError:
        return Before()


def _complete(database: Database, files: Files, settings: Settings, before: Before) -> Completed:
    """Take back what the copy forgot, and publish lists and log as they are then.

    :raises BadLog: LogForked: the files are of another database; codes are refused then.
    """
    notice.look(database, files, settings)
    found = complete.complete(database, files, settings, before=before)
    with database.writing() as session:
        facts = {"codes": found.codes, "lost": found.lost}
        audit.record(session, actor="cli", action="backup.restore", subject="backup", facts=facts)
        secrets = settings.keys
        sweep(session, origin=log.origin_of(settings.host), secrets=secrets)
    publishing.publish_log(database, files, settings)
    publishing.publish_lists(database, files, settings)
    return found


def _add_files(tar: tarfile.TarFile, folder: Path) -> None:
    """All but files that are being written: they appear under their name when they are whole."""
    found = [path for path in sorted(folder.rglob("*")) if path.suffix != ".part"]
    tar.add(folder, "files", recursive=False)
    with base.progress(base.say("Files")) as step:
        for done, path in enumerate(found, 1):
            with suppress(FileNotFoundError):  # deleted meanwhile
                tar.add(path, f"files/{path.relative_to(folder)}", recursive=False)
            step(done, len(found))


def _put_files(tar: tarfile.TarFile, folder: Path) -> None:
    """The files of the copy, over what is there.

    What is there of the public log stays: it only grows, and what the world has seen is newer.
    """
    make_private_folders(folder)
    members = [entry for entry in tar.getmembers() if entry.name.startswith("files/")]
    with base.progress(base.say("Files")) as step:
        for done, entry in enumerate(members, 1):
            inner = entry.replace(name=entry.name.removeprefix("files/"))
            if not (inner.name.startswith(f"{log.FOLDER}/") and (folder / inner.name).is_file()):
                _put_file(tar, inner, folder)
            step(done, len(members))


def _put_file(tar: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """For its owner alone: older copies have the modes of their day, tarfile's folders the umask's."""
    place = folder / tarfile.data_filter(entry, str(folder)).name  # refuses what leads elsewhere
    make_private_folders(place if entry.isdir() else place.parent)
    if not entry.isdir():
        tar.extract(entry.replace(mode=0o600), folder, filter="data")


def _local_files(settings: Settings) -> Path | None:
    parts = urlsplit(settings.files)
    return Path(parts.path) if parts.scheme in ("", "file") else None
