"""Drawn: tables of pictures on labels, and of a producer's own layouts and sheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base


class Artwork(Base):
    """A picture that stands on labels: the certification mark of the programme, or the logo of a
    producer. Rows stay, so that the trail and old runs can name the picture; the newest that is not
    removed is in use."""

    __tablename__ = "artwork"
    __table_args__ = ({"info": {"volatile": True}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    #: `image` of the layout language: mark, logo.
    name: Mapped[str] = mapped_column(String(20))
    #: Of a logo.
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    transparent: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60), default="")
    removed_at: Mapped[datetime | None]


class OwnLayout(Base):
    """A layout that a producer made. Runs keep their own copy: changing it changes no old run."""

    __tablename__ = "own_layout"
    __table_args__ = (
        UniqueConstraint("producer_id", "name", name="uq_own_layout_producer_id_name"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    name: Mapped[str] = mapped_column(String(61))
    title: Mapped[str] = mapped_column(String(120))
    toml: Mapped[str] = mapped_column(Text)
    #: Grows with each save, so that a second window does not overwrite unseen.
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(60), default="")


class OwnSheet(Base):
    """A sheet or roll that a producer measured: `layout.Article` as JSON."""

    __tablename__ = "own_sheet"
    __table_args__ = (
        UniqueConstraint("producer_id", "name", name="uq_own_sheet_producer_id_name"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    name: Mapped[str] = mapped_column(String(61))
    title: Mapped[str] = mapped_column(String(120))
    article: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_by: Mapped[str] = mapped_column(String(60), default="")
