"""Villages: the list of craft villages for anybody, and the page of one with what is made there."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from labelsvc import clock
from labelsvc.catalogue.finding import villages as finding
from labelsvc.catalogue.models import VILLAGE_KINDS, Outlet, Producer, Product, Village, VillageKind
from labelsvc.catalogue.recognition import ruling
from labelsvc.catalogue.villages.artisans import artisans_of
from labelsvc.catalogue.villages.crafts import Craft, crafts
from labelsvc.catalogue.villages.pictures import pictures_of
from labelsvc.i18n import fold
from labelsvc.programme import villages as programme
from labelsvc.web.language import current
from labelsvc.web.paging import paged
from labelsvc.web.problems import wants_json
from labelsvc.web.public.address import asked_day, settled
from labelsvc.web.site import site

bp = Blueprint("villages", __name__)

_ROWS: Final = 30
_PRODUCTS: Final = 24
#: Producers and points named on the page of a village.
_PRODUCERS: Final = 60
_POINTS: Final = 6


@bp.get("/villages")
def villages() -> ResponseReturnValue:
    """The list, as of a day; a choice that is none is left aside, for addresses are passed on and age."""
    day, asked = asked_day(), _asked()
    with site().database.reading() as session:
        shown = paged(session, finding.chosen(asked, day), size=_ROWS)
        pictures = _first_pictures(session, [one.id for one in shown.rows])
        counted = programme.count(session, day)
    if wants_json():
        return jsonify({
            "on": day.isoformat(), "number": shown.page, "last": shown.last, "total": shown.total,
            "villages": [_listed(one, day) for one in shown.rows],
        })  # fmt: skip
    named = sorted(crafts().values(), key=lambda craft: fold(craft.name(current())))
    return render_template(
        "public/villages.html",
        shown=shown,
        pictures=pictures,
        counted=counted,
        asked=asked,
        filtered=asked != finding.Asked(),
        craft_options=[(one.code, one.name(current())) for one in named],
        crafts=crafts(),
        kinds=VILLAGE_KINDS,
        day=day,
        today=clock.today(),
        canonical="/villages",
    )


def _asked() -> finding.Asked:
    def choice(name: str, offered: Any) -> str:
        value = request.args.get(name, "")
        return value if value in offered else ""

    return finding.Asked(
        words=request.args.get("q", "")[:100],
        place=request.args.get("place", "")[:100],
        craft=choice("craft", crafts()),
        kind=choice("kind", list(VillageKind)),
        state=choice("state", [finding.State.RECOGNISED]),
    )


def _first_pictures(session: Session, numbers: list[int]) -> dict[int, Any]:
    return {one.village_id: one for one in reversed(pictures_of(session, *numbers))}


@bp.get("/village/<int:village_id>", strict_slashes=False)
def village(village_id: int) -> ResponseReturnValue:
    day = asked_day()
    with site().database.reading() as session:
        row = settled(session, Village, village_id, endpoint="villages.village", place="village_id")
        facts = _facts(session, row, day)
    if wants_json():
        return jsonify(_json(row, facts, day))
    english = current() == "en"
    return render_template(
        "public/village.html",
        village=row,
        name=row.name_en if english and row.name_en else row.name,
        craft=_craft_words(row, crafts().get(row.craft_code)),
        craft_code=row.craft_code,
        story=row.story_en if english and row.story_en else row.story,
        story_language="en" if english and row.story_en else "vi",
        kind=VILLAGE_KINDS[VillageKind(row.kind)] if row.kind else "",
        day=day,
        today=clock.today(),
        canonical=f"/village/{row.id}",
        machine=_machine(row, facts),
        described=_described(row),
        **facts,
    )


def _facts(session: Session, row: Village, day: date) -> dict[str, Any]:
    """The neighbourhood of the village, read within one session."""
    makers = programme.producers_of(row.id)
    products = paged(
        session,
        programme.products_in_force(row.id, day).options(
            joinedload(Product.producer),
            selectinload(Product.recognitions),
            selectinload(Product.photos),
        ),
        size=_PRODUCTS,
    )
    return {
        "commune": row.commune,
        "former": programme.former_units(session, row),
        "pictures": pictures_of(session, row.id),
        "artisans": [one for one in artisans_of(session, row.id) if one.agreed],
        "producers": session.scalars(makers.limit(_PRODUCERS)).all(),
        "producer_count": session.scalar(
            select(func.count()).select_from(makers.order_by(None).subquery())
        ),
        "points": programme.points_nearby(session, row, _POINTS),
        "found": products,
        "products": [(one, ruling(one.recognitions, day)) for one in products.rows],
    }


def _craft_words(row: Village, craft: Craft | None) -> str:
    """The craft in the village's own words, else that of the list."""
    own = row.craft_en if current() == "en" else row.craft
    return own or (craft.name(current()) if craft else row.craft)


def _described(row: Village) -> str:
    parts = (row.name, row.craft, row.commune.name if row.commune else "")
    return " · ".join(part for part in parts if part)


def _page(kind: str, number: int) -> str:
    return f"{site().settings.base_url}/{kind}/{number}"


def _listed(row: Village, day: date) -> dict[str, Any]:
    """A village in a list for machines."""
    return {
        "page": _page("village", row.id),
        "name": row.name,
        "name_en": row.name_en,
        "kind": row.kind or None,
        "craft": row.craft_code or None,
        "craft_words": row.craft,
        "commune": row.commune.name if row.commune else None,
        "recognised": row.recognised(day),
        "decision": row.decision_number or None,
        "decision_date": row.decision_date.isoformat() if row.decision_date else None,
        "latitude": row.latitude,
        "longitude": row.longitude,
    }


def _json(row: Village, facts: dict[str, Any], day: date) -> dict[str, Any]:
    return {
        "on": day.isoformat(),
        **_listed(row, day),
        "ended_on": row.ended_on.isoformat() if row.ended_on else None,
        "former_units": [f"{one.name}, {one.district}" for one in facts["former"]],
        "story": row.story,
        "story_en": row.story_en,
        "artisans": [{"name": one.name, "title": one.title} for one in facts["artisans"]],
        "photos": [f"{site().settings.base_url}/media/{one.key}.jpg" for one in facts["pictures"]],
        "producers": [_named("producer", one) for one in facts["producers"]],
        "products": [
            _named("product", one) | {"stars": held.stars if held else None}
            for one, held in facts["products"]
        ],
        "number": facts["found"].page,
        "last": facts["found"].last,
        "total": facts["found"].total,
        "points": [_named("outlet", one) for one in facts["points"]],
    }


def _named(kind: str, row: Outlet | Producer | Product) -> dict[str, Any]:
    return {"page": _page(kind, row.id), "name": row.name}


def _machine(row: Village, facts: dict[str, Any]) -> dict[str, Any]:
    """The village as a Place of schema.org."""
    base = site().settings.base_url
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Place",
        "@id": _page("village", row.id),
        "url": _page("village", row.id),
        "name": row.name,
        "alternateName": row.name_en,
        "description": row.story[:500],
        "image": [f"{base}/media/{one.key}.jpg" for one in facts["pictures"]],
        "keywords": row.craft,
    }
    if row.commune is not None:
        found["address"] = {
            "@type": "PostalAddress",
            "addressLocality": row.commune.name,
            "addressRegion": row.commune.province,
            "addressCountry": "VN",
        }
    if row.latitude is not None and row.longitude is not None:
        found["geo"] = {
            "@type": "GeoCoordinates",
            "latitude": row.latitude,
            "longitude": row.longitude,
        }
    return {name: value for name, value in found.items() if value}
