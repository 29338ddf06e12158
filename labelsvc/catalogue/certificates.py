"""Certificates (VietGAP, HACCP ...) of products and producers: recording them and taking them away."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import Certificate
from labelsvc.errors import BadInput


def create_certificate(
    session: Session,
    *,
    kind: str,
    actor: str,
    product: Product | None = None,
    producer: Producer | None = None,
    number: str = "",
    issuer: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Certificate:
    """Record another certificate (VietGAP, HACCP ...) of one product or of a whole producer."""
    if (product is None) == (producer is None):
        raise TypeError("give either a product or a producer")
    certificate = Certificate(
        product_id=product.id if product else None, producer_id=producer.id if producer else None
    )
    _set_certificate(certificate, kind, number, issuer, valid_from, valid_to)
    session.add(certificate)
    session.flush()
    audit.record_row(session, certificate, "create", actor=actor, kind=kind, number=number)
    return certificate


def remove_certificate(session: Session, certificate: Certificate, *, actor: str) -> None:
    """Take a certificate away; the audit trail remembers it."""
    audit.record_row(
        session,
        certificate,
        "remove",
        actor=actor,
        kind=certificate.kind,
        number=certificate.number,
    )
    session.delete(certificate)
    session.flush()


def _set_certificate(
    certificate: Certificate,
    kind: str,
    number: str,
    issuer: str,
    valid_from: date | None,
    valid_to: date | None,
) -> None:
    made = {
        "kind": fields.checked("kind", lambda text: fields.name(text, most=60), kind),
        "number": fields.checked("number", lambda text: fields.line(text, most=80), number),
        "issuer": fields.checked("issuer", lambda text: fields.line(text, most=160), issuer),
    }
    if not made["kind"]:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="kind")
    if valid_from and valid_to and valid_to < valid_from:
        raise BadInput(
            "The certificate ends before it begins.", fix="Check the dates.", field="valid_to"
        )
    for field, value in made.items():
        setattr(certificate, field, value)
    certificate.valid_from, certificate.valid_to = valid_from, valid_to
