"""Reports: the office's pages of reports by consumers, and of what was done about them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from labelsvc.catalogue.models import Lot, Product
from labelsvc.codes.models import Form
from labelsvc.codes.register.issue import find_issue
from labelsvc.inspections.models import Report, ReportKind, ReportState
from labelsvc.inspections.report import close_report
from labelsvc.scans.verdict import SHOWN, Verdict
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp, may_write
from labelsvc.web.console.office.desk import handling
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

REPORT_KINDS = {
    ReportKind.SUSPECTED_FAKE: "Suspected fake",
    ReportKind.WRONG_INFORMATION: "Wrong information",
    ReportKind.QUALITY: "Quality or safety",
    ReportKind.OTHER: "Something else",
    ReportKind.POINT_CLOSED: "Point of sale closed",
    ReportKind.NOT_SOLD: "Not sold there",
}


def query_reports() -> Select[Any]:
    """The reports that the address asks for, newest first."""
    closed = choice_of("show", ("closed",)) == "closed"
    is_closed = Report.state == ReportState.CLOSED
    return (
        select(Report)
        .options(joinedload(Report.product).joinedload(Product.producer), joinedload(Report.outlet))
        .where(is_closed if closed else ~is_closed, *handling.narrowed(Report))
        .order_by(Report.id.desc())
    )


@bp.get("/reports")
def reports() -> ResponseReturnValue:
    closed = choice_of("show", ("closed",)) == "closed"
    with site().database.reading() as session:
        shown = paged(session, query_reports())
        handled = handling.words(session)
    return render_template(
        "console/office/reports.html", shown=shown, closed=closed, kinds=REPORT_KINDS, **handled
    )


@bp.get("/reports/<int:report_id>")
def report(report_id: int) -> ResponseReturnValue:
    return _report_page(report_id, Posted())


def _report_page(report_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(Report, report_id))
        others = session.scalars(
            select(Report)
            .where(Report.product_id == found.product_id, Report.id != found.id)
            .order_by(Report.id.desc())
            .limit(5)
        ).all()
        lot, place = _about(session, found)
        page = render_template(
            "console/office/report.html",
            r=found,
            product=found.product,
            lot=lot,
            place=place,
            others=others if found.product_id else [],
            kinds=REPORT_KINDS,
            verdict=_headline(found.verdict),
            notes=found.notes,
            people=names_of(session, [found.handled_by, *(note.actor for note in found.notes)]),
            # Who reported is for those who answer, not for those who audit.
            contact=found.contact if may_write() else "",
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
            **handling.words(session),
        )
    return page, posted.status


def _about(session: Session, report: Report) -> tuple[Lot | None, int | None]:
    """The lot it is about, and the number of the label in its run; of a lot code there is none."""
    issue = find_issue(session, report.number) if report.number is not None else None
    if issue is None or report.number is None:
        return None, None
    return issue.lot, None if issue.form == Form.LOT else report.number - issue.first + 1


def _headline(verdict: str) -> str:
    """Repeat what the scan page said, in its own words."""
    return SHOWN[Verdict(verdict)].headline if verdict in list(Verdict) else verdict


@bp.post("/reports/<int:report_id>/close")
def close(report_id: int) -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> Report:
        found = found_or_404(session.get(Report, report_id))
        close_report(session, found, answer=posted.text("answer"), actor=actor())
        return found

    if posted.attempt(change) is None:
        return _report_page(report_id, posted)
    flash(gettext("The report is closed."), "good")
    return redirect(url_for("office.reports"))
