"""Position: checks latitude and longitude, and measures how far two places are apart. Used by `register`."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from labelsvc.errors import BadInput

#: Degrees between which Vietnam lies, islands counted in: others are the two figures exchanged, mostly.
LATITUDES: Final = (7.0, 24.0)
LONGITUDES: Final = (101.0, 118.0)
_EARTH_KM: Final = 6371.0


def checked(facts: Mapping[str, Any]) -> None:
    """Refuse half a position, and one that is not in Vietnam. :raises BadInput: `field` names the figure."""
    both = {"latitude": LATITUDES, "longitude": LONGITUDES}
    if (facts.get("latitude") is None) != (facts.get("longitude") is None):
        missing = next(name for name in both if facts.get(name) is None)
        raise BadInput(
            "A position has two figures.", fix="Give latitude and longitude, or neither.",
            field=missing,
        )  # fmt: skip
    for name, (low, high) in both.items():
        figure = facts.get(name)
        if figure is not None and not low <= figure <= high:
            raise BadInput(
                "{figure} is outside Vietnam.", fix="Write latitude like 20.975, longitude like 105.912.",
                field=name, figure=figure,
            )  # fmt: skip


def kilometres(from_: tuple[float, float], to: tuple[float, float]) -> float:
    """Great-circle distance of two places, each (latitude, longitude) in degrees."""
    north, east, south, west = (math.radians(one) for one in (*from_, *to))
    chord = (
        math.sin((south - north) / 2) ** 2
        + math.cos(north) * math.cos(south) * math.sin((west - east) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(chord))
