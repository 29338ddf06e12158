"""Points: the public pages of points of sale: search, drawing, the page of each, and reports of visitors."""

from __future__ import annotations

import gzip
import hashlib
import json
from typing import Any, Final

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue.models import Outlet, OutletState, Product, outlet_product
from labelsvc.catalogue.places import current_units
from labelsvc.catalogue.points import hours, position
from labelsvc.catalogue.points.models import OutletStep
from labelsvc.catalogue.points.shown import KIND_WORDS, freshness, with_stars
from labelsvc.errors import LabelsvcError, TooManyTries
from labelsvc.inspections.models import ReportKind
from labelsvc.inspections.report import report_point
from labelsvc.programme.points import finding, plan
from labelsvc.programme.points.counts import state_on
from labelsvc.programme.points.finding import Area, Asked
from labelsvc.web.language import current, explain
from labelsvc.web.public.address import asked_day
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.site import site

bp = Blueprint("points", __name__)

#: Rows of one page: points, and products of one point.
_PAGE: Final = 25
#: Points that the drawing and the search nearby take in at most.
_MOST: Final = 20_000
#: Bytes of the form of a report.
_LARGEST: Final = 8192
#: Reports of visitors from one network and browser family; counted per process.
LIMIT = parse_limit("10/hour")
limiter = MovingWindowRateLimiter(MemoryStorage())
#: The browser may ask where it is, on the page that shows what is near.
_MAY_LOCATE: Final = "camera=(), geolocation=(self), microphone=(), payment=()"


