"""Producer scope: the blueprint of producers, and rows that belong to the one who is signed in."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort
from sqlalchemy.orm import Session

from labelsvc.catalogue.models import Lot, Product
from labelsvc.errors import NoSuchLayout
from labelsvc.labels import own_layouts
from labelsvc.labels.families import shelf
from labelsvc.labels.layouts import library
from labelsvc.labels.models import PrintRun
from labelsvc.web.language import current
from labelsvc.web.signed_in import current_user

bp = Blueprint("producer", __name__, url_prefix="/console")


def producer_id() -> int:
    """Of the signed-in user; the gate lets producers in only."""
    found = current_user().producer_id
    if found is None:
        abort(404)
    return found


def own_product(session: Session, product_id: int) -> Product:
    """The product, if it is the signed-in producer's; 404 otherwise, as if there were none."""
    product = session.get(Product, product_id)
    if product is not None and product.merged_into_id is not None:
        product = session.get(Product, product.merged_into_id)  # an old address leads on
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


def layout_titles() -> dict[str, str]:
    """Name → title of every layout, in the reader's language."""
    layouts = [library.get(name) for name in library.names()]
    return {x.name: x.title_en if current() == "en" else x.title_vi for x in layouts}


class Titles(dict[str, str]):
    """Name → title of layouts; of a dressed one it adds family and palette."""

    def __missing__(self, name: str) -> str:
        plain, worn = shelf.split(name)
        if not worn:
            raise KeyError(name)
        dress = shelf.dress_of(worn)
        words = (
            (dress.family.title_en, dress.palette.title_en)
            if current() == "en"
            else (dress.family.title_vi, dress.palette.title_vi)
        )
        return f"{self[plain]} · {words[0]}, {words[1].lower()}"

    def get(self, name: str, default: Any = None) -> Any:
        """As `[]`; *default* where a layout or a family is there no more."""
        try:
            return self[name]
        except (KeyError, NoSuchLayout):
            return default


def titles_of(session: Session) -> Titles:
    """Name → title of every layout that the signed-in producer may see, own ones too."""
    mine = own_layouts.layouts_of(session, current_user().producer_id or 0)
    return Titles(layout_titles() | {row.name: row.title for row in mine})
