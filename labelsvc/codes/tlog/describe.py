"""Leaves from rows: issues, keys and withdrawals for the public log, without names or reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, overload

from sqlalchemy.orm import Session

from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Lot, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.clock import local, now
from labelsvc.codes.keys.key import KeyState
from labelsvc.codes.models import Blank, Form, Issue, KeyRecord, Mark, MarkState
from labelsvc.codes.tlog.formats.leaf import (
    AuditHeadLeaf,
    PrintRunLeaf,
    RecognitionLeaf,
    WithdrawalLeaf,
)
from labelsvc.errors import BadInput

#: What happened to a recognition.
Event = Literal["granted", "extended", "withdrawn"]


def issue(row: Issue, *, labels: int | None = None) -> PrintRunLeaf:
    """Numbers that a lot got.

    :param labels: how many labels carry them, where that is more than the codes (lot codes,
        copies).
    """
    lot = row.lot
    said = row.said if row.form == Form.OFFLINE else None
    return PrintRunLeaf(
        id=f"issue:{row.id}",
        at=_moment(),
        form=str(row.form),
        kid=row.kid,
        first=row.first,
        count=row.count,
        labels=row.count if labels is None else labels,
        lot=row.lot_id,
        lot_code=_text(lot.code),
        product=lot.product_id,
        gtin=lot.product.gtin,
        ocop_code=_text(lot.product.ocop_code),
        declared=lot.declared,
        first_in_lot=row.first_in_lot,
        reference=said.reference if said else None,
        expiry=said.expiry if said else None,
        flags=said.flags if said else None,
    )


def blank(row: Blank) -> PrintRunLeaf:
    """Numbers of a blank roll."""
    return PrintRunLeaf(
        id=f"blank:{row.id}",
        at=_moment(),
        form="blank",
        kid=row.kid,
        first=row.first,
        count=row.count,
        labels=row.count,
    )


def recognition(row: Recognition, event: Event) -> RecognitionLeaf:
    """A recognition as it is after *event*."""
    product: Product = row.product
    subject = f"recognition:{row.id}:{event}"
    if event == "extended":  # may be prolonged again
        subject += f":{row.extended_to}"
    return RecognitionLeaf(
        id=subject,
        at=_moment(),
        event=event,
        recognition=row.id,
        product=product.id,
        gtin=product.gtin,
        ocop_code=_text(product.ocop_code),
        stars=row.stars,
        decision=_text(row.decision_number),
        decided_on=row.decision_date,
        authority=str(row.authority),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        extended_to=row.extended_to,
        withdrawn_on=row.withdrawn_on,
        withdrawal_decision=_text(row.withdrawal_decision) or None,
    )


def mark(session: Session, row: Mark) -> WithdrawalLeaf:
    """Codes that are void or withdrawn. :raises BadInput: sold goods are nobody's business."""
    if row.state not in (MarkState.VOID, MarkState.WITHDRAWN):
        raise BadInput("Only void and withdrawn codes stand in the public log.")
    lot = session.get_one(Issue, row.issue_id).lot
    return WithdrawalLeaf(
        id=f"mark:{row.id}",
        at=_moment(),
        state=str(row.state),
        lot=lot.id,
        lot_code=_text(lot.code),
        product=lot.product_id,
        first=row.first,
        count=row.last - row.first + 1,
    )


def recall(lot: Lot) -> WithdrawalLeaf:
    """A whole lot was called back."""
    day = lot.recalled_at.date() if lot.recalled_at else ""
    return WithdrawalLeaf(
        id=f"lot:{lot.id}:recalled:{day}",
        at=_moment(),
        state="recalled",
        lot=lot.id,
        lot_code=_text(lot.code),
        product=lot.product_id,
    )


def key(row: KeyRecord) -> WithdrawalLeaf:
    """A key was frozen or revoked. :raises BadInput: it is neither."""
    if row.state not in (KeyState.FROZEN, KeyState.REVOKED):
        raise BadInput("Only frozen and revoked keys stand in the public log.")
    return WithdrawalLeaf(
        id=f"key:{row.kid}:{row.state}", at=_moment(), state=str(row.state), kid=row.kid
    )


def audit_head(entry: AuditEntry, count: int, *, ended: bool = True) -> AuditHeadLeaf:
    """An entry as the *count*-th of the audit trail: the newest of a day that has *ended*, or so far."""
    day = local(entry.at).date()
    return AuditHeadLeaf(
        id=f"audit:{day.isoformat()}" + ("" if ended else f":{entry.id}"), at=_moment(), day=day, entry=entry.id, count=count, head=entry.hash
    )  # fmt: skip


@overload
def _text(value: str) -> str: ...
@overload
def _text(value: str | None) -> str | None: ...
def _text(value: str | None) -> str | None:
    """In one line: what was typed or imported once must never stop a run or a withdrawal."""
    return (
        None
        if value is None
        else " ".join("".join(filter(str.isprintable, part)) for part in value.split())
    )


def _moment() -> datetime:
    return now().replace(microsecond=0)
