"""Trail: takes entries of the audit trail back, and says what of them has to be done again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry

#: Actions whose effect comes back by other ways, or that changed nothing that lasts.
_SETTLED = (
    "sign_in", "backup.", "log.", "print_run.", "key.", "lot.recall", "lot.open", "withdrawal.",
    "trust.publish", "blank.", "user.active", "user.password", "user.role", "recognition.withdraw",
)  # fmt: skip


@dataclass(frozen=True)
class Kept:
    """The newest entry of the audit trail that the journal beside the log has."""

    entry: int
    hash: str
    #: What the trail has there now; "": it is gone.
    found: str

    @property
    def fits(self) -> bool:
        return self.found == self.hash


def kept(session: Session, last: dict[str, Any] | None) -> Kept | None:
    """Compare the newest entry of the journal with the trail; None where the journal has none.

    :param last: `journal.last_entry`, read before the session began.
    """
    if last is None:
        return None
    found = session.scalar(select(AuditEntry.hash).where(AuditEntry.id == last["id"]))
    return Kept(last["id"], last["hash"], found or "")


def take_back(session: Session, lost: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write *lost* entries into the trail, so that its chain goes on where the world knows it.

    What was written since the copy was put back comes after them, with its hashes computed anew.

    :returns: those that were taken back: none where they do not continue the chain.
    """
    audit.lock(session)
    known = dict(session.execute(select(AuditEntry.id, AuditEntry.hash)).all()) if lost else {}
    missing = [row for row in lost if known.get(row["id"]) != row["hash"]]
    missing = sorted({row["id"]: row for row in missing}.values(), key=lambda row: int(row["id"]))
    if not missing:
        return []
    start = missing[0]["id"]
    before = session.scalar(
        select(AuditEntry.hash).where(AuditEntry.id < start).order_by(AuditEntry.id.desc()).limit(1)
    )
    previous = before or audit.GENESIS
    for row in missing:
        if row["previous"] != previous or audit.hash_of(AuditEntry(**row)) != row["hash"]:
            return []
        previous = row["hash"]
    own = session.scalars(
        select(AuditEntry).where(AuditEntry.id >= start).order_by(AuditEntry.id)
    ).all()
    later = [(entry.at, entry.actor, entry.action, entry.subject, entry.facts) for entry in own]
    for entry in own:
        session.expunge(entry)
    session.execute(delete(AuditEntry).where(AuditEntry.id >= start))
    session.execute(insert(AuditEntry.__table__), missing)  # type: ignore[arg-type]
    number = missing[-1]["id"]
    for at, actor, action, subject, facts in later:
        number += 1
        entry = AuditEntry(
            id=number, at=at, actor=actor, action=action, subject=subject, facts=facts,
            previous=previous,
        )  # fmt: skip
        previous = entry.hash = audit.hash_of(entry)
        session.add(entry)
    session.flush()
    return missing


def to_do(entries: Sequence[dict[str, Any]]) -> dict[str, list[str]]:
    """Action → subjects, of what was done after the copy and does not come back by itself."""
    found: Counter[tuple[str, str]] = Counter(
        (row["action"], row["subject"])
        for row in entries
        if not str(row["action"]).startswith(_SETTLED)
    )
    told: dict[str, list[str]] = {}
    for action, subject in found:
        told.setdefault(action, []).append(subject)
    return dict(sorted(told.items()))
