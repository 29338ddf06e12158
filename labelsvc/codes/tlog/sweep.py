"""Sweep: appends leaves for rows that the log lacks: older than the log, or missed by a caller.

Every leaf has a subject of its own, so sweeping twice adds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import String, cast, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from labelsvc.catalogue.models import Lot
from labelsvc.catalogue.recognition import Recognition
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import Blank, Issue, KeyRecord, Mark, MarkState
from labelsvc.codes.tlog import describe, heads
from labelsvc.codes.tlog.formats.leaf import AuditHeadLeaf, Leaf
from labelsvc.codes.tlog.log import append, open_log
from labelsvc.codes.tlog.models import LogLeaf

_GOOD_NO_MORE = (MarkState.VOID, MarkState.WITHDRAWN)


def sweep(session: Session, *, origin: str, secrets: Sequence[str]) -> int:
    """Note every issue, blank roll, recognition, withdrawal, recall and stolen key that no leaf
    tells about, and where the audit trail stood at the end of the last day that has entries. Gives
    how many there were; where the trail stands now goes with each checkpoint and is not counted.
    """
    open_log(session, origin=origin, secrets=secrets)  # locks: two sweeps would find the same
    found = list(_missing(session))
    for leaf in found:
        append(session, leaf)
    facts = select(LogLeaf.id).where(LogLeaf.seq.is_(None), LogLeaf.kind != AuditHeadLeaf.kind)
    due = session.scalar(facts.limit(1)) is not None  # there will be a checkpoint
    head = heads.so_far(session) if due else None
    if head is not None:
        append(session, head)
    return len(found)


def _missing(session: Session) -> Iterable[Leaf]:
    # What a frozen key has and the log lacks may be a thief's: it takes two people (`claims`). Nor
    # does the log tell of labels that it does not know.
    frozen = select(KeyRecord.kid).where(KeyRecord.state == KeyState.FROZEN)
    for blank in _without(session, Blank, Blank.id, "blank:", Blank.kid.not_in(frozen)):
        yield describe.blank(blank)
    for issue in _without(session, Issue, Issue.id, "issue:", Issue.kid.not_in(frozen)):
        yield describe.issue(issue)
    noted = literal("issue:") + cast(Issue.id, String)
    unknown = select(Issue.id).where(Issue.kid.in_(frozen), noted.not_in(select(LogLeaf.subject)))
    of_known = Mark.issue_id.not_in(unknown)
    ends = Mark.state.in_(_GOOD_NO_MORE)
    for mark in _without(session, Mark, Mark.id, "mark:", ends, of_known):
        yield describe.mark(session, mark)
    start, row = "recognition:", Recognition
    for granted in _without(session, row, row.id, start, end=":granted"):
        yield describe.recognition(granted, "granted")
    extended = select(row).where(row.extended_to.is_not(None)).order_by(row.id)
    known = set(
        session.scalars(select(LogLeaf.subject).where(LogLeaf.subject.like("%:extended:%")))
    )
    for prolonged in session.scalars(extended):
        leaf = describe.recognition(prolonged, "extended")
        if leaf.id not in known:
            yield leaf
    gone = row.withdrawn_on.is_not(None)
    for withdrawn in _without(session, row, row.id, start, gone, end=":withdrawn"):
        yield describe.recognition(withdrawn, "withdrawn")
    known = set(session.scalars(select(LogLeaf.subject).where(LogLeaf.subject.like("lot:%"))))
    for lot in session.scalars(select(Lot).where(Lot.recalled_at.is_not(None)).order_by(Lot.id)):
        recall = describe.recall(lot)
        if recall.id not in known:
            yield recall
    for state in (KeyState.FROZEN, KeyState.REVOKED):
        its = KeyRecord.state == state
        for key in _without(session, KeyRecord, KeyRecord.kid, "key:", its, end=f":{state}"):
            yield describe.key(key)
    head = heads.newest(session)
    if head is not None:
        yield head


def _without(
    session: Session,
    table: type[Any],
    number: InstrumentedAttribute[int],
    start: str,
    *only: Any,
    end: str = "",
) -> Sequence[Any]:
    """Rows of *table* whose subject, *start* number *end*, has no leaf."""
    subject = literal(start) + cast(number, String) + literal(end)
    leaf = select(LogLeaf.id).where(LogLeaf.subject == subject).exists()
    return session.scalars(select(table).where(~leaf, *only).order_by(number)).all()
