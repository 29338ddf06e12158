"""Position: reads the place of a point on earth as people paste it, as degrees. Pure."""

from __future__ import annotations

import re
from typing import Final

from labelsvc.catalogue.villages.position import LATITUDES, LONGITUDES
from labelsvc.errors import BadInput

_DEGREES: Final = re.compile(
    r"(\d{1,3})\s*°\s*(\d{1,2})\s*['′’]\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:\"|″|”|''))?\s*[NEBĐ]?"
)
#: A link of a map: the pin's own place stands behind "!3d" and "!4d", that of the view behind "@".
_LINKS: Final = (
    re.compile(r"!3d(-?\d+\.\d+)!4d(-?\d+\.\d+)"),
    re.compile(r"[?&](?:q|ll|query|mlat)=(-?\d+\.\d+)(?:,|%2C|&mlon=)\+?(-?\d+\.\d+)"),
    re.compile(r"@(-?\d+\.\d+),(-?\d+\.\d+)"),
)
_POINTS: Final = re.compile(
    r"(-?\d{1,3}\.\d+)\s*°?\s*[NB]?\s*[,;\s]\s*(-?\d{1,3}\.\d+)\s*°?\s*[EĐ]?"
)
_COMMAS: Final = re.compile(r"(-?\d{1,3},\d+)\s*[;\s]\s*(-?\d{1,3},\d+)")


def read(text: str) -> tuple[float, float] | None:
    """Latitude and longitude of "21.0285, 105.8542", "21°01'42\"N 105°51'15\"E" or the link of a map.

    None where nothing was written.

    :raises BadInput: it is none of them, or a place outside Vietnam.
    """
    text = text.strip()
    if not text:
        return None
    found = _found(text)
    if found is None:
        raise BadInput(
            "“{text}” is no place on the map.", fix="Write it like 21.0285, 105.8542.",
            field="position", text=text[:60],
        )  # fmt: skip
    north, east = found
    if _inside(east, LATITUDES) and _inside(
        north, LONGITUDES
    ):  # longitude first, as GeoJSON has it
        north, east = east, north
    if not (_inside(north, LATITUDES) and _inside(east, LONGITUDES)):
        raise BadInput(
            "The place {north}, {east} is not in Vietnam.",
            fix="Write the latitude first, like 21.0285, 105.8542.",
            field="position", north=str(north), east=str(east),
        )  # fmt: skip
    return round(north, 6), round(east, 6)


def _found(text: str) -> tuple[float, float] | None:
    if "://" in text:
        found = next((one for link in _LINKS if (one := link.search(text))), None)
        return (float(found[1]), float(found[2])) if found else None
    degrees = _DEGREES.findall(text)
    if len(degrees) == 2:
        north, east = (
            int(d) + int(m) / 60 + float((s or "0").replace(",", ".")) / 3600 for d, m, s in degrees
        )
        return north, east
    found = _POINTS.fullmatch(text) or _COMMAS.fullmatch(text)
    if found is None:
        return None
    return float(found[1].replace(",", ".")), float(found[2].replace(",", "."))


def _inside(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def said(north: float | None, east: float | None) -> str:
    """As `read` takes it; "" where the place is not known."""
    return "" if north is None or east is None else f"{north:.5f}, {east:.5f}"
