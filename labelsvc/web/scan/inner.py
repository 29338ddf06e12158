"""Inner: the page that checks an inner code, reached from the scan page. No script, no cookie."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from labelsvc.codes.register import inner_lots
from labelsvc.errors import MalformedCode
from labelsvc.scans import inner
from labelsvc.scans.inner import Checked
from labelsvc.web.language import current, explain
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.scan.unit import unit_or_404
from labelsvc.web.site import site

bp = Blueprint("inner", __name__, url_prefix="/inner")
#: Bytes; a form of one short field.
_LARGEST = 4096


@bp.route("/<path:code>", methods=["GET", "POST"])
def check(code: str) -> ResponseReturnValue:
    own = ScanSite.of(current_app)
    with site().database.reading() as session:
        unit = unit_or_404(own, session, code)
        if not inner_lots.asked_for(session, unit.issue.lot_id):
            abort(404)
        product = unit.issue.lot.product.name
    checked: Checked | None = None
    problem = None
    if request.method == "POST":
        request.max_content_length = _LARGEST
        try:
            with site().database.writing() as session:
                checked = inner.check(
                    session, own.keyring.inner_key, unit.number, request.form.get("inner", "")[:40]
                )
        except MalformedCode as error:
            problem = explain(error)
    page = render_template(
        "scan/inner.html", host=own.host, code=unit.code, product=product, checked=checked,
        problem=problem, tries=inner.TRIES,
    )  # fmt: skip
    headers = scan_view.HEADERS | {
        "Content-Security-Policy": own.csp,
        "Content-Language": current(),
        "Cache-Control": "no-store",
    }
    return page, 400 if problem else 200, headers
