"""backup."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from labelsvc import clock, migrations
from labelsvc.cli import base
from labelsvc.cli.backup import dump
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, FileMissing
from labelsvc.files import Files, private_opener
from labelsvc.recovery import archive, crypt, journal, keeping
from labelsvc.sealing import seal

#: Passphrase of copies, where no file gives it.
PASSPHRASE = "LABELSVC_BACKUP_PASSPHRASE"  # noqa: S105 -- the name of a variable
_WORD = b"labelsvc"
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass
class BackupOptions:
    file: Path | None
    folder: Path | None
    keep: str | None
    recipients: tuple[str, ...]
    passphrase_file: Path | None
    with_files: bool
    force: bool
    as_json: bool


@click.command()
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--to", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder; the copy gets a name with its time.")  # fmt: skip
@click.option("--keep", help="With --to: which copies stay there, for example 7d,4w,12m.")
@click.option("--recipient", "recipients", multiple=True, help="Public key of age that opens the copy.")  # fmt: skip
@click.option("--passphrase-file", type=FILE, help="Its first line opens the copy.")
@click.option("--with-files", is_flag=True, help="Files in object storage too; local ones always are in it.")  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@base.json_option
@base.gathered(BackupOptions)
def backup(options: BackupOptions) -> None:
    """Write a consistent copy of database and files to FILE (tar) while the service runs.

    Secret keys are not in it: keep them apart. Encrypted for a public key of age or a passphrase, also
    of LABELSVC_BACKUP_PASSPHRASE, any tool of age opens it. Examples:

    \b
      labelsvc backup /backup/labelsvc-monday.tar
      labelsvc backup --to /backup --keep 7d,4w,12m --recipient age1…
    """
    settings, database, files = base.opened()
    lock = crypt.Lock(options.recipients, "" if options.recipients else passphrase_of(options.passphrase_file))  # fmt: skip
    rules = keeping.rules(options.keep) if options.keep is not None else []
    if (options.file is None) is (options.folder is None) or (rules and options.folder is None):
        raise click.UsageError("Give a FILE, or a folder with --to.")
    if not in_use(database):
        raise Conflict("There is no database to copy.", fix="Run: labelsvc doctor")
    file = options.file or (options.folder or Path()) / keeping.name_of(clock.local(clock.now()), shut=bool(lock))  # fmt: skip
    if not file.absolute().parent.is_dir():
        raise BadInput(
            "There is no folder {folder}.", fix="Make it first.", folder=file.absolute().parent
        )
    if file.exists() and not options.force:
        raise Conflict(
            "{file} is there already.",
            fix="Give another name, for example with the day in it, or add --force.",
            file=file,
        )
    present, _ = migrations.revisions(database)
    facts = {
        "format": archive.FORMAT,
        "kind": database.url.get_backend_name(),
        "revision": present,
        "made_at": clock.now().isoformat(),
        "host": settings.host,
        # Opens with the secret keys that the database needs, and tells nothing of them.
        "secret": seal(settings.keys, _WORD, purpose="backup").hex(),
    }
    aside = file.with_name(f".{file.name}.part")
    try:
        whole = options.with_files or urlsplit(settings.files).scheme in ("", "file")
        _write(aside, facts, (database, files if whole else None), lock)
        dump.sync(aside)
        aside.replace(file)
        dump.sync(file.absolute().parent)
    finally:
        aside.unlink(missing_ok=True)
    gone = _tidy(options.folder, rules)
    del facts["secret"]
    result = facts | {"file": str(file), "bytes": file.stat().st_size, "deleted": gone}
    base.put(result, options.as_json, base.say("{file}: {bytes} bytes.", **result))


def passphrase_of(file: Path | None) -> str:
    """Of *file*, or of the environment; "" for none. :raises BadInput: *file* has none."""
    if file is None:
        return os.environ.get(PASSPHRASE, "")
    lines = file.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].strip():
        raise BadInput("{file} has no passphrase in its first line.", file=file)
    return lines[0].strip()


def _write(
    aside: Path, facts: dict[str, Any], of: tuple[Database, Files | None], lock: crypt.Lock
) -> None:
    database, files = of
    aside.unlink(missing_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        # Names, telephone numbers and sealed keys are in it: for the owner's eyes only.
        open(aside, "xb", opener=private_opener) as private,
        crypt.shutting(private, lock) as stream,
    ):
        copy = Path(folder) / "database"
        dump.dump(database, copy)
        writer = archive.Writer(stream, facts)
        try:
            with copy.open("rb") as source:
                writer.add(archive.DATABASE, source)
            if files is not None:
                _add_files(writer, files)
            writer.close()
        except BaseException:
            writer.drop()
            raise


def _tidy(folder: Path | None, rules: list[keeping.Rule]) -> list[str]:
    """Delete copies that no rule keeps; only after a new one is whole. Gives their names."""
    if folder is None or not rules:
        return []
    gone = keeping.to_delete([path.name for path in folder.iterdir()], rules)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return gone


def in_use(database: Database) -> bool:
    """True if there is a database of ours."""
    if database.is_sqlite and not Path(database.url.database or "").is_file():
        return False
    present, _ = migrations.revisions(database)
    return present is not None


def _add_files(writer: archive.Writer, files: Files) -> None:
    """All but those that are being written, and the journal: the copy knows what is in that."""
    names = [name for name in files.all_names() if not name.startswith(f"{journal.FOLDER}/")]
    with base.progress(base.say("Files")) as step:
        for done, name in enumerate(names, 1):
            with suppress(FileMissing):  # deleted meanwhile
                source = files.open(name)
                with source:
                    writer.add(f"{archive.FILES}{name}", source)
            step(done, len(names))
