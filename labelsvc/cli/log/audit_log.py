"""audit-log verify | publish | key | recover | witness | cosign | accept."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click
from sqlalchemy import update

from labelsvc import clock
from labelsvc.accounts import audit as trail
from labelsvc.cli import base
from labelsvc.cli.backup import completed
from labelsvc.cli.log import words as log_words
from labelsvc.cli.log.source import fetcher, known_key, remember
from labelsvc.codes.tlog import log, setback
from labelsvc.codes.tlog.formats import audit, checkpoint
from labelsvc.codes.tlog.formats.note import COSIGNATURE, Note, NoteKey, Signature
from labelsvc.codes.tlog.models import Setback
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.errors import BadInput, BadLog
from labelsvc.recovery import complete, mirror, notice, own
from labelsvc.worker import publishing, tasks


@click.group("audit-log")
def audit_log() -> None:
    """The public log of what was issued: check it, publish it, witness it (docs/log.md)."""


_state_option = click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Remembers key and checkpoint from one time to the next: finds a log that was rewritten.",
)
_key_option = click.option("--key", "key_text", help="Key of the log, from the programme office.")


@audit_log.command()
@click.argument("url", required=False)
@_key_option
@_state_option
@click.option("--witness", "witnesses", multiple=True, help="Key of a witness that must have seen it.")  # fmt: skip
@base.json_option
@click.pass_context
def verify(
    context: click.Context,
    url: str | None,
    key_text: str | None,
    state: Path | None,
    witnesses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check every leaf, hash and signature of the log at URL, and count the codes of each lot.

    Needs no database and no account. URL may be a folder. Exit code 1 when something does not fit,
    when numbers were given that no leaf tells of, or when a lot has more live codes than units.
    Without URL it is the log of this service, and each row of the database is compared with it.
    Examples:

    \b
      labelsvc audit-log verify https://qr.example.vn/log/ --state qr.example.vn.json
      labelsvc audit-log verify ./copy-of-the-log --key "qr.example.vn/log+1a2b3c4d+AbCd…" --json
    """
    fetch, differences = (fetcher(url), []) if url is not None else _own()
    key, source, remembered = known_key(fetch, key_text, state)
    known = tuple(NoteKey.parse(text) for text in witnesses)
    report = audit.verify(fetch, key, remembered=remembered, witnesses=known)
    if report.ok and state is not None:
        remember(state, key, report.checkpoint)
    report.problems += [audit.Problem("database", error) for error in differences]
    result, lines = log_words.result(report, key, source), log_words.words(report, key, source)
    base.put(result, as_json, "\n".join(lines))
    if not report.ok or report.over or report.missing:
        context.exit(base.REFUSED)


def _own() -> tuple[audit.Fetch, list[BadLog]]:
    """The files of this service, and where its database differs from its log."""
    _, database, files = base.opened()
    with database.reading() as session:
        found = list(own.differences(session))
    return lambda path: files.get(f"{log.FOLDER}/{path}"), found


@audit_log.command()
@base.json_option
def publish(as_json: bool) -> None:
    """Note what is missing, write tiles, sign and publish. May be called at any time, by cron too."""
    settings, database, files = base.opened()
    origin = log.origin_of(settings.host)
    with database.writing() as session:
        added = sweep(session, origin=origin, secrets=settings.keys)
    made = publishing.publish_log(database, files, settings)
    words = base.say("The public log has {size} leaves.", size=made.size)
    base.put({"origin": made.origin, "size": made.size, "root": made.root.hex(), "noted": added}, as_json, words)  # fmt: skip


@audit_log.command()
@base.json_option
def key(as_json: bool) -> None:
    """Print the public key of the log, to be handed to whoever checks it."""
    settings, database, _ = base.opened()
    with database.writing() as session:
        origin = log.origin_of(settings.host)
        found = log.key_of(log.open_log(session, origin=origin, secrets=settings.keys)).text
    base.put({"origin": origin, "key": found}, as_json, found)


