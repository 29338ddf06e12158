"""Audit: adds rows to the audit trail, each with the hash of the one before, and checks the chain.

`h_n = SHA-256(h_(n-1) ‖ canonical row)`: changing or removing a row breaks every hash after it.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts.models import AuditEntry
from labelsvc.clock import now
from labelsvc.db import take_turn

#: Hash before the first entry.
GENESIS = "0" * 64
#: PostgreSQL advisory lock that lets one writer add at a time; SQLite's writing door does anyway.
_LOCK = 0x6C616265


def record(
    session: Session,
    *,
    actor: str,
    action: str,
    subject: str,
    facts: dict[str, Any] | None = None,
) -> AuditEntry:
    """Add an entry in the caller's transaction.

    :param actor: "user:12", "cli", "worker".
    :param action: verb and thing, "recognition.withdraw".
    :param subject: what it was done to, "recognition:31".
    :param facts: values that JSON can hold.
    """
    lock(session)
    session.flush()
    previous = session.scalar(select(AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1))
    at = now()
    entry = AuditEntry(
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        facts=json.loads(json.dumps(facts or {}, default=str)),
        previous=previous or GENESIS,
    )
    entry.hash = hash_of(entry)
    session.add(entry)
    session.flush()
    return entry


def lock(session: Session) -> None:
    """Be the only one who adds to the trail until the transaction ends."""
    take_turn(session, _LOCK)


def record_row(session: Session, row: Any, verb: str, *, actor: str, **facts: Any) -> AuditEntry:
    """`record` of what was done to a *row*: "recognition.withdraw" of "recognition:31"."""
    thing = type(row).__name__.lower()
    return record(
        session, actor=actor, action=f"{thing}.{verb}", subject=f"{thing}:{row.id}", facts=facts
    )


def verify_chain(session: Session) -> int | None:
    """Id of the first entry that does not fit the chain; None when all is well."""
    previous = GENESIS
    for entry in session.scalars(select(AuditEntry).order_by(AuditEntry.id)).yield_per(1000):
        if entry.previous != previous or entry.hash != hash_of(entry):
            return entry.id
        previous = entry.hash
    return None


def hash_of(entry: AuditEntry) -> str:
    """Its place in the chain: SHA-256 of the hash before and of what it says."""
    row = {
        "at": _moment(entry.at),
        "actor": entry.actor,
        "action": entry.action,
        "subject": entry.subject,
        "facts": entry.facts,
    }
    canonical = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{entry.previous}{canonical}".encode()).hexdigest()


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="microseconds")
