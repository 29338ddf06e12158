"""Handling: says who works at a report or case and until when, and keeps notes on reports.

Used by the pages of the office. It decides nothing: what is decided has verbs of its own, some of which
take two people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, TypeAlias

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.accounts.models import Role, User
from labelsvc.errors import BadInput, Conflict
from labelsvc.inspections.cases import said
from labelsvc.inspections.models import Case, CaseState, Report, ReportNote, ReportState

Work: TypeAlias = Report | Case
#: `Report` or `Case`: what both have is asked for by one name.
Table: TypeAlias = Any
#: Of one list at once: a page of it.
MOST: Final = 50


def people(session: Session) -> Sequence[User]:
    """Those of the office who may be given something, by name."""
    return session.scalars(
        select(User)
        .where(User.role == Role.OFFICE, User.active)
        .order_by(User.search_key, User.id)
        .limit(200)
    ).all()


def assign(
    session: Session, work: Work, *, to: int | None, due_on: date | None, actor: str
) -> bool:
    """Give *work* to an account of the office, or to nobody, until *due_on*. False: it was so before.

    :raises BadInput: not an active account of the office. :raises Conflict: it is closed.
    """
    kind = "case" if isinstance(work, Case) else "report"
    if work.state in (CaseState.CLOSED, ReportState.CLOSED):
        raise Conflict("What is closed is given to nobody.", fix="Choose what is still open.")
    user = session.get(User, to) if to is not None else None
    if to is not None and (user is None or not user.active or user.role != Role.OFFICE):
        raise BadInput(
            "Only people of the office handle reports and cases.",
            fix="Choose one of the list.",
            field="assignee",
        )
    if (work.assignee_id, work.due_on) == (to, due_on):
        return False
    work.assignee_id, work.due_on = to, due_on
    session.flush()
    facts = {"to": to, "until": due_on.isoformat() if due_on else None}
    audit.record(
        session, actor=actor, action=f"{kind}.assign", subject=f"{kind}:{work.id}", facts=facts
    )
    return True


def assign_all(
    session: Session, table: Table, numbers: Sequence[int], *, to: int | None, actor: str
) -> dict[int, int | None]:
    """Give many to one; those that are closed stay as they are. Number → who had it, of what was changed."""
    before: dict[int, int | None] = {}
    closed = (CaseState.CLOSED, ReportState.CLOSED)
    query = select(table).where(table.id.in_(numbers[:MOST]), table.state.not_in(closed))
    for work in session.scalars(query.order_by(table.id)):
        had = work.assignee_id
        if assign(session, work, to=to, due_on=work.due_on, actor=actor):
            before[work.id] = had
    return before


def take_back(
    session: Session,
    table: Table,
    before: Mapping[int, int | None],
    *,
    given: int | None,
    actor: str,
) -> int:
    """Undo `assign_all`: each goes back to who had it, unless somebody else gave it on since. How many."""
    done = 0
    for number, had in before.items():
        work: Work | None = session.get(table, number)
        if work is None or work.assignee_id != given or work.state == CaseState.CLOSED:
            continue
        user: Any = session.get(User, had) if had is not None else None
        keeps = had if user is not None and user.active and user.role == Role.OFFICE else None
        done += assign(session, work, to=keeps, due_on=work.due_on, actor=actor)
    return done


def add_note(session: Session, report: Report, text: str, actor: str) -> ReportNote:
    """Write something down about a report, for the office alone. :raises BadInput: nothing is said."""
    note = ReportNote(report_id=report.id, actor=actor, text=said(text, "text"))
    session.add(note)
    if report.state == ReportState.NEW:
        report.state = ReportState.OPEN
    session.flush()
    audit.record(
        session, actor=actor, action="report.note", subject=f"report:{report.id}",
        facts={"note": note.id},
    )  # fmt: skip
    return note
