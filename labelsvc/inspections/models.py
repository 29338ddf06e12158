"""Reports that consumers send from the scan page ("Báo sai / nghi hàng giả"), and cases.

A case ("vụ việc") is one question about goods: raised by the signals of copy risk, opened from a
report of a consumer or by an inspector, answered by a person of the office. Nothing in these tables
names a consumer but the contact of a report, which is removed when the report is closed.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Float, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.catalogue.models import Lot, Outlet, Product
from labelsvc.clock import now
from labelsvc.db import Base


class ReportKind(StrEnum):
    SUSPECTED_FAKE = "suspected_fake"
    WRONG_INFORMATION = "wrong_information"
    QUALITY = "quality"
    OTHER = "other"
    #: About a point of sale, from its own page.
    POINT_CLOSED = "point_closed"
    NOT_SOLD = "not_sold"


class ReportState(StrEnum):
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


class Report(Base):
    """A consumer's report about a code. The contact is optional and for the office alone."""

    __tablename__ = "report"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: The code as it was read, canonical where it is ours, by its ends; at most 300 characters.
    code: Mapped[str] = mapped_column(String(300))
    number: Mapped[int | None] = mapped_column(BigInteger)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    #: The point of sale that it is about; then there is no code.
    outlet_id: Mapped[int | None] = mapped_column(
        ForeignKey("outlet.id", ondelete="SET NULL"), index=True
    )
    verdict: Mapped[str] = mapped_column(String(30))
    message: Mapped[str] = mapped_column(Text)
    #: Where it was bought, in the reporter's words.
    place: Mapped[str] = mapped_column(String(200), default="")
    contact: Mapped[str] = mapped_column(String(120), default="")
    state: Mapped[str] = mapped_column(String(8), default=ReportState.NEW, index=True)
    answer: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    handled_at: Mapped[datetime | None]
    handled_by: Mapped[str] = mapped_column(String(60), default="")
    #: Number of the account that handles it. No key: it outlives the account, as the actors of the trail do.
    assignee_id: Mapped[int | None] = mapped_column(index=True)
    due_on: Mapped[date | None]
    #: The case it led to.
    case_id: Mapped[int | None] = mapped_column(ForeignKey("inspection_case.id"), index=True)
    product: Mapped[Product | None] = relationship()
    outlet: Mapped[Outlet | None] = relationship()
    case: Mapped[Case | None] = relationship(back_populates="reports")
    notes: Mapped[list[ReportNote]] = relationship(order_by="ReportNote.id")


class ReportNote(Base):
    """A note of the office about a report; never shown to the reporter."""

    __tablename__ = "report_note"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)


class CaseKind(StrEnum):
    COPY_RISK = "copy_risk"  # raised by the signals of inspections/watch.py
    REPORT = "report"  # opened from a report of a consumer
    INSPECTION = "inspection"  # opened by an inspector
    WITHDRAWAL = "withdrawal"  # an inspector asks for codes to be withdrawn


class CaseState(StrEnum):
    NEW = "new"  # nobody has looked
    OPEN = "open"  # somebody of the office works on it
    CONTESTED = "contested"  # the producer answered
    DECIDED = "decided"
    CLOSED = "closed"


class Decision(StrEnum):
    """The office's answer to a case."""

    NO_ACTION = "no_action"
    WATCH = "watch"  # nothing now; look again when more is seen
    INSPECTOR = "inspector"  # sent to an inspector
    WITHDRAWN = "withdrawn"  # the label or lot was withdrawn
    RECALLED = "recalled"
    AUTHORITY = "authority"  # handed over to market surveillance or police


