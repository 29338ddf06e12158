"""Finding: one field for everything of the register, and for a code that was typed in its place."""

from __future__ import annotations

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from labelsvc import clock
from labelsvc.catalogue.models import Product
from labelsvc.codes.forms import uri
from labelsvc.errors import BadCode
from labelsvc.programme.search.find import Hit, find
from labelsvc.programme.search.models import Found
from labelsvc.web.links import link
from labelsvc.web.problems import wants_json
from labelsvc.web.public.standing import Shown, on_day
from labelsvc.web.site import site

bp = Blueprint("finding", __name__)

#: Pages that one answer shows.
_MOST = 30
WORDS = {
    Found.PRODUCT: "Product",
    Found.PRODUCER: "Producer",
    Found.VILLAGE: "Craft village",
    Found.OUTLET: "Point of sale",
    Found.DECISION: "Decision",
    Found.PLACE: "Place",
}


@bp.get("/search")
def search() -> ResponseReturnValue:
    """Pages that the words may mean; a code goes to its page."""
    asked = request.args.get("q", "").strip()
    if not asked:
        return redirect(url_for("home.home"))
    code = _code(asked)
    if code and not wants_json():
        return redirect(f"/{code}")
    only = request.args.get("kind", "")
    kinds = (Found(only),) if only in list(Found) else tuple(Found)
    with site().database.reading() as session:
        answer = find(session, asked, kinds=kinds, limit=_MOST)
        numbers = [int(hit.key) for hit in answer.hits if hit.kind is Found.PRODUCT]
        rows = session.scalars(select(Product).where(Product.id.in_(numbers))).all()
        stars = {one.product.id: one for one in on_day(session, rows, clock.today())}
    hits = [(hit, address(hit), _stars(hit, stars)) for hit in answer.hits]
    if wants_json():
        base = site().settings.base_url
        return jsonify({
            "question": asked, "near": answer.near,
            "found": [
                {"kind": str(hit.kind), "name": hit.title, "about": hit.about, "page": f"{base}{where}" if where else None}
                for hit, where, _ in hits
            ],
        })  # fmt: skip
    return render_template(
        "public/search.html", asked=asked, hits=hits, near=answer.near, words=WORDS, only=only, canonical=""
    )  # fmt: skip


def _stars(hit: Hit, stars: dict[int, Shown]) -> Shown | None:
    return stars.get(int(hit.key)) if hit.kind is Found.PRODUCT else None


def address(hit: Hit) -> str:
    """Path of the page that was found."""
    if hit.kind is Found.DECISION:
        return url_for("decisions.decision", name=hit.key)
    if hit.kind is Found.PLACE:
        return link("products.products", {"place": hit.title})
    return f"/{hit.kind}/{hit.key}"


def _code(asked: str) -> str:
    """The path of the code in *asked*; "" for words, which may have the letters of a code but hardly a digit."""
    settings = site().settings
    try:
        parsed = uri.parse(
            asked, host=uri.authority(settings.base_url), former=settings.former_hosts
        )
    except BadCode:
        return ""
    signs = [sign for sign in parsed.canonical if sign.isalnum()]
    few = sum(sign.isdigit() for sign in signs) * 8 < len(signs)
    return "" if few else parsed.canonical
