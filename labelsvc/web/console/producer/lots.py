"""Lots: the producer's pages of lots, their balance and their journey."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue.lots import LotFacts, correct_lot, open_lot, propose_code
from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.products.columns import CRAFTS
from labelsvc.errors import BadInput
from labelsvc.events.capture import Happening, add_event
from labelsvc.events.models import Event
from labelsvc.events.vocabulary import STEPS
from labelsvc.i18n import fold
from labelsvc.labels import legal
from labelsvc.labels.ledger import ending, life, lot_account
from labelsvc.labels.models import PrintRun
from labelsvc.labels.runs import start as print_run
from labelsvc.labels.runs.catalogue_content import product_content
from labelsvc.web.console.forms import Posted, shown_values
from labelsvc.web.console.lists import paged
from labelsvc.web.console.producer.dashboard import card
from labelsvc.web.console.producer_scope import bp, own_lot, own_product, titles_of
from labelsvc.web.console.typed import moment_of, whole
from labelsvc.web.language import current, gettext
from labelsvc.web.signed_in import actor, current_user
from labelsvc.web.site import site

_PAGE = 25
#: What was done with a lot, in words.
_ENDED = {
    "end": "The lot is ended. Its labels stay good; no more are printed.",
    "go_on": "The lot is taken up again.",
    "remove": "The lot is removed.",
}


@bp.get("/lots")
def lots() -> ResponseReturnValue:
    asked = " ".join(request.args.get("q", "").split())
    query = select(Lot).join(Product).where(Product.producer_id == current_user().producer_id)
    if asked:
        query = query.where(
            Product.search_key.contains(fold(asked), autoescape=True)
            | Lot.code.contains(asked.upper(), autoescape=True)
        )
    with site().database.reading() as session:
        query = query.options(joinedload(Lot.product)).order_by(Lot.id.desc())
        shown = paged(session, query, size=_PAGE)
        have = print_run.balances(session, shown.rows)
        return render_template(
            "console/producer/lots.html",
            lots=[(lot, have[lot.id]) for lot in shown.rows],
            page=shown.page,
            last=shown.last,
            total=shown.total,
            q=asked,
        )


@bp.route("/products/<int:product_id>/lots/new", methods=["GET", "POST"])
def new_lot(product_id: int) -> ResponseReturnValue:
    posted = Posted()
    if request.method == "POST":
        made_on = posted.day("made_on", "Date of manufacture (NSX)")
        expires_on = posted.day("expires_on", "Expiry date (HSD)")

        def act(session: Session) -> int:
            declared = whole(posted.text("declared"), gettext("Quantity made"), "declared")
            facts = LotFacts(
                declared=declared, code=posted.text("code"), made_on=made_on, expires_on=expires_on,
                growing_area=posted.text("growing_area"), season=posted.text("season"),
                activation=posted.text("activation") == "1", sure=posted.text("sure") == "1",
            )  # fmt: skip
            return open_lot(session, own_product(session, product_id), facts, actor=actor()).id

        lot_id = posted.attempt(act)
        if lot_id is not None:
            _say_opened(product_id)
            return redirect(url_for("producer.lot", lot_id=lot_id))
    with site().database.reading() as session:
        found = own_product(session, product_id)
        page = render_template(
            "console/producer/new_lot.html",
            p=found,
            form=request.form if request.method == "POST" else _proposal(session, found),
            required={
                content.key for content in legal.required(found.set_number, product_content(found))
            },
            problems=posted.problems,
            errors=posted.errors,
            ticks=posted.ticks,
            **_shown(found),
        )
    return page, posted.status


def _shown(product: Product) -> dict[str, bool]:
    """Tell the fields that fit the goods: pottery has no field that it grew in, and no last day."""
    craft = product.set_number in CRAFTS
    return {"grown": not craft, "keeps": not craft or bool(product.shelf_life_days)}


def _say_opened(product_id: int) -> None:
    """The lot is open; what its labels still lack is said at once, not at the printer."""
    with site().database.reading() as session:
        missing = card(own_product(session, product_id)).missing
    if not missing:
        flash(gettext("The lot is open. Labels can be printed for it now."), "good")
        return
    words = ", ".join(c.name_vi if current() == "vi" else c.name_en for c in missing)
    flash(
        gettext("The lot is open. Before labels are printed the product needs: {contents}", contents=words),
        "caution",
    )  # fmt: skip


def _proposal(session: Session, product: Product) -> dict[str, Any]:
    """Fill the form of a new lot: today, and what the last lot said.

    The expiry date stays empty where the shelf life gives it: a date counted from today would be
    wrong, unseen, as soon as another day of manufacture is chosen.
    """
    today = clock.today()
    last = session.scalars(
        select(Lot).where(Lot.product_id == product.id).order_by(Lot.id.desc()).limit(1)
    ).first()
    return {
        "code": propose_code(session, product, today),
        "declared": last.declared if last else "",
        "made_on": today.isoformat(),
        "expires_on": "",
        "growing_area": last.growing_area if last else "",
        "season": last.season if last else "",
    }


@bp.route("/lots/<int:lot_id>/edit", methods=["GET", "POST"])
def edit_lot(lot_id: int) -> ResponseReturnValue:
    posted = Posted()
    names = ("declared", "made_on", "expires_on", "growing_area", "season", "activation")
    if request.method == "POST":
        made_on = posted.day("made_on", "Date of manufacture (NSX)")
        expires_on = posted.day("expires_on", "Expiry date (HSD)")

        def act(session: Session) -> bool:
            found = own_lot(session, lot_id)
            session.refresh(found, with_for_update=True)  # a run that begins now waits
            have = print_run.balance(session, found)
            facts = LotFacts(
                declared=whole(posted.text("declared"), gettext("Quantity made"), "declared"),
                made_on=made_on, expires_on=expires_on, growing_area=posted.text("growing_area"),
                season=posted.text("season"), activation=posted.text("activation") == "1",
                sure=posted.text("sure") == "1",
            )  # fmt: skip
            correct_lot(session, found, facts, issued=have.issued - have.void, actor=actor())
            return True

        if posted.attempt(act):
            flash(gettext("Saved."), "good")
            return redirect(url_for("producer.lot", lot_id=lot_id))
    with site().database.reading() as session:
        found = own_lot(session, lot_id)
        page = render_template(
            "console/producer/edit_lot.html",
            lot=found,
            p=found.product,
            form=shown_values(found, names),
            balance=print_run.balance(session, found),
            problems=posted.problems,
            errors=posted.errors,
            ticks=posted.ticks,
            **_shown(found.product),
        )
    return page, posted.status


@bp.get("/lots/<int:lot_id>")
def lot(lot_id: int) -> ResponseReturnValue:
    return _lot_page(lot_id, Posted())


@bp.post("/lots/<int:lot_id>/events")
def add_lot_event(lot_id: int) -> ResponseReturnValue:
    posted = Posted()

    def act(session: Session) -> bool:
        add_event(
            session,
            own_lot(session, lot_id),
            Happening(
                step=posted.text("step"),
                at=moment_of(posted.text("at"), gettext("When"), "at"),
                place=posted.text("place"),
                note=posted.text("note"),
            ),
            actor=actor(),
        )
        return True

    if posted.attempt(act):
        flash(gettext("Added to the journey."), "good")
        return redirect(url_for("producer.lot", lot_id=lot_id) + "#journey")
    return _lot_page(lot_id, posted)


@bp.post("/lots/<int:lot_id>/end")
def end_lot(lot_id: int) -> ResponseReturnValue:
    """End the lot, take it up again, or remove a wrong one."""
    posted = Posted()
    do = posted.text("do")
    verbs = {"end": ending.end, "go_on": ending.go_on, "remove": ending.remove}

    def act(session: Session) -> int:
        if do not in verbs:
            raise BadInput("Nothing was chosen.", fix="Use one of the buttons of the page.")
        found = own_lot(session, lot_id)
        product_id = found.product_id
        verbs[do](session, found, actor=actor())
        return product_id

    product_id = posted.attempt(act)
    if product_id is None:
        return _lot_page(lot_id, posted)
    flash(gettext(_ENDED[do]), "good")
    if do == "remove":
        return redirect(url_for("producer.product", product_id=product_id), code=303)
    return redirect(url_for("producer.lot", lot_id=lot_id), code=303)


def _lot_page(lot_id: int, posted: Posted) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = own_lot(session, lot_id)
        runs = session.scalars(
            select(PrintRun).where(PrintRun.lot_id == found.id).order_by(PrintRun.id.desc())
        ).all()
        events = session.scalars(
            select(Event).where(Event.lot_id == found.id).order_by(Event.at, Event.id)
        ).all()
        page = render_template(
            "console/producer/lot.html",
            lot=found,
            p=found.product,
            balance=print_run.balance(session, found),
            removable=ending.removable(session, found),
            account=lot_account.account(session, found),
            living=life.living(session, found),
            runs=runs,
            titles=titles_of(session),
            events=events,
            steps=STEPS,
            problems=posted.problems,
            errors=posted.errors,
            now=clock.local(clock.now()).strftime("%Y-%m-%dT%H:%M"),
            form=request.form,
        )
    return page, posted.status