@bp.get("/outlets")
def points() -> ResponseReturnValue:
    on, asked = asked_day(), _asked()
    with site().database.reading() as session:
        found = finding.query(asked, on)
        total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
        last = max(1, -(-total // _PAGE))
        page = min(max(1, request.args.get("page", 1, type=int)), last)
        rows = session.scalars(
            found.options(joinedload(Outlet.commune))
            .order_by(Outlet.search_key, Outlet.id)
            .limit(_PAGE)
            .offset((page - 1) * _PAGE)
        ).all()
        counts = _sold_counts(session, [row.id for row in rows], on)
        drawn = plan.draw(_places(session, found)) if total else None
        product = session.get(Product, asked.product) if asked.product is not None else None
        shown = render_template(
            "public/points.html", canonical="/outlets", rows=rows, total=total, page=page, last=last,
            counts=counts, plan=drawn, cell=plan.CELL, asked=asked, product=product, kinds=KIND_WORDS,
            communes=[(unit.code, unit.name) for unit in current_units(session)],
            districts=finding.former_districts(session), hours=hours, day=on, today=clock.today(),
            freshness=freshness,
        )  # fmt: skip
    return shown, 200, {"Permissions-Policy": _MAY_LOCATE}


def _asked() -> Asked:
    """Read the question of the address; a piece of a map that is none is not asked for."""
    args = request.args
    area = None
    try:
        corners = [float(part) for part in args.get("area", "").split(",")]
        if len(corners) == 4 and all(-180 <= corner <= 180 for corner in corners):
            area = Area(*corners)
    except ValueError:
        pass
    return Asked(
        args.get("q", "")[:100], args.get("kind", "")[:20], args.get("commune", "")[:5],
        args.get("district", "")[:80], _row(args.get("product", "")), area,
    )  # fmt: skip


def _row(text: str) -> int | None:
    """The number of a row; 0, which no row has, where it is none."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _places(session: Session, found: Select[Outlet]) -> list[tuple[int, float, float]]:
    rows = session.execute(
        found.with_only_columns(Outlet.id, Outlet.latitude, Outlet.longitude)
        .where(Outlet.latitude.is_not(None))
        .limit(_MOST)
    )
    return [(row[0], row[1] or 0.0, row[2] or 0.0) for row in rows]  # both or none: never none here


def _sold_counts(session: Session, numbers: list[int], on: Any) -> dict[int, int]:
    rows = session.execute(
        select(outlet_product.c.outlet_id, func.count())
        .join(Product, Product.id == outlet_product.c.product_id)
        .where(outlet_product.c.outlet_id.in_(numbers), with_stars(on))
        .group_by(outlet_product.c.outlet_id)
    )
    return {number: count for number, count in rows}


@bp.get("/outlets/near.json")
def near() -> ResponseReturnValue:
    """Give the places of all points of a search: the browser finds those near by itself, and tells nobody its own."""
    with site().database.reading() as session:
        rows = session.execute(
            finding.query(_asked(), asked_day())
            .with_only_columns(Outlet.id, Outlet.latitude, Outlet.longitude, Outlet.name)
            .where(Outlet.latitude.is_not(None))
            .limit(_MOST)
        ).all()
    listed = [[row[0], round(row[1] or 0.0, 4), round(row[2] or 0.0, 4), row[3]] for row in rows]
    body = json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()
    answer = Response(body, mimetype="application/json")
    answer.set_etag(hashlib.sha256(body).hexdigest()[:20])
    answer.headers["Cache-Control"] = "public, max-age=600"
    answer.headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        answer.set_data(gzip.compress(body, 6, mtime=0))
        answer.headers["Content-Encoding"] = "gzip"
    return answer.make_conditional(request)


@bp.get("/outlet/<int:outlet_id>")
def point(outlet_id: int) -> ResponseReturnValue:
    day = asked_day()
    with site().database.reading() as session:
        found = _public(session, outlet_id)
        state = found.state if day == clock.today() else session.scalar(state_on(outlet_id, day))
        sold = _sold(outlet_id, day)
        total = session.scalar(select(func.count()).select_from(sold.subquery())) or 0
        last = max(1, -(-total // _PAGE))
        page = min(max(1, request.args.get("page", 1, type=int)), last)
        goods = session.execute(
            sold.add_columns(outlet_product.c.as_of)
            .options(joinedload(Product.producer))
            .order_by(Product.search_key, Product.id)
            .limit(_PAGE)
            .offset((page - 1) * _PAGE)
        ).all()
        closed = session.scalar(
            select(func.max(OutletStep.on)).where(
                OutletStep.outlet_id == outlet_id,
                OutletStep.state == OutletState.CLOSED,
                OutletStep.on <= day,
            )
        )
        return render_template(
            "public/point.html", canonical=f"/outlet/{outlet_id}", described=found.address, o=found,
            goods=goods, total=total, page=page, last=last, kinds=KIND_WORDS,
            week=hours.lines(found.hours, current()), fresh=str(freshness(found, day)),
            day=day, today=clock.today(), open=state == OutletState.PUBLISHED,
            closed_on=closed if state == OutletState.CLOSED else None, closed=state == OutletState.CLOSED, machine=_machine(found),
            place=position.said(found.latitude, found.longitude),
        )  # fmt: skip


def _public(session: Session, outlet_id: int) -> Outlet:
    """A point that is or was published; one that was only proposed is nobody's business."""
    found = session.get(Outlet, outlet_id)
    if found is None or found.state not in (OutletState.PUBLISHED, OutletState.CLOSED):
        abort(404)
    return found


def _sold(outlet_id: int, on: Any) -> Select[Product]:
    """Products of a point whose stars hold on the day *on*: the others left its list that day."""
    return (
        select(Product)
        .join(outlet_product, outlet_product.c.product_id == Product.id)
        .where(
            outlet_product.c.outlet_id == outlet_id,
            Product.merged_into_id.is_(None),
            with_stars(on),
        )
    )


def _machine(outlet: Outlet) -> dict[str, Any]:
    """The point in the words of schema.org."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "Store", "name": outlet.name,
        "url": f"{site().settings.base_url}/outlet/{outlet.id}",
    }  # fmt: skip
    if outlet.address:
        facts["address"] = outlet.address
    if outlet.phone:
        facts["telephone"] = outlet.phone
    if outlet.hours:
        facts["openingHours"] = hours.machine(outlet.hours)
    if outlet.latitude is not None:
        facts["geo"] = {
            "@type": "GeoCoordinates", "latitude": outlet.latitude, "longitude": outlet.longitude,
        }  # fmt: skip
    return facts


@bp.route("/outlet/<int:outlet_id>/report", methods=["GET", "POST"])
def point_report(outlet_id: int) -> ResponseReturnValue:
    """A visitor says that a point is closed or does not sell a product."""
    problem, status = None, 200
    if request.method == "POST":
        request.max_content_length = _LARGEST
        try:
            _take(outlet_id)
            return redirect(url_for("points.point_report", outlet_id=outlet_id, sent=1), 303)
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    chosen = _row(request.values.get("product", ""))
    with site().database.reading() as session:
        found = _public(session, outlet_id)
        goods = session.scalars(
            _sold(outlet_id, clock.today()).order_by(Product.search_key).limit(200)
        ).all()
        page = render_template(
            "public/point_report.html", o=found, goods=goods, chosen=chosen, problem=problem,
            kind=request.values.get("kind", "not_sold" if chosen else ""), sent="sent" in request.args,
        )  # fmt: skip
    return page, status, {"X-Robots-Tag": "noindex"}


def _take(outlet_id: int) -> None:
    """:raises BadInput: it says too little. :raises TooManyTries: ten from there in an hour."""
    form = request.form
    if form.get("email"):  # the field nobody sees: a robot filled it, and is told all is well
        return
    if not limiter.hit(LIMIT, ScanSite.of(current_app).visitor()):
        raise TooManyTries("Too many reports from here in the last hour.", fix="Try again later.")
    kind = form.get("kind", "")
    with site().database.writing() as session:
        outlet = _public(session, outlet_id)
        product = None
        if kind == ReportKind.NOT_SOLD:
            sold = _sold(outlet_id, clock.today())
            product = session.scalars(
                sold.where(Product.id == _row(form.get("product", "")))
            ).first()
        report_point(session, outlet, kind=kind, product=product, message=form.get("message", ""))
