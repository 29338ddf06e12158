"""Formats: writes rows of open data as JSON and as GeoJSON (RFC 7946), piece by piece. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any


def plain(value: Any) -> Any:
    """A value as it stands in every format: days as 2026-05-01, no value as null or an empty cell."""
    return value.isoformat() if isinstance(value, date) else value


def cell(value: Any) -> str:
    """`plain` for a table of text: true and false as in JSON."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(plain(value))


def as_json(about: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> Iterator[str]:  # fmt: skip
    """One object: what *about* says, and the rows as `items`."""
    yield _opened(about) + ', "items": ['
    yield from _joined(_dumped({name: plain(row[name]) for name in fields}) for row in rows)
    yield "\n]}\n"


def as_geojson(about: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], fields: Sequence[str]) -> Iterator[str]:  # fmt: skip
    """A FeatureCollection; the geometry is null where nobody has entered the place."""
    yield _opened({"type": "FeatureCollection", **about}) + ', "features": ['
    yield from _joined(_dumped(_feature(row, fields)) for row in rows)
    yield "\n]}\n"


def _feature(row: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    north, east = row["latitude"], row["longitude"]
    known = north is not None and east is not None
    return {
        "type": "Feature",
        "id": row["id"],
        "geometry": {"type": "Point", "coordinates": [east, north]} if known else None,
        "properties": {
            name: plain(row[name]) for name in fields if name not in ("id", "latitude", "longitude")
        },
    }


def _opened(about: Mapping[str, Any]) -> str:
    return _dumped(about)[:-1]


def _dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _joined(pieces: Iterable[str]) -> Iterator[str]:
    for number, piece in enumerate(pieces):
        yield f",\n{piece}" if number else f"\n{piece}"
