"""Models: the table of targets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Numeric, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.db import Base


class TargetKind(StrEnum):
    """Kinds of targets; all but centres are counted from the register."""

    PRODUCTS = "products"
    POTENTIAL = "potential"
    POINTS = "points"
    CENTRES = "centres"
    POTENTIAL_SHARE = "potential_share"
    NEW_SHARE = "new_share"

    @property
    def in_percent(self) -> bool:
        return self in (TargetKind.POTENTIAL_SHARE, TargetKind.NEW_SHARE)

    @property
    def typed(self) -> bool:
        """True where nothing in the register tells what is reached: a person enters it."""
        return self is TargetKind.CENTRES


#: How each is told to readers.
TARGETS = {
    TargetKind.PRODUCTS: "Products recognised with 3 stars or more",
    TargetKind.POTENTIAL: "Products with potential 5 stars",
    TargetKind.POINTS: "New points of sale",
    TargetKind.CENTRES: "Centres for design and promotion",
    TargetKind.POTENTIAL_SHARE: "Share of products with potential 5 stars",
    TargetKind.NEW_SHARE: "Share of products recognised for the first time",
}


class Target(Base):
    """A promise of a document from a day to a day. `most` where it names a range: 20-30 points."""

    __tablename__ = "target"
    __table_args__ = (
        UniqueConstraint("kind", "since", "until"),
        CheckConstraint("until >= since", name="until"),
        CheckConstraint("least > 0", name="least"),
        # Pages of codes show no plans; those that do read them each time.
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    since: Mapped[date]
    until: Mapped[date]
    least: Mapped[Decimal] = mapped_column(Numeric(9, 1))
    most: Mapped[Decimal | None] = mapped_column(Numeric(9, 1))
    #: What is reached, where a person has to say so, and as of which day.
    reached: Mapped[Decimal | None] = mapped_column(Numeric(9, 1))
    reached_on: Mapped[date | None]
    #: "312/KH-UBND".
    source: Mapped[str] = mapped_column(String(120), default="", server_default="")

    @property
    def percent(self) -> bool:
        return TargetKind(self.kind).in_percent
