"""Spot check: measures a few labels of a finished file: module and quiet zone. Used by both read-backs.

Reading every symbol says that it can be read; a reader program forgives what a shop scanner does
not. So one page of each part is measured as `gauge` does it, knowing nothing of how it was drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from labelsvc.labels.checks.faults import Faults
from labelsvc.labels.checks.measure import Measured, measure_at
from labelsvc.labels.pdf.rendering import Grey, Window
from labelsvc.labels.symbols import encode, size

#: Resolution of the rendering of a sheet; a roll is measured at the dots of its printer.
DPI = 600
#: Symbols of the page that are measured, spread over it.
MOST = 12
#: A module may be off by this share: what a pixel more or less makes, and no more.
_OFF = 0.02
#: Quiet zones are whole modules to a pixel, and to this share of a module where pixels are finer.
_SLACK = 0.15


class Spot(NamedTuple):
    """A symbol of the page, in mm: its middle there, half of its side with the quiet zone, and how
    far the label reaches from the middle to the left, up, right and down."""

    x: float
    y: float
    half: float
    reach: tuple[float, float, float, float]
    cell: int
    unit: int


@dataclass(frozen=True, slots=True)
class Rule:
    """The sizes asked for: least module of the layout and the planned one, mm."""

    least_mm: float
    planned_mm: float
    resolution_dpi: int


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """The measures: the smallest module, also in dots of the printer, the narrowest quiet zone in modules
    (at most 6 are looked for), and of how many symbols."""

    dpi: int
    symbols: int
    module_mm: float
    dots: float
    quiet: float

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def worst(kept: Iterable[dict[str, Any] | None]) -> dict[str, Any] | None:
    """Samples of several parts as one: the smallest figures, and how many symbols; as JSON."""
    found = [row for row in kept if row]
    if not found:
        return None
    least = min(found, key=lambda row: float(row["module_mm"]))
    return {
        **least,
        "dpi": min(row["dpi"] for row in found),
        "symbols": sum(row["symbols"] for row in found),
        "quiet": min(row["quiet"] for row in found),
    }


def spread(spots: Sequence[Spot]) -> list[Spot]:
    """At most `MOST` of *spots*, with the first and the last."""
    if len(spots) <= MOST:
        return list(spots)
    return [spots[round(n * (len(spots) - 1) / (MOST - 1))] for n in range(MOST)]


def windows(spots: Sequence[Spot], dpi: float) -> list[Window]:
    """The pixels around each of *spots* and a little more: ink of a neighbour counts."""
    scale = dpi / 25.4
    return [
        Window(
            *(max(0, round((at - _half(spot)) * scale)) for at in (spot.x, spot.y)),
            *(round((at + _half(spot)) * scale) for at in (spot.x, spot.y)),
        )
        for spot in spots
    ]


def take(
    pictures: Sequence[Grey],
    dpi: float,
    spots: Sequence[Spot],
    rule: Rule,
    faults: Faults,
    *,
    page: int,
) -> SpotCheck | None:
    """Measure the symbols at *spots* on what their `windows` show; what breaks *rule* goes to *faults*.

    None when no symbol could be measured; then there is a fault for each.
    """
    rows: list[Measured] = []
    # On a roll a printer's offset moves the symbol by whole dots, of which a module has three or so.
    slack = max(_SLACK, 25.4 / dpi / rule.planned_mm)
    for picture, spot in zip(pictures, spots, strict=True):
        found = _measured(picture, dpi, spot)
        place = {"page": page, "cell": spot.cell, "unit": spot.unit}
        if not found.modules or found.quiet < encode.QUIET - slack:
            shown = round(found.quiet, 1) if found.modules else 0
            faults.add("quiet", **place, measured=shown, least=encode.QUIET)
        if not found.modules:
            continue
        rows.append(found)
        if min(found.module_x, found.module_y) < rule.least_mm * (1 - _OFF):
            faults.add(
                "module", **place, measured=round(found.module, 3), least=round(rule.least_mm, 3)
            )
        elif any(
            abs(side - rule.planned_mm) > _OFF * rule.planned_mm
            for side in (found.module_x, found.module_y)
        ):
            faults.add(
                "scaled", **place, measured=round(found.module, 3), least=round(rule.planned_mm, 3)
            )
    if not rows:
        return None
    least = min(row.module for row in rows)
    return SpotCheck(
        round(dpi),
        len(rows),
        round(least, 4),
        round(least * size.dots_per_mm(rule.resolution_dpi), 2),
        round(min(row.quiet for row in rows), 2),
    )


def _measured(picture: Grey, dpi: float, spot: Spot) -> Measured:
    scale = dpi / 25.4
    window = windows([spot], dpi)[0]
    x, y = spot.x - window.left / scale, spot.y - window.top / scale
    west, north, east, south = spot.reach
    return measure_at(
        picture,
        dpi,
        (x * scale, y * scale),
        edge=(x - west, y - north, x + east, y + south),
        reach_mm=_half(spot),
    )


def _half(spot: Spot) -> float:
    return 1.25 * spot.half + 1
