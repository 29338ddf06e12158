"""Goods: the page of a product, which buyers share in place of the code of their own item.

A code that is passed on would be scanned by everybody who gets it, and its owner read "scanned often".
"""

from __future__ import annotations

from flask import Blueprint, abort
from flask.typing import ResponseReturnValue

from labelsvc import clock
from labelsvc.scans import lookup
from labelsvc.scans.verdict import Verdict
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan.cache import NOTICE, document
from labelsvc.web.scan.page import asked_kind, kind_for_agent, send
from labelsvc.web.site import site

bp = Blueprint("goods", __name__, url_prefix="/product")


@bp.get("/<int:product_id>")
def product(product_id: int) -> ResponseReturnValue:
    """Show what is known of a product; no scan, for nobody holds an item of it."""
    kind = kind_for_agent(asked_kind())
    with site().database.reading() as session:
        found = lookup.by_product(session, product_id, on=clock.today())
        if found is None:
            abort(404)
        name = f"product/{product_id}"
        view = scan_view.view(
            found, Verdict.LINK_ONLY, form="product", mark=None,
            base_url=site().settings.base_url, code=name,
        )  # fmt: skip
        view["code"] = {"text": name, "printed": None, "position": None, "form": "product"}
        page = document(view, kind, later="").replace(NOTICE, "null" if kind == "json" else "")
    return send(Verdict.LINK_ONLY, kind, page.encode())
