"""Size: plans a QR symbol of whole printer dots. Used by drawing, checks and rolls."""

from __future__ import annotations

import re
from dataclasses import dataclass

from labelsvc.errors import LayoutError
from labelsvc.labels.layouts.parts import Level
from labelsvc.labels.symbols.encode import LEVELS, QUIET, segments, version_for

#: Least dots in a module: at two, one dot of ink spread is half a module.
MIN_DOTS = 3
#: Least module of a symbol that carries a GS1 Digital Link (GS1 General Specifications).
GS1_MIN_MM = 0.396


@dataclass(frozen=True, slots=True)
class SymbolPlan:
    """The plan of a symbol: whole printer dots a module, `total_mm` with the quiet zone."""

    version: int
    level: Level
    dots: int
    module_mm: float

    @property
    def modules(self) -> int:
        return 17 + 4 * self.version

    @property
    def total_mm(self) -> float:
        return (self.modules + 2 * QUIET) * self.module_mm


def dots_per_mm(dpi: int) -> float:
    """203 dpi is the trade name of a head with 8 dots a millimetre."""
    return 8.0 if dpi == 203 else dpi / 25.4


def dots_for(min_mm: float, target_mm: float, max_mm: float, resolution: float) -> int:
    """Dots a module: the whole number with min <= dots/resolution <= max nearest to the target.

    *resolution* in dots per mm. 0 when no whole number fits (GS1 barcode engine's rule).
    """
    slack = 1e-9
    fitting = [
        dots
        for dots in range(1, int(max_mm * resolution + slack) + 1)
        if min_mm - slack <= dots / resolution <= max_mm + slack
    ]
    return min(fitting, key=lambda dots: abs(dots / resolution - target_mm), default=0)


def choose_module(
    size_mm: float, modules: int, dpi: int, *, min_mm: float = 0.375
) -> tuple[int, float]:
    """Dots and millimetres of the largest module with which the symbol and its quiet zone fit.

    Raises `LayoutError` when *modules* + 8 of them do not fit *size_mm* at *min_mm* or more.
    """
    whole = modules + 2 * QUIET
    resolution = dots_per_mm(dpi)
    room = size_mm / whole
    dots = dots_for(max(min_mm, MIN_DOTS / resolution), room, room, resolution)
    if not dots:
        least = max(MIN_DOTS, -int(-(min_mm * resolution - 1e-9) // 1))
        raise LayoutError(
            "A symbol of {modules} modules needs {needed} mm with its quiet zone at {dpi} dpi; "
            "the layout gives {size} mm",
            fix="Make the symbol larger, use a finer printer, or a form with a shorter code.",
            modules=modules,
            needed=round(whole * least / resolution, 1),
            size=float(size_mm),
            dpi=dpi,
        )
    return dots, dots / resolution


def plan(
    text: str, *, size_mm: float, dpi: int, level: Level = "M", min_mm: float = 0.375
) -> SymbolPlan:
    """Version, level and module size for *text* in a square of *size_mm*, quiet zone included.

    The level is raised as far as the version stays the same. A GS1 Digital Link gets no module
    under `GS1_MIN_MM`. Raises `LayoutError` when it does not fit, `BadInput` when too long.
    """
    parts = segments(text)
    version = version_for(parts, level)
    for higher in LEVELS[LEVELS.index(level) + 1 :]:
        if version_for(parts, higher) != version:
            break
        level = higher
    if re.search(r"/01/[0-9]{14}(/|$)", text):
        min_mm = max(min_mm, GS1_MIN_MM)
    dots, module_mm = choose_module(size_mm, 17 + 4 * version, dpi, min_mm=min_mm)
    return SymbolPlan(version, level, dots, module_mm)
