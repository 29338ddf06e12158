"""Cases: opens, notes, contests, decides and closes them. Each step is in the audit trail."""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql import Select

from labelsvc.accounts import audit, notices
from labelsvc.catalogue.models import Lot, Product
from labelsvc.clock import now
from labelsvc.codes.models import Issue
from labelsvc.errors import BadInput, Conflict
from labelsvc.i18n import nfc
from labelsvc.inspections.ends import without_codes
from labelsvc.inspections.models import (
    Case,
    CaseFile,
    CaseKind,
    CaseNote,
    CaseState,
    Decision,
    Report,
    ReportState,
)
from labelsvc.messages.outbox import Note

#: States in which somebody still has to do something.
UNDECIDED = (CaseState.NEW, CaseState.OPEN, CaseState.CONTESTED)
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class CaseSubject:
    """The subject of a case, as far as it is known: ids, and the number of a unit."""

    product_id: int | None = None
    lot_id: int | None = None
    issue_id: int | None = None
    number: int | None = None


def open_case(
    session: Session,
    *,
    kind: str,
    actor: str,
    subject: CaseSubject | None = None,
    facts: Mapping[str, Any] | None = None,
    uid: str | None = None,
    sent_hash: str = "",
) -> Case:
    """Open a case; the one that has this *uid* already is given back as it is.

    What is left out and follows from the rest (the lot of an issue, the product of a lot) is filled
    in.

    :param kind: a `CaseKind`.
    :param actor: "user:12", or "watch" for the signals.
    :param facts: headline facts that JSON can hold; nothing that stands for a person.
    :param uid: a UUID in its canonical spelling, made by who opens the case.
    :param sent_hash: of what an application sent, by which a second sending is known as the same.
    :raises BadInput: no such kind, or a *uid* that is no UUID.
    """
    if kind not in list(CaseKind):
        raise BadInput("There is no kind of case “{kind}”.", kind=str(kind)[:40])
    uid = canonical_uid(uid) if uid is not None else str(uuid.uuid4())
    if (found := find_case(session, uid)) is not None:
        return found
    subject = subject or CaseSubject()
    product_id, lot_id, issue_id = subject.product_id, subject.lot_id, subject.issue_id
    if issue_id is not None and lot_id is None:
        lot_id = session.get_one(Issue, issue_id).lot_id
    if lot_id is not None and product_id is None:
        product_id = session.get_one(Lot, lot_id).product_id
    case = Case(
        uid=uid,
        kind=kind,
        product_id=product_id,
        lot_id=lot_id,
        issue_id=issue_id,
        number=subject.number,
        opened_by=actor,
        facts=dict(facts or {}),
        sent_hash=sent_hash,
    )
    try:
        with session.begin_nested():
            session.add(case)
            session.flush()
    except IntegrityError:  # the same case came twice at one moment
        if (found := find_case(session, uid)) is None:
            raise
        return found
    _audit(session, case, "open", actor, {"kind": case.kind, "uid": uid})
    facts = {"number": case.id, "page": f"/office/cases/{case.id}"}
    notices.tell_office(session, Note("case_opened", f"case:{case.id}", facts), but=actor)
    return case


def canonical_uid(text: str) -> str:
    """*text* as a UUID in lower case with hyphens. :raises BadInput: it is none."""
    try:
        return str(uuid.UUID(text))
    except (ValueError, AttributeError, TypeError):
        raise BadInput("“{text}” is not a UUID.", text=str(text)[:40]) from None


def find_case(session: Session, uid: str) -> Case | None:
    """The case with *uid*."""
    return session.scalars(select(Case).where(Case.uid == uid)).one_or_none()


def add_note(
    session: Session, case: Case, text: str, actor: str, *, uid: str | None = None
) -> CaseNote:
    """Write something down; a note with the same *uid* is not written twice.

    :raises BadInput: nothing is said, or the *uid* belongs to a note of another case.
    :raises Conflict: the case is closed.
    """
    if uid is not None:
        uid = canonical_uid(uid)
        found = session.scalars(select(CaseNote).where(CaseNote.uid == uid)).one_or_none()
        if found is not None:
            if found.case_id != case.id:
                raise BadInput("This note belongs to another case.")
            return found
    _not_closed(case)
    note = CaseNote(case_id=case.id, actor=actor, text=said(text, "text"), uid=uid)
    session.add(note)
    session.flush()
    if case.state == CaseState.NEW and actor != "watch" and case.opened_by != actor:
        case.state = CaseState.OPEN
    _audit(session, case, "note", actor, {"note": note.id})
    return note


def add_photo(session: Session, case: Case, photo: CaseFile) -> None:
    """Put a photo to its case; the trail has its hash, so that it cannot be exchanged unseen.

    :raises Conflict: the case is closed, or the photo's uid is that of another one.
    """
    _not_closed(case)
    if session.scalar(select(CaseFile.id).where(CaseFile.uid == photo.uid)) is not None:
        raise Conflict(
            "A photo of this case was kept before, elsewhere or with other contents.",
            fix="Open a new case with it.",
        )
    photo.case_id = case.id
    session.add(photo)
    session.flush()
    _audit(session, case, "photo", photo.actor, {"file": photo.id, "sha256": photo.sha256})


