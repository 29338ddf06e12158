"""Reports that consumers send from the scan page ("Báo sai / nghi hàng giả")."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.catalogue.models import Product
from labelsvc.clock import now
from labelsvc.db import Base


class ReportKind(StrEnum):
    SUSPECTED_FAKE = "suspected_fake"
    WRONG_INFORMATION = "wrong_information"
    QUALITY = "quality"
    OTHER = "other"


class ReportState(StrEnum):
    NEW = "new"
    OPEN = "open"
    CLOSED = "closed"


class Report(Base):
    """What a consumer says about a code. The contact is optional and for the office alone."""

    __tablename__ = "report"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    #: The code as it was read, canonical where it is ours; at most 300 characters.
    code: Mapped[str] = mapped_column(String(300))
    number: Mapped[int | None] = mapped_column(BigInteger)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
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
    product: Mapped[Product | None] = relationship()
