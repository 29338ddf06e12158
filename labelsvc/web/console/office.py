"""Programme-office pages: the overview, and what all office pages share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.models import Role, User
from labelsvc.catalogue.certify import ending_within
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import RENEWAL_CLOSES_DAYS, RENEWAL_OPENS_DAYS
from labelsvc.codes.models import Issue
from labelsvc.codes.trust import store
from labelsvc.inspections.report import count_open
from labelsvc.labels import mark
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.scans.models import Scan
from labelsvc.web.site import site

Row = TypeVar("Row")
bp = Blueprint("office", __name__, url_prefix="/office")

#: Actions of the audit trail in words.
ACTIONS = {
    "sign_in": "Signed in",
    "user.create": "User added",
    "user.invite": "New link for a user",
    "user.password": "Password set",
    "user.active": "User kept out or let in",
    "user.role": "Role of a user changed",
    "account.factor.add": "Second factor set up",
    "account.factor.remove": "Second factor removed",
    "account.factor.recovery_made": "Recovery codes made",
    "account.factor.recovery_used": "Recovery code used",
    "account.factor.suspect": "Passkey refused: its counter went back",
    "producer.create": "Producer added",
    "producer.update": "Producer changed",
    "product.create": "Product added",
    "product.update": "Product changed",
    "product.edit": "Label contents changed",
    "product.photo": "Picture added",
    "product.photo.first": "Picture put first",
    "product.photo.remove": "Picture removed",
    "recognition.create": "Decision entered",
    "recognition.withdraw": "Recognition withdrawn",
    "recognition.extend": "Recognition extended",
    "certificate.create": "Certificate entered",
    "certificate.update": "Certificate changed",
    "certificate.remove": "Certificate removed",
    "village.create": "Village added",
    "village.update": "Village changed",
    "outlet.create": "Point of sale added",
    "outlet.update": "Point of sale changed",
    "outlet.sells": "Product entered at a point of sale",
    "outlet.sells_not": "Product taken off a point of sale",
    "import.apply": "List taken over",
    "report.close": "Report closed",
    "case.open": "Case opened",
    "case.note": "Note on a case",
    "case.contest": "Case answered by the producer",
    "case.decide": "Case decided",
    "case.close": "Case closed",
    "lot.inner": "Inner codes switched on",
    "lot.inner_list": "List of inner codes taken",
    "product.range": "Range of sale declared",
    "lot.open": "Lot opened",
    "lot.correct": "Lot corrected",
    "mark.upload": "Mark of the programme put on labels",
    "mark.remove": "Mark of the programme taken off labels",
    "layout.save": "Label layout saved",
    "layout.delete": "Label layout deleted",
    "log.recover": "Public log recovered",
    "lot.recall": "Lot recalled",
    "event.add": "Event of a lot added",
    "print_run.create": "Print run begun",
    "print_run.release": "Print run released",
    "print_run.fail": "Print run failed",
    "print_run.printed": "Labels printed",
    "print_run.spoiled": "Labels spoiled",
    "print_run.voided": "Labels declared void",
    "print_run.reprinted": "Labels printed again",
    "print_run.activated": "Labels put on goods",
    "print_run.sold": "Goods sold",
    "blank.activated": "Labels put on goods",
    "blank.sold": "Goods sold",
    "withdrawal.propose": "Withdrawal proposed",
    "withdrawal.do": "Codes withdrawn",
    "withdrawal.confirm": "Withdrawal confirmed",
    "withdrawal.refuse": "Withdrawal refused",
    "withdrawal.read": "Withdrawal read by the producer",
    "trust.publish": "Trust manifest published",
    "key.revoke": "Signing key revoked",
    "print_run.file": "File for print shop or archive made",
    "print_run.send": "Labels sent to a printer",
    "blank.create": "Blank roll made",
    "blank.bind": "Blank labels entered for a lot",
    "blank.fail": "Blank roll failed",
    "key.rotate": "Signing key rotated",
    "key.reseal": "Signing keys sealed anew",
    "key.freeze": "Signing key frozen",
    "backup.restore": "Backup restored",
}
#: Rows of a list on one page.
PAGE = 50
_DAYS = 30


@dataclass(frozen=True)
class Paged:
    """One page of a list: the rows, which page, how many there are."""

    rows: list[Any]
    page: int
    last: int
    total: int


def paged(session: Session, query: Select[Any], *, size: int = PAGE) -> Paged:
    """The page of *query* that the address asks for; a page past the end is the last one."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    total = session.scalar(counted) or 0
    last = max(1, -(-total // size))
    page = min(max(1, request.args.get("page", 1, type=int)), last)
    rows = session.scalars(query.limit(size).offset((page - 1) * size)).all()
    return Paged(list(rows), page, last, total)


def found_or_404(row: Row | None) -> Row:
    """*row*, or the page that says there is none."""
    if row is None:
        abort(404)
    return row


def may_write() -> bool:
    """Auditors see the same pages without the forms."""
    user = g.get("user")  # nobody on the page that says "not signed in"
    return user is not None and user.role == Role.OFFICE


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"may_write": may_write(), "action_words": ACTIONS}


@bp.get("/")
def dashboard() -> ResponseReturnValue:
    today = clock.today()
    week = clock.now() - timedelta(days=7)
    released = PrintRun.state == RunState.RELEASED
    with site().database.reading() as session:
        ending = [found.valid_to for found in ending_within(session, RENEWAL_OPENS_DAYS, on=today)]
        late = today + timedelta(days=RENEWAL_CLOSES_DAYS)
        figures = {
            "issued": _number(
                session, select(func.sum(Issue.count)).where(Issue.created_at > week)
            ),
            "printed": _number(
                session,
                select(func.sum(PrintRun.count)).where(released, PrintRun.released_at > week),
            ),
            "scanned": _number(session, select(func.count()).where(Scan.at > week)),
            "reports": count_open(session),
            "ending_180": len(ending),
            "ending_120": sum(last <= late for last in ending),
            "producers": _number(session, select(func.count()).select_from(Producer)),
            "products": _number(session, select(func.count()).select_from(Product)),
            "guessed": _number(session, select(func.count()).where(Product.set_guessed)),
        }
        days = scans_by_day(session, today)
        behind, marked = store.behind(session), mark.current(session) is not None
    return render_template(
        "console/office/dashboard.html", f=figures, days=days, behind=behind, marked=marked
    )


def _number(session: Session, query: Select[Any]) -> int:
    return session.scalar(query) or 0


def scans_by_day(session: Session, today: date) -> list[tuple[date, int]]:
    """Scans of each of the last 30 Vietnamese calendar days, oldest first.

    Counted day by day along the index: SQLite and PostgreSQL share no function for "day of".
    """
    days = [today - timedelta(days=back) for back in range(_DAYS - 1, -1, -1)]
    counts = union_all(
        *(
            select(literal(place).label("place"), func.count().label("scans")).where(
                Scan.at >= _begins(day), Scan.at < _begins(day + timedelta(days=1))
            )
            for place, day in enumerate(days)
        )
    )
    found = {place: scans for place, scans in session.execute(counts)}
    return [(day, found.get(place, 0)) for place, day in enumerate(days)]


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.HANOI)


def names_of(session: Session, actors: list[str]) -> dict[str, str]:
    """ "user:12" → the name of that person."""
    numbers = {int(actor[5:]) for actor in actors if actor[:5] == "user:" and actor[5:].isdigit()}
    if not numbers:
        return {}
    users = session.execute(select(User.id, User.full_name).where(User.id.in_(numbers)))
    return {f"user:{number}": name for number, name in users}
