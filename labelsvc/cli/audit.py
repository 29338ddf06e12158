"""audit verify: the trail of what was done."""

from __future__ import annotations

from dataclasses import asdict

import click

from labelsvc.accounts import audit as trail
from labelsvc.cli import base
from labelsvc.codes.tlog import heads


@click.group()
def audit() -> None:
    """The append-only trail of what was done."""


@audit.command("verify")
@base.json_option
@click.pass_context
def verify_trail(context: click.Context, as_json: bool) -> None:
    """Check that no entry of the audit trail was changed or removed.

    The chain is computed anew, and compared with the head of each day in the public log. Whoever
    rewrites both is seen by everybody who remembers a checkpoint: labelsvc audit-log verify.
    """
    _, database, _ = base.opened()
    with database.reading() as session:
        broken, held = trail.verify_chain(session), heads.check(session)
    words = [
        base.say("Entry {entry} does not fit the chain.", entry=broken)
        if broken
        else base.say("The chain is whole.")
    ]
    words += [base.say(_head_words(row), **asdict(row)) for row in held.broken]
    words.append(
        base.say(
            "Heads of days in the public log that fit: {agreed}. Entries since the last: {after}.",
            agreed=held.agreed,
            after=held.after,
        )
    )
    facts = {"broken_at": broken, **asdict(held)}
    base.put(facts, as_json, "\n".join(words))
    if broken is not None or held.broken:
        context.exit(base.REFUSED)


def _head_words(row: heads.Broken) -> str:
    if not row.found:
        return "{day}: entry {entry}, which the public log names as the newest of the day, is gone."
    if row.found != row.expected:
        return "{day}: entry {entry} was rewritten: its hash is {found}, the public log says {expected}."
    return "{day}: there are {there} entries up to entry {entry}, the public log says {count}."
