"""Certificates: records VietGAP, HACCP and the like of products and producers, and removes them.

Used by the office's page of a product.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from labelsvc.accounts import audit
from labelsvc.catalogue import fields
from labelsvc.catalogue.models import Producer, Product
from labelsvc.catalogue.recognition import Certificate
from labelsvc.errors import BadInput

#: Begins the kind of a paper that proves words of a label: "Chứng minh: ngon nhất Hà Nội".
PROOF = "Chứng minh:"
#: How long a proof of words holds (Law on Advertising art. 8.11).
PROOF_LIVES = timedelta(days=366)


@dataclass(frozen=True)
class CertificateFacts:
    """The facts of a certificate, as they were typed. A kind that begins with `PROOF` proves the words after it."""

    kind: str
    number: str = ""
    issuer: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


def create_certificate(
    session: Session,
    facts: CertificateFacts,
    *,
    actor: str,
    product: Product | None = None,
    producer: Producer | None = None,
) -> Certificate:
    """Record another certificate (VietGAP, HACCP ...) of one product or of a whole producer.

    :raises BadInput: a field is wrong; `field` names it.
    """
    if (product is None) == (producer is None):
        raise TypeError("give either a product or a producer")
    certificate = Certificate(
        product_id=product.id if product else None,
        producer_id=producer.id if producer else None,
        valid_from=facts.valid_from,
        valid_to=facts.valid_to,
        **_checked(facts),
    )
    session.add(certificate)
    session.flush()
    audit.record_row(
        session, certificate, "create", actor=actor, kind=facts.kind, number=facts.number
    )
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


def _checked(facts: CertificateFacts) -> dict[str, str]:
    texts = {
        "kind": fields.checked("kind", partial(fields.name, most=60), facts.kind),
        "number": fields.checked("number", partial(fields.line, most=80), facts.number),
        "issuer": fields.checked("issuer", partial(fields.line, most=160), facts.issuer),
    }
    if not texts["kind"]:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="kind")
    if facts.valid_from and facts.valid_to and facts.valid_to < facts.valid_from:
        raise BadInput(
            "The certificate ends before it begins.", fix="Check the dates.", field="valid_to"
        )
    if texts["kind"].startswith(PROOF):
        begins, ends = facts.valid_from, facts.valid_to
        if begins is None or ends is None or ends - begins > PROOF_LIVES:
            raise BadInput(
                "A proof of words on labels holds for one year at most.",
                fix="Give both its days.",
                field="valid_to",
            )
    return texts


def proven(session: Session, product: Product, on: date) -> str:
    """Words that papers of *product* or its producer prove on *on*, one a line."""
    found = session.scalars(
        select(Certificate).where(
            (Certificate.product_id == product.id)
            | (Certificate.producer_id == product.producer_id),
            Certificate.kind.startswith(PROOF, autoescape=True),
        )
    )
    return "\n".join(one.kind.removeprefix(PROOF).strip() for one in found if one.valid_on(on))
