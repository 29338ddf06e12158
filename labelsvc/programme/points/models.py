"""Models: the links with which points of sale confirm themselves without signing in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.catalogue.models import Outlet
from labelsvc.clock import now
from labelsvc.db import Base


class OutletLink(Base):
    """A link of one point for one quarter. The token is made from the seed and a key of the settings."""

    __tablename__ = "outlet_link"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id", ondelete="CASCADE"), index=True)
    #: "2026Q4"
    quarter: Mapped[str] = mapped_column(String(6))
    seed: Mapped[str] = mapped_column(String(32))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    made_by: Mapped[str] = mapped_column(String(60))
    expires_at: Mapped[datetime]
    #: When hours and products were confirmed with it: that is done once.
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    outlet: Mapped[Outlet] = relationship()
