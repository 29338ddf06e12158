"""Scans, de-identified at the border: no address, no cookie, no precise place, no browser string."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from labelsvc.db import Base


class Scan(Base):
    """One opened scan page.

    `day_token` is a MAC under a random key that lives one day (day_key.py): it collapses repeated
    scans into sessions and cannot be turned back after the key is gone (Decree 356/2025/NĐ-CP).
    """

    __tablename__ = "scan"
    __table_args__ = (Index("ix_scan_number_at", "number", "at"), {"info": {"volatile": True}})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    #: To the minute; old rows are coarsened to the day.
    at: Mapped[datetime] = mapped_column(index=True)
    #: Number of the code, None where no code of ours was recognised.
    number: Mapped[int | None] = mapped_column(BigInteger)
    issue_id: Mapped[int | None] = mapped_column(ForeignKey("issue.id"), index=True)
    form: Mapped[str | None] = mapped_column(String(8))
    verdict: Mapped[str] = mapped_column(String(30))
    language: Mapped[str] = mapped_column(String(2), default="vi")
    #: Family and system only: "Chrome/Android".
    device: Mapped[str] = mapped_column(String(40), default="")
    day_token: Mapped[str | None] = mapped_column(String(32))


class UnitSeen(Base):
    """First scan and count of one unit or lot code: the only row a unit gets by being scanned."""

    __tablename__ = "unit_seen"
    __table_args__ = ({"info": {"volatile": True}},)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    #: Distinct sessions: scans by one day token within 30 minutes count once.
    sessions: Mapped[int] = mapped_column(default=1)
    scans: Mapped[int] = mapped_column(default=1)
    #: Where it was first reported, a province, and when.
    province: Mapped[str | None] = mapped_column(String(2))
    province_at: Mapped[datetime | None]


class MachineVisits(Base):
    """Scan pages that programs fetched (link previews, crawlers, prefetches): how many a day."""

    __tablename__ = "machine_visits"
    __table_args__ = ({"info": {"volatile": True}},)

    day: Mapped[date] = mapped_column(primary_key=True)
    agent: Mapped[str] = mapped_column(String(10), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class Refused(Base):
    """Codes whose tag or signature did not hold: how many a day, by the beginning of the code."""

    __tablename__ = "refused"
    __table_args__ = ({"info": {"volatile": True}},)

    day: Mapped[date] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class RefusedNetwork(Base):
    """The same by network, for as long as its day lasts: one that tries codes, or many that met one
    made-up code. A network is a token of the day (day_key.py)."""

    __tablename__ = "refused_network"
    __table_args__ = ({"info": {"volatile": True}},)

    day: Mapped[date] = mapped_column(primary_key=True)
    #: As above; "*" for all codes.
    prefix: Mapped[str] = mapped_column(String(16), primary_key=True)
    network: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class InnerRedeemed(Base):
    """The one time that the inner code of a unit was checked."""

    __tablename__ = "inner_redeemed"
    __table_args__ = ({"info": {"volatile": True}},)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class InnerTries(Base):
    """Wrong inner codes of a unit on one day."""

    __tablename__ = "inner_tries"
    __table_args__ = ({"info": {"volatile": True}},)

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
