"""audit verify: the trail of what was done."""

from __future__ import annotations

from dataclasses import asdict

import click
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit as trail
from labelsvc.accounts.models import AuditEntry
from labelsvc.cli import base
from labelsvc.codes.tlog import heads
from labelsvc.recovery import journal
from labelsvc.recovery import trail as kept_trail


@click.group()
def audit() -> None:
    """The append-only trail of what was done."""


@audit.command("verify")
@base.json_option
@click.pass_context
def verify_trail(context: click.Context, as_json: bool) -> None:
    """Check that no entry of the audit trail was changed or removed.

    The chain is computed anew, and compared with its heads in the public log, which go there with each
    checkpoint, and with the journal beside it. Whoever
    rewrites both is seen by everybody who remembers a checkpoint: labelsvc audit-log verify.
    """
    settings, database, files = base.opened()
    last = journal.last_entry(files, secrets=settings.keys)
    with database.reading() as session:
        broken, held = trail.verify_chain(session), heads.check(session)
        kept = kept_trail.kept(session, last)
        after = _after(session, held, kept)
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
    if kept is not None and not kept.fits:
        words.append(base.say(_KEPT_GONE if not kept.found else _KEPT_CHANGED, entry=kept.entry))
    words.append(
        base.say("{count} entries are held by nothing but their own chain yet.", count=after)
    )
    facts = {"broken_at": broken, **asdict(held), "unheld": after}
    facts["journal"] = None if kept is None else {**asdict(kept), "fits": kept.fits}
    base.put(facts, as_json, "\n".join(words))
    if broken is not None or held.broken or (kept is not None and not kept.fits):
        context.exit(base.REFUSED)


#: Of the newest entry of the journal.
_KEPT_GONE = "Entry {entry}, which the journal beside the public log has, is gone: the trail was cut, or an old copy was put back."
_KEPT_CHANGED = "Entry {entry} is not the one that the journal beside the public log has: the trail was rewritten, or an old copy was put back."


def _after(session: Session, held: heads.Held, kept: kept_trail.Kept | None) -> int:
    """Entries after the newest that head or journal have."""
    if kept is None or not kept.fits:
        return held.after
    later = select(func.count()).select_from(AuditEntry).where(AuditEntry.id > kept.entry)
    return min(held.after, session.scalar(later) or 0)


def _head_words(row: heads.Broken) -> str:
    if not row.found:
        return "{day}: entry {entry}, which the public log names as the newest of the day, is gone."
    if row.found != row.expected:
        return "{day}: entry {entry} was rewritten: its hash is {found}, the public log says {expected}."
    return "{day}: there are {there} entries up to entry {entry}, the public log says {count}."