def contest(session: Session, case: Case, text: str, actor: str) -> None:
    """The producer says what speaks against it; a decided case is looked at again.

    :raises BadInput: nothing is said. :raises Conflict: closed, or contested already.
    """
    _not_closed(case)
    if case.contest:
        raise Conflict(
            "Case {number} has your answer already.",
            fix="Ring the office if something is to be added.",
            number=case.id,
        )
    case.contest, case.contested_at, case.contested_by = said(text, "contest"), now(), actor
    case.state = CaseState.CONTESTED
    _audit(session, case, "contest", actor, {})


def decide(session: Session, case: Case, decision: str, actor: str, *, reason: str = "") -> None:
    """Answer the case. Deciding again, after new facts or an answer, replaces the decision.

    A decision withdraws nothing by itself: that is a step of its own, by two people for a lot.

    :param reason: in words that the producer reads too.
    :raises BadInput: no such decision. :raises Conflict: the case is closed.
    """
    _not_closed(case)
    if decision not in list(Decision):
        raise BadInput(
            "Choose what is decided.", fix="One of the answers offered.", field="decision"
        )
    case.reason = said(reason, "reason") if reason.strip() else ""
    case.decision, case.decided_by, case.decided_at = decision, actor, now()
    case.state = CaseState.DECIDED
    _audit(session, case, "decide", actor, {"decision": decision, "reason": case.reason})
    _tell_decided(session, case, actor)


def _tell_decided(session: Session, case: Case, actor: str) -> None:
    """Tell the producer, who may see it now, and the inspector who opened it."""
    act = f"case:{case.id}:{case.decided_at:%Y%m%d%H%M%S%f}"
    if case.product_id is not None:
        facts = {"number": case.id, "page": f"/console/cases/{case.id}"}
        owner = session.get_one(Product, case.product_id).producer_id
        notices.tell_producer(session, owner, Note("case_decided", act, facts))
    if case.opened_by != actor:
        facts = {"number": case.id, "page": "/inspect/"}
        notices.tell_actor(session, case.opened_by, Note("case_decided", act, facts))


def close_case(session: Session, case: Case, actor: str) -> None:
    """Put a decided case away. :raises Conflict: it is not decided, or closed already."""
    _not_closed(case)
    if case.state != CaseState.DECIDED:
        raise Conflict("Case {number} is not decided.", fix="Decide it first.", number=case.id)
    case.state = CaseState.CLOSED
    _audit(session, case, "close", actor, {})


def case_of_report(session: Session, report: Report, actor: str) -> Case:
    """Open a case for what a consumer reported, or give the one it has.

    :raises Conflict: the report is closed and led to none.
    """
    if report.case_id is not None:
        return session.get_one(Case, report.case_id)
    if report.state == ReportState.CLOSED:
        raise Conflict("The report {number} is closed already.", number=report.id)
    issue = None
    if report.number is not None:
        issue = session.scalars(
            select(Issue).where(Issue.first <= report.number).order_by(Issue.first.desc()).limit(1)
        ).first()
        if issue is not None and report.number > issue.last:
            issue = None
    case = open_case(
        session,
        kind=CaseKind.REPORT,
        actor=actor,
        subject=CaseSubject(
            product_id=report.product_id,
            issue_id=issue.id if issue else None,
            number=report.number if issue else None,
        ),
        facts={"report": report.id, "said": report.kind, "verdict": report.verdict},
        uid=str(uuid.uuid5(_REPORTS, str(report.id))),
    )
    report.case_id = case.id
    if report.state == ReportState.NEW:
        report.state = ReportState.OPEN
    case.state = CaseState.OPEN
    session.flush()
    return case


_REPORTS = uuid.UUID("6f0c8d0e-5b0f-4f0a-9a39-6f1f1f6f9a01")


def query_cases(
    *, kind: str | None = None, state: str | None = None, producer_id: int | None = None
) -> Select[Any]:
    """Cases, newest first.

    :param state: a `CaseState`, or "undecided" for all that wait for somebody.
    :param producer_id: only about goods of this producer, and of the cases of inspectors those that
        are decided: who is being looked into is not told before.
    """
    query = select(Case).options(
        joinedload(Case.product).joinedload(Product.producer), joinedload(Case.lot)
    )
    if kind:
        query = query.where(Case.kind == kind)
    if state == "undecided":
        query = query.where(Case.state.in_(UNDECIDED))
    elif state:
        query = query.where(Case.state == state)
    if producer_id is not None:
        query = query.where(told_to(producer_id))
    return query.order_by(Case.id.desc())


def told_to(producer_id: int) -> ColumnElement[bool]:
    """Cases that the producer may see."""
    return and_(
        Case.product.has(producer_id=producer_id),
        or_(
            Case.kind.in_((CaseKind.COPY_RISK, CaseKind.REPORT)),
            Case.state.in_((CaseState.DECIDED, CaseState.CLOSED)),
            Case.contest != "",  # it was told of the decision, and is not kept out again
        ),
    )


def _not_closed(case: Case) -> None:
    if case.state == CaseState.CLOSED:
        raise Conflict("Case {number} is closed.", number=case.id)


def said(text: str, field: str) -> str:
    """Composed, without whole codes, control characters and marks that turn the direction of writing."""
    kept = (c for c in nfc(text) if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    said = without_codes("".join(kept).strip())[:_LONGEST]
    if len(said) < 3:
        raise BadInput("Say it in a sentence.", fix="One sentence is enough.", field=field)
    return said


def _audit(session: Session, case: Case, verb: str, actor: str, facts: dict[str, Any]) -> None:
    session.flush()
    audit.record(
        session, actor=actor, action=f"case.{verb}", subject=f"case:{case.id}", facts=facts
    )
