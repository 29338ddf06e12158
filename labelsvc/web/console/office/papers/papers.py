"""Papers: the office's list of decisions with their PDFs, and attaching one."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from labelsvc.errors import LabelsvcError
from labelsvc.programme.decided import Decision, decision_named, decisions
from labelsvc.programme.papers import keep
from labelsvc.programme.papers.models import DecisionPaper
from labelsvc.programme.search.entries import slug
from labelsvc.web.console.forms import Posted
from labelsvc.web.console.lists import found_or_404
from labelsvc.web.console.office.dashboard import bp
from labelsvc.web.language import gettext
from labelsvc.web.paging import PAGE, Paged, page_asked
from labelsvc.web.signed_in import actor
from labelsvc.web.site import site


@bp.get("/decisions")
def papers() -> ResponseReturnValue:
    """Decisions that gave stars, newest first; `lacking` leaves those without a PDF."""
    lacking = "lacking" in request.args
    with site().database.reading() as session:
        query = decisions(session)
        given = query.order_by(None).subquery()
        total = session.scalar(select(func.count()).select_from(given)) or 0
        held = session.scalar(select(func.count()).select_from(DecisionPaper)) or 0
        if lacking:
            names = [(row[0], row[1]) for row in session.execute(query)]
            known = keep.papers_of(session, names)
            rows = [row for row in session.execute(query) if (row[0], row[1]) not in known]
            page, last = page_asked(len(rows), PAGE)
            shown = rows[(page - 1) * PAGE : page * PAGE]
        else:
            page, last = page_asked(total, PAGE)
            shown = list(session.execute(query.limit(PAGE).offset((page - 1) * PAGE)))
        attached = keep.papers_of(session, [(row[0], row[1]) for row in shown])
    told = [(slug(number, day), number, day, signed, count, attached.get((number, day)))
            for number, day, signed, count in shown]  # fmt: skip
    return render_template(
        "console/office/papers.html", rows=told, found=Paged([], page, last, total), held=held, lacking=lacking
    )  # fmt: skip


@bp.get("/decisions/<name>")
def paper(name: str) -> ResponseReturnValue:
    """The PDF of one decision: which is attached, and another in its place."""
    return _page(name, Posted())


@bp.post("/decisions/<name>")
def attach_paper(name: str) -> ResponseReturnValue:
    posted = Posted()
    if not _attached(name, posted):
        return _page(name, posted)
    flash(gettext("The PDF is attached. Everybody sees it on the page of the decision."), "good")
    return redirect(url_for("office.paper", name=name))


def _page(name: str, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = _decision(session, name)
        row = keep.paper_of(session, found.number, found.day)
        page = render_template(
            "console/office/paper.html", found=found, paper=row, most=keep.MAX_BYTES // 1_000_000,
            problems=posted.problems, errors=posted.errors,
        )  # fmt: skip
    return page, posted.status


def _attached(name: str, posted: Posted) -> bool:
    upload = request.files.get("paper")
    try:
        taken = keep.take(upload.read(keep.MAX_BYTES + 1) if upload else b"")
    except LabelsvcError as error:
        posted.add(error)
        return False
    keep.store(site().files, taken)

    def change(session: Session) -> bool:
        keep.attach(session, _decision(session, name), taken, actor=actor())
        return True

    return posted.attempt(change) is not None


@bp.post("/decisions/<name>/remove")
def remove_paper(name: str) -> ResponseReturnValue:
    """Take the PDF off, as where it was that of another decision."""
    with site().database.writing() as session:
        found = _decision(session, name)
        row = found_or_404(keep.paper_of(session, found.number, found.day))
        keep.detach(session, row, actor=actor())
    flash(gettext("The PDF is taken off."), "good")
    return redirect(url_for("office.paper", name=name))


def _decision(session: Session, name: str) -> Decision:
    found = decision_named(session, name)
    if found is None:
        abort(404)
    return found
