"""Handover: what is new since a day as one workbook, for another department, with a receipt."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Text, or_, select
from sqlalchemy.orm import Mapped, Session, joinedload, mapped_column
from xlsxwriter import Workbook

from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue import criteria, fields
from labelsvc.catalogue.exporting.columns import COLUMNS, TITLES
from labelsvc.catalogue.exporting.sheet import OWNERS, Writer
from labelsvc.catalogue.importing.heads.kinds import ListKind
from labelsvc.catalogue.models import Producer, ProducerKind, Product
from labelsvc.catalogue.recognition import Recognition
from labelsvc.clock import HANOI, now, today
from labelsvc.db import Base
from labelsvc.errors import BadInput
from labelsvc.files import Files

_KINDS = dict(zip(ProducerKind, OWNERS, strict=True))


class Handover(Base):
    """A receipt of a list that was given away: what is new since a day, as one workbook."""

    __tablename__ = "handover"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(60))
    since: Mapped[date]
    #: The department or person that got it.
    recipient: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    recognised: Mapped[int] = mapped_column(default=0)
    withdrawn: Mapped[int] = mapped_column(default=0)

    @property
    def file_key(self) -> str:
        return f"handovers/{self.id}.xlsx"


@dataclass(frozen=True)
class Delta:
    """A workbook and how many rows its two lists have."""

    data: bytes
    recognised: int
    withdrawn: int


def delta(session: Session, since: date) -> Delta:
    """Recognitions that were entered or whose facts were changed since *since*, and withdrawn ones.

    Names of people and personal ids are not in it. :raises BadInput: the day is yet to come.
    """
    if since > today():
        raise BadInput("The day is yet to come.", fix="Choose an earlier one.", field="since")
    data = io.BytesIO()
    given, ended = COLUMNS[ListKind.RECOGNISED], COLUMNS[ListKind.WITHDRAWN]
    with Workbook(data, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:  # fmt: skip
        writer = Writer(book)
        told = f"Từ ngày {since:%d/%m/%Y} đến ngày {today():%d/%m/%Y}"
        sheet = writer.sheet("Công nhận", TITLES[ListKind.RECOGNISED], told, given)
        recognised = writer.rows(sheet, given, _given(session, since))
        sheet = writer.sheet("Thu hồi", TITLES[ListKind.WITHDRAWN], told, ended)
        withdrawn = writer.rows(sheet, ended, _ended(session, since))
    return Delta(data.getvalue(), recognised, withdrawn)


def hand_over(
    session: Session, files: Files, *, since: date, recipient: str, actor: str, note: str = ""
) -> Handover:
    """Write what is new since *since*, keep it, and note who got it.

    :raises BadInput: nobody is named, or the day is yet to come.
    """
    who = fields.checked("recipient", partial(fields.line, most=200), recipient)
    if not who:
        raise BadInput("This field cannot be empty.", fix="Fill it in.", field="recipient")
    words = fields.checked("note", partial(fields.line, most=1000), note)
    made = delta(session, since)
    row = Handover(
        actor=actor, since=since, recipient=who, note=words, recognised=made.recognised, withdrawn=made.withdrawn,
        file_name=f"ocop-tu-{since:%Y-%m-%d}-den-{today():%Y-%m-%d}.xlsx",
        sha256=hashlib.sha256(made.data).hexdigest(),
    )  # fmt: skip
    session.add(row)
    session.flush()
    files.put(row.file_key, made.data)
    audit.record(
        session, actor=actor, action="handover", subject=f"handover:{row.id}",
        facts={"recipient": who, "since": since, "recognised": made.recognised, "withdrawn": made.withdrawn, "sha256": row.sha256},
    )  # fmt: skip
    return row


def _query(*where: ColumnElement[bool]) -> Select[Recognition]:
    return (
        select(Recognition)
        .join(Recognition.product)
        .join(Product.producer)
        .where(Product.merged_into_id.is_(None), *where)
        .options(
            joinedload(Recognition.product)
            .joinedload(Product.producer)
            .joinedload(Producer.commune)
        )
        .order_by(
            Producer.search_key, Product.search_key, Recognition.decision_date, Recognition.id
        )
        .execution_options(yield_per=500)
    )


def _given(session: Session, since: date) -> Iterator[dict[str, Any]]:
    begin = _begins(since)
    query = _query(
        Recognition.withdrawn_on.is_(None),
        or_(Recognition.created_at >= begin, Product.changed_at >= begin, Producer.changed_at >= begin),
    )  # fmt: skip
    for given in session.scalars(query):
        product = given.product
        yield {
            **_named(given), "kind": _KINDS.get(ProducerKind(product.producer.kind), ""),
            "phone": product.producer.phone, "tax_code": product.producer.public_tax_code,
            "stars": f"{given.stars} sao", "score": given.score, "valid_to": given.valid_to,
            "authority": given.authority_name, "set": criteria.name(product.set_number, "vi"),
            "ocop_code": product.ocop_code, "gtin": product.gtin, "net_content": product.net_content,
        }  # fmt: skip


def _ended(session: Session, since: date) -> Iterator[dict[str, Any]]:
    subjects = session.scalars(
        select(AuditEntry.subject).where(AuditEntry.action == "recognition.withdraw", AuditEntry.at >= _begins(since))
    )  # fmt: skip
    entered = sorted({int(one.rpartition(":")[2]) for one in subjects})
    query = _query(
        Recognition.withdrawn_on.is_not(None),
        or_(Recognition.withdrawn_on >= since, Recognition.id.in_(entered)),
    )
    for given in session.scalars(query):
        yield {
            **_named(given), "withdrawal_decision": given.withdrawal_decision,
            "withdrawal_date": given.withdrawn_on, "withdrawal_reason": given.withdrawal_reason,
        }  # fmt: skip


def _named(given: Recognition) -> dict[str, Any]:
    product = given.product
    return {
        "product": product.name, "producer": product.producer.name,
        "address": product.producer.address or product.producer.old_address,
        "decision": given.decision_number, "decision_date": given.decision_date,
    }  # fmt: skip


def _begins(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=HANOI)
