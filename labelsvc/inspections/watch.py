"""Watch: looks at new scans from time to time and raises cases of copy risk.

Reading first, in one transaction that holds nobody up; then one short writing one. Anonymous scans
raise a case and nothing else: nothing here touches a mark, a lot or a verdict.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.db import Database
from labelsvc.inspections.cases import UNDECIDED, CaseSubject, add_note, open_case
from labelsvc.inspections.models import Case, CaseKind, WatchState
from labelsvc.inspections.noticed import Subject, notice
from labelsvc.scans import signals
from labelsvc.scans.signals import Kind, Signal, Thresholds
from labelsvc.settings import Settings

logger = structlog.get_logger()

#: Between two looks; asking earlier costs one row.
EVERY = timedelta(minutes=10)
ACTOR = "watch"
_NAMES = uuid.UUID("2f5e6f5a-61f6-4a0e-8a92-0a2f4c1a5d10")
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


def thresholds(settings: Settings) -> Thresholds:
    """The thresholds that the settings give."""
    return Thresholds(
        notice_sessions=settings.copy_notice_sessions,
        case_sessions=settings.copy_case_sessions,
        lot_multiple=settings.copy_lot_multiple,
        after_end=settings.copy_after_end,
        after_expiry=settings.copy_after_expiry,
        travel_km=settings.copy_travel_km,
        travel_hours=settings.copy_travel_hours,
        outside_share=settings.copy_outside_share,
        tail=settings.copy_tail,
        refused=settings.copy_refused,
        refused_network=settings.copy_refused_network,
    )


def look(
    database: Database,
    settings: Settings,
    now: datetime | None = None,
    *,
    every: timedelta = EVERY,
) -> list[int]:
    """Look at the scans since the last look, and raise or add to cases. Any process may, any time.

    :param every: nothing is done when the last look is younger.
    :returns: ids of the cases that were raised.
    """
    now = now or clock.now()
    with database.reading() as session:
        state = session.get(WatchState, 1)
        before = state.looked_at if state is not None else None
        if before is not None and now - before < every:
            return []
        found = notice(session, thresholds(settings), since=_since(before, now), now=now)
    with database.writing() as session:
        make = sqlite.insert if database.is_sqlite else postgresql.insert
        session.execute(make(WatchState).values(id=1, looked_at=_NEVER).on_conflict_do_nothing())
        state = session.get_one(WatchState, 1, with_for_update=True)
        if state.looked_at != (before or _NEVER):
            return []  # another process has looked meanwhile
        state.looked_at = now
        raised = [
            case.id
            for subject, noticed in found.by_subject.items()
            if (case := _raise(session, subject, noticed)) is not None
        ]
    if raised:
        logger.info("copy risk: cases raised", cases=raised)
    return raised


def _since(before: datetime | None, now: datetime) -> datetime:
    """Beginning of the Vietnamese day, which the statistics take as one; earlier after a pause."""
    midnight = datetime.combine(clock.local(now).date(), time.min, clock.HANOI).astimezone(UTC)
    if before is None:
        return now - timedelta(days=1)
    return min(midnight, before - timedelta(minutes=10))  # what was written late is not missed


def _raise(session: Session, subject: Subject, noticed: list[Signal]) -> Case | None:
    """Open a case, or add to the open one what it does not say yet. Gives a case that is new.

    A subject has one open case. One that was decided is followed by another only when there is more
    to say than was known then.
    """
    latest = _latest(session, subject)
    weights = {signal.kind.value: signal.weight for signal in noticed}
    if latest is not None and latest.state in UNDECIDED:
        _add(session, latest, noticed)
        return None
    known: dict[str, float] = latest.facts.get("weights", {}) if latest is not None else {}
    if latest is not None and not signals.worsened(known, noticed):
        return None
    round_ = latest.facts.get("round", 0) + 1 if latest is not None else 0
    case = open_case(
        session,
        kind=CaseKind.COPY_RISK,
        actor=ACTOR,
        subject=CaseSubject(subject.product, subject.lot, subject.issue, subject.number),
        uid=str(uuid.uuid5(_NAMES, f"{subject.name}#{round_}")),
        facts={
            "subject": subject.name,
            "round": round_,
            "signals": {signal.kind.value: dict(signal.facts) for signal in noticed},
            # What was known before counts on: a signal that fell silent is not news when it speaks.
            "weights": known | weights,
        },
    )
    case.apart = Kind.TRAVEL in weights
    return case


def _add(session: Session, case: Case, noticed: list[Signal]) -> None:
    """Bring the facts of an open case up to date; say it in a note when there is a new kind."""
    facts: dict[str, Any] = dict(case.facts)
    said: dict[str, Any] = dict(facts.get("signals", {}))
    new = [signal.kind for signal in noticed if signal.kind not in said]
    now = {signal.kind.value: dict(signal.facts) for signal in noticed}
    if said | now == said:
        return
    weights = dict(facts.get("weights", {}))
    for signal in noticed:
        weights[signal.kind.value] = max(weights.get(signal.kind.value, 0), signal.weight)
    case.facts = facts | {"signals": said | now, "weights": weights}
    case.apart = Kind.TRAVEL in weights
    session.flush()
    for kind in new:
        add_note(session, case, f"signal: {kind}", ACTOR)


def _latest(session: Session, subject: Subject) -> Case | None:
    """The newest case that the signals raised about *subject*."""
    query = select(Case).where(Case.kind == CaseKind.COPY_RISK, Case.opened_by == ACTOR)
    if subject.number is not None:
        query = query.where(Case.number == subject.number)
    elif subject.lot is not None:
        query = query.where(Case.lot_id == subject.lot, Case.number.is_(None))
    else:
        query = query.where(Case.lot_id.is_(None), Case.number.is_(None))
    return next(
        (
            case
            for case in session.scalars(query.order_by(Case.id.desc()))
            if case.facts.get("subject") == subject.name
        ),
        None,
    )
