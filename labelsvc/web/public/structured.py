"""Structured: what pages of the register say to machines, in the words of schema.org (JSON-LD)."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from labelsvc.catalogue.models import ORGANISATIONS, Producer, Product
from labelsvc.programme.decided import Decision
from labelsvc.settings import Settings
from labelsvc.web.public.standing import Shown

_CONTEXT: Final = "https://schema.org"
#: Of the data of the register, as pages and files state it.
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


def product(view: dict[str, Any], row: Product, said: Shown, settings: Settings) -> dict[str, Any]:
    """A product with its maker; stars only while they are in force, for a machine reads no dates."""
    at = f"{settings.base_url}/product/{row.id}"
    found: dict[str, Any] = {
        "@context": _CONTEXT, "@type": "Product", "@id": at, "url": at, "name": row.name,
        "description": view["product"]["story"][:500], "brand": {"@type": "Brand", "name": row.brand} if row.brand else None,
        "gtin14": row.gtin, "image": [*view["links"]["photos"], f"{at}/share.png"],
        "manufacturer": producer(row.producer, settings, inside=True),
        "countryOfOrigin": {"@type": "Country", "name": "VN"},
    }  # fmt: skip
    if said.recognition is not None and said.standing.allows_stars:
        found["award"] = f"OCOP {said.recognition.stars} sao, {said.recognition.decision_number}"
    return _filled(found)


def producer(row: Producer, settings: Settings, *, inside: bool = False) -> dict[str, Any]:
    """A producer; persons are named as their business alone."""
    at = f"{settings.base_url}/producer/{row.id}"
    found = {
        "@context": None if inside else _CONTEXT, "@type": "Organization", "@id": at, "url": at, "name": row.name,
        "alternateName": row.name_en, "address": _address(row),
        "taxID": row.public_tax_code if row.kind in ORGANISATIONS or row.organisation else None,
    }  # fmt: skip
    return _filled(found)


def decision(found: Decision, settings: Settings) -> dict[str, Any]:
    return _filled({
        "@context": _CONTEXT, "@type": "Legislation", "url": f"{settings.base_url}/decision/{found.slug}",
        "legislationIdentifier": found.number, "legislationDate": found.day.isoformat(),
        "legislationPassedBy": {"@type": "GovernmentOrganization", "name": found.authority} if found.authority else None,
    })  # fmt: skip


def dataset(name: str, path: str, day: date, settings: Settings) -> dict[str, Any]:
    """A list of the register with its licence."""
    return {
        "@context": _CONTEXT, "@type": "Dataset", "name": name, "url": f"{settings.base_url}{path}",
        "license": LICENCE, "dateModified": day.isoformat(),
        "creator": {"@type": "Organization", "name": settings.office_name},
    }  # fmt: skip


def _address(row: Producer) -> dict[str, Any] | None:
    if row.commune is None:
        return None
    return _filled({
        "@type": "PostalAddress", "streetAddress": row.street, "addressLocality": row.commune.name,
        "addressRegion": row.commune.province, "addressCountry": "VN",
    })  # fmt: skip


def _filled(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value}
