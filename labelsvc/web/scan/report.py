"""Report: the form behind every scan page. No cookie: its token is signed and dies after two hours."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer, URLSafeTimedSerializer
from limits import parse as parse_limit
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from labelsvc import clock
from labelsvc.codes.forms import uri
from labelsvc.codes.forms.carton import CartonCode
from labelsvc.codes.forms.gs1 import Gs1Link
from labelsvc.codes.forms.short import ShortCode
from labelsvc.codes.models import Form, Issue
from labelsvc.codes.register import issue
from labelsvc.errors import BadCode, BadInput, LabelsvcError, TooManyTries
from labelsvc.inspections.models import Report, ReportKind
from labelsvc.inspections.report import SentReport, send_report
from labelsvc.scans import lookup, provinces
from labelsvc.scans.verdict import Verdict
from labelsvc.web.language import current, explain
from labelsvc.web.scan import carton
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan.place import sender
from labelsvc.web.scan.state import ScanSite
from labelsvc.web.site import site

bp = Blueprint("report", __name__, url_prefix="/report")

KINDS = (
    (ReportKind.SUSPECTED_FAKE, "I suspect a fake"),
    (ReportKind.WRONG_INFORMATION, "Something on the page is wrong"),
    (ReportKind.QUALITY, "Quality or safety of the product"),
    (ReportKind.OTHER, "Something else"),
)
#: Seconds that an open form may be filled in, and that its thank-you page can be loaded again.
_OPEN = 7200
_SENT = "labelsvc.report.sent"
#: A form of four short fields; more is no report.
_LARGEST = 64 * 1024
#: Reports from one network and browser family; counted per process, so the true limit is a few
#: times that.
LIMIT = parse_limit("10/hour")
limiter = MovingWindowRateLimiter(MemoryStorage())


@bp.get("/answer/<token>")
def answer(token: str) -> ResponseReturnValue:
    """Show what became of a report, by the link that was given when it was sent: nobody signs in.

    The link holds as long as the keys of the service do. It tells neither what was written nor by whom.
    """
    own = ScanSite.of(current_app)
    try:
        number = _answers().loads(token)
    except BadData:
        abort(404)
    with site().database.reading() as session:
        found = session.get(Report, number)
        if found is None:
            abort(404)
        page = render_template(
            "scan/answer.html", host=own.host, report=found,
            product=found.product.name if found.product else "",
        )  # fmt: skip
    return page, 200, _headers(own)


@bp.route("/", methods=["GET", "POST"], defaults={"code": ""})
@bp.route("/<path:code>", methods=["GET", "POST"])
def report(code: str) -> ResponseReturnValue:
    own, code = ScanSite.of(current_app), code[: uri.MAX_TEXT]
    if request.method == "POST":
        request.max_content_length = _LARGEST
        try:
            sent = _serializer().dumps(_take(own, code), salt=_SENT)
        except LabelsvcError as error:
            return _page(own, code, problem=explain(error)), error.http_status, _headers(own)
        # A page of its own: loading it again sends nothing a second time.
        return redirect(f"{request.path}?lang={current()}&sent={sent}", 303)
    reference = None
    if "sent" in request.args:
        try:
            reference = _serializer().loads(request.args["sent"], max_age=_OPEN, salt=_SENT)
        except BadData:
            reference = None
    return _page(own, code, reference=reference), 200, _headers(own)


def _page(
    own: ScanSite,
    code: str,
    *,
    problem: tuple[str, str] | None = None,
    reference: int | None = None,
) -> str:
    parsed = _parsed(own, code)
    product, one_unit = _product(own, parsed) if reference is None else ("", False)
    return render_template(
        "scan/report.html", host=own.host, code=parsed.canonical if parsed else "", kinds=KINDS,
        form=request.form, token=_serializer().dumps("report"), problem=problem,
        reference=reference, product=product, provinces=provinces.BY_NAME,
        asks_place=one_unit,
        answer_url=url_for("report.answer", token=_answers().dumps(reference)) if reference else "",
    )  # fmt: skip


def _headers(own: ScanSite) -> dict[str, str]:
    return scan_view.HEADERS | {
        "Content-Security-Policy": own.csp,
        "Content-Language": current(),
        "Cache-Control": "no-store",
    }


def _take(own: ScanSite, code: str) -> int:
    """Keep the report that was posted. Gives its reference number, 0 for a robot's.

    :raises BadInput: it says too little, or the form is too old.
    :raises TooManyTries: ten from there in an hour.
    """
    form = request.form
    try:
        _serializer().loads(form.get("token", ""), max_age=_OPEN)
    except BadData:
        raise BadInput("The form was open too long.", fix="Please send it again.") from None
    if form.get("email"):  # the field nobody sees: a robot filled it, and is told all is well
        return 0
    visitor = own.visitor()
    if not limiter.hit(LIMIT, visitor):
        raise TooManyTries("Too many reports from here in the last hour.", fix="Try again later.")
    parsed = _parsed(own, code or form.get("code", "")[: uri.MAX_TEXT])
    number, verdict = _judged(own, parsed)
    with site().database.writing() as session:
        sent = SentReport(
            kind=form.get("kind", ""), code=parsed.canonical if parsed else code or form.get("code", ""),
            number=number, verdict=verdict, message=form.get("message", ""),
            place=form.get("place", ""), contact=form.get("contact", ""),
            province="" if isinstance(parsed, CartonCode) else form.get("province", ""),
            sender=sender(visitor, number) if number is not None else None,
        )  # fmt: skip
        return send_report(session, sent).id


def _parsed(own: ScanSite, code: str) -> uri.ParsedCode | None:
    try:
        return uri.parse(code, host=own.host, former=own.former) if code else None
    except BadCode:
        return None


def _number(own: ScanSite, parsed: uri.ParsedCode | None) -> int | None:
    """Number of a code whose tag or signature holds; it need not have been issued."""
    if parsed is None or isinstance(parsed, Gs1Link):
        return None
    try:
        return own.number(parsed)
    except BadCode:
        return None


def _judged(own: ScanSite, parsed: uri.ParsedCode | None) -> tuple[int | None, Verdict]:
    """Number and verdict of the code, as its page would give them; of a carton that of its first unit,
    by which the office finds goods and run."""
    if isinstance(parsed, CartonCode):
        return _of_carton(own, parsed)
    number = _number(own, parsed)
    if number is not None:
        peek = lookup.peek(site().database, number)
        if peek is not None:
            with site().database.reading() as session:
                return number, lookup.verdict_of(session, peek, on=clock.today())
        if isinstance(parsed, ShortCode):
            with site().database.reading() as session:
                return number, lookup.unissued(session, number)[0]
    if parsed is None:
        return None, Verdict.MALFORMED
    return None, Verdict.LINK_ONLY if isinstance(parsed, Gs1Link) else Verdict.NOT_ISSUED


def _of_carton(own: ScanSite, parsed: CartonCode) -> tuple[int | None, Verdict]:
    try:
        shown = carton.shown(own, parsed)
    except BadCode:
        shown = None
    if shown is None:
        return None, Verdict.NOT_ISSUED
    with site().database.reading() as session:
        run = session.get_one(Issue, shown.issue_id)
        return run.first + parsed.payload.first, shown.verdict


def _product(own: ScanSite, parsed: uri.ParsedCode | None) -> tuple[str, bool]:
    """Name of the product the report is about and whether it is about one unit; nothing for codes
    that are not ours.

    The form opens for every code, but it is no second door for trying them: a wrong one counts, and
    of a network that has sent too many no code is looked at.
    """
    if parsed is None or isinstance(parsed, Gs1Link | CartonCode) or own.waits_for():
        return "", False
    number = _number(own, parsed)
    if number is None:
        own.missed(parsed)
        return "", False
    with site().database.reading() as session:
        found = issue.find_issue(session, number)
        return (found.lot.product.name, found.form != Form.LOT) if found else ("", False)


def _answers() -> URLSafeSerializer:
    """Signs the links behind which reporters read what became of their reports."""
    return URLSafeSerializer(list(site().settings.keys), salt="labelsvc.report.answer")


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(site().settings.keys), salt="labelsvc.report")
