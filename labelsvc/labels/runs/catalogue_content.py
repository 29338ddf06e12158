"""Catalogue content: says what a label of a lot shows, from Lot, Product, Producer and Recognition. Used
by runs and previews."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from urllib.parse import urlsplit

from sqlalchemy.orm import object_session

from labelsvc.catalogue.certificates import proven
from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.products import columns as product_columns
from labelsvc.catalogue.recognition import Recognition, ruling
from labelsvc.i18n import day
from labelsvc.labels.drawing.content import LabelContent

#: Longest story on a label and on a card, in characters; it ends with a whole sentence.
SHORT_STORY, STORY = 170, 340


def starred(product: Product, on: date) -> Recognition | None:
    """The recognition whose stars may be printed on *on*, None where none may.

    "Tiềm năng 5 sao" changes nothing: the stars are those of the decision.
    """
    recognition = ruling(product.recognitions, on)
    if recognition is None or not recognition.standing(on).allows_stars:
        return None
    return recognition


def product_values(product: Product) -> dict[str, str]:
    """Values that a product has before there is a lot of it."""
    producer = product.producer
    story = _told(product, STORY)
    short = _told(product, SHORT_STORY)
    values = {
        column.variable_name: getattr(product, column.name) or ""
        for column in product_columns.ON_LABELS
    }
    values["net_content"] = _quantity(product)
    values["warning"] = _warning(product)
    return values | {
        "producer_name": producer.name,
        "producer_address": producer.address,
        "village": producer.village.name if producer.village else "",
        "village_en": producer.village.name_en if producer.village else "",
        "story_short": short[0],
        "story_short_en": short[1],
        "story": story[0],
        "story_en": story[1],
        "phone": producer.phone,
        "website": urlsplit(producer.website).netloc.removeprefix("www."),
    }


def product_facts(product: Product) -> dict[str, str]:
    """Tell what the law asks about a product and labels do not say (`LabelContent.facts`)."""
    return {
        "goods": product.goods_kind,
        "maker": product.producer.kind,
        "nutrition_exempt": product.nutrition_exempt,
        "shelf_life_days": str(product.shelf_life_days or ""),
        "risk_level": product.risk_level,
    }


def product_content(product: Product, **more: str) -> LabelContent:
    """Values that a product has before there is a lot of it, and what the catalogue knows beside
    them. *more*: values of a lot to come."""
    return LabelContent(
        product_values(product) | more, record=product.name, facts=product_facts(product)
    )


def trial_content(product: Product, on: date) -> LabelContent:
    """Collect what a label of *product* would say of a lot made on the day *on*, to check it before there is one."""
    ends = on + timedelta(days=product.shelf_life_days or 365)
    lot = Lot(
        code="L000000-01", declared=1, made_on=on, expires_on=ends, growing_area="", season=""
    )
    return _content(product, lot, base_url="https://ocop.example", on=on)


def lot_content(
    lot: Lot, *, base_url: str, on: date, pictures: Mapping[str, bytes] | None = None
) -> LabelContent:
    """Values of all variables for *lot* as they are on the day *on*, and the *pictures* of the
    programme (`artwork.pictures`) as far as they may be shown."""
    return _content(lot.product, lot, base_url=base_url, on=on, pictures=pictures)


def _content(
    product: Product,
    lot: Lot,
    *,
    base_url: str,
    on: date,
    pictures: Mapping[str, bytes] | None = None,
) -> LabelContent:
    best = product.date_kind == "best_before"
    values = product_values(product) | {
        "lot_code": lot.code,
        "made": day(lot.made_on),
        "expires": "" if best else day(lot.expires_on),
        "best_before": day(lot.expires_on) if best else "",
        "season": lot.season,
        "made_year": str(lot.made_on.year) if lot.made_on else "",
        "growing_area": lot.growing_area,
        "host": urlsplit(base_url).netloc,
    }
    recognition = starred(product, on)
    if recognition is not None:
        values |= {
            "decision_number": recognition.decision_number,
            "decision_date": day(recognition.decision_date),
            "decision_authority": recognition.authority_name,
            "valid_to": day(recognition.last_day),
        }
    return LabelContent(
        values,
        recognition.stars if recognition else None,
        record=f"{product.name}, {lot.code}",
        images=pictures or {},
        facts=product_facts(product)
        | {
            "decided_name": recognition.product_name if recognition else "",
            "proven": proven(session, product, on) if (session := object_session(lot)) else "",
        },
    )


def _quantity(product: Product) -> str:
    """Net content with the packs inside and the mass of the solids (Decree 37/2026 art. 45.3, appendix II 2)."""
    said = product.net_content or ""
    if product.packs and product.packs not in said:
        said = f"{said} ({product.packs})"
    if product.drained_weight and product.drained_weight not in said:
        said = f"{said}; khối lượng chất rắn: {product.drained_weight}"
    return said


def _warning(product: Product) -> str:
    """The warning, with what causes allergies as far as it does not say it."""
    warning = product.warning or ""
    told = warning.casefold()
    more = [one.strip() for one in (product.allergens or "").split(",") if one.strip()]
    more = [one for one in more if one.casefold() not in told]
    if not more:
        return warning
    return f"{warning} Có chứa: {', '.join(more)}.".strip()


def _told(product: Product, most: int) -> tuple[str, str]:
    """Whole sentences from the beginning of the story, at most *most* characters, and the English
    ones beside them: as many, so that both tell the same, and all where the Vietnamese is whole.

    English takes more letters: half as many again are allowed.
    """
    ours, theirs = _sentences(product.story), _sentences(product.story_en)
    kept = _within(ours, most)
    beside = theirs if len(kept) == len(ours) else theirs[: len(kept)]
    return " ".join(kept), " ".join(_within(beside, most * 3 // 2))


def _sentences(story: str) -> list[str]:
    parts = (part.rstrip(".").strip() for part in story.replace("\n", " ").split(". "))
    return [f"{part}." for part in parts if part]


def _within(sentences: list[str], most: int) -> list[str]:
    """The first of *sentences*, at least one, at most *most* characters together."""
    kept: list[str] = []
    for sentence in sentences:
        if kept and len(" ".join([*kept, sentence])) > most:
            break
        kept.append(sentence)
    return kept
