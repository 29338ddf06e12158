"""Goods: the office's lists of products, lots and print runs, and the page of a lot."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue import criteria
from labelsvc.catalogue.models import Lot, Producer, Product
from labelsvc.catalogue.recognition import Recognition, Standing, ruling
from labelsvc.codes.models import Issue
from labelsvc.codes.register.issue import codes_of
from labelsvc.codes.register.keys import keyring_of
from labelsvc.inspections.models import Case
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.programme.desk.asked import Asked
from labelsvc.scans.models import Scan
from labelsvc.web.console import case_words
from labelsvc.web.console.lists import choice_of, found_or_404, names_of, paged
from labelsvc.web.console.office.dashboard import bp, may_write
from labelsvc.web.console.office.producers import commune_options
from labelsvc.web.console.office.words import set_words
from labelsvc.web.site import site

RUN_STATES = {
    RunState.QUEUED: "waiting",
    RunState.RENDERING: "being made",
    RunState.RELEASED: "released",
    RunState.FAILED: "failed",
    RunState.VOID: "void",
}
LOT_STATES = {"recalled": "Recalled", "expired": "Past their expiry date", "open": "All others"}
_STARS = ("5", "4", "3", "none")


def query_products(session: Session) -> Select[Any]:
    """The products that the address asks for, by name."""
    today, stars = clock.today(), choice_of("stars", _STARS)
    asked = Asked.of(request.args.get("q", ""))
    held = _held(stars if stars != "none" else "", today)
    rules = [
        Product.merged_into_id.is_(None),
        *asked.all_in(Product.search_key, Producer.search_key, func.lower(Product.ocop_code)),
        *_of_commune(session),
    ]
    if stars:
        rules.append(~held if stars == "none" else held)
    number = request.args.get("set", "")
    if number.isdigit() and len(number) < 3:
        rules.append(Product.set_number == int(number))
    return (
        select(Product)
        .join(Product.producer)
        .options(
            joinedload(Product.producer).joinedload(Producer.commune),
            joinedload(Product.producer).joinedload(Producer.village),
        )
        .where(*rules)
        .order_by(Product.search_key, Product.id)
    )


def _held(stars: str, on: Any) -> ColumnElement[bool]:
    """The product has stars on that day: *stars* of them, or any."""
    rules = [
        Recognition.product_id == Product.id,
        Recognition.valid_from <= on,
        or_(Recognition.valid_to >= on, Recognition.extended_to >= on),
        or_(Recognition.withdrawn_on.is_(None), Recognition.withdrawn_on > on),
    ]
    if stars:
        rules.append(Recognition.stars == int(stars))
    return select(Recognition.id).where(*rules).exists()


def _of_commune(session: Session) -> list[ColumnElement[bool]]:
    """The producer's commune, where the address asks for one that exists today."""
    code = choice_of("commune", [str(key) for key, _ in commune_options(session)])
    return [Producer.commune_code == code] if code else []


def recognised(session: Session, products: list[Product]) -> dict[int, tuple[Any, Standing]]:
    """Product → its ruling recognition and that one's standing."""
    today = clock.today()
    by_product: dict[int, list[Recognition]] = {product.id: [] for product in products}
    query = select(Recognition).where(Recognition.product_id.in_(by_product))
    for row in session.scalars(query):
        by_product[row.product_id].append(row)
    found = {number: ruling(rows, today) for number, rows in by_product.items()}
    return {
        number: (row, row.standing(today) if row else Standing.NOT_RECOGNISED)
        for number, row in found.items()
    }


@bp.get("/products")
def products() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_products(session), size=40)  # with its choices 50 kB
        return render_template(
            "console/office/desk/products.html",
            shown=shown,
            standings=recognised(session, shown.rows),
            communes=commune_options(session)[1:],
            sets=[(str(number), set_words(number)) for number in criteria.decision().sets],
        )


