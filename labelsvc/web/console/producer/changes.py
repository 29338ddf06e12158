"""Changes: the page of what the law changes for a producer's labels, with the products that it touches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from labelsvc import clock
from labelsvc.catalogue.models import Producer, Product
from labelsvc.labels import legal
from labelsvc.labels.layouts import library
from labelsvc.labels.legal.rules import CHANGES, Change
from labelsvc.labels.runs.catalogue_content import trial_content
from labelsvc.web.console.producer_scope import bp
from labelsvc.web.language import current
from labelsvc.web.signed_in import current_user
from labelsvc.web.site import site

#: The label on which a product is looked at: it has a place for every content.
_LABEL = "food-100x70"


@dataclass(frozen=True)
class Touched:
    """A product that a change touches, and what has to be done about it."""

    product: Product
    findings: list[legal.Finding]


def findings(product: Product, on: date) -> list[legal.Finding]:
    """Tell what the law finds of a product on a full label of a lot made on the day *on*."""
    content = trial_content(product, on)
    found = legal.check_run(library.get(_LABEL), content, product.set_number)
    about_layout = {"content_not_on_layout", "stars_without_decision"}
    return [one for one in found if one.code not in about_layout]


def _touches(change: Change, finding: legal.Finding) -> bool:
    key = f"{finding.code}:{finding.params.get('field', '')}"
    nutrition = key == "missing_content:nutrition" and key not in change.codes
    return (finding.code in change.codes or key in change.codes) and not nutrition


@bp.get("/changes")
def changes() -> ResponseReturnValue:
    """Days that change labels, those to come first; under each the products whose labels it touches."""
    today = clock.today()
    with site().database.reading() as session:
        products = session.scalars(
            select(Product)
            .where(
                Product.producer_id == current_user().producer_id, Product.merged_into_id.is_(None)
            )
            .options(
                selectinload(Product.recognitions),
                joinedload(Product.producer).joinedload(Producer.village),
            )
            .order_by(Product.name)
        ).all()
        found = [(product, findings(product, today)) for product in products]
        rows = [
            (
                change,
                [
                    Touched(product, mine)
                    for product, said in found
                    if (mine := [one for one in said if _touches(change, one)])
                ],
            )
            for change in CHANGES
        ]
        return render_template(
            "console/producer/changes.html",
            rows=rows,
            today=today,
            cite=lambda source: legal.cite(source, current()),
        )
