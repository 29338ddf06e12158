"""Goods: tables of producers, products and their pictures. Stars are in recognition.py."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from labelsvc.catalogue.models.places import AdminUnit, Village
from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.i18n import fold, nfc

if TYPE_CHECKING:
    from labelsvc.catalogue.models.lots import Lot
    from labelsvc.catalogue.models.outlets import Outlet
    from labelsvc.catalogue.recognition import Recognition


class ProducerKind(StrEnum):
    """The five kinds of owner of Decision 26/2026/QĐ-TTg art. 2.3."""

    COOPERATIVE = "cooperative"  # hợp tác xã
    COOPERATIVE_GROUP = "cooperative_group"  # tổ hợp tác
    ENTERPRISE = "enterprise"  # doanh nghiệp nhỏ và vừa
    FARM = "farm"  # trang trại
    HOUSEHOLD = "household"  # hộ sản xuất, hộ gia đình có đăng ký kinh doanh


#: How each is told to readers.
PRODUCER_KINDS: Mapping[str, str] = {
    ProducerKind.COOPERATIVE: "Cooperative",
    ProducerKind.COOPERATIVE_GROUP: "Cooperative group",
    ProducerKind.ENTERPRISE: "Small or medium enterprise",
    ProducerKind.FARM: "Farm",
    ProducerKind.HOUSEHOLD: "Registered household business",
}
#: Kinds that are legal persons: their tax code stands for nobody.
ORGANISATIONS = frozenset({ProducerKind.COOPERATIVE, ProducerKind.ENTERPRISE})


class Producer(Base):
    """An OCOP owner (chủ thể): a household, cooperative, workshop or company."""

    __tablename__ = "producer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_code", "commune_from"], ["admin_unit.code", "admin_unit.valid_from"]
        ),
        Index("ix_producer_search_key", "search_key"),
        Index("ix_producer_commune_code", "commune_code"),
        {"info": {"shown_by": ("id",)}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    kind: Mapped[str] = mapped_column(String(20))
    tax_code: Mapped[str | None] = mapped_column(String(14), unique=True)
    #: Person the law speaks to (người đại diện); on no public page for households.
    representative: Mapped[str] = mapped_column(String(120), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    email: Mapped[str] = mapped_column(String(120), default="")
    website: Mapped[str] = mapped_column(String(200), default="")
    #: House, street, thôn; without the commune.
    street: Mapped[str] = mapped_column(String(200), default="")
    commune_code: Mapped[str | None] = mapped_column(String(5))
    commune_from: Mapped[date | None]
    #: Whole address as printed before 1 July 2025; shown beside the present one.
    old_address: Mapped[str] = mapped_column(String(300), default="")
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"), index=True)
    registration_number: Mapped[str] = mapped_column(String(40), default="")
    registration_date: Mapped[date | None]
    #: The office has seen that the tax code is an organisation's: a farm run by a company, say.
    organisation: Mapped[bool] = mapped_column(default=False, server_default=false())
    active: Mapped[bool] = mapped_column(default=True)
    #: The producer that it was merged into: this row then only leads there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    search_key: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    commune: Mapped[AdminUnit | None] = relationship()
    village: Mapped[Village | None] = relationship()
    #: Without those that were merged into another.
    products: Mapped[list[Product]] = relationship(
        back_populates="producer",
        primaryjoin="and_(Producer.id == Product.producer_id, Product.merged_into_id.is_(None))",
    )

    @validates("name")
    def _name_changed(self, _key: str, value: str) -> str:
        self.search_key = fold(value)
        return nfc(value)

    @property
    def public_tax_code(self) -> str | None:
        """The tax code if it may be shown.

        Since 1 July 2025 a person's tax code is the 12-digit personal id, which is personal data
        (Law 91/2025/QH15): never on a page or label. The older 10-digit codes of households, farms
        and cooperative groups may stand for a person too, so only enterprises and cooperatives
        show theirs, and owners whose code the office knows for an organisation's.
        """
        if not self.tax_code or not (self.organisation or self.kind in ORGANISATIONS):
            return None
        digits = self.tax_code.replace("-", "")
        return self.tax_code if len(digits) in (10, 13) else None

    @property
    def address(self) -> str:
        """Present address in one line: street, commune, province."""
        parts = [self.street]
        if self.commune is not None:
            parts += [self.commune.name, self.commune.province]
        return ", ".join(part for part in parts if part)


class RiskLevel(StrEnum):
    """Decree 37/2026/NĐ-CP: decides which contents must stay on the physical label."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


outlet_product = Table(
    "outlet_product",
    Base.metadata,
    Column("outlet_id", ForeignKey("outlet.id", ondelete="CASCADE"), primary_key=True),
    Column("product_id", ForeignKey("product.id", ondelete="CASCADE"), primary_key=True),
    #: Day on which it was last said to be sold there; None for what was entered before days were kept.
    Column("as_of", Date, nullable=True),
    #: Day on which the point said that it runs low; None once there is enough again.
    Column("low_on", Date, nullable=True),
    # The key leads with the point of sale; scan pages ask by the product.
    Index("ix_outlet_product_product_id", "product_id"),
)


