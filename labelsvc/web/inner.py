"""The page that checks an inner code, reached from the scan page. No script, no cookie."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue

from labelsvc import clock
from labelsvc.codes import inner as codes
from labelsvc.codes import uri
from labelsvc.codes.issue import find_unit
from labelsvc.codes.models import Form, Issue
from labelsvc.errors import BadCode, MalformedCode
from labelsvc.scans import inner, lookup
from labelsvc.scans.inner import Checked
from labelsvc.web import scan_view, scan_wait
from labelsvc.web.language import current, explain
from labelsvc.web.scan_site import ScanSite
from labelsvc.web.site import site

bp = Blueprint("inner", __name__, url_prefix="/inner")
#: Bytes; a form of one short field.
_LARGEST = 4096


@bp.route("/<path:code>", methods=["GET", "POST"])
def check(code: str) -> ResponseReturnValue:
    own = ScanSite.of(current_app)
    canonical, number, product = _found(own, code[:300])
    checked: Checked | None = None
    problem = None
    if request.method == "POST":
        request.max_content_length = _LARGEST
        try:
            with site().database.writing() as session:
                key = codes.load_key(session, secrets=site().settings.keys)
                checked = inner.check(session, key, number, request.form.get("inner", "")[:40])
        except MalformedCode as error:
            problem = explain(error)
    page = render_template(
        "scan/inner.html", host=own.host, code=canonical, product=product, checked=checked,
        problem=problem, tries=inner.TRIES,
    )  # fmt: skip
    headers = scan_view.HEADERS | {
        "Content-Security-Policy": own.csp,
        "Content-Language": current(),
        "Cache-Control": "no-store",
    }
    return page, 400 if problem else 200, headers


def _found(own: ScanSite, code: str) -> tuple[str, int, str]:
    """Spelling, number and product of an issued unit code whose lot has inner codes; else 404,
    with one answer for every reason."""
    try:
        parsed = uri.parse(code, host=own.host)
    except BadCode:
        abort(404)
    try:
        verified = own.verify(parsed)
    except BadCode:
        if wait := own.missed(parsed):
            abort(scan_wait.page(own, parsed.canonical, "html", wait=wait))
        abort(404)
    with site().database.reading() as session:
        if isinstance(verified, int):
            number: int | None = verified
        else:
            unit = find_unit(session, own.keyring, verified)
            number = unit[1] if unit else None
        peek = lookup.peek(site().database, number) if number is not None else None
        if peek is None or number is None or peek.form == Form.LOT:
            abort(404)
        issue = session.get_one(Issue, peek.issue_id)
        verdict = lookup.verdict_of(session, peek, on=clock.today())
        if verdict in scan_view.OUT or not inner.asked_for(session, issue.lot_id):
            abort(404)
        return parsed.canonical, number, issue.lot.product.name
