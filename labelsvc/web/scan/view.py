"""View: the facts of a scan page as plain data, for the templates and the JSON document."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from labelsvc import clock
from labelsvc.catalogue.models import PRODUCER_KINDS, Producer
from labelsvc.catalogue.photos import MAX_PHOTOS
from labelsvc.catalogue.products import allergens, english
from labelsvc.catalogue.products.columns import CRAFTS, IN_ENGLISH, ON_SCAN_PAGE
from labelsvc.catalogue.recognition import STANDINGS, Certificate, Standing
from labelsvc.codes.models import Mark, MarkState
from labelsvc.events.vocabulary import step_name
from labelsvc.scans.lookup import Found
from labelsvc.scans.verdict import OUT, SHOWN, Tone, Verdict
from labelsvc.web.language import current, gettext

HEADERS = {
    "Cache-Control": "private, max-age=0",
    "Vary": "Accept, Accept-Encoding, Accept-Language, Cookie",
    "X-Robots-Tag": "noindex",
    "Referrer-Policy": "no-referrer",
}

_ENDED = {
    Standing.EXPIRED: "Valid code, but its OCOP stars have ended",
    Standing.WITHDRAWN: "Valid code, but its OCOP stars were withdrawn",
}
_APART = "Valid code, but reported at places far apart within hours"
_APART_MEANING = (
    "Issued by this programme and not withdrawn. One label is at one place at a time: compare name, "
    "pack and lot below with what you hold, and report what differs."
)
#: Ten digits with the prefix of a mobile network.
_MOBILE = re.compile(r"0[35789]\d{8}")


def view(
    found: Found,
    verdict: Verdict,
    *,
    form: str,
    mark: Mark | None,
    base_url: str,
    code: str,
    apart: bool = False,
) -> dict[str, Any]:
    """Give all that the page of a code or link says, in the reader's language (docs/api.md, Scan).

    :param apart: an open case has reports of the code at places far apart. The machine word stays:
        what people report is a sign and proves nothing.
    """
    shown, product, lot = SHOWN[verdict], found.product, found.lot
    foreign = current() == "en"
    headline, meaning, tone = shown.headline, shown.meaning, shown.tone
    # Green means that nothing is known against code or stars: a buyer reads the head only.
    if verdict is Verdict.ISSUED_OK and apart:
        headline, meaning, tone = _APART, _APART_MEANING, Tone.CAUTION
    elif verdict is Verdict.ISSUED_OK and found.standing in _ENDED:
        headline, tone = _ENDED[found.standing], Tone.CAUTION
    return {
        "verdict": str(verdict),
        "tone": str(tone),
        "headline": gettext(headline),
        "meaning": gettext(meaning),
        "host": urlsplit(base_url).netloc,
        "mark": _mark(mark) if mark is not None else None,
        "places_apart": apart,
        "recall": {
            "reason": lot.recall_reason,
            "on": clock.local(lot.recalled_at).date().isoformat(),
        }
        if lot is not None and lot.recalled_at is not None
        else None,
        "product": {
            "name": product.name_en if foreign and product.name_en else product.name,
            "name_vi": product.name,
            "name_en": product.name_en,
            **{column.name: getattr(product, column.name) for column in ON_SCAN_PAGE},
            **{
                IN_ENGLISH[column.name].name: english.content(product, column.name)
                for column in ON_SCAN_PAGE
                if column.name in IN_ENGLISH
            },
            "allergens": [
                {"name": one.name, "name_en": one.english}
                for one in allergens.named(product.allergens)
            ],
            "story": product.story_en if foreign and product.story_en else product.story,
            "story_language": "en" if foreign and product.story_en else "vi",
            "photos": [
                {"key": p.key, "width": p.width, "height": p.height, "description": p.description}
                for p in product.photos[:MAX_PHOTOS]
            ],
        },
        "stars": _stars(found, verdict),
        "producer": producer_facts(product.producer),
        "village": _village(product.producer, foreign),
        "lot": {
            "code": lot.code,
            "made_on": _iso(lot.made_on),
            "expires_on": _iso(lot.expires_on),
            "best_before": product.date_kind == "best_before",
            "past_expiry": lot.expires_on is not None and lot.expires_on < clock.today(),
            "growing_area": lot.growing_area,
            "declared": lot.declared,
        }
        if lot is not None
        else None,
        "certificates": [_certificate(c) for c in found.certificates],
        "journey": [
            {
                "step": event.step,
                "name": gettext(step_name(event.step)),
                "at": clock.local(event.at).isoformat(timespec="minutes"),
                "day": clock.local(event.at).date().isoformat(),
                "place": event.place,
                "note": event.note_en if foreign and event.note_en else event.note,
                "note_language": "en" if foreign and event.note_en else "vi",
            }
            for event in found.events
        ],
        "outlets": [
            {
                "name": o.name,
                "address": o.address,
                "phone": o.phone,
                "page": f"{base_url}/outlet/{o.id}",
                "confirmed_on": _iso(o.confirmed_on),
            }
            for o in found.places.first
        ],
        "outlets_total": found.places.total,
        "form": form,
        "craft": product.set_number in CRAFTS,
        "language": current(),
        "links": {
            "page": f"{base_url}/{code}",
            "report": f"{base_url}/report/{code}",
            "product": f"{base_url}/product/{product.id}",
            "outlets": f"{base_url}/outlets?product={product.id}",
            "photos": [f"{base_url}/media/{p.key}.jpg" for p in product.photos[:MAX_PHOTOS]],
        },
    }


def public(page: dict[str, Any]) -> dict[str, Any]:
    """The JSON document: the same facts, with the code under its own name."""
    return {
        key: value for key, value in page.items() if key not in ("tone", "form", "compare", "craft")
    }


def _mark(mark: Mark) -> dict[str, Any]:
    """Show a mark: why a code is withdrawn is for everybody, why a label was spoilt is for its printer."""
    public = mark.state == MarkState.WITHDRAWN
    return {
        "state": mark.state,
        "reason": mark.reason if public else "",
        "on": clock.local(mark.at).date().isoformat(),
    }


def _stars(found: Found, verdict: Verdict) -> dict[str, Any] | None:
    """Stars only while they may be shown; otherwise words about what was and is no more.

    A label that is out of use gets none: the product may deserve them, what carries it may not.
    """
    recognition = found.recognition
    if recognition is None:
        return None
    allowed = found.standing.allows_stars and verdict not in OUT
    return {
        "count": recognition.stars if allowed else None,
        "was": recognition.stars,
        "standing": str(found.standing),
        "standing_name": gettext(STANDINGS[found.standing]),
        "decision_number": recognition.decision_number,
        "decision_date": recognition.decision_date.isoformat(),
        "authority": recognition.authority_name,
        "legal_basis": recognition.legal_basis,
        "valid_from": recognition.valid_from.isoformat(),
        "valid_to": recognition.last_day.isoformat(),
        "withdrawn_on": _iso(recognition.withdrawn_on),
        "withdrawal_decision": recognition.withdrawal_decision,
        "potential_five": recognition.potential_five and allowed,
    }


def producer_facts(producer: Producer) -> dict[str, Any]:
    """Give what pages for anybody say of a producer: nothing of persons but how to reach the business."""
    link = producer.website if producer.website.startswith(("https://", "http://")) else ""
    return {
        "name": producer.name,
        "name_en": producer.name_en,
        "kind": producer.kind,
        "kind_name": gettext(PRODUCER_KINDS.get(producer.kind, "Producer")),
        "address": producer.address,
        "old_address": producer.old_address,
        "phone": producer.phone,
        "zalo": _zalo(producer.phone),
        "website": link,
        "tax_code": producer.public_tax_code,
    }


def _zalo(phone: str) -> str:
    """Address of the chat with who has this number; "" for landlines, which have none."""
    digits = "".join(filter(str.isdigit, phone))
    if digits.startswith("84"):
        digits = "0" + digits[2:]
    return f"https://zalo.me/{digits}" if _MOBILE.fullmatch(digits) else ""


def _village(producer: Producer, foreign: bool) -> dict[str, Any] | None:
    village = producer.village
    if village is None:
        return None
    return {
        "name": village.name_en if foreign and village.name_en else village.name,
        "craft": village.craft_en if foreign and village.craft_en else village.craft,
        "commune": village.commune.name if village.commune else "",
        "decision_number": village.decision_number,
        "decision_date": _iso(village.decision_date),
    }


def _certificate(certificate: Certificate) -> dict[str, Any]:
    return {
        "kind": certificate.kind,
        "number": certificate.number,
        "issuer": certificate.issuer,
        "valid_to": _iso(certificate.valid_to),
        "valid": certificate.valid_on(clock.today()),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
