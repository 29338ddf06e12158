"""Owner decisions: keeps what a person said of two owners, "the same" or "another", for the next list.

Remembered by name and place of the row (index.OwnerKey) and by the producer, or by name and
place of another row of the same list, that it was compared with. Used by imports and the office.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from labelsvc.accounts import audit
from labelsvc.accounts.models import AuditEntry
from labelsvc.catalogue.models import Producer
from labelsvc.catalogue.owners.index import OwnerKey
from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.errors import BadInput


class OwnerDecision(Base):
    """A person's word about an owner in a list and a producer, or an owner of another row."""

    __tablename__ = "owner_decision"
    __table_args__ = (
        Index("ix_owner_decision_name_place", "name", "place"),
        {"info": {"volatile": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(300))
    place: Mapped[str] = mapped_column(String(100), default="")
    #: The producer it was compared with; None while that one is a row of a list only.
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    other_name: Mapped[str] = mapped_column(String(300))
    other_place: Mapped[str] = mapped_column(String(100), default="")
    same: Mapped[bool]
    #: The name as the list has it.
    written: Mapped[str] = mapped_column(String(200), default="")
    decided_by: Mapped[str] = mapped_column(String(60))
    decided_at: Mapped[datetime] = mapped_column(default=now)


def decide(
    session: Session,
    key: OwnerKey,
    other: OwnerKey,
    *,
    same: bool,
    actor: str,
    producer_id: int | None = None,
    written: str = "",
) -> OwnerDecision:
    """Remember that the owner *key* is, or is not, the producer, or the owner *other* of a list.

    A later word about the same two replaces it; an owner is said to be one other owner at most.

    :raises BadInput: no such producer.
    """
    if producer_id is not None and session.get(Producer, producer_id) is None:
        raise BadInput("There is no producer {id}.", fix="Look the number up.", id=producer_id)
    found = session.scalars(
        select(OwnerDecision)
        .where(OwnerDecision.name == key.name, OwnerDecision.place == key.place)
        .where(
            OwnerDecision.producer_id == producer_id
            if producer_id is not None
            else (OwnerDecision.other_name == other.name)
            & (OwnerDecision.other_place == other.place)
        )
    ).first()
    if same:
        for older in session.scalars(
            select(OwnerDecision).where(
                OwnerDecision.name == key.name, OwnerDecision.place == key.place, OwnerDecision.same
            )
        ):
            older.same = False
    made = found or OwnerDecision(name=key.name, place=key.place)
    made.producer_id, made.other_name, made.other_place = producer_id, other.name, other.place
    made.same, made.written = same, written[:200]
    made.decided_by, made.decided_at = actor, now()
    session.add(made)
    session.flush()
    audit.record(
        session, actor=actor, action="owner.same" if same else "owner.another",
        subject=f"producer:{producer_id}" if producer_id is not None else f"owner_decision:{made.id}",
        facts={"decision": made.id, "name": key.name, "place": key.place, "other": other.name},
    )  # fmt: skip
    return made


class Decisions:
    """The decisions so far, read once, to be asked while a list is compared."""

    def __init__(self, session: Session) -> None:
        self._same: dict[OwnerKey, int | OwnerKey] = {}
        self._asked: dict[OwnerKey, set[int]] = {}
        for facts in session.scalars(
            select(AuditEntry.facts).where(AuditEntry.action == "owner.asked")
        ):
            self._asked.setdefault(OwnerKey(facts["name"], facts["place"]), set()).update(facts["producers"])  # fmt: skip
        self._by_id: dict[tuple[OwnerKey, int], bool] = {}
        self._by_key: dict[tuple[OwnerKey, OwnerKey], bool] = {}
        for row in session.scalars(select(OwnerDecision).order_by(OwnerDecision.decided_at)):
            key, other = OwnerKey(row.name, row.place), OwnerKey(row.other_name, row.other_place)
            if row.producer_id is not None:
                self._by_id[(key, row.producer_id)] = row.same
            else:
                self._by_key[(key, other)] = self._by_key[(other, key)] = row.same
            if row.same:
                self._same[key] = row.producer_id if row.producer_id is not None else other
                if row.producer_id is None:
                    self._same.setdefault(other, key)  # whichever of the two is known later

    def same_as(self, key: OwnerKey) -> int | OwnerKey | None:
        """See `index.Decided`."""
        return self._same.get(key)

    def said(self, key: OwnerKey, number: int, other: OwnerKey) -> bool | None:
        """See `index.Decided`."""
        answer = self._by_id.get((key, number))
        return self._by_key.get((key, other)) if answer is None else answer

    def asked(self, key: OwnerKey) -> Collection[int]:
        """See `index.Decided`."""
        return self._asked.get(key, ())


def leave_open(
    session: Session, questions: Mapping[OwnerKey, Collection[int]], *, actor: str
) -> None:
    """Remember the producers that each owner of a list may be, as nobody said: they are asked again."""
    held = Decisions(session)
    for key, producers in questions.items():
        new = sorted(set(producers) - set(held.asked(key)))
        if new:
            audit.record(
                session, actor=actor, action="owner.asked", subject=f"producer:{new[0]}",
                facts={"name": key.name, "place": key.place, "producers": new},
            )  # fmt: skip


def forget(session: Session, decision: OwnerDecision, *, actor: str) -> None:
    """Take a decision back: the next list asks again."""
    audit.record(
        session, actor=actor, action="owner.forget", subject=f"owner_decision:{decision.id}",
        facts={"name": decision.name, "place": decision.place, "other": decision.other_name},
    )  # fmt: skip
    session.delete(decision)
    session.flush()


def remembered(session: Session, producer_id: int) -> list[OwnerDecision]:
    """List the decisions about a producer, newest first."""
    query = select(OwnerDecision).where(OwnerDecision.producer_id == producer_id)
    return list(session.scalars(query.order_by(OwnerDecision.id.desc())))
