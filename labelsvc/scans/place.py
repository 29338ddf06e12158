"""Places: where codes were reported, and the least distance between two of them.

A report names a province, or a cell of 0.05 degrees in one; both are areas, so the distance between
middles says too much.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from labelsvc.scans.provinces import BY_CODE, distance

#: Kilometres from the middle of a cell of 0.05 degrees to its corner.
_CELL_KM = 4.0


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a code was reported to be, at a moment.

    :param latitude: middle of a cell, degrees; None where only the province is known.
    """

    at: datetime
    province: str
    latitude: float | None = None
    longitude: float | None = None


def apart(a: Place, b: Place) -> float:
    """Kilometres that surely lie between two reports: from edge to edge of what is known."""
    (here, reach), (there, other) = _point(a), _point(b)
    return max(0.0, distance(*here, *there) - reach - other)


def _point(place: Place) -> tuple[tuple[float, float], float]:
    if place.latitude is not None and place.longitude is not None:
        return (place.latitude, place.longitude), _CELL_KM
    province = BY_CODE[place.province]
    return (province.latitude, province.longitude), province.reach
