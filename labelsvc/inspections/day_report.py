"""Day report: lists the codes an inspector's device saw on one day, and the cases.

The device sends its visit and gets a report back; nothing of the visit is kept here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from labelsvc import clock
from labelsvc.accounts.models import User
from labelsvc.codes.forms.uri import MAX_TEXT
from labelsvc.inspections.models import Case
from labelsvc.inspections.sightings import Moment
from labelsvc.scans.verdict import Verdict

#: Codes of one visit, and bytes of the visit as it is sent.
MOST_ENTRIES, LARGEST_VISIT = 2000, 4 * 1024 * 1024


#: Nothing is proven by such a code: the goods that it names are not what it is on.
UNPROVEN = frozenset({
    Verdict.BAD_SIGNATURE, Verdict.UNKNOWN_KEY, Verdict.FROZEN_KEY_OUTSIDE_RANGE, Verdict.NOT_ISSUED,
    Verdict.MALFORMED, Verdict.FOREIGN_HOST,
})  # fmt: skip


class SentEntry(BaseModel):
    """One code of the visit, as the application keeps it."""

    model_config = ConfigDict(extra="ignore")

    code: Annotated[str, Field(max_length=MAX_TEXT)]
    verdict: Verdict
    at: Moment
    #: How many items carried the code.
    items: Annotated[int, Field(ge=1, le=10_000)] = 1
    product: Annotated[str, Field(max_length=400)] = ""
    lot: Annotated[str, Field(max_length=100)] = ""
    #: Number of the pack in the carton that it was looked at with; "outside": it did not belong.
    carton: Annotated[str, Field(max_length=40)] = ""

    @model_validator(mode="after")
    def _names_proven_goods(self) -> Self:
        if self.verdict in UNPROVEN:
            self.product = self.lot = ""
        return self


class SentVisit(BaseModel):
    """A visit, as the application sends it."""

    model_config = ConfigDict(extra="forbid")

    began: Moment
    entries: Annotated[list[SentEntry], Field(max_length=MOST_ENTRIES)] = []


@dataclass(frozen=True)
class Entered:
    """A case of the day as the report shows it."""

    number: int
    opened_at: datetime
    product: str
    lot: str
    notes: Sequence[str]
    #: Keys of photographs in the file store.
    photos: Sequence[str]


@dataclass(frozen=True)
class DayReport:
    """The contents of the report."""

    day: date
    office: str
    inspector: str
    made_at: datetime
    #: Oldest first.
    entries: Sequence[SentEntry]
    cases: Sequence[Entered]

    @property
    def counts(self) -> list[tuple[Verdict, int]]:
        """Codes by verdict, in the order of the verdicts."""
        found = Counter(entry.verdict for entry in self.entries)
        return [(verdict, found[verdict]) for verdict in Verdict if found[verdict]]


def gather(session: Session, visit: SentVisit, *, user_id: int, office: str) -> DayReport:
    """The report of the local day on which *visit* began: its codes, and the cases that this user
    opened on that day, by the clock of the service; cases of other people never.

    :raises sqlalchemy.exc.NoResultFound: there is no such user.
    """
    user = session.get_one(User, user_id)
    day = clock.local(visit.began).date()
    begin = datetime.combine(day, datetime.min.time(), clock.HANOI)
    rows = session.scalars(
        select(Case)
        .where(
            Case.opened_by == f"user:{user_id}",
            Case.opened_at >= begin,
            Case.opened_at < begin + timedelta(days=1),
        )
        .options(selectinload(Case.notes), selectinload(Case.files))
        .order_by(Case.id)
    ).all()
    return DayReport(
        day=day,
        office=office,
        inspector=user.full_name or user.name,
        made_at=clock.now(),
        entries=sorted(visit.entries, key=lambda entry: entry.at),
        cases=[
            Entered(
                number=case.id,
                opened_at=case.opened_at,
                product=case.product.name if case.product else "",
                lot=case.lot.code if case.lot else "",
                notes=[note.text for note in case.notes if note.actor == f"user:{user_id}"],
                photos=[file.path for file in case.files if file.actor == f"user:{user_id}"],
            )
            for case in rows
        ],
    )
