"""Producers: the page of one producer with its products and their standing on a day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from labelsvc import clock
from labelsvc.catalogue.models import Producer, Product, Village
from labelsvc.catalogue.recognition import STANDINGS, Certificate
from labelsvc.web.language import gettext
from labelsvc.web.paging import Paged, paged
from labelsvc.web.problems import wants_json
from labelsvc.web.public import structured
from labelsvc.web.public.address import asked_day, settled
from labelsvc.web.public.standing import Shown, on_day
from labelsvc.web.scan import view as scan_view
from labelsvc.web.site import site

bp = Blueprint("producers", __name__)


@bp.get("/producer/<int:producer_id>", strict_slashes=False)
def producer(producer_id: int) -> ResponseReturnValue:
    day = asked_day()
    with site().database.reading() as session:
        row = settled(session, Producer, producer_id, endpoint="producers.producer", place="producer_id")  # fmt: skip
        session.scalars(
            select(Producer)
            .where(Producer.id == row.id)
            .options(joinedload(Producer.commune), joinedload(Producer.village).joinedload(Village.commune))
        ).one()  # fmt: skip
        query = (
            select(Product)
            .where(Product.producer_id == row.id, Product.merged_into_id.is_(None))
            .order_by(Product.search_key, Product.id)
            .options(selectinload(Product.photos))
        )
        found = paged(session, query, size=24)
        rows = on_day(session, found.rows, day)
        certificates = session.scalars(
            select(Certificate)
            .where(Certificate.producer_id == row.id)
            .order_by(Certificate.kind)
            .limit(50)
        ).all()
    owner = scan_view.producer_facts(row)
    if wants_json():
        return jsonify(_json(row, owner, rows, found, day.isoformat()))
    return render_template(
        "public/producer.html", producer=row, owner=owner, found=found, rows=rows, day=day, today=clock.today(),
        certificates=[(one, one.valid_on(day)) for one in certificates],
        canonical=f"/producer/{row.id}", machine=structured.producer(row, site().settings),
        described=" · ".join(filter(None, (row.name, owner["kind_name"], row.commune.name if row.commune else ""))),
    )  # fmt: skip


def _json(row: Producer, owner: dict[str, Any], rows: list[Shown], found: Paged, on: str) -> Any:
    base = site().settings.base_url
    return {
        "on": on, "page": f"{base}/producer/{row.id}", "producer": owner, "active": row.active,
        "village": row.village and {"name": row.village.name, "page": f"{base}/village/{row.village.id}"},
        "products": [listed(one) for one in rows], "number": found.page, "last": found.last, "total": found.total,
    }  # fmt: skip


def listed(one: Shown) -> dict[str, Any]:
    """A product in the JSON of a list."""
    recognition = one.recognition
    return {
        "page": f"{site().settings.base_url}/product/{one.product.id}",
        "name": one.product.name,
        "name_en": one.product.name_en,
        "stars": recognition.stars if recognition and one.standing.allows_stars else None,
        "standing": str(one.standing),
        "standing_name": gettext(STANDINGS[one.standing]),
        "valid_to": recognition.last_day.isoformat() if recognition else None,
        "withdrawn_on": recognition.withdrawn_on.isoformat()
        if recognition and recognition.withdrawn_on
        else None,
    }