def query_lots(session: Session) -> Select[Any]:
    """The lots that the address asks for, newest first."""
    today, state = clock.today(), choice_of("state", list(LOT_STATES))
    asked = Asked.of(request.args.get("q", ""))
    rules = [
        *asked.all_in(func.lower(Lot.code), Product.search_key, Producer.search_key),
        *_of_commune(session),
    ]
    past = Lot.expires_on < today
    if state == "recalled":
        rules.append(Lot.recalled_at.is_not(None))
    elif state == "expired":
        rules += [Lot.recalled_at.is_(None), past]
    elif state == "open":
        rules += [Lot.recalled_at.is_(None), or_(Lot.expires_on.is_(None), ~past)]
    return (
        select(Lot)
        .join(Lot.product)
        .join(Product.producer)
        .options(joinedload(Lot.product).joinedload(Product.producer))
        .where(*rules)
        .order_by(Lot.id.desc())
    )


def issued(session: Session, lots: list[Lot]) -> dict[int, int]:
    """Lot → labels of its runs that were released."""
    query = (
        select(PrintRun.lot_id, func.sum(PrintRun.count))
        .where(PrintRun.lot_id.in_([lot.id for lot in lots]), PrintRun.state == RunState.RELEASED)
        .group_by(PrintRun.lot_id)
    )
    return {number: int(count) for number, count in session.execute(query)}


@bp.get("/lots")
def lots() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_lots(session))
        return render_template(
            "console/office/desk/lots.html",
            shown=shown,
            labels=issued(session, shown.rows),
            states=LOT_STATES,
            communes=commune_options(session)[1:],
            today=clock.today(),
        )


@bp.get("/lots/<int:lot_id>")
def lot(lot_id: int) -> ResponseReturnValue:
    settings = site().settings
    with site().database.reading() as session:
        found = found_or_404(session.get(Lot, lot_id))
        runs = session.scalars(
            select(PrintRun).where(PrintRun.lot_id == lot_id).order_by(PrintRun.id.desc()).limit(50)
        ).all()
        first = session.scalars(select(Issue).where(Issue.lot_id == lot_id).limit(1)).first()
        code = ""
        if first is not None and may_write():
            ring = keyring_of(session, settings)
            code = codes_of(first, ring, offset=0, count=1)[0]
        scans = session.scalar(
            select(func.count())
            .select_from(Scan)
            .where(Scan.issue_id.in_(select(Issue.id).where(Issue.lot_id == lot_id)))
        )
        cases = session.scalars(
            select(Case).where(Case.lot_id == lot_id).order_by(Case.id.desc()).limit(10)
        ).all()
        return render_template(
            "console/office/desk/lot.html",
            lot=found, p=found.product, runs=runs, states=RUN_STATES, code=code, scans=scans,
            cases=cases, people=names_of(session, [run.created_by for run in runs]),
            headline=case_words.headline, case_states=case_words.STATES, tones=case_words.TONES,
            labels=issued(session, [found]).get(lot_id, 0),
        )  # fmt: skip


def query_runs(session: Session) -> Select[Any]:
    """The print runs that the address asks for, newest first."""
    state = choice_of("state", list(RUN_STATES))
    asked = Asked.of(request.args.get("q", ""))
    named = asked.all_in(func.lower(Lot.code), Product.search_key, Producer.search_key)
    number = asked.number_of("run")
    rules = [PrintRun.id == number] if number is not None else named
    if state:
        rules.append(PrintRun.state == state)
    return (
        select(PrintRun)
        .join(PrintRun.lot)
        .join(Lot.product)
        .join(Product.producer)
        .options(joinedload(PrintRun.lot).joinedload(Lot.product).joinedload(Product.producer))
        .where(*rules, *_of_commune(session))
        .order_by(PrintRun.id.desc())
    )


@bp.get("/runs")
def runs() -> ResponseReturnValue:
    with site().database.reading() as session:
        shown = paged(session, query_runs(session))
        return render_template(
            "console/office/desk/runs.html", shown=shown, states=RUN_STATES,
            communes=commune_options(session)[1:],
        )  # fmt: skip