@audit_log.command()
@click.option("--from", "url", help="A mirror of the log, where the files were set back too.")
@_key_option
@base.json_option
def recover(url: str | None, key_text: str | None, as_json: bool) -> None:
    """After an old copy came back: take what was published since, and apply it.

    Withdrawals, recalls, frozen keys, issues, manifests, the audit trail: from the published log and
    what lies beside it among the files. What cannot be taken back is named. Until it is done no codes
    are issued. May be called at any time, also twice.

    Where a whole machine was set back, the files are as old as the database: --from URL takes the newer
    log from a mirror or from somebody who checks it.
    """
    settings, database, files = base.opened()
    if url is not None:
        mirror.take(fetcher(url), files, known_key(fetcher(url), key_text, None)[0])
    notice.look(database, files, settings)
    with database.reading() as session:
        before = session.get(Setback, 1)
        older = setback.found(session) is not None
        taken = before.leaves if before is not None and before.ended_at is not None else 0
    if older:
        tasks.stop_sending(database)
    found = complete.complete(database, files, settings)
    with database.writing() as session:
        facts = {"leaves": found.leaves}
        trail.record(session, actor="cli", action="log.recover", subject="log", facts=facts)
        session.execute(update(Setback).values(leaves=0))
    count = found.leaves + taken  # those too that `restore` took
    words = [base.say("{count} leaves were taken back from the published log.", count=count)]
    base.put(
        {"recovered": count} | completed.facts(found),
        as_json,
        "\n".join(words + completed.words(found)),
    )


@audit_log.command()
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@base.json_option
def witness(name: str, file: Path, as_json: bool) -> None:
    """Make the key of a witness NAME ("witness.example.org/w1"): private in FILE, public printed."""
    seed = os.urandom(32)
    public = checkpoint.witness_key(name, seed)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadInput(
            "{file} is there already.", fix="Keys are never overwritten: name another file.", file=str(file)
        ) from None  # fmt: skip
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump({"name": name, "seed": seed.hex()}, out)
    base.put({"name": name, "key": public.text, "file": str(file)}, as_json, public.text)


@audit_log.command()
@click.argument("url")
@click.option("--with", "key_file", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Private key of the witness.")  # fmt: skip
@_key_option
@click.option("--state", required=True, type=click.Path(dir_okay=False, path_type=Path), help="What the witness saw last time.")  # fmt: skip
@base.json_option
@click.pass_context
def cosign(
    context: click.Context,
    url: str,
    key_file: Path,
    key_text: str | None,
    state: Path,
    as_json: bool,
) -> None:
    """As a witness: check the whole log, then print a line that says that it was seen and fits."""
    fetch = fetcher(url)
    key, source, remembered = known_key(fetch, key_text, state)
    report = audit.verify(fetch, key, remembered=remembered)
    if not report.ok:
        words = "\n".join(log_words.words(report, key, source))
        if as_json:
            base.put(log_words.result(report, key, source), as_json, words)
        else:
            click.echo(words, err=True)  # the standard output is for the line alone
        context.exit(base.REFUSED)
    try:
        own = json.loads(key_file.read_text(encoding="utf-8"))
        name, seed = str(own["name"]), bytes.fromhex(own["seed"])
    except (ValueError, KeyError, TypeError):
        raise BadInput("{file} is no key of a witness.", file=str(key_file)) from None
    at = int(clock.now().timestamp())
    line = checkpoint.cosign(Note.parse(report.checkpoint), name=name, seed=seed, at=at)
    remember(state, key, report.checkpoint)
    base.put({"witness": name, "line": line.line.rstrip("\n")}, as_json, line.line.rstrip("\n"))


@audit_log.command()
@click.argument("witness_key")
@click.argument("line")
@base.json_option
def accept(witness_key: str, line: str, as_json: bool) -> None:
    """Put LINE, a cosignature of the witness with key WITNESS_KEY, under the published checkpoint."""
    _, database, files = base.opened()
    found = NoteKey.parse(witness_key)
    if found.kind != COSIGNATURE:
        raise BadLog("This is no key of a witness.")
    log.cosigned(database, files, Signature.parse(line.rstrip("\n")), found)
    words = base.say("The checkpoint is witnessed by {name}.", name=found.name)
    base.put({"witness": found.name}, as_json, words)
