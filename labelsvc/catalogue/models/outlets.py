"""Outlets: the table of points of sale, with their kinds and states."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from labelsvc.catalogue.models.goods import Producer, Product, outlet_product
from labelsvc.catalogue.models.places import AdminUnit
from labelsvc.db import Base
from labelsvc.i18n import fold, nfc


class OutletKind(StrEnum):
    """The kinds of points of sale; those of a producer are proposed by the producer too."""

    SHOP = "shop"  # cửa hàng
    SUPERMARKET = "supermarket"  # siêu thị
    TOURISM = "tourism"  # điểm gắn với làng nghề, du lịch
    DESIGN_CENTRE = "design_centre"  # trung tâm thiết kế sáng tạo, giới thiệu, quảng bá
    BOOTH = "booth"  # gian hàng theo mùa, hội chợ
    OWN_SHOP = "own_shop"  # cửa hàng của chủ thể
    WORKSHOP = "workshop"  # bán tại xưởng, tại vườn
    E_SHOP = "e_shop"  # gian hàng trực tuyến


#: Kinds that a producer may propose for itself.
OWN_KINDS = (OutletKind.OWN_SHOP, OutletKind.WORKSHOP, OutletKind.E_SHOP)


class OutletState(StrEnum):
    """State of a point of sale; only a published one is shown to the public."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REFUSED = "refused"
    CLOSED = "closed"


class Outlet(Base):
    """A point of sale (điểm giới thiệu và bán sản phẩm OCOP)."""

    __tablename__ = "outlet"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_code", "commune_from"], ["admin_unit.code", "admin_unit.valid_from"]
        ),
        Index("ix_outlet_commune_code", "commune_code"),
        Index("ix_outlet_search_key", "search_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    #: One of `OutletKind`; empty while nobody has said.
    kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    street: Mapped[str] = mapped_column(String(200), default="")
    commune_code: Mapped[str | None] = mapped_column(String(5))
    commune_from: Mapped[date | None]
    #: Degrees, WGS 84; both or none.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    phone: Mapped[str] = mapped_column(String(30), default="")
    website: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: Opening hours by weekday, in the form of `points/hours.py`; `hours_note` says the rest.
    hours: Mapped[str] = mapped_column(String(300), default="", server_default="")
    hours_note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: The firm or body that runs it, as the public reads it.
    operator: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: Where the link for the confirmation goes; on no public page.
    email: Mapped[str] = mapped_column(String(120), default="", server_default="")
    #: The producer whose own point it is.
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    state: Mapped[str] = mapped_column(
        String(10), default=OutletState.PUBLISHED, server_default=OutletState.PUBLISHED, index=True
    )
    #: Since when the public sees it. What came of it before and after stands in `OutletStep`.
    published_on: Mapped[date | None]
    #: Day on which its people last confirmed hours and products.
    confirmed_on: Mapped[date | None]
    search_key: Mapped[str] = mapped_column(String(400), default="", server_default="")
    commune: Mapped[AdminUnit | None] = relationship()
    producer: Mapped[Producer | None] = relationship()
    products: Mapped[list[Product]] = relationship(
        secondary=outlet_product, back_populates="outlets", order_by="Product.search_key"
    )

    @validates("name", "street")
    def _name_changed(self, key: str, value: str) -> str:
        name = value if key == "name" else (self.name or "")
        street = value if key == "street" else (self.street or "")
        self.search_key = fold(f"{name} {street}")
        return nfc(value)

    @hybrid_property
    def active(self) -> bool:
        """True while it is published: neither proposed, refused nor closed."""
        return self.state == OutletState.PUBLISHED

    @active.inplace.setter
    def _set_active(self, value: bool) -> None:
        self.state = OutletState.PUBLISHED if value else OutletState.CLOSED

    @property
    def address(self) -> str:
        parts = [self.street]
        if self.commune is not None:
            parts += [self.commune.name, self.commune.province]
        return ", ".join(part for part in parts if part)
