"""verify and audit verify."""

from __future__ import annotations

from pathlib import Path

import click

from labelsvc import clock
from labelsvc.accounts import audit as trail
from labelsvc.cli import base
from labelsvc.codes import gs1, issue, offline, short, uri
from labelsvc.codes.issue import load_keyring
from labelsvc.codes.keyring import Keyring
from labelsvc.db import Database
from labelsvc.errors import BadCode, BadInput, BadSignature, ForeignHost, UnknownKey
from labelsvc.scans import lookup
from labelsvc.scans.verdict import SHOWN, Facts, Mark, Verdict, judge


@click.command()
@click.argument("code")
@click.option(
    "--trust",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Public keys (labelsvc keys export): checks offline codes without the database.",
)
@base.json_option
@click.pass_context
def verify(context: click.Context, code: str, trust: Path | None, as_json: bool) -> None:
    """Say what is known about CODE: a link, a path, or the characters under the symbol.

    Exit code 0 when it was issued and is in force, 1 for anything else.
    Example: labelsvc verify HTTPS://QR.EXAMPLE.VN/7K3M9QXA… --json
    """
    verdict = _with_keys(code, trust) if trust else _with_database(code)
    shown = SHOWN[verdict]
    result = {
        "verdict": str(verdict),
        "headline": base.say(shown.headline),
        "meaning": base.say(shown.meaning),
    }
    base.put(result, as_json, f"{verdict}: {result['headline']}\n{result['meaning']}")
    context.exit(0 if verdict is Verdict.ISSUED_OK else base.REFUSED)


def _with_keys(code: str, trust: Path) -> Verdict:
    ring = Keyring.from_json(trust.read_text(encoding="utf-8"))
    parsed, refused = _parsed(code, ring.host)
    if refused:
        return refused
    if not isinstance(parsed, offline.OfflineCode):
        return Verdict.SHORT_CODE_NEEDS_NETWORK
    try:
        payload = ring.verify_offline(parsed)
    except BadSignature as error:
        return _refusal(error, parsed)
    past = payload.expires is not None and payload.expires < clock.today()
    # Nothing newer than the file is known: withdrawn since then would look the same.
    return Verdict.EXPIRED if past else Verdict.ISSUED_OK_STALE


def _with_database(code: str) -> Verdict:
    settings, database, _ = base.opened()
    parsed, refused = _parsed(code, uri.authority(settings.base_url))
    if refused or parsed is None:
        return refused or Verdict.MALFORMED
    if isinstance(parsed, gs1.Gs1Link):
        with database.reading() as session:
            known = lookup.by_link(session, parsed.gtin, parsed.lot, on=clock.today())
        return Verdict.LINK_ONLY if known else Verdict.NOT_ISSUED
    with database.reading() as session:
        ring = load_keyring(session, base_url=settings.base_url, secrets=settings.keys)
    return _judged(database, ring, parsed)


def _judged(database: Database, ring: Keyring, parsed: uri.ParsedCode) -> Verdict:
    try:
        if isinstance(parsed, short.ShortCode):
            number: int | None = ring.verify_short(parsed)
        elif isinstance(parsed, gs1.Gs1Code):
            number = ring.verify_gs1(parsed)
        elif isinstance(parsed, offline.OfflineCode):
            payload = ring.verify_offline(parsed)
            with database.reading() as session:
                unit = issue.find_unit(session, ring, payload)
            number = unit[1] if unit else None
        else:
            return Verdict.MALFORMED
    except BadSignature as error:
        return _refusal(error, parsed)
    with database.reading() as session:
        peek = lookup.peek(session, number) if number is not None else None
        if peek is None:
            return Verdict.NOT_ISSUED
        found = lookup.by_issue(session, peek.issue_id, on=clock.today())
        mark = lookup.mark(session, peek.mark_id) if peek.mark_id is not None else None
    lot = found.lot
    facts = Facts(
        mark=Mark(mark.state) if mark else None,
        recalled=lot is not None and lot.recalled_at is not None,
        expires_on=lot.expires_on if lot else None,
    )
    return judge(facts, clock.today())


def _parsed(code: str, host: str) -> tuple[uri.ParsedCode | None, Verdict | None]:
    try:
        return uri.parse(code, host=host), None
    except ForeignHost:
        return None, Verdict.FOREIGN_HOST
    except (BadCode, BadInput):
        return None, Verdict.MALFORMED


def _refusal(error: BadSignature, parsed: uri.ParsedCode) -> Verdict:
    if isinstance(error, UnknownKey):
        return Verdict.UNKNOWN_KEY
    return Verdict.BAD_SIGNATURE if isinstance(parsed, offline.OfflineCode) else Verdict.NOT_ISSUED


@click.group()
def audit() -> None:
    """The append-only trail of what was done."""


@audit.command("verify")
@base.json_option
@click.pass_context
def verify_trail(context: click.Context, as_json: bool) -> None:
    """Check that no entry of the audit trail was changed or removed."""
    _, database, _ = base.opened()
    with database.reading() as session:
        broken = trail.verify_chain(session)
    words = (
        base.say("Entry {entry} does not fit the chain.", entry=broken)
        if broken
        else base.say("The chain is whole.")
    )
    base.put({"broken_at": broken}, as_json, words)
    if broken is not None:
        context.exit(base.REFUSED)
