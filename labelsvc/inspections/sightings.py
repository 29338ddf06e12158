"""Sightings: stores once where an inspector's application saw a code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from labelsvc import clock
from labelsvc.codes.forms.uri import MAX_TEXT
from labelsvc.codes.keys.keyring import Keyring
from labelsvc.codes.register.resolve import find_code
from labelsvc.errors import LabelsvcError
from labelsvc.inspections.models import SightingSource
from labelsvc.inspections.places import Spot, cell_of, note_sighting

#: Of one sending.
MOST = 100
#: What is told later than this is no news.
_LATEST = timedelta(days=90)
Uid = Annotated[str, Field(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


#: What a clock of our days can say, with its zone: the ends of the calendar overflow in another one.
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(2020, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))
]


class SentPlace(BaseModel):
    """A place as an inspector gives it: words, or a position of the device."""

    model_config = ConfigDict(extra="forbid")

    place: Annotated[str, Field(max_length=200)] = ""
    #: In degrees; taken on as the middle of a cell of about five kilometres.
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None

    @property
    def cell(self) -> tuple[float, float] | None:
        """Latitude and longitude of the cell, in degrees; None where the inspector gave none."""
        if self.latitude is None or self.longitude is None:
            return None
        return cell_of(self.latitude), cell_of(self.longitude)


class SentSighting(SentPlace):
    """A code, and where and when it was looked at."""

    uid: Uid
    code: Annotated[str, Field(max_length=MAX_TEXT)]
    at: Moment


class SentSightings(BaseModel):
    """The sightings that the application sends at once."""

    model_config = ConfigDict(extra="forbid")

    sightings: Annotated[list[SentSighting], Field(max_length=MOST)]


def take(session: Session, ring: Keyring, sent: SentSightings) -> int:
    """Keep where codes were; what is known by its uid is not kept twice.

    A code that is none of ours, or at no place that is known, is passed over: nobody can mend it.

    :raises Conflict: a uid is that of a sighting of another code.
    :returns: how many were looked at.
    """
    now = clock.now()
    for one in sent.sightings:
        if one.at < now - _LATEST:
            continue
        try:
            issue, number = find_code(session, ring, one.code)
        except LabelsvcError:
            continue
        note_sighting(
            session, number=number, issue_id=issue.id, source=SightingSource.INSPECTOR,
            at=min(one.at, now), spot=Spot(one.place, one.latitude, one.longitude), uid=one.uid,
        )  # fmt: skip
    # Of all: which of them are codes of ours is said by their pages, where guesses are counted.
    return len(sent.sightings)
