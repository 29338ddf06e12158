"""restore."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from labelsvc import i18n, migrations
from labelsvc.accounts import audit
from labelsvc.cli import base
from labelsvc.cli.backup import completed, dump
from labelsvc.cli.backup.copies import FILE, in_use, passphrase_of
from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.db import Database
from labelsvc.errors import BadInput, Conflict, KeyUnavailable
from labelsvc.files import Files, make_private_folders, private_opener
from labelsvc.recovery import archive, complete, crypt, journal, notice
from labelsvc.recovery.complete import Before, Completed
from labelsvc.sealing import unseal
from labelsvc.settings import Settings
from labelsvc.worker import publishing, tasks

#: Folders of what the world has seen: newer than the copy, where it is there.
_STAY = (f"{log.FOLDER}/", "trust/", f"{journal.FOLDER}/")

#: Beginning of the name of the folder in which a restore works.
_ASIDE = ".restore-"


@dataclass
class RestoreOptions:
    file: Path
    identity: Path | None
    passphrase_file: Path | None
    force: bool
    as_json: bool


@click.command()
@click.argument("file", type=FILE)
@click.option("--identity", type=FILE, help="File with the secret key of age that opens the copy.")
@click.option("--passphrase-file", type=FILE, help="Its first line opens the copy.")
@click.option("--force", is_flag=True, help="Replace a database that is not empty.")
@base.json_option
@base.gathered(RestoreOptions)
def restore(options: RestoreOptions) -> None:
    """Put a backup back into an empty place.

    What was issued and withdrawn after it is taken from the published log and the journal among the
    files; what cannot be taken back is named, and its codes are not called valid. With --force the
    numbers that the replaced database had given stay taken, so that no code is ever printed twice.
    Every part is compared with its checksum before anything is replaced, and what is replaced comes
    back when the copy does not open. Never restore beside a running service.

    Example: labelsvc restore /backup/labelsvc-monday.tar
    """
    settings, database, files = base.opened()
    work = settings.data_dir
    make_private_folders(work)
    with tempfile.TemporaryDirectory(prefix=_ASIDE, dir=work) as folder, ExitStack() as stack:
        plain = _plain(options, Path(folder))
        opened = archive.Archive(plain)
        stack.callback(opened.close)
        facts = opened.facts
        _fits(facts, database, settings)
        if not options.force and in_use(database):
            raise Conflict(
                "The database is not empty.", fix="Restore into an empty place, or add --force."
            )
        copy = Path(folder) / "database"
        with copy.open("wb") as target:
            shutil.copyfileobj(opened.open(archive.DATABASE), target)
        dump.check(database, copy)
        before = _given(database)
        database.close()
        _put_files(opened, files)
        with dump.replaced(database, copy, Path(folder) / "replaced", before=before):
            migrations.upgrade(database)
            tasks.stop_sending(database)
            found = _complete(database, files, settings, before)
    # Whole databases of a restore that was killed; only now, as one may be what that one replaced.
    for left in work.glob(f"{_ASIDE}*"):
        shutil.rmtree(left)
    _publish(database, files, settings)
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
    facts.pop("secret", None)
    told = completed.facts(found)
    base.put(facts | told, options.as_json, "\n".join(words + completed.words(found)))


def _plain(options: RestoreOptions, folder: Path) -> Path:
    """The copy, decrypted where it is encrypted."""
    if not crypt.is_shut(options.file):
        return options.file
    passphrase = "" if options.identity is not None else passphrase_of(options.passphrase_file)
    if options.identity is None and not passphrase:
        raise BadInput(
            "{file} is encrypted.",
            fix="Give the secret key of age with --identity, or the passphrase with --passphrase-file.",
            file=options.file,
        )
    lines = options.identity.read_text(encoding="utf-8").splitlines() if options.identity else []
    identities = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    plain = folder / "plain"
    with options.file.open("rb") as source, open(plain, "xb", opener=private_opener) as target:
        crypt.open_into(source, target, identities=identities, passphrase=passphrase)
    return plain


def _fits(facts: dict[str, Any], database: Database, settings: Settings) -> None:
    """:raises Conflict: it is of another kind of database, or of a newer release. :raises KeyUnavailable:
    it was made with other secret keys, and nothing of it would open.
    """
    kind = database.url.get_backend_name()
    if facts.get("kind") != kind:
        raise Conflict(
            "The backup is of a {theirs} database, the settings name a {ours} one.",
            fix="Set LABELSVC_DATABASE_URL to the kind that was backed up.",
            theirs=facts.get("kind"), ours=kind,
        )  # fmt: skip
    revision = facts.get("revision")
    if revision is not None and not migrations.known(str(revision)):
        raise Conflict(
            "A newer release made this backup.", fix="Restore it with that release, or a newer one."
        )
    if "secret" not in facts:
        return
    try:
        unseal(settings.keys, bytes.fromhex(facts["secret"]), purpose="backup")
    except (KeyUnavailable, ValueError):
        raise KeyUnavailable(
            "The backup was made with other secret keys: none of its signing keys would open. Nothing "
            "was replaced.",
            fix="Put the secret key of that service into LABELSVC_SECRET_KEYS (before a newer one).",
        ) from None


def _given(database: Database) -> Before:
    """Tell what the database gave so far; nothing where there is none, or it cannot be read any more."""
    try:
        if not in_use(database):
            return Before()
        with database.reading() as session:
            return complete.given(session)
    except SQLAlchemyError:
        return Before()


def _complete(database: Database, files: Files, settings: Settings, before: Before) -> Completed:
    """Take back what the copy forgot.

    :raises BadLog: LogForked: the files are of another database; codes are refused then.
    """
    notice.look(database, files, settings)
    found = complete.complete(database, files, settings, before=before)
    with database.writing() as session:
        facts = {"codes": found.codes, "lost": found.lost}
        audit.record(session, actor="cli", action="backup.restore", subject="backup", facts=facts)
        secrets = settings.keys
        sweep(session, origin=log.origin_of(settings.host), secrets=secrets)
    return found


def _publish(database: Database, files: Files, settings: Settings) -> None:
    """Lists and log as they are now."""
    publishing.publish_log(database, files, settings)
    publishing.publish_lists(database, files, settings)


def _put_files(opened: archive.Archive, files: Files) -> None:
    """The files of the copy, over what is there.

    What is there of the public log, lists and manifests stays: it only grows, and what the world has
    seen is newer.
    """
    names = opened.names
    with base.progress(base.say("Files")) as step:
        for done, name in enumerate(names, 1):
            if not (name.startswith(_STAY) and files.exists(name)):
                files.put_stream(name, opened.open(f"{archive.FILES}{name}"))
            step(done, len(names))
