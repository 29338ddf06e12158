"""Models: the steps of a point of sale, from its proposal to its end, and the support it was given."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.catalogue.models import Outlet
from labelsvc.clock import now
from labelsvc.db import Base


class OutletStep(Base):
    """A state that a point of sale came into, from a day on; never changed, never removed.

    By these the points of any day can be counted, also of a day long before they were entered.
    """

    __tablename__ = "outlet_step"
    __table_args__ = (
        Index("ix_outlet_step_outlet_id_on", "outlet_id", "first_day"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id", ondelete="CASCADE"))
    #: One of `OutletState`.
    state: Mapped[str] = mapped_column(String(10))
    on: Mapped[date] = mapped_column("first_day")
    at: Mapped[datetime] = mapped_column(default=now)
    #: "user:12", "outlet:7" where its people said so by the link.
    actor: Mapped[str] = mapped_column(String(60))
    #: Why it was refused or closed.
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: Who proposed it, as named: communes, former districts; "Huyện Gia Lâm".
    units: Mapped[list[str]] = mapped_column(default=list)
    outlet: Mapped[Outlet] = relationship()


class OutletSupport(Base):
    """Support out of public money, with the day until which the point has to stand for it."""

    __tablename__ = "outlet_support"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    outlet_id: Mapped[int] = mapped_column(ForeignKey("outlet.id", ondelete="CASCADE"), index=True)
    #: "Biển hiệu", "Kệ trưng bày", "Tiền thuê mặt bằng".
    kind: Mapped[str] = mapped_column(String(120))
    #: Dong; None where it was no money.
    amount: Mapped[int | None] = mapped_column(BigInteger)
    given_on: Mapped[date | None]
    until: Mapped[date | None] = mapped_column("last_day")
    decision: Mapped[str] = mapped_column(String(60), default="", server_default="")
    entered_by: Mapped[str] = mapped_column(String(60))
    entered_at: Mapped[datetime] = mapped_column(default=now)
