"""audit-log verify | publish | key | recover | witness | cosign | accept."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from labelsvc import clock
from labelsvc.accounts import audit as trail
from labelsvc.cli import base
from labelsvc.cli.log_source import fetcher, known_key, remember
from labelsvc.codes.tlog import log, recovery
from labelsvc.codes.tlog.formats import audit, checkpoint
from labelsvc.codes.tlog.formats.note import COSIGNATURE, Note, NoteKey, Signature
from labelsvc.codes.tlog.sweep import sweep
from labelsvc.errors import BadInput, BadLog


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
@click.argument("url")
@_key_option
@_state_option
@click.option("--witness", "witnesses", multiple=True, help="Key of a witness that must have seen it.")  # fmt: skip
@base.json_option
@click.pass_context
def verify(
    context: click.Context,
    url: str,
    key_text: str | None,
    state: Path | None,
    witnesses: tuple[str, ...],
    as_json: bool,
) -> None:
    """Check every leaf, hash and signature of the log at URL, and count the codes of each lot.

    Needs no database and no account. URL may be a folder. Exit code 1 when something does not fit,
    or when a lot has more live codes than units. Examples:

    \b
      labelsvc audit-log verify https://qr.example.vn/log/ --state qr.example.vn.json
      labelsvc audit-log verify ./copy-of-the-log --key "qr.example.vn/log+1a2b3c4d+AbCd…" --json
    """
    fetch = fetcher(url)
    key, source, remembered = known_key(fetch, key_text, state)
    known = tuple(NoteKey.parse(text) for text in witnesses)
    report = audit.verify(fetch, key, remembered=remembered, witnesses=known)
    if report.ok and state is not None:
        remember(state, key, report.checkpoint)
    base.put(_result(report, key, source), as_json, "\n".join(_words(report, key, source)))
    if not report.ok or report.over:
        context.exit(base.REFUSED)


@audit_log.command()
@base.json_option
def publish(as_json: bool) -> None:
    """Note what is missing, write tiles, sign and publish. May be called at any time, by cron too."""
    settings, database, files = base.opened()
    origin = log.origin_of(settings.host)
    with database.writing() as session:
        added = sweep(session, origin=origin, secrets=settings.keys)
    made = log.publish(database, files, origin=origin, secrets=settings.keys)
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
@base.json_option
def recover(as_json: bool) -> None:
    """After a backup was restored: take leaves that were published since back into the database."""
    settings, database, files = base.opened()
    origin = log.origin_of(settings.host)
    count = recovery.recover(database, files, origin=origin, secrets=settings.keys)
    with database.writing() as session:
        trail.record(session, actor="cli", action="log.recover", subject="log", facts={"leaves": count})  # fmt: skip
    words = base.say("{count} leaves were taken back from the published log.", count=count)
    base.put({"recovered": count}, as_json, words)


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
        words = "\n".join(_words(report, key, source))
        if as_json:
            base.put(_result(report, key, source), as_json, words)
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


# --- telling -------------------------------------------------------------------------------------


def _result(report: audit.Report, key: NoteKey, source: str) -> dict[str, Any]:
    return {
        "ok": report.ok,
        "origin": report.origin,
        "size": report.size,
        "root": report.root.hex(),
        "before": report.before,
        "key": key.text,
        "key_from": source,
        "leaves": report.kinds,
        "witnesses": report.witnesses,
        "problems": [{"place": p.place, **p.error.as_json()} for p in report.problems],
        "over": [lot.lot for lot in report.over],
        "lots": [
            {
                "lot": lot.lot,
                "lot_code": lot.lot_code,
                "product": lot.product,
                "gtin": lot.gtin,
                "ocop_code": lot.ocop_code,
                "declared": lot.declared,
                "issued": lot.issued,
                "void": lot.void,
                "withdrawn": lot.withdrawn,
                "live": lot.live,
                "recalled": lot.recalled,
                "lot_labels": lot.lot_labels,
                "leaves": lot.leaves,
            }
            for lot in report.lots
        ],
    }


def _words(report: audit.Report, key: NoteKey, source: str) -> list[str]:
    lines = [base.say("{origin}: {size} leaves", origin=report.origin, size=report.size)]
    if source == "log":
        lines.append(
            base.say(
                "The key came from the log itself. Compare it with the one of the programme office: {key}",
                key=key.text,
            )
        )
    if report.before is not None:
        lines.append(base.say("Last time it had {before} leaves.", before=report.before))
    for name, at in report.witnesses.items():
        lines.append(base.say("Seen by the witness {name}, {at} (POSIX time)", name=name, at=at))
    for lot in sorted(report.lots, key=lambda found: not found.over):
        mark = base.say("TOO MANY") if lot.over else "ok"
        lines.append(
            f"{mark:<9} "
            + base.say(
                "Lot {code} of product {product}: {live} live codes ({issued} issued, {void} void, {withdrawn} withdrawn), {declared} units declared",
                code=lot.lot_code,
                product=lot.ocop_code or lot.gtin or lot.product,
                live=lot.live,
                issued=lot.issued,
                void=lot.void,
                withdrawn=lot.withdrawn,
                declared=lot.declared,
            )
        )
    for problem in report.problems:
        told = base.say(problem.error.message, **problem.error.params)
        lines.append(f"{base.say('DOES NOT FIT')}  {problem.place}: {told}")
    lines.append(
        base.say("Every leaf, hash and signature fits.")
        if report.ok
        else base.say("The log cannot be trusted as it is.")
    )
    return lines
