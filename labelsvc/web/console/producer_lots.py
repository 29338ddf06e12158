"""Producer pages: lots, their balance and their journey."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue.lots import open_lot, propose_code
from labelsvc.catalogue.models import Lot, Product
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.events.capture import add_event
from labelsvc.events.models import Event
from labelsvc.events.vocabulary import STEPS
from labelsvc.i18n import fold
from labelsvc.labels import print_run
from labelsvc.labels.models import PrintRun
from labelsvc.web.console.producer import bp, own_lot, own_product
from labelsvc.web.language import explain, gettext
from labelsvc.web.security import actor, current_user
from labelsvc.web.site import site

_PAGE = 25


@bp.get("/lots")
def lots() -> ResponseReturnValue:
    page = max(1, request.args.get("page", 1, type=int))
    asked = fold(request.args.get("q", ""))
    query = select(Lot).join(Product).where(Product.producer_id == current_user().producer_id)
    if asked:
        query = query.where(
            Product.search_key.contains(asked, autoescape=True)
            | Lot.code.ilike(f"%{asked.upper()}%")
        )
    with site().database.reading() as session:
        total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
        rows = session.scalars(
            query.options(joinedload(Lot.product))
            .order_by(Lot.id.desc())
            .limit(_PAGE)
            .offset((page - 1) * _PAGE)
        ).all()
        shown = [(lot, print_run.balance(session, lot)) for lot in rows]
    last = max(1, -(-total // _PAGE))
    return render_template(
        "console/producer/lots.html",
        rows=shown,
        page=page,
        last=last,
        total=total,
        q=request.args.get("q", ""),
    )


@bp.route("/products/<int:product_id>/lots/new", methods=["GET", "POST"])
def new_lot(product_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        product = own_product(session, product_id)
        form = _proposal(session, product)
        if request.method == "GET":
            return render_template(
                "console/producer/new_lot.html", p=product, form=form, problem=None
            )
    try:
        with site().database.writing() as session:
            product = own_product(session, product_id)
            made = day_of(request.form.get("made_on", ""), gettext("Date of manufacture (NSX)"))
            lot = open_lot(
                session,
                product=product,
                code=request.form.get("code", ""),
                declared=whole(request.form.get("declared", ""), gettext("Quantity made")),
                made_on=made,
                expires_on=day_of(request.form.get("expires_on", ""), gettext("Expiry date (HSD)")),
                growing_area=request.form.get("growing_area", ""),
                actor=actor(),
            )
            lot_id = lot.id
    except LabelsvcError as error:
        page = render_template(
            "console/producer/new_lot.html", p=product, form=request.form, problem=explain(error)
        )
        return page, error.http_status
    flash(gettext("The lot is open. Labels can be printed for it now."), "good")
    return redirect(url_for("producer.lot", lot_id=lot_id))


def _proposal(session: Session, product: Product) -> dict[str, Any]:
    """What the form begins with: today, and what the last lot said."""
    today = clock.today()
    last = session.scalars(
        select(Lot).where(Lot.product_id == product.id).order_by(Lot.id.desc()).limit(1)
    ).first()
    life = product.shelf_life_days
    return {
        "code": propose_code(session, product, today),
        "declared": last.declared if last else "",
        "made_on": today.isoformat(),
        "expires_on": (today + timedelta(days=life)).isoformat() if life else "",
        "growing_area": last.growing_area if last else "",
    }


@bp.get("/lots/<int:lot_id>")
def lot(lot_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        return _lot_page(session, own_lot(session, lot_id), None)


def _lot_page(session: Session, found: Lot, problem: tuple[str, str] | None) -> str:
    runs = session.scalars(
        select(PrintRun).where(PrintRun.lot_id == found.id).order_by(PrintRun.id.desc())
    ).all()
    events = session.scalars(select(Event).where(Event.lot_id == found.id).order_by(Event.at)).all()
    return render_template(
        "console/producer/lot.html",
        lot=found,
        p=found.product,
        balance=print_run.balance(session, found),
        runs=runs,
        events=events,
        steps=STEPS,
        problem=problem,
        now=clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"),
        form=request.form,
    )


@bp.post("/lots/<int:lot_id>/events")
def add_lot_event(lot_id: int) -> ResponseReturnValue:
    try:
        with site().database.writing() as session:
            found = own_lot(session, lot_id)
            add_event(
                session,
                lot=found,
                step=request.form.get("step", ""),
                at=_moment_of(request.form.get("at", "")),
                place=request.form.get("place", ""),
                note=request.form.get("note", ""),
                actor=actor(),
            )
    except LabelsvcError as error:
        with site().database.reading() as session:
            page = _lot_page(session, own_lot(session, lot_id), explain(error))
        return page, error.http_status
    flash(gettext("Added to the journey."), "good")
    return redirect(url_for("producer.lot", lot_id=lot_id) + "#journey")


def day_of(text: str, field: str) -> date | None:
    """A day from a form: yyyy-mm-dd from the browser's own field, or typed dd/mm/yyyy.

    :raises BadInput: neither.
    """
    text = text.strip()
    if not text:
        return None
    for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007 -- a calendar day
        except ValueError:
            continue
    raise BadInput(
        "{field}: “{text}” is not a date.", fix="Write day/month/year, for example 05/11/2026.",
        field=field, text=text[:40],
    )  # fmt: skip


def whole(text: str, field: str) -> int:
    """A whole number from a form; dots and spaces between thousands are fine.

    :raises BadInput: not a number.
    """
    digits = text.strip().replace(".", "").replace(",", "").replace(" ", "").replace("\u00a0", "")
    if not digits.isdigit() or len(digits) > 9:
        raise BadInput(
            "{field}: “{text}” is not a whole number.", fix="Write digits only, for example 500.",
            field=field, text=text[:40],
        )  # fmt: skip
    return int(digits)


def _moment_of(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=clock.HANOI)
    except ValueError:
        day = day_of(text, gettext("Time"))
        if day is None:
            raise BadInput("The time is missing.", fix="Say when it happened.") from None
        return datetime(day.year, day.month, day.day, 8, tzinfo=clock.HANOI)
