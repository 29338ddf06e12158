"""Handovers: lists that were given to another department, with their receipts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


class Handover(Base):
    """Who got which list when: what is new since a day, as one workbook."""

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
