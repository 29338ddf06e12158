"""Dashboard: the producer's products, the worth of their stars, and contents that labels lack."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.recognition import Recognition, Standing, ruling
from labelsvc.codes.models import Issue, Withdrawal
from labelsvc.codes.register import notices
from labelsvc.labels import legal
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.catalogue_content import product_content
from labelsvc.scans.models import Scan
from labelsvc.web.console.producer_scope import bp
from labelsvc.web.guards.targets import local_target
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site

#: What was taken off the market, in words.
WITHDRAWN = {
    "unit": "A label",
    "range": "A range of labels",
    "run": "A print run",
    "lot": "The whole lot",
    "product": "All lots of the product",
    "key": "Labels with a withdrawn signing key",
}


@dataclass(frozen=True)
class Notice:
    """A withdrawal from the market, as the producer reads it."""

    number: int
    scope: str
    product: str
    lot: str
    at: datetime | None
    reason: str

    @classmethod
    def of(cls, row: Withdrawal) -> Notice:
        return cls(
            row.id,
            WITHDRAWN[row.scope],
            row.product.name if row.product else "",
            row.lot.code if row.lot else "",
            row.decided_at,
            row.reason,
        )


@dataclass(frozen=True)
class Card:
    """A product on the first page."""

    product: Product
    recognition: Recognition | None
    standing: Standing
    missing: list[legal.Content]
    renewal: tuple[date, date] | None


def card(product: Product) -> Card:
    """Standing of the stars and what the law still wants on the label of *product*."""
    today = clock.today()
    recognition = ruling(product.recognitions, today)
    standing = recognition.standing(today) if recognition else Standing.NOT_RECOGNISED
    window = recognition.renewal_window() if recognition else None
    renewal = window if window and standing is Standing.ENDING_SOON else None
    # Dates and the lot number come with a lot: they cannot be missing in the product.
    with_lot = dict.fromkeys(("made", "expires", "made_year", "lot_code"), "x")
    values = product_content(product, **with_lot)
    return Card(product, recognition, standing, legal.missing(product.set_number, values), renewal)


@bp.context_processor
def _unread() -> dict[str, Any]:
    """Put withdrawals on every page until the producer says that they read them."""
    producer_id = current_user().producer_id if g.get("user") else None
    if producer_id is None:
        return {}
    with site().database.reading() as session:
        rows = notices.unread(session, producer_id)
        shown = [Notice.of(row) for row in rows]
    return {"notices": shown}


@bp.get("/")
def dashboard() -> ResponseReturnValue:
    producer_id = current_user().producer_id
    with site().database.reading() as session:
        products = session.scalars(
            select(Product)
            .where(Product.producer_id == producer_id, Product.merged_into_id.is_(None))
            .options(selectinload(Product.recognitions), selectinload(Product.photos))
            .order_by(Product.name)
        ).all()
        cards = [card(product) for product in products]
        running = session.scalars(
            select(PrintRun)
            .join(Lot)
            .where(
                Lot.product.has(producer_id=producer_id),
                PrintRun.state.in_((RunState.QUEUED, RunState.RENDERING)),
            )
            .options(joinedload(PrintRun.lot).joinedload(Lot.product))
        ).all()
        lots = _recent_lots(session, producer_id)
        printed = _printed(session, producer_id)
        scans = count_scans(session, Lot.product.has(producer_id=producer_id), days=7)
        return render_template(
            "console/producer/dashboard.html",
            cards=cards,
            steps=None if printed else first_steps(cards, lots),
            printed=printed,
            running=running,
            lots=lots,
            scans=scans,
        )


@dataclass(frozen=True)
class Steps:
    """Give the steps of a new producer up to the first lawful label: contents, a lot, the labels."""

    #: The product that is nearest to its first label; None where there is none yet.
    card: Card | None
    lot: Lot | None

    @property
    def now(self) -> int:
        """Number of the step that comes next."""
        if self.card is None or self.card.missing:
            return 1
        return 2 if self.lot is None else 3


def first_steps(cards: list[Card], lots: list[tuple[Lot, print_run.Balance]]) -> Steps:
    """The steps by the product with a lot, else the one whose label lacks least."""
    opened = {lot.product_id: lot for lot, have in reversed(lots) if have.remaining}
    nearest = min(
        cards, key=lambda c: (c.product.id not in opened, len(c.missing), c.product.name), default=None
    )  # fmt: skip
    return Steps(nearest, opened.get(nearest.product.id) if nearest else None)


def _printed(session: Session, producer_id: int | None) -> set[int]:
    """Products of which labels were printed."""
    query = select(Lot.product_id).distinct().join(PrintRun, PrintRun.lot_id == Lot.id)
    query = query.where(Lot.product.has(producer_id=producer_id), PrintRun.state != RunState.FAILED)
    return set(session.scalars(query))


@bp.post("/withdrawals/<int:withdrawal_id>/read")
def read_withdrawal(withdrawal_id: int) -> ResponseReturnValue:
    """The producer has read what was withdrawn."""
    with site().database.writing() as session:
        found = session.get(Withdrawal, withdrawal_id)
        if found is None or found.producer_id != current_user().producer_id:
            abort(404)
        if found.read_at is None:
            found.read_at = clock.now()
            audit.record(
                session, actor=actor(), action="withdrawal.read", subject=f"withdrawal:{found.id}"
            )
    back = local_target(request.form.get("next")) or url_for("producer.dashboard")
    return redirect(back, code=303)


def count_scans(session: Session, of: ColumnElement[bool], *, days: int) -> int:
    """Scans within the last *days* of codes whose lot fulfils *of*."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Scan)
            .join(Issue, Issue.id == Scan.issue_id)
            .join(Lot)
            .where(of, Scan.at > clock.now() - timedelta(days=days))
        )
        or 0
    )


def _recent_lots(session: Session, producer_id: int | None) -> list[tuple[Lot, print_run.Balance]]:
    rows = session.scalars(
        select(Lot)
        .where(Lot.product.has(producer_id=producer_id), Lot.ended_at.is_(None))
        .options(joinedload(Lot.product))
        .order_by(Lot.id.desc())
        .limit(5)
    ).all()
    have = print_run.balances(session, rows)
    return [(lot, have[lot.id]) for lot in rows]
