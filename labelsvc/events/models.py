"""Events of a lot: harvest, processing, inspection, packing, shipping, sale."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


class Event(Base):
    """A critical tracking event of a lot (TCVN 12850:2019, EPCIS 2.0 ObjectEvent)."""

    __tablename__ = "event"
    __table_args__ = ({"info": {"shown_by": ("lot_id",)}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    #: CBV business step, or one of ours (vocabulary.py): "harvesting", "packing", "shipping" ...
    step: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(Text, default="")
    note_en: Mapped[str] = mapped_column(Text, default="")
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[str] = mapped_column(String(60), default="")
