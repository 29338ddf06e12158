"""Pack: sends the goods behind the lots, for an inspector without a network."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from labelsvc import clock
from labelsvc.catalogue.models import Lot, Producer, Product
from labelsvc.catalogue.recognition import Standing, ruling
from labelsvc.codes.models import Form, Issue
from labelsvc.labels import legal
from labelsvc.labels.models import PrintRun, RunFile
from labelsvc.labels.runs.catalogue_content import product_content
from labelsvc.web.inspect.pages import bp
from labelsvc.web.site import site

#: Lots that ended longer ago are on no shelf; their codes say when they expired.
_AFTER_EXPIRY = timedelta(days=180)


@bp.get("/pack.json")
def pack() -> ResponseReturnValue:
    """Lots with codes that are read offline, and their products. Public facts, for those who are signed in."""
    with site().database.reading() as session:
        facts = gather(session)
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    answer = Response(content_type="application/json")
    answer.set_etag(hashlib.sha256(text.encode()).hexdigest()[:32])
    made = {"made": clock.now().isoformat(timespec="seconds")}
    answer.set_data(json.dumps(made | facts, ensure_ascii=False, separators=(",", ":")))
    answer.make_conditional(request)
    return answer


def gather(session: Session) -> dict[str, Any]:
    """Products and lots by their numbers."""
    today = clock.today()
    lots = session.scalars(
        select(Lot)
        .where(
            or_(
                Lot.id.in_(select(Issue.lot_id).where(Issue.form == Form.OFFLINE)),
                Lot.id.in_(_boxed()),
            )
        )
        .where(or_(Lot.expires_on.is_(None), Lot.expires_on >= today - _AFTER_EXPIRY))
        .options(
            joinedload(Lot.product).joinedload(Product.producer).joinedload(Producer.commune),
            joinedload(Lot.product).selectinload(Product.recognitions),
        )
        .order_by(Lot.id)
    ).all()
    asked = {lot.product_id: _asked(lot.product) for lot in lots}
    return {
        # What must stand on a label (Decree 37/2026), for the findings of a case.
        "contents": {
            content.key: {"vi": content.name_vi, "en": content.name_en}
            for contents in asked.values()
            for content in contents
        },
        "products": {
            str(lot.product_id): _product(lot.product, asked[lot.product_id]) for lot in lots
        },
        "lots": {
            str(lot.id): {
                "product": lot.product_id,
                "code": lot.code,
                "made": lot.made_on.isoformat() if lot.made_on else None,
                "expires": lot.expires_on.isoformat() if lot.expires_on else None,
                "declared": lot.declared,
                "recalled": lot.recall_reason if lot.recalled_at else "",
            }
            for lot in lots
        },
    }


def _boxed() -> Select[int]:
    """Lots that carton labels were made for: those are read without a network, whatever stands on
    their packs."""
    return (
        select(PrintRun.lot_id)
        .join(RunFile, RunFile.run_id == PrintRun.id)
        .where(RunFile.kind == "cartons", RunFile.file_key.is_not(None))
    )


def _asked(product: Product) -> tuple[legal.Content, ...]:
    """Tell what the label of the product must say: the table by which labels are printed."""
    return legal.required(product.set_number, product_content(product))


def _product(product: Product, contents: tuple[legal.Content, ...]) -> dict[str, Any]:
    today = clock.today()
    found = ruling(product.recognitions, today)
    standing = found.standing(today) if found else Standing.NOT_RECOGNISED
    commune = product.producer.commune
    return {
        "name": product.name,
        # A plain GS1 link names the product by it.
        "gtin": product.gtin,
        "producer": product.producer.name,
        "place": commune.name if commune else "",
        "stars": found.stars if found and standing.allows_stars else None,
        "standing": str(standing),
        "decision": found.decision_number if found else "",
        "until": found.last_day.isoformat() if found else None,
        "contents": [content.key for content in contents],
    }
