"""Products: the list with its filters, and the page of one product, which proves nothing about an item.

A code that is passed on would be scanned by everybody who gets it: buyers share this page in its place.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from labelsvc import clock
from labelsvc.catalogue import criteria
from labelsvc.catalogue.models import (
    PRODUCER_KINDS,
    Producer,
    ProducerKind,
    Product,
    Village,
)
from labelsvc.catalogue.points.shown import Places, places
from labelsvc.catalogue.products.columns import ON_SCAN_PAGE
from labelsvc.errors import BadInput
from labelsvc.programme.listing import Area, Wanted, area_named, wanted_products
from labelsvc.programme.search.entries import slug
from labelsvc.programme.search.find import find
from labelsvc.programme.search.models import Found as Kind
from labelsvc.scans import lookup
from labelsvc.scans.verdict import Verdict
from labelsvc.web.language import current
from labelsvc.web.paging import paged
from labelsvc.web.public import picture, structured
from labelsvc.web.public.address import asked_day, settled
from labelsvc.web.public.standing import Shown, on_day, shown
from labelsvc.web.scan import view as scan_view
from labelsvc.web.scan.cache import NOTICE, document
from labelsvc.web.scan.page import asked_kind, send
from labelsvc.web.site import site

bp = Blueprint("products", __name__)

#: Products that a search of the list may find.
_FOUND = 300
_STARS = {"5": 5, "4": 4, "3": 3}


@bp.get("/products")
def products() -> ResponseReturnValue:
    day, asked = asked_day(), request.args.get("q", "").strip()
    with site().database.reading() as session:
        wanted, place = _wanted(session, asked)
        query = wanted_products(wanted, day).options(
            contains_eager(Product.producer).joinedload(Producer.commune),
            selectinload(Product.photos),
        )
        found = paged(session, query, size=24)
        rows = on_day(session, found.rows, day)
    groups = criteria.decision().groups.values()
    return render_template(
        "public/products.html", found=found, rows=rows, day=day, asked=asked, wanted=wanted, place=place,
        groups=[(one.number, one.name(current())) for one in groups], kinds=PRODUCER_KINDS,
        canonical="/products", filtered=bool(request.args.keys() - {"lang", "page"}), today=clock.today(),
    )  # fmt: skip


def _wanted(session: Session, asked: str) -> tuple[Wanted, str]:
    """Read the question of the address, and the place as it was typed.

    :raises BadInput: a value that no list of the page offers.
    """
    place = request.args.get("place", "").strip()[:120]
    stars = _one_of("stars", _STARS)
    area: Area | None = area_named(session, place) if place else None
    found = None
    if asked:
        answer = find(session, asked, kinds=(Kind.PRODUCT,), limit=_FOUND)
        stars = stars or (str(answer.question.stars) if answer.question.stars else "")
        found = tuple(int(hit.key) for hit in answer.hits)
        if answer.question.stars and not answer.question.needed:
            found = None  # "4 sao" alone is a filter
    return Wanted(
        stars=_STARS.get(stars), group=_one_of("group", criteria.decision().groups),
        kind=_one_of("kind", [str(kind) for kind in ProducerKind]), area=area, found=found,
    ), place  # fmt: skip


def _one_of(name: str, offered: Any) -> str:
    value = request.args.get(name, "")
    if value and value not in offered:
        raise BadInput(
            "There is no “{value}” to choose here.", fix="Choose one of the list.", value=value[:40], field=name
        )  # fmt: skip
    return value


@bp.get("/product/<int:product_id>", strict_slashes=False)
def product(product_id: int) -> ResponseReturnValue:
    """Show what is known of a product; no scan, for nobody holds an item of it."""
    kind, day = asked_kind(), asked_day()
    with site().database.reading() as session:
        row = settled(session, Product, product_id, endpoint="products.product", place="product_id")
        said, view, points = _view(session, row, day)
        if kind in ("json", "text"):
            # The machine word stays that of a link, for those who read it already.
            page = document(view, kind, later="").replace(NOTICE, "null" if kind == "json" else "")
            return send(Verdict.LINK_ONLY, kind, page.encode())
        history = sorted(row.recognitions, key=lambda one: (one.valid_from, one.id), reverse=True)
        return render_template(
            "public/product.html", v=view, product=row, said=said, day=day, points=points,
            history=[(one, one.standing(day), slug(one.decision_number, one.decision_date)) for one in history],
            facts=ON_SCAN_PAGE, canonical=f"/product/{row.id}", today=clock.today(), slug=slug,
            machine=structured.product(view, row, said, site().settings),
            group=_group(row), shared=f"/product/{row.id}/share.png",
        )  # fmt: skip


def _view(session: Session, row: Product, day: date) -> tuple[Shown, dict[str, Any], int]:
    """The standing, the facts of the scan page, and how many points sell the product."""
    session.scalars(
        select(Product)
        .where(Product.id == row.id)
        .options(
            joinedload(Product.producer).joinedload(Producer.commune),
            joinedload(Product.producer).joinedload(Producer.village).joinedload(Village.commune),
            selectinload(Product.recognitions),
            selectinload(Product.photos),
        )
    ).unique().one()
    said = shown(row, row.recognitions, day)
    found = lookup.of_product(session, row, on=day)
    sold = found.places
    if said.standing.allows_stars != found.standing.allows_stars:
        sold = places(session, row, day) if said.standing.allows_stars else Places((), 0)
    # What was decided after the day does not speak for it yet.
    found = replace(found, recognition=said.recognition, standing=said.standing, places=sold)
    name = f"product/{row.id}"
    view = scan_view.view(
        found, Verdict.LINK_ONLY, form="product", mark=None, base_url=site().settings.base_url, code=name
    )  # fmt: skip
    view["code"] = {"text": name, "printed": None, "position": None, "form": "product"}
    view["on"] = day.isoformat()
    return said, view, sold.total


def _group(row: Product) -> str:
    found = criteria.decisions().get(row.set_decision)
    if found is None or row.set_number not in found.sets:
        return ""
    one = found.sets[row.set_number]
    return f"{one.name(current())} · {found.groups[one.group].name(current())}"


@bp.get("/product/<int:product_id>/share.png")
def share(product_id: int) -> ResponseReturnValue:
    """The picture that chats show of a product, drawn by us."""
    with site().database.reading() as session:
        row = settled(session, Product, product_id, endpoint="products.share", place="product_id")
        said = on_day(session, [row], clock.today())[0]
        owner, village = row.producer, row.producer.village
        where = [village.name if village else "", owner.commune.name if owner.commune else ""]
        stars = said.recognition.stars if said.recognition and said.standing.allows_stars else 0
        name = row.name_en if current() == "en" and row.name_en else row.name
        data = picture.drawn(
            name, owner.name, " · ".join(filter(None, where)), stars, site().settings.office_name
        )
    answer = Response(data, content_type="image/png")
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