class Case(Base):
    """One question about goods and its answer."""

    __tablename__ = "inspection_case"
    __table_args__ = (
        Index("ix_inspection_case_state", "state"),
        Index("ix_inspection_case_number", "number"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Made by the inspector's app for its cases, so that sending one twice opens one.
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(10), default=CaseState.NEW)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"))
    #: Number of the one code it is about.
    number: Mapped[int | None] = mapped_column(BigInteger)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    #: "watch", "user:12".
    opened_by: Mapped[str] = mapped_column(String(60))
    #: SHA-256 of what the inspector's app sent, photos too; empty for others and for those of before.
    sent_hash: Mapped[str] = mapped_column(String(64), default="")
    #: Headline facts, counts and thresholds; nothing that stands for a person.
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    #: Its code was reported at places far apart: the scan page says so until it is answered.
    apart: Mapped[bool] = mapped_column(default=False)
    decision: Mapped[str] = mapped_column(String(12), default="")
    #: Why, in words that the producer reads too.
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by: Mapped[str] = mapped_column(String(60), default="")
    decided_at: Mapped[datetime | None]
    #: Number of the account that handles it. No key: it outlives the account, as the actors of the trail do.
    assignee_id: Mapped[int | None] = mapped_column(index=True)
    due_on: Mapped[date | None]
    #: What the producer says against it.
    contest: Mapped[str] = mapped_column(Text, default="")
    contested_at: Mapped[datetime | None]
    contested_by: Mapped[str] = mapped_column(String(60), default="")
    product: Mapped[Product | None] = relationship()
    lot: Mapped[Lot | None] = relationship()
    notes: Mapped[list[CaseNote]] = relationship(back_populates="case", order_by="CaseNote.id")
    files: Mapped[list[CaseFile]] = relationship(back_populates="case", order_by="CaseFile.id")
    reports: Mapped[list[Report]] = relationship(back_populates="case", order_by="Report.id")


class CaseNote(Base):
    """A note that somebody wrote about a case; never changed, never removed."""

    __tablename__ = "case_note"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of the inspector's app; None for notes of the office.
    uid: Mapped[str | None] = mapped_column(String(36), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("inspection_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    case: Mapped[Case] = relationship(back_populates="notes")


class CaseFile(Base):
    """A photo: re-encoded, without the metadata it came with."""

    __tablename__ = "case_file"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str | None] = mapped_column(String(36), unique=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("inspection_case.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    actor: Mapped[str] = mapped_column(String(60))
    #: Key of a JPEG in `files`.
    path: Mapped[str] = mapped_column(String(120))
    #: SHA-256 of that file, in hexadecimal, as in the audit trail; empty for photos of before.
    sha256: Mapped[str] = mapped_column(String(64), default="")
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    description: Mapped[str] = mapped_column(String(200), default="")
    case: Mapped[Case] = relationship(back_populates="files")


class SightingSource(StrEnum):
    INSPECTOR = "inspector"  # an official act, with notice to the staff
    CONSENT = "consent"  # a consumer chose to say where


class Sighting(Base):
    """A place where a code was said to be: a province, for inspectors a cell of about five kilometres."""

    __tablename__ = "sighting"
    __table_args__ = (Index("ix_sighting_number_at", "number", "at"), {"info": {"volatile": True}})

    id: Mapped[int] = mapped_column(primary_key=True)
    #: Of the inspector's app: the same scan sent twice is one sighting.
    uid: Mapped[str | None] = mapped_column(String(36), unique=True)
    number: Mapped[int] = mapped_column(BigInteger)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    #: Code of the province (scans/provinces.py).
    province: Mapped[str] = mapped_column(String(2))
    #: Middle of the cell in degrees, rounded to 0.05; None where only the province is known.
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    source: Mapped[str] = mapped_column(String(10))


class SaleProvince(Base):
    """A province in which a product is sold, as its producer declared; none: it did not say."""

    __tablename__ = "sale_province"
    __table_args__ = ({"info": {"volatile": True}},)

    product_id: Mapped[int] = mapped_column(
        ForeignKey("product.id", ondelete="CASCADE"), primary_key=True
    )
    province: Mapped[str] = mapped_column(String(2), primary_key=True)


class WatchState(Base):
    """One row: until when the scans were looked at."""

    __tablename__ = "watch_state"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    looked_at: Mapped[datetime]
