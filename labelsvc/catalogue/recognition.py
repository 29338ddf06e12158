"""Recognition: tables of stars and other certificates, and their standing on a day.

Law: Decision 26/2026/QĐ-TTg; a certificate issued under an older decision stays valid to its own
end date (art. 12.1), so each carries its legal basis.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    func,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from labelsvc.catalogue.models import Product
from labelsvc.clock import now
from labelsvc.db import Base

#: Months of validity (Decision 26/2026 art. 7).
VALIDITY_MONTHS = 36
#: A renewal file is handed in between 180 and 120 days before the end (art. 7.6a).
RENEWAL_OPENS_DAYS = 180
RENEWAL_CLOSES_DAYS = 120
#: Longest transitional extension past the end (art. 12.3).
EXTENSION_MAX_DAYS = 180
#: First and last end of those that may be extended: still in force when Decision 26/2026 came, and
#: without the 120 days of art. 7.6a between its day and their end (art. 12.3).
EXTENDABLE = (date(2026, 5, 22), date(2026, 9, 19))


class Standing(StrEnum):
    """The worth of a recognition on a day."""

    IN_FORCE = "in_force"  # đang hiệu lực
    ENDING_SOON = "ending_soon"  # sắp hết hạn, 180 days or less
    EXTENDED = "extended"  # kéo dài theo Điều 12
    EXPIRED = "expired"  # hết hiệu lực
    WITHDRAWN = "withdrawn"  # bị thu hồi
    NOT_RECOGNISED = "not_recognised"  # chưa công nhận

    @property
    def allows_stars(self) -> bool:
        """Mark and stars may be printed and shown only in the first three standings."""
        return self in (Standing.IN_FORCE, Standing.ENDING_SOON, Standing.EXTENDED)


#: How each is told to readers, on pages and on the command line.
STANDINGS = {
    "in_force": "In force",
    "ending_soon": "In force, ends soon",
    "extended": "In force by extension (art. 12)",
    "expired": "Expired",
    "withdrawn": "Withdrawn",
    "not_recognised": "Not recognised yet",
}


class Authority(StrEnum):
    """The three kinds of body that have given stars."""

    DISTRICT = "district"  # UBND huyện, 3 stars before 1 July 2025
    PROVINCE = "province"  # UBND thành phố, 3-4 stars
    MINISTRY = "ministry"  # Bộ NN&MT, 5 stars


class Recognition(Base):
    """A decision that a product has 3, 4 or 5 stars, from a day to a day."""

    __tablename__ = "recognition"
    __table_args__ = (
        CheckConstraint("stars BETWEEN 3 AND 5", name="stars"),
        CheckConstraint("valid_to >= valid_from", name="valid_to"),
        # A number comes back every year: the day belongs to it.
        Index(
            "ix_recognition_decision", "product_id", "decision_number", "decision_date", unique=True
        ),
        {"info": {"shown_by": ("product_id",)}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    stars: Mapped[int]
    score: Mapped[Decimal | None] = mapped_column(Numeric(5, 2))
    #: ≥ 90 points at the province and not yet judged by the ministry. A note, never a star.
    potential_five: Mapped[bool] = mapped_column(default=False)
    decision_number: Mapped[str] = mapped_column(String(60), index=True)
    decision_date: Mapped[date]
    authority: Mapped[str] = mapped_column(String(10))
    #: In full, as it signs: "UBND Thành phố Hà Nội".
    authority_name: Mapped[str] = mapped_column(String(160))
    #: Decision of the Prime Minister it was given under: "148/QĐ-TTg", "26/2026/QĐ-TTg".
    legal_basis: Mapped[str] = mapped_column(String(40))
    certificate_number: Mapped[str] = mapped_column(String(60), default="")
    valid_from: Mapped[date]
    #: Last day on which it holds.
    valid_to: Mapped[date] = mapped_column(index=True)
    extended_to: Mapped[date | None]
    extension_evidence: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_on: Mapped[date | None]
    withdrawal_decision: Mapped[str] = mapped_column(String(60), default="")
    withdrawal_reason: Mapped[str] = mapped_column(Text, default="")
    #: The product's name as the decision has it; labels with stars carry it.
    product_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    #: Point of art. 8.1 (withdrawing.Reason), and who withdrew (art. 8.2).
    withdrawal_ground: Mapped[str] = mapped_column(String(20), default="", server_default="")
    withdrawal_authority: Mapped[str] = mapped_column(String(160), default="", server_default="")
    #: Day of the finding: the withdrawal follows within 15 days (art. 8.4).
    found_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    product: Mapped[Product] = relationship(back_populates="recognitions")

    @validates("product")
    def _given_to(self, _key: str, product: Product) -> Product:
        self.product_name = self.product_name or (product.name if product else "")
        return product

    def standing(self, on: date) -> Standing:
        """Standing on the day *on*; that day itself still counts as valid at the end."""
        if self.withdrawn_on is not None and on >= self.withdrawn_on:
            return Standing.WITHDRAWN
        if on < self.valid_from:
            return Standing.NOT_RECOGNISED
        if on <= self.valid_to:
            soon = self.valid_to - on <= timedelta(days=RENEWAL_OPENS_DAYS)
            return Standing.ENDING_SOON if soon else Standing.IN_FORCE
        if self.extended_to is not None and on <= self.extended_to:
            return Standing.EXTENDED
        return Standing.EXPIRED

    @property
    def last_day(self) -> date:
        """The day after which the stars are void, with an evidenced extension counted in."""
        return max(self.valid_to, self.extended_to or self.valid_to)

    def renewal_window(self) -> tuple[date, date]:
        """First and last day for handing in the renewal file (art. 7.6a)."""
        return (
            self.valid_to - timedelta(days=RENEWAL_OPENS_DAYS),
            self.valid_to - timedelta(days=RENEWAL_CLOSES_DAYS),
        )


def default_valid_to(valid_from: date) -> date:
    """Same day of the month 36 months later, that day still valid; 29 Feb becomes 28 Feb."""
    year = valid_from.year + VALIDITY_MONTHS // 12
    last = calendar.monthrange(year, valid_from.month)[1]
    return date(year, valid_from.month, min(valid_from.day, last))


def ruling(recognitions: list[Recognition], on: date) -> Recognition | None:
    """The recognition that speaks for the product on *on*: one that allows stars, newest first;
    else the newest that has begun; else the newest of all; None where there is none.
    """
    newest_first = sorted(recognitions, key=lambda r: (r.valid_from, r.id or 0), reverse=True)
    for recognition in newest_first:
        if recognition.standing(on).allows_stars:
            return recognition
    for recognition in newest_first:
        if recognition.valid_from <= on:
            return recognition
    return newest_first[0] if newest_first else None


class Certificate(Base):
    """Another certificate of a product or of its producer: VietGAP, HACCP, organic ..."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint(
            "(product_id IS NULL) <> (producer_id IS NULL)", name="product_or_producer"
        ),
        {"info": {"shown_by": ("producer_id", "product_id")}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    #: "VietGAP", "HACCP", "ISO 22000", "Hữu cơ TCVN 11041", "GCN ATTP" ...
    kind: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(80), default="")
    issuer: Mapped[str] = mapped_column(String(160), default="")
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]

    def valid_on(self, day: date) -> bool:
        """True if it holds on *day*; without an end date it holds until it is removed."""
        begun = self.valid_from is None or day >= self.valid_from
        return begun and (self.valid_to is None or day <= self.valid_to)


def number_key() -> ColumnElement[str]:
    """`Recognition.decision_number` as `i18n.fold` spells it, for searches: "1147/qd-ubnd"."""
    lower = func.lower(Recognition.decision_number)  # SQLite leaves Đ as it is
    return func.replace(func.replace(lower, "Đ", "d"), "đ", "d")
