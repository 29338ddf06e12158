"""Place: asks readers for their province, if they like to tell. No script, no cookie, nothing asked
twice.

Far-apart places of one unit on one day are the surest sign of a copy that consumers can give. What
is kept is a province, the time and a token of the day; see docs/copy-risk.md.
"""

from __future__ import annotations

import uuid

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from labelsvc.errors import BadInput, LabelsvcError, TooManyTries
from labelsvc.inspections.models import SightingSource
from labelsvc.inspections.places import Spot, note_sighting
from labelsvc.scans import provinces
from labelsvc.web.language import current, explain
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.scan.unit import Unit, unit_or_404
from labelsvc.web.site import site

bp = Blueprint("place", __name__, url_prefix="/place")
#: Seconds that an open form may be sent.
_OPEN = 7200
#: Bytes; a form of one short field.
_LARGEST = 4096
_SENDERS = uuid.UUID("0f6f2f5c-3a0e-4a53-9d3b-5d1f7f0a6c21")
#: Of one network and browser family; counted per process.
LIMIT = parse_limit("20/hour")
limiter = MovingWindowRateLimiter(MemoryStorage())


@bp.route("/<path:code>", methods=["GET", "POST"])
def place(code: str) -> ResponseReturnValue:
    own = ScanSite.of(current_app)
    with site().database.reading() as session:
        unit = unit_or_404(own, session, code)
        product = unit.issue.lot.product.name
    problem, status = None, 200
    if request.method == "POST":
        request.max_content_length = _LARGEST
        try:
            _keep(own, unit)
            return redirect(f"{request.path}?lang={current()}&told=1", 303)
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    page = render_template(
        "scan/place.html", host=own.host, code=unit.code, product=product, problem=problem,
        provinces=provinces.BY_NAME, told="told" in request.args,
        token=_serializer().dumps("place"),
    )  # fmt: skip
    headers = scan_view.HEADERS | {
        "Content-Security-Policy": own.csp,
        "Content-Language": current(),
        "Cache-Control": "no-store",
    }
    return page, status, headers


def _keep(own: ScanSite, unit: Unit) -> None:
    """:raises BadInput: no province, or the form is too old. :raises TooManyTries: a flood."""
    try:
        _serializer().loads(request.form.get("token", ""), max_age=_OPEN)
    except BadData:
        raise BadInput("The form was open too long.", fix="Please send it again.") from None
    province = request.form.get("province", "")
    if province not in provinces.BY_CODE:
        raise BadInput("Choose a province, or go back without.", field="province")
    visitor = own.visitor()
    if not limiter.hit(LIMIT, visitor):
        raise TooManyTries("Too many places from here in the last hour.", fix="Try again later.")
    with site().database.writing() as session:
        note_sighting(
            session, number=unit.number, issue_id=unit.issue.id, source=SightingSource.CONSENT,
            spot=Spot(province), uid=sender(visitor, unit.number),
        )  # fmt: skip


def sender(visitor: str, number: int) -> str:
    """UUID of what one visitor of the day says about one unit: one place, not a journey of claims."""
    return str(uuid.uuid5(_SENDERS, f"{visitor}|{number}"))


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(site().settings.keys), salt="labelsvc.place")
