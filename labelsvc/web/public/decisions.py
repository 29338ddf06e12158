"""Decisions: their list, and the page of one with every product that it named, those of the past too.

A register without its past invites forgery: what ended or was withdrawn stays, with its day.
"""

from __future__ import annotations

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from labelsvc import clock
from labelsvc.catalogue.recognition import Recognition
from labelsvc.programme.decided import decided, decision_named, decisions
from labelsvc.programme.papers.keep import paper_of
from labelsvc.programme.search.entries import slug
from labelsvc.web.paging import PAGE, Paged, page_asked, paged
from labelsvc.web.problems import wants_json
from labelsvc.web.public import structured
from labelsvc.web.public.address import Moved, asked_day, past
from labelsvc.web.public.producers import listed
from labelsvc.web.public.standing import shown
from labelsvc.web.site import site

bp = Blueprint("decisions", __name__)


@bp.get("/decisions")
def all_decisions() -> ResponseReturnValue:
    with site().database.reading() as session:
        query = decisions(session)
        total = (
            session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
        )
        page, last = page_asked(total, PAGE)
        rows = session.execute(query.limit(PAGE).offset((page - 1) * PAGE)).all()
    told = [(slug(number, day), number, day, signed, count) for number, day, signed, count in rows]
    return render_template(
        "public/decisions.html", rows=told, found=Paged([], page, last, total), canonical="/decisions"
    )  # fmt: skip


@bp.get("/decision/<name>", strict_slashes=False)
def decision(name: str) -> ResponseReturnValue:
    day = asked_day()
    if name != name.lower():
        raise Moved("decisions.decision", name=name.lower())
    with site().database.reading() as session:
        found = decision_named(session, name)
        # One of a coming day is entered already: only of a day before it nothing was known.
        if found is None or (past() and found.day > day):
            abort(404)
        attached = paper_of(session, found.number, found.day)
        page = paged(session, decided(found), size=PAGE)
        rows: list[Recognition] = page.rows
    if wants_json():
        return jsonify({
            "on": day.isoformat(), "page": f"{site().settings.base_url}/decision/{found.slug}", "number": found.number,
            "day": found.day.isoformat(), "gives": found.gives,
            "pdf": f"{site().settings.base_url}/decision/{found.slug}/paper.pdf" if attached else None, "authority": found.authority,
            "legal_basis": found.legal_basis, "licence": structured.LICENCE, "total": page.total,
            "sheet": page.page, "last": page.last,
            "products": [
                listed(shown(row.product, [row], day))
                | {"name_in_decision": row.product_name, "stars_given": row.stars, "valid_from": row.valid_from.isoformat()}
                for row in rows
            ],
        })  # fmt: skip
    return render_template(
        "public/decision.html", found=found, paper=attached, page=page, day=day, today=clock.today(),
        rows=[(row, row.standing(day), slug(row.withdrawal_decision, row.withdrawn_on) if row.withdrawal_decision and row.withdrawn_on else "") for row in rows],
        canonical=f"/decision/{found.slug}", machine=structured.decision(found, site().settings),
        described=f"{found.number}, {found.day:%d/%m/%Y}, {found.authority}",
    )  # fmt: skip


@bp.get("/decision/<name>/paper.pdf")
def paper(name: str) -> ResponseReturnValue:
    """The PDF as the office attached it. A browser shows it without any rights of this site."""
    with site().database.reading() as session:
        found = decision_named(session, name)
        row = paper_of(session, found.number, found.day) if found is not None else None
    if found is None or row is None:
        abort(404)
    answer = Response(content_type="application/pdf")
    answer.set_etag(row.sha256)
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Content-Disposition"] = f'inline; filename="{found.slug}.pdf"'
    answer.headers["Cache-Control"] = "no-cache"
    if not request.if_none_match.contains(row.sha256):
        answer.set_data(site().files.get(row.key))
    return answer.make_conditional(request)
