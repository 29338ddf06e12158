"""Cases: the office's pages of cases, their evidence and decisions."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Product
from labelsvc.codes.models import Issue
from labelsvc.codes.register.issue import codes_of
from labelsvc.codes.register.keys import keyring_of
from labelsvc.errors import FileMissing, LabelsvcError
from labelsvc.i18n import fold
from labelsvc.inspections import cases as verbs
from labelsvc.inspections.evidence import gather
from labelsvc.inspections.models import Case, CaseFile, CaseKind, Report
from labelsvc.web.console import case_words
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import choice_of, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp, may_write
from labelsvc.web.console.office.desk import handling
from labelsvc.web.language import gettext
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site

#: Lists by state, in words.
FILTERS = {
    "undecided": "Waiting for somebody",
    "decided": "Already decided",
    "closed": "Closed",
    "all": "All",
}


def query_asked() -> Select[Any]:
    """The cases that the address asks for, newest first."""
    state = choice_of("state", list(FILTERS), "undecided")
    query = verbs.query_cases(
        state="" if state == "all" else state, kind=choice_of("kind", list(CaseKind))
    )
    query = query.where(*handling.narrowed(Case))
    if asked := request.args.get("q", "").strip()[:80]:
        named = Product.search_key.contains(fold(asked), autoescape=True)
        query = query.where(Case.product.has(named))
    return query


@bp.get("/cases")
def cases() -> ResponseReturnValue:
    state = choice_of("state", list(FILTERS), "undecided")
    kind = choice_of("kind", list(CaseKind))
    asked = request.args.get("q", "").strip()[:80]
    with site().database.reading() as session:
        shown = paged(session, query_asked())
        handled = handling.words(session)
    return render_template(
        "console/office/cases.html",
        shown=shown,
        state=state,
        kind=kind,
        q=asked,
        filters=FILTERS,
        **handled,
        **_words(),
    )


def _words() -> dict[str, Any]:
    return {
        "kinds": case_words.KINDS,
        "states": case_words.STATES,
        "tones": case_words.TONES,
        "answers": case_words.ENTRIES,
        "headline": case_words.headline,
    }


@bp.get("/cases/<int:case_id>")
def case(case_id: int) -> ResponseReturnValue:
    return _case_page(case_id, Posted())


def _case_page(case_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(Case, case_id))
        evidence = gather(session, found)
        code = _code(session, found) if may_write() else ""
        people = names_of(
            session,
            [
                found.opened_by,
                found.decided_by,
                found.contested_by,
                *(n.actor for n in found.notes),
            ],
        )
        page = render_template(
            "console/office/case.html",
            c=found,
            product=found.product,
            lot=found.lot,
            notes=[(note, case_words.note_words(note.text)) for note in found.notes],
            photos=found.files,
            signals=case_words.signals_of(found),
            said=case_words.said_of(found),
            e=evidence,
            chart=case_words.chart(evidence) if evidence else None,
            tiles=case_words.tiles(evidence.places, evidence.declared) if evidence else [],
            name_of=case_words.name_of,
            code=code,
            named=(code if found.number is not None else "") or str(found.facts.get("code", "")),
            short_code=case_words.short_code,
            mark_words=case_words.WRITTEN,
            others=_others(session, found),
            people=people,
            form=request.form,
            problems=posted.problems,
            errors=posted.errors,
            **handling.words(session),
            **_words(),
        )
    return page, posted.status


def _code(session: Session, case: Case) -> str:
    """Text of a code that the case is about, to withdraw it by; "" where none can be made."""
    issue = session.scalars(
        select(Issue).where(
            Issue.id == case.issue_id if case.issue_id else Issue.lot_id == case.lot_id
        )
    ).first()
    if issue is None:
        return ""
    settings = site().settings
    try:
        ring = keyring_of(session, settings)
        offset = case.number - issue.first if case.number is not None else 0
        return codes_of(issue, ring, offset=offset, count=1)[0]
    except (LabelsvcError, ValueError):
        return ""


def _others(session: Session, case: Case) -> list[Case]:
    """Other cases about the same lot."""
    if case.lot_id is None:
        return []
    query = select(Case).where(Case.lot_id == case.lot_id, Case.id != case.id)
    return list(session.scalars(query.order_by(Case.id.desc()).limit(5)))


@bp.get("/cases/<int:case_id>/photos/<int:file_id>.jpg")
def case_photo(case_id: int, file_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = found_or_404(session.get(CaseFile, file_id))
    if found.case_id != case_id:
        abort(404)
    try:
        data = site().files.get(found.path)
    except FileMissing:
        abort(404)
    answer = Response(data, content_type="image/jpeg")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'"
    return answer


@bp.post("/cases/<int:case_id>/note")
def note_case(case_id: int) -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> object:
        found = found_or_404(session.get(Case, case_id))
        return verbs.add_note(session, found, posted.text("text"), actor())

    return _done(case_id, posted, change, gettext("The note is kept."))


@bp.post("/cases/<int:case_id>/decide")
def decide_case(case_id: int) -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> object:
        found = found_or_404(session.get(Case, case_id))
        verbs.decide(session, found, posted.text("decision"), actor(), reason=posted.text("reason"))
        return found

    return _done(case_id, posted, change, gettext("The case is decided."))


@bp.post("/cases/<int:case_id>/close")
def close_case(case_id: int) -> ResponseReturnValue:
    posted = Posted()

    def change(session: Session) -> object:
        found = found_or_404(session.get(Case, case_id))
        verbs.close_case(session, found, actor())
        return found

    return _done(case_id, posted, change, gettext("The case is closed."))


def _done(case_id: int, posted: Posted, change: Any, words: str) -> ResponseReturnValue:
    if posted.attempt(change) is None:
        return _case_page(case_id, posted)
    flash(words, "good")
    return redirect(url_for("office.case", case_id=case_id), 303)


@bp.post("/reports/<int:report_id>/case")
def open_report_case(report_id: int) -> ResponseReturnValue:
    """ "Mở vụ việc": a case for what a consumer reported."""
    posted = Posted()

    def change(session: Session) -> Case:
        found = found_or_404(session.get(Report, report_id))
        return verbs.case_of_report(session, found, actor())

    opened = posted.attempt(change)
    if opened is None:
        for problem in posted.problems:
            flash(f"{problem.message} {problem.fix}", "bad")
        return redirect(url_for("office.report", report_id=report_id), 303)
    return redirect(url_for("office.case", case_id=opened.id), 303)
