"""The report form behind every scan page. No cookie: its token is signed and dies after an hour."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeTimedSerializer
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from labelsvc.codes import issue, uri
from labelsvc.errors import BadCode, BadInput, LabelsvcError, TooManyTries
from labelsvc.inspections.models import ReportKind
from labelsvc.inspections.report import send_report
from labelsvc.scans.verdict import Verdict
from labelsvc.web import scan_view
from labelsvc.web.language import current, explain
from labelsvc.web.scan_site import ScanSite, device_family, network_of
from labelsvc.web.site import site

bp = Blueprint("report", __name__, url_prefix="/report")

KINDS = (
    (ReportKind.SUSPECTED_FAKE, "I suspect a fake"),
    (ReportKind.WRONG_INFORMATION, "Something on the page is wrong"),
    (ReportKind.QUALITY, "Quality or safety of the product"),
    (ReportKind.OTHER, "Something else"),
)
_HOUR = 3600
#: Reports from one network and browser family; counted per process, so the true limit is a few times that.
_LIMIT = parse_limit("10/hour")
_limiter = MovingWindowRateLimiter(MemoryStorage())


@bp.route("/<code>", methods=["GET", "POST"])
def report(code: str) -> ResponseReturnValue:
    own, form = ScanSite.of(current_app), request.form
    code = code.replace("~", "/")[:300]
    problem, reference, status = None, None, 200
    if request.method == "POST":
        try:
            reference = _take(own, code)
        except LabelsvcError as error:
            problem, status = explain(error), error.http_status
    page = render_template(
        "scan/report.html", host=own.host, code="" if code == "-" else code, kinds=KINDS, form=form,
        token=_serializer().dumps("report"), problem=problem, reference=reference, product=None,
    )  # fmt: skip
    headers = scan_view.HEADERS | {
        "Content-Security-Policy": own.csp,
        "Content-Language": current(),
        "Cache-Control": "no-store",
    }
    return page, status, headers


def _take(own: ScanSite, code: str) -> int:
    form = request.form
    try:
        _serializer().loads(form.get("token", ""), max_age=_HOUR)
    except BadData:
        raise BadInput("The form was open too long.", fix="Please send it again.") from None
    if form.get("email"):  # the field nobody sees: a robot filled it, and is told all is well
        return 0
    device = device_family(request.headers.get("User-Agent", ""))
    if not _limiter.hit(_LIMIT, own.day_key.token(network_of(request.remote_addr or ""), device)):
        raise TooManyTries("Too many reports from here in the last hour.", fix="Try again later.")
    number, verdict = _number(own, code)
    with site().database.writing() as session:
        kept = send_report(
            session, kind=form.get("kind", ""), code=code, number=number, verdict=verdict,
            message=form.get("message", ""), place=form.get("place", ""), contact=form.get("contact", ""),
        )  # fmt: skip
        return kept.id


def _number(own: ScanSite, code: str) -> tuple[int | None, str]:
    """Number of the code if it is one of ours."""
    try:
        verified = own.verify(uri.parse(code, host=own.host))
    except BadCode:
        return None, Verdict.NOT_ISSUED
    with site().database.reading() as session:
        if not isinstance(verified, int):
            unit = issue.find_unit(session, own.keyring, verified)
            verified = unit[1] if unit else -1
        found = issue.find_issue(session, verified)
    return (verified, Verdict.ISSUED_OK) if found else (None, Verdict.NOT_ISSUED)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(site().settings.keys), salt="labelsvc.report")
