"""Heads that somebody assigned by hand, remembered for files with the same heads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from labelsvc.accounts import audit
from labelsvc.catalogue.importing.heads.words import FIELDS
from labelsvc.clock import now
from labelsvc.db import Base
from labelsvc.errors import BadInput


class HeadAssignment(Base):
    """The meaning of each column of a header of that fingerprint, as a person said."""

    __tablename__ = "head_assignment"
    __table_args__ = ({"info": {"volatile": True}},)

    fingerprint: Mapped[str] = mapped_column(String(32), primary_key=True)
    #: Column (from 0, as text) → field; "" for a column that is left out.
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)
    assigned_by: Mapped[str] = mapped_column(String(60))
    assigned_at: Mapped[datetime] = mapped_column(default=now, onupdate=now)


def remembered(session: Session) -> dict[str, dict[int, str]]:
    """Fingerprint → column → field."""
    return {
        one.fingerprint: {int(index): str(name) for index, name in one.columns.items()}
        for one in session.scalars(select(HeadAssignment))
    }


def remember(
    session: Session, fingerprint: str, columns: Mapping[int, str], *, actor: str
) -> HeadAssignment:
    """Keep what somebody assigned; a later word about the same heads adds to it.

    :raises BadInput: a field that there is not.
    """
    wrong = sorted(set(columns.values()) - {*FIELDS, ""})
    if wrong:
        raise BadInput("There is no field {name}.", fix="Choose one of the list.", name=wrong[0])
    made = session.get(HeadAssignment, fingerprint)
    held = dict(made.columns) if made is not None else {}
    held |= {str(index): name for index, name in columns.items()}
    if made is None:
        made = HeadAssignment(fingerprint=fingerprint, columns=held, assigned_by=actor)
        session.add(made)
    else:
        made.columns, made.assigned_by = held, actor
    session.flush()
    audit.record(
        session, actor=actor, action="import.heads", subject=f"heads:{fingerprint}", facts={"columns": held}
    )  # fmt: skip
    return made
