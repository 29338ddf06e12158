"""Models: the table of the PDFs of decisions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


class DecisionPaper(Base):
    """The PDF of a decision. A number comes back each year, so the day is part of its name."""

    __tablename__ = "decision_paper"
    __table_args__ = (
        UniqueConstraint("number", "day"),
        # Pages of codes show no papers.
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60))
    day: Mapped[date]
    #: Of the bytes, which are kept as they came: a digital signature covers them.
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[int]
    pages: Mapped[int]
    uploaded_by: Mapped[str] = mapped_column(String(60))
    uploaded_at: Mapped[datetime] = mapped_column(default=now)

    @property
    def key(self) -> str:
        """Place of the file."""
        return key_of(self.sha256)


def key_of(sha256: str) -> str:
    """Place of the file with this hash."""
    return f"decisions/{sha256}.pdf"
