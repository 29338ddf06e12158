"""Dashboard: the office's overview, and its blueprint."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, exists, func, literal, select, union_all
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.accounts.models import Role
from labelsvc.catalogue.models import Lot, Producer, Product
from labelsvc.catalogue.stars.proposals import count_due
from labelsvc.codes.models import Issue
from labelsvc.codes.trust import store
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.runs import artwork
from labelsvc.scans.models import Scan
from labelsvc.web.console.action_words import ACTIONS
from labelsvc.web.console.office.desk.counts import waiting
from labelsvc.web.site import site

bp = Blueprint("office", __name__, url_prefix="/office")

_DAYS = 30


def may_write() -> bool:
    """Say whether the forms are shown: auditors and viewers see the same pages without them."""
    user = g.get("user")  # nobody on the page that says "not signed in"
    return user is not None and user.role == Role.OFFICE


@bp.context_processor
def _words() -> dict[str, Any]:
    return {"may_write": may_write(), "action_words": ACTIONS, "office_waiting": waiting}


#: Asked for each product, not for each issue: a product has few lots and a service thousands of issues.
_PRODUCTS_WITH_CODES = select(func.count()).where(
    Product.merged_into_id.is_(None),
    exists().where(Lot.product_id == Product.id, Issue.lot_id == Lot.id),
)


@bp.get("/")
def dashboard() -> ResponseReturnValue:
    week = clock.now() - timedelta(days=7)
    released = PrintRun.state == RunState.RELEASED
    with site().database.reading() as session:
        today = clock.today()
        figures = {
            "issued": _number(
                session, select(func.sum(Issue.count)).where(Issue.created_at > week)
            ),
            "printed": _number(
                session,
                select(func.sum(PrintRun.count)).where(released, PrintRun.released_at > week),
            ),
            "scanned": _number(session, select(func.count()).where(Scan.at > week)),
            "producers": _number(
                session, select(func.count()).where(Producer.merged_into_id.is_(None))
            ),
            "products": _number(
                session, select(func.count()).where(Product.merged_into_id.is_(None))
            ),
            "coded": _number(session, _PRODUCTS_WITH_CODES),
            "withdrawals_due": count_due(session, today),
        }
        days = scans_by_day(session, today)
        behind, marked = store.behind(session), artwork.current(session) is not None
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
