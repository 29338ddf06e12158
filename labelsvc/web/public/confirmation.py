"""Confirmation: the page behind the link that a point of sale gets each quarter. No account, no cookie of ours
beyond the form's; whoever has the link can confirm once, say "closed", and say that something runs low.
"""

from __future__ import annotations

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.catalogue.models import Product, outlet_product
from labelsvc.catalogue.points import hours
from labelsvc.catalogue.points.shown import with_stars
from labelsvc.errors import LabelsvcError, TooManyTries
from labelsvc.programme.points import links, poster
from labelsvc.programme.points.confirm import Said, confirm, runs_low
from labelsvc.web.language import current, explain
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.site import site

bp = Blueprint("confirmation", __name__, url_prefix="/outlet/confirm")

#: Bytes of the form; a thousand products are ticked at most.
_LARGEST = 64 * 1024
_MOST = 1000
#: Looks and acts of one network and browser family; counted per process.
LIMIT = parse_limit("120/hour")
limiter = MovingWindowRateLimiter(MemoryStorage())
_HEADERS = {
    "Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex",
}  # fmt: skip


@bp.route("/<value>", methods=["GET", "POST"])
def confirmation(value: str) -> ResponseReturnValue:
    if not limiter.hit(LIMIT, ScanSite.of(current_app).visitor()):
        raise TooManyTries("Too many tries from here in the last hour.", fix="Try again later.")
    problem, status = None, 200
    if request.method == "POST":
        request.max_content_length = _LARGEST
        try:
            if _take(value):
                page = render_template("public/confirmed_closed.html")
                return page, 200, _HEADERS
            done = "low" if "low" in request.form else "confirmed"
            return redirect(url_for("confirmation.confirmation", value=value, done=done), 303)
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    with site().database.reading() as session:
        return _page(session, value, problem), status, _HEADERS


def _take(value: str) -> bool:
    """Do what the form says; True where the point is closed by it.

    :raises LabelsvcError: the link works no more, was used, or something typed cannot be read.
    """
    form = request.form
    with site().database.writing() as session:
        link = links.find(session, value)
        if "low" in form:
            runs_low(session, link, _number(form["low"]))
            return False
        said = Said(
            form.get("hours", ""), form.get("note", ""),
            {_number(one) for one in form.getlist("sold")[:_MOST]}, form.get("closed") == "yes",
        )  # fmt: skip
        confirm(session, link, said)
        return said.closed


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _page(session: Session, value: str, problem: tuple[str, str] | None) -> str:
    link = links.find(session, value)
    holds = with_stars(clock.today())
    goods = session.execute(
        select(Product, holds, outlet_product.c.low_on)
        .join(outlet_product, outlet_product.c.product_id == Product.id)
        .where(outlet_product.c.outlet_id == link.outlet_id)
        .order_by(Product.search_key)
        .limit(_MOST)
    ).all()
    ticked = {_number(one) for one in request.form.getlist("sold")} if problem else None
    return render_template(
        "public/confirmation.html", o=link.outlet, link=link, value=value, goods=goods, problem=problem,
        typed=request.form.get("hours", hours.said(link.outlet.hours, current())),
        note=request.form.get("note", link.outlet.hours_note), ticked=ticked, today=clock.today(),
        done=request.args.get("done", ""), week=hours.lines(link.outlet.hours, current()),
    )  # fmt: skip


@bp.get("/<value>/poster.pdf")
def own_poster(value: str) -> ResponseReturnValue:
    """The poster of the point, for whoever has its link."""
    if not limiter.hit(LIMIT, ScanSite.of(current_app).visitor()):
        raise TooManyTries("Too many tries from here in the last hour.", fix="Try again later.")
    with site().database.reading() as session:
        outlet = links.find(session, value).outlet
        made = poster.draw(
            outlet, base_url=site().settings.base_url, office=site().settings.office_name
        )
    answer = Response(made, mimetype="application/pdf", headers=_HEADERS)
    answer.headers["Content-Disposition"] = f'attachment; filename="diem-ban-{outlet.id}.pdf"'
    return answer