class Product(Base):
    """A product of a producer: one name, one pack."""

    __tablename__ = "product"
    __table_args__ = (
        UniqueConstraint("producer_id", "name"),
        CheckConstraint("set_number BETWEEN 1 AND 26", name="set_number"),
        Index("ix_product_search_key", "search_key"),
        Index("ix_product_set_number", "set_number", "set_guessed"),
        {"info": {"shown_by": ("producer_id",)}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    #: Exactly as in the decision.
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    brand: Mapped[str] = mapped_column(String(120), default="")
    #: Criteria set 1-26 (criteria.py), of the decision named in `set_decision`.
    set_number: Mapped[int]
    set_decision: Mapped[str] = mapped_column(String(30), default="26/2026/QĐ-TTg")
    #: The set was guessed from the name by an import: the office has still to confirm it.
    set_guessed: Mapped[bool] = mapped_column(default=False, server_default=false())
    #: Official code `T-X-STT-year` (Decision 26/2026 appendix II) or an older one, as opaque text.
    ocop_code: Mapped[str | None] = mapped_column(String(40), unique=True)
    #: GTIN-14 with leading zeros, check digit right; many producers have none.
    gtin: Mapped[str | None] = mapped_column(String(14), unique=True)
    net_content: Mapped[str] = mapped_column(String(80), default="")
    ingredients: Mapped[str] = mapped_column(Text, default="")
    instructions: Mapped[str] = mapped_column(Text, default="")
    storage: Mapped[str] = mapped_column(Text, default="")
    warning: Mapped[str] = mapped_column(Text, default="")
    #: Size, weight, material figures: "thông số kỹ thuật" of crafts and textiles.
    specification: Mapped[str] = mapped_column(Text, default="")
    #: Ethanol content in % vol, for alcoholic drinks.
    alcohol: Mapped[str] = mapped_column(String(30), default="")
    origin: Mapped[str] = mapped_column(String(120), default="Sản xuất tại Việt Nam")
    #: TCVN, QCVN, TCCS ... applied.
    standards: Mapped[str] = mapped_column(Text, default="")
    #: Self-declaration number (Decree 15/2018/NĐ-CP) or registration number.
    declaration: Mapped[str] = mapped_column(String(80), default="")
    #: Days from NSX to HSD that a new lot proposes; None for goods without expiry.
    shelf_life_days: Mapped[int | None]
    risk_level: Mapped[str] = mapped_column(String(8), default=RiskLevel.MEDIUM)
    #: Group of Decree 37/2026 appendix I where the criteria set leaves it open (products/choices.py).
    goods_kind: Mapped[str] = mapped_column(String(20), default="", server_default="")
    #: One ingredient a line (products/ingredients.py), from which `ingredients` is set; may be empty.
    ingredient_rows: Mapped[str] = mapped_column(Text, default="", server_default="")
    nutrition: Mapped[str] = mapped_column(Text, default="", server_default="")
    #: Why no nutrition figures are needed (Circular 30/2026/TT-BYT art. 1.2).
    nutrition_exempt: Mapped[str] = mapped_column(String(20), default="", server_default="")
    allergens: Mapped[str] = mapped_column(String(200), default="", server_default="")
    artisan: Mapped[str] = mapped_column(String(120), default="", server_default="")
    dimensions: Mapped[str] = mapped_column(String(120), default="", server_default="")
    drained_weight: Mapped[str] = mapped_column(String(40), default="", server_default="")
    #: Packs inside a pack: "10 gói × 20 g".
    packs: Mapped[str] = mapped_column(String(60), default="", server_default="")
    #: "" for a use-by date (HSD), "best_before" for "sử dụng tốt nhất trước ngày".
    date_kind: Mapped[str] = mapped_column(String(12), default="", server_default="")
    #: Name and address of who fills or packs goods of another maker (art. 44.8).
    repacker: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: Name and address of who has the goods made (art. 44.3).
    ordering_party: Mapped[str] = mapped_column(String(300), default="", server_default="")
    #: What buyers who know no Vietnamese need, on the scan page beside the contents of the label.
    ingredients_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    instructions_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    storage_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    warning_en: Mapped[str] = mapped_column(Text, default="", server_default="")
    origin_en: Mapped[str] = mapped_column(String(120), default="", server_default="")
    story: Mapped[str] = mapped_column(Text, default="")
    story_en: Mapped[str] = mapped_column(Text, default="")
    #: The product that it was merged into: this row then only leads there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    search_key: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    changed_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)
    producer: Mapped[Producer] = relationship(back_populates="products")
    photos: Mapped[list[ProductPhoto]] = relationship(
        order_by="ProductPhoto.position", cascade="all, delete-orphan"
    )
    lots: Mapped[list[Lot]] = relationship(back_populates="product")
    recognitions: Mapped[list[Recognition]] = relationship(back_populates="product")
    outlets: Mapped[list[Outlet]] = relationship(
        secondary=outlet_product, back_populates="products", order_by="Outlet.name"
    )

    @validates("name")
    def _name_changed(self, _key: str, value: str) -> str:
        self.search_key = fold(value)
        return nfc(value)


class ProductPhoto(Base):
    """A re-encoded picture without metadata; the original is not kept."""

    __tablename__ = "product_photo"
    __table_args__ = ({"info": {"shown_by": ("product_id",)}},)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(
        ForeignKey("product.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    #: Key in `files` without the ending; photos.py lists the sizes made.
    key: Mapped[str] = mapped_column(String(100))
    width: Mapped[int]
    height: Mapped[int]
    description: Mapped[str] = mapped_column(String(200), default="")
