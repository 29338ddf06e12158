"""Lots: tables of what was made together, and of lists that were brought in."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from labelsvc.catalogue.models.goods import Product
from labelsvc.clock import now
from labelsvc.db import Base


class Lot(Base):
    """A production lot (lô, mẻ): what was made together and is recalled together."""

    __tablename__ = "lot"
    __table_args__ = (
        UniqueConstraint("product_id", "code"),
        CheckConstraint("declared > 0", name="declared"),
        {"info": {"shown_by": ("product_id",)}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    #: GS1 AI 10: at most 20 characters of A-Z 0-9 - . / _ (catalogue/lots.py checks).
    code: Mapped[str] = mapped_column(String(20))
    #: Units the producer says were made; no more labels than that are issued.
    declared: Mapped[int]
    made_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    #: Growing-area code (mã số vùng trồng), free text with a light check.
    growing_area: Mapped[str] = mapped_column(String(40), default="")
    #: Season of harvest, which grain may say in place of the day made: "Mùa 2026".
    season: Mapped[str] = mapped_column(String(60), default="", server_default="")
    note: Mapped[str] = mapped_column(Text, default="")
    #: Its labels are good only once they are activated: stolen rolls are worth nothing.
    activation: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Set when the lot is recalled: the page says so before anything else.
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str] = mapped_column(Text, default="")
    #: Set when the producer is through with it: nothing is printed for it any more.
    ended_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")
    product: Mapped[Product] = relationship(back_populates="lots")


class ImportRun(Base):
    """One list that was brought in, with its report."""

    __tablename__ = "import_run"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    actor: Mapped[str] = mapped_column(String(60))
    at: Mapped[datetime] = mapped_column(default=now)
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    #: Of the upload it came from: taking it over twice is one time.
    token: Mapped[str | None] = mapped_column(String(50), unique=True, index=True)
    #: What it made and changed is kept (`ImportTrace`): it can be undone.
    traced: Mapped[bool] = mapped_column(default=False, server_default=false())
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(60), default="", server_default="")
