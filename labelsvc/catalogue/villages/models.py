"""Models: the artisans and the pictures of craft villages; the villages stand in catalogue/models."""

from __future__ import annotations

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.db import Base


class VillageArtisan(Base):
    """A person known for the craft of a village; on public pages only where they agreed to it."""

    __tablename__ = "village_artisan"
    __table_args__ = ({"info": {"volatile": True}},)  # no scan page names them

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(
        ForeignKey("village.id", ondelete="CASCADE"), index=True
    )
    name: Mapped[str] = mapped_column(String(120))
    #: "Nghệ nhân Nhân dân", "Nghệ nhân Hà Nội": as the decision words it.
    title: Mapped[str] = mapped_column(String(120), default="", server_default="")
    #: They agreed to be named in public (Law 91/2025/QH15: personal data).
    agreed: Mapped[bool] = mapped_column(default=False, server_default=false())


class VillagePhoto(Base):
    """A re-encoded picture without metadata; the original is not kept."""

    __tablename__ = "village_photo"
    __table_args__ = ({"info": {"volatile": True}},)  # no scan page shows them

    id: Mapped[int] = mapped_column(primary_key=True)
    village_id: Mapped[int] = mapped_column(
        ForeignKey("village.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    #: Key in `files` without the ending; photos.py lists the sizes made.
    key: Mapped[str] = mapped_column(String(100))
    width: Mapped[int]
    height: Mapped[int]
    description: Mapped[str] = mapped_column(String(200), default="")
