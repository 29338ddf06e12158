"""Places: tables of administrative units, what became of them, and craft villages."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from labelsvc.db import Base
from labelsvc.i18n import fold, nfc


class AdminUnit(Base):
    """A commune-level unit (phường, xã, thị trấn) during one period of its life.

    Codes were used again on 1 July 2025 for other places: the key is (code, valid_from), never
    the code alone (Resolution 1656/NQ-UBTVQH15, Decision 19/2025/QĐ-TTg).
    """

    __tablename__ = "admin_unit"

    code: Mapped[str] = mapped_column(String(5), primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    valid_to: Mapped[date | None]
    #: With its kind: "Xã Bát Tràng", "Phường Hà Đông".
    name: Mapped[str] = mapped_column(String(80))
    #: "Huyện Gia Lâm" for old units; empty since 1 July 2025, there are no districts any more.
    district: Mapped[str] = mapped_column(String(80), default="")
    province: Mapped[str] = mapped_column(String(80), default="Thành phố Hà Nội")
    search_key: Mapped[str] = mapped_column(String(200), index=True, default="")

    @validates("name", "district")
    def _name_changed(self, key: str, value: str) -> str:
        name = value if key == "name" else (self.name or "")
        district = value if key == "district" else (self.district or "")
        self.search_key = fold(f"{name} {district}")
        return nfc(value)


class AdminUnitChange(Base):
    """An old unit, or a part of it, went into a new one."""

    __tablename__ = "admin_unit_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["old_code", "old_from"], ["admin_unit.code", "admin_unit.valid_from"]
        ),
        ForeignKeyConstraint(
            ["new_code", "new_from"], ["admin_unit.code", "admin_unit.valid_from"]
        ),
    )

    old_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    old_from: Mapped[date] = mapped_column(primary_key=True)
    new_code: Mapped[str] = mapped_column(String(5), primary_key=True)
    new_from: Mapped[date] = mapped_column(primary_key=True)
    #: True where only a part of the old unit went there: then a person must choose.
    partly: Mapped[bool] = mapped_column(default=False)


class VillageKind(StrEnum):
    """Kinds of Decree 52/2018/NĐ-CP art. 3, 5, and the villages that only have a craft."""

    CRAFT = "craft"  # làng nghề
    TRADITIONAL = "traditional"  # làng nghề truyền thống
    WITH_CRAFT = "with_craft"  # làng có nghề


#: Kind → English key of its words.
VILLAGE_KINDS = {
    VillageKind.CRAFT: "Craft village",
    VillageKind.TRADITIONAL: "Traditional craft village",
    VillageKind.WITH_CRAFT: "Village with a craft",
}


class Village(Base):
    """A craft village (làng nghề)."""

    __tablename__ = "village"
    __table_args__ = (
        ForeignKeyConstraint(
            ["commune_code", "commune_from"], ["admin_unit.code", "admin_unit.valid_from"]
        ),
        Index("ix_village_commune_code", "commune_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    name_en: Mapped[str] = mapped_column(String(120), default="")
    craft: Mapped[str] = mapped_column(String(120), default="")
    craft_en: Mapped[str] = mapped_column(String(120), default="")
    #: Of the list in villages/crafts.py; `craft` says it in the village's own words. "" for none yet.
    craft_code: Mapped[str] = mapped_column(String(20), default="", server_default="", index=True)
    #: One of `VillageKind`; "" where nobody has said.
    kind: Mapped[str] = mapped_column(String(12), default="", server_default="")
    commune_code: Mapped[str | None] = mapped_column(String(5))
    commune_from: Mapped[date | None]
    #: Decision that recognised the village as a craft village.
    decision_number: Mapped[str] = mapped_column(String(60), default="")
    decision_date: Mapped[date | None]
    #: Day from which the recognition holds no more; the village itself stays.
    withdrawn_on: Mapped[date | None]
    #: Degrees, north and east.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    #: Day from which the entry is history; its page stays.
    ended_on: Mapped[date | None]
    #: The village that it is part of now: its address leads there.
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"), index=True)
    story: Mapped[str] = mapped_column(Text, default="")
    story_en: Mapped[str] = mapped_column(Text, default="")
    search_key: Mapped[str] = mapped_column(String(520), default="", server_default="", index=True)
    commune: Mapped[AdminUnit | None] = relationship()

    @validates("name", "name_en", "craft", "craft_en")
    def _words_changed(self, key: str, value: str) -> str:
        words = {
            name: getattr(self, name) or "" for name in ("name", "name_en", "craft", "craft_en")
        }
        self.search_key = fold(" ".join((words | {key: value}).values()))
        return nfc(value)

    def recognised(self, on: date) -> bool:
        """True while a decision recognises it on the day *on*; one without a day never does."""
        return (
            bool(self.decision_number)
            and self.decision_date is not None
            and self.decision_date <= on
            and not any(day is not None and day <= on for day in (self.withdrawn_on, self.ended_on))
        )
