"""Standing: compares what the world is shown with what the database says. Used by health and doctor."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.clock import now
from labelsvc.codes.tlog import log
from labelsvc.codes.tlog.formats.checkpoint import read
from labelsvc.codes.tlog.models import LogLeaf, LogState
from labelsvc.codes.trust.formats.status import StatusHead
from labelsvc.codes.trust.models import StatusState
from labelsvc.codes.trust.publish import LIFE, key_of
from labelsvc.errors import BadLog, BadStatusList, FileMissing
from labelsvc.files import Files
from labelsvc.jobs.heartbeat import PATIENCE

#: Clocks of two machines may differ so much; what is later than that is from the future.
AHEAD = timedelta(minutes=10)
OK = "ok"


def log_stands(session: Session, files: Files) -> str:
    """ "ok", or what is wrong with the published log in one word:

    `late` (a leaf waits for its place), `missing`, `damaged`, `behind` (of the database) or `ahead`
    (the database is older than what the world has seen).
    """
    state = session.get(LogState, 1)
    waits = select(func.min(LogLeaf.at)).where(LogLeaf.seq.is_(None))
    oldest = session.scalar(waits)
    late = oldest is not None and oldest < now() - PATIENCE
    if state is None or not state.checkpoint:
        return "late" if late else OK
    try:
        there, _ = read(log.published(files), log.key_of(state))
    except FileMissing:
        return "missing"
    except BadLog:
        return "damaged"
    if there.size > state.size:
        return "ahead"
    if there.size < state.size:
        return "behind"
    return "late" if late else OK


def lists_stand(session: Session, host: str) -> str:
    """ "ok", or what is wrong with the head of the withdrawal lists: `expired`, `damaged`, or `future`
    (made while the clock was ahead). Nothing published yet is ok."""
    state = session.get(StatusState, 1)
    if state is None or not state.head:
        return OK
    try:
        head = StatusHead.read(state.head.encode(), host=host, keys=[key_of(state)])
    except BadStatusList:
        return "damaged"
    # One that superseded a head of the future stays ahead of the clock, but is not believed for longer.
    if head.issued > now() + AHEAD and head.expires > now() + LIFE + AHEAD:
        return "future"
    return "expired" if head.expires < now() else OK
