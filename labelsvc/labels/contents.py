"""What a label of a lot says, from the catalogue: Lot, Product, Producer, Recognition → content."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.recognition import Recognition, ruling
from labelsvc.i18n import day
from labelsvc.labels.content import LabelContent

#: Longest story on a label, in characters; it ends with a whole sentence.
STORY = 170


def starred(lot: Lot, on: date) -> Recognition | None:
    """The recognition whose stars may be printed on *on*, None where none may.

    "Tiềm năng 5 sao" changes nothing: the stars are those of the decision.
    """
    recognition = ruling(lot.product.recognitions, on)
    if recognition is None or not recognition.standing(on).allows_stars:
        return None
    return recognition


def product_values(product: Product) -> dict[str, str]:
    """Values that a product has before there is a lot of it."""
    producer = product.producer
    return {
        "product_name": product.name,
        "product_name_en": product.name_en,
        "producer_name": producer.name,
        "producer_address": producer.address,
        "village": producer.village.name if producer.village else "",
        "origin": product.origin,
        "net_content": product.net_content,
        "ingredients": product.ingredients,
        "instructions": product.instructions,
        "storage": product.storage,
        "warning": product.warning,
        "alcohol": product.alcohol,
        "specification": product.specification,
        "gtin": product.gtin or "",
        "ocop_code": product.ocop_code or "",
        "story_short": _sentences(product.story),
        "story_short_en": _sentences(product.story_en),
        "phone": producer.phone,
        "website": urlsplit(producer.website).netloc.removeprefix("www."),
    }


def content_of(lot: Lot, *, base_url: str, on: date) -> LabelContent:
    """Values of all variables for *lot* as they are on the day *on*."""
    product = lot.product
    values = product_values(product) | {
        "lot_code": lot.code,
        "made": day(lot.made_on),
        "expires": day(lot.expires_on),
        "made_year": str(lot.made_on.year) if lot.made_on else "",
        "growing_area": lot.growing_area,
        "host": urlsplit(base_url).netloc,
    }
    recognition = starred(lot, on)
    if recognition is not None:
        values |= {
            "decision_number": recognition.decision_number,
            "decision_date": day(recognition.decision_date),
            "decision_authority": recognition.authority_name,
            "valid_to": day(recognition.last_day),
        }
    return LabelContent(
        values, recognition.stars if recognition else None, record=f"{product.name}, {lot.code}"
    )


def _sentences(story: str) -> str:
    """Whole sentences from the beginning of *story*, at least one, at most `STORY` characters."""
    kept = ""
    for sentence in story.replace("\n", " ").split(". "):
        sentence = sentence.rstrip(".").strip() + "."
        if kept and len(kept) + len(sentence) + 1 > STORY:
            break
        kept = f"{kept} {sentence}".strip()
    return kept if kept != "." else ""
