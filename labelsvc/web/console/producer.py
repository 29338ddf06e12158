"""Producer pages: what I make, what my stars are worth, what is missing on my labels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from labelsvc import clock
from labelsvc.accounts import audit
from labelsvc.catalogue import criteria
from labelsvc.catalogue.models import Lot, Product, ProductPhoto
from labelsvc.catalogue.photos import store_photo
from labelsvc.catalogue.recognition import Recognition, Standing, ruling
from labelsvc.codes.models import Issue
from labelsvc.errors import BadInput, LabelsvcError
from labelsvc.i18n import nfc
from labelsvc.labels import legal, print_run
from labelsvc.labels.contents import product_values
from labelsvc.labels.models import PrintRun, RunState
from labelsvc.scans.models import Scan
from labelsvc.web.language import current, explain, gettext
from labelsvc.web.security import actor, current_user
from labelsvc.web.site import site

bp = Blueprint("producer", __name__, url_prefix="/console")

#: Fields of a product that its producer may change; name, stars and codes are the office's.
EDITABLE = (
    "name_en", "brand", "net_content", "ingredients", "instructions", "storage", "warning",
    "specification", "alcohol", "standards", "declaration", "story", "story_en",
)  # fmt: skip
_MOST_PHOTOS = 6


@dataclass(frozen=True)
class Card:
    """A product on the first page."""

    product: Product
    recognition: Recognition | None
    standing: Standing
    missing: list[legal.Content]
    renewal: tuple[Any, Any] | None


def own_product(session: Session, product_id: int) -> Product:
    """The product, if it is the signed-in producer's; 404 otherwise, as if there were none."""
    product = session.get(Product, product_id)
    if product is None or product.producer_id != current_user().producer_id:
        abort(404)
    return product


def own_lot(session: Session, lot_id: int) -> Lot:
    lot = session.get(Lot, lot_id)
    if lot is None or lot.product.producer_id != current_user().producer_id:
        abort(404)
    return lot


def own_run(session: Session, run_id: int) -> PrintRun:
    run = session.get(PrintRun, run_id)
    if run is None or run.lot.product.producer_id != current_user().producer_id:
        abort(404)
    return run


def card(product: Product) -> Card:
    """Standing of the stars and what the law still wants on the label of *product*."""
    today = clock.today()
    recognition = ruling(product.recognitions, today)
    standing = recognition.standing(today) if recognition else Standing.NOT_RECOGNISED
    window = recognition.renewal_window() if recognition else None
    renewal = window if window and standing is Standing.ENDING_SOON else None
    # Dates and the lot number come with a lot: they cannot be missing in the product.
    with_lot = dict.fromkeys(("made", "expires", "made_year", "lot_code"), "x")
    values = product_values(product) | with_lot
    return Card(product, recognition, standing, legal.missing(product.set_number, values), renewal)


@bp.get("/")
def dashboard() -> ResponseReturnValue:
    producer_id = current_user().producer_id
    with site().database.reading() as session:
        products = session.scalars(
            select(Product)
            .where(Product.producer_id == producer_id)
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
        scans = session.scalar(
            select(func.count())
            .select_from(Scan)
            .join(Issue, Issue.id == Scan.issue_id)
            .join(Lot)
            .where(
                Lot.product.has(producer_id=producer_id),
                Scan.at > clock.now() - timedelta(days=7),
            )
        )
        return render_template(
            "console/producer/dashboard.html", cards=cards, running=running, lots=lots, scans=scans
        )


def _recent_lots(session: Session, producer_id: int | None) -> list[tuple[Lot, print_run.Balance]]:
    rows = session.scalars(
        select(Lot)
        .where(Lot.product.has(producer_id=producer_id))
        .options(joinedload(Lot.product))
        .order_by(Lot.id.desc())
        .limit(5)
    ).all()
    return [(lot, print_run.balance(session, lot)) for lot in rows]


@bp.get("/products/<int:product_id>")
def product(product_id: int) -> ResponseReturnValue:
    with site().database.reading() as session:
        found = own_product(session, product_id)
        return _product_page(session, found)


def _product_page(session: Session, found: Product, problem: tuple[str, str] | None = None) -> str:
    shown = card(found)
    lots = session.scalars(
        select(Lot).where(Lot.product_id == found.id).order_by(Lot.id.desc()).limit(20)
    ).all()
    rows = [(lot, print_run.balance(session, lot)) for lot in lots]
    return render_template(
        "console/producer/product.html",
        card=shown,
        p=found,
        lots=rows,
        problem=problem,
        set_name=criteria.name(found.set_number, current()),
        required={content.key for content in legal.required(found.set_number)},
        most_photos=_MOST_PHOTOS,
    )


@bp.post("/products/<int:product_id>")
def save_product(product_id: int) -> ResponseReturnValue:
    with site().database.writing() as session:
        found = own_product(session, product_id)
        changed = {}
        for name in EDITABLE:
            limit = getattr(Product.__table__.c[name].type, "length", None) or 6000
            value = nfc(request.form.get(name, "")).replace("\r\n", "\n").strip()[:limit]
            if value != getattr(found, name):
                changed[name] = value
                setattr(found, name, value)
        days = request.form.get("shelf_life_days", "").strip()
        life = int(days) if days.isdigit() and 0 < int(days) < 20_000 else None
        if life != found.shelf_life_days:
            found.shelf_life_days = life
            changed["shelf_life_days"] = days
        if changed:
            audit.record(
                session, actor=actor(), action="product.edit", subject=f"product:{found.id}",
                facts=changed,
            )  # fmt: skip
    flash(gettext("Saved."), "good")
    return redirect(url_for("producer.product", product_id=product_id))


@bp.post("/products/<int:product_id>/photos")
def add_photo(product_id: int) -> ResponseReturnValue:
    where = site()
    with where.database.reading() as session:
        found = own_product(session, product_id)
        upload = request.files.get("photo")
        try:
            if upload is None or not upload.filename:
                raise BadInput("No picture was chosen.", fix="Choose a JPEG, PNG or WebP file.")
            if len(found.photos) >= _MOST_PHOTOS:
                raise BadInput("A product has at most {most} pictures.", fix="Remove one first.", most=_MOST_PHOTOS)  # fmt: skip
            made = store_photo(where.files, upload.read())
        except LabelsvcError as error:
            return _product_page(session, found, explain(error)), error.http_status
    with where.database.writing() as session:
        count = session.scalar(
            select(func.count())
            .select_from(ProductPhoto)
            .where(ProductPhoto.product_id == product_id)
        )
        session.add(
            ProductPhoto(
                product_id=product_id,
                position=count or 0,
                key=made.key,
                width=made.width,
                height=made.height,
                description=nfc(request.form.get("description", "")).strip()[:200],
            )
        )
        audit.record(
            session, actor=actor(), action="product.photo", subject=f"product:{product_id}",
            facts={"key": made.key},
        )  # fmt: skip
    flash(gettext("The picture is added."), "good")
    return redirect(url_for("producer.product", product_id=product_id))


@bp.post("/products/<int:product_id>/photos/<int:photo_id>")
def change_photo(product_id: int, photo_id: int) -> ResponseReturnValue:
    """Remove a picture, or put it first."""
    with site().database.writing() as session:
        found = own_product(session, product_id)
        photo = next((p for p in found.photos if p.id == photo_id), None)
        if photo is None:
            abort(404)
        if request.form.get("do") == "remove":
            session.delete(photo)  # the file stays: older scans may still be showing it
        else:
            for place, other in enumerate([photo, *(p for p in found.photos if p is not photo)]):
                other.position = place
    return redirect(url_for("producer.product", product_id=product_id))
