"""Reports by consumers: takes them in, lists them for the office, closes them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import letters
from labelsvc.accounts import audit
from labelsvc.catalogue.models import Outlet, Product
from labelsvc.clock import now
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import find_issue
from labelsvc.errors import BadInput, Conflict
from labelsvc.i18n import nfc
from labelsvc.inspections.ends import code_by_ends, without_codes
from labelsvc.inspections.models import Report, ReportKind, ReportState, SightingSource
from labelsvc.inspections.places import Spot, note_sighting
from labelsvc.scans.provinces import BY_CODE

#: What visitors say about a point of sale.
POINT_KINDS = (ReportKind.POINT_CLOSED, ReportKind.NOT_SOLD)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReport:
    """A report as a consumer sends it. `province` is the code of the one they chose to be in: it is kept as
    a place of the unit, without them; `sender` is the UUID of that place."""

    kind: str
    code: str
    number: int | None
    verdict: str
    message: str
    place: str = ""
    contact: str = ""
    province: str = ""
    sender: str | None = None


def send_report(session: Session, sent: SentReport) -> Report:
    """Keep what a consumer says; codes in it by their ends.

    :raises BadInput: no message, or a kind that does not exist.
    """
    kind, number, province = sent.kind, sent.number, sent.province
    message = _clean(sent.message)[:2000]
    if len(message) < 5 or kind not in list(ReportKind) or kind in POINT_KINDS:
        raise BadInput(
            "The report says too little.",
            fix="Write in a sentence what you saw, then send it again.",
        )
    issue = find_issue(session, number) if number is not None else None
    report = Report(
        kind=kind,
        code=code_by_ends(_clean(sent.code)),
        number=number,
        product_id=issue.lot.product_id if issue else None,
        verdict=sent.verdict,
        message=without_codes(message),
        place=without_codes(_clean(sent.place))[:200],
        contact=_clean(sent.contact)[:120],
    )
    session.add(report)
    if issue is not None and number is not None and province in BY_CODE and issue.form != Form.LOT:
        note_sighting(
            session, number=number, issue_id=issue.id, source=SightingSource.CONSENT,
            spot=Spot(province), uid=sent.sender,
        )  # fmt: skip
    session.flush()
    return report


def report_point(
    session: Session,
    outlet: Outlet,
    *,
    kind: str,
    product: Product | None = None,
    message: str = "",
) -> Report:
    """Keep what a visitor says about a point of sale; said again in the same way it is one report.

    :raises BadInput: a kind that does not exist, or a product that is not sold without the product.
    """
    if kind not in POINT_KINDS or (kind == ReportKind.NOT_SOLD and product is None):
        raise BadInput("Choose what is not right.", fix="Choose one of the list.", field="kind")
    product_id = product.id if product is not None and kind == ReportKind.NOT_SOLD else None
    message = without_codes(_clean(message)[:500])
    same = (
        Report.outlet_id == outlet.id, Report.kind == kind, Report.state == ReportState.NEW,
        Report.product_id.is_(None) if product_id is None else Report.product_id == product_id,
        Report.message == message,
    )  # fmt: skip
    known = session.scalars(select(Report).where(*same)).first()
    if known is not None:
        return known
    report = Report(
        kind=kind, code="", product_id=product_id, outlet_id=outlet.id, verdict="", message=message
    )
    session.add(report)
    session.flush()
    return report


def close_report(session: Session, report: Report, *, answer: str, actor: str) -> None:
    """Write down what was done; the contact is removed, it has served its purpose.

    :raises Conflict: it is closed. :raises BadInput: no answer.
    """
    if report.state == ReportState.CLOSED:
        raise Conflict("The report {number} is closed already.", number=report.id)
    if not answer.strip():
        raise BadInput("Say what was done.", fix="One sentence is enough.")
    report.state, report.answer = ReportState.CLOSED, without_codes(nfc(answer).strip())
    report.contact, report.handled_at, report.handled_by = "", now(), actor
    audit.record(
        session,
        actor=actor,
        action="report.close",
        subject=f"report:{report.id}",
        facts={"answer": report.answer},
    )


def _clean(text: str) -> str:
    """Composed, without control characters: PostgreSQL refuses NUL, and marks that turn the
    writing direction could make the office read something else than was written."""
    kept = (
        c
        for c in nfc(letters.shown(text, put=""))
        if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs")
    )
    return "".join(kept).strip()
