"""Heartbeats: when recurring work last went well, and what stands against it. Used by publishing, health
and doctor.

A worker that is gone says nothing; so who wants to know looks at the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import String, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from labelsvc.clock import now
from labelsvc.db import Base

#: Recurring work that did not go well for so long is late.
PATIENCE = timedelta(minutes=15)
#: Row that is written to see whether anything can be written.
PROBE = "probe"


class Heartbeat(Base):
    """One kind of recurring work."""

    __tablename__ = "heartbeat"
    __table_args__ = ({"info": {"volatile": True}},)

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    #: When it last went well.
    at: Mapped[datetime]
    #: Code of the error that stands against it; "" while it goes well.
    problem: Mapped[str] = mapped_column(String(40), default="")


def beat(session: Session, name: str, *, problem: str = "") -> None:
    """Note that *name* went well now, or what stands against it: then the time stays."""
    make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values = {"problem": problem[:40]} | ({} if problem else {"at": now()})
    session.execute(
        make(Heartbeat)
        .values({"name": name, "at": now()} | values)
        .on_conflict_do_update(index_elements=[Heartbeat.name], set_=values)
    )


def late(session: Session) -> Sequence[Heartbeat]:
    """Work that did not go well for longer than `PATIENCE`, the oldest first."""
    before = now() - PATIENCE
    query = select(Heartbeat).where(Heartbeat.at < before, Heartbeat.name != PROBE)
    query = query.order_by(Heartbeat.at)
    return session.scalars(query).all()
