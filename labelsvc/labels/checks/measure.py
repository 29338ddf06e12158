"""Measure: measures symbols on a rendered page: module, dots, quiet zone. Used by spot checks and by the
preflight of press files.

A reader program forgives a missing quiet zone and uneven modules; a shop scanner does not. So what
was drawn is measured on what comes out, knowing nothing of how it was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from labelsvc.labels.pdf.rendering import Grey
from labelsvc.labels.symbols import encode, size

#: Free modules that are looked for; four must be free.
_SEEN = 6
#: Largest half of a symbol with its surroundings, mm.
_REACH_MM = 60.0
#: Of the way from ground to ink: darker counts as ink in the quiet zone.
_INK = 0.3


class Measured(NamedTuple):
    """One symbol. x, y: its top left dark corner, mm; `module_x`, `module_y` mm; `quiet`: least
    free modules around it, at most 6; `modules` 0: no light frame around it could be found."""

    page: int
    text: str
    x: float
    y: float
    modules: int
    module_x: float
    module_y: float
    quiet: float
    unused: float | None

    @property
    def module(self) -> float:
        return (self.module_x + self.module_y) / 2

    def dots(self, dpi: int) -> float:
        return self.module * size.dots_per_mm(dpi)


class _Extent(NamedTuple):
    left: int
    top: int
    right: int
    bottom: int  # of the dark modules, the last two exclusive
    modules: int


def measure(
    picture: Grey, dpi: float, *, page: int, edge: Sequence[float] | None = None
) -> list[Measured]:
    """Every symbol of *picture* (rows x columns, at *dpi*), from the top down, in rows.

    *edge*: left, top, right, bottom of the trimmed paper in mm; a quiet zone ends there.
    """
    found = [
        measure_at(picture, dpi, (read.x, read.y), edge=edge)._replace(
            page=page, text=read.text, unused=read.unused
        )
        for read in encode.read_back(picture)
    ]
    return sorted(found, key=lambda row: (round(row.y), row.x))


def measure_at(
    picture: Grey,
    dpi: float,
    centre: tuple[float, float],
    *,
    edge: Sequence[float] | None = None,
    reach_mm: float = _REACH_MM,
) -> Measured:
    """The symbol whose middle is at *centre* (pixels) of *picture*, without its text.

    *reach_mm*: largest half of the symbol with its surroundings; *edge* as for `measure`.
    """
    scale = 25.4 / dpi
    extent = _extent(picture, round(centre[0]), round(centre[1]), round(reach_mm / scale))
    if extent is None:
        here = (round(centre[0] * scale, 2), round(centre[1] * scale, 2))
        return Measured(0, "", *here, 0, 0.0, 0.0, 0.0, None)
    left, top, right, bottom, modules = extent
    module_x, module_y = (right - left) / modules, (bottom - top) / modules
    quiet = _quiet(picture, extent, (module_x + module_y) / 2)
    if edge is not None:
        sides = (
            left - edge[0] / scale,
            top - edge[1] / scale,
            edge[2] / scale - right,
            edge[3] / scale - bottom,
        )
        quiet = min(quiet, *(side / module_x for side in sides))
    return Measured(
        0, "", left * scale, top * scale, modules,
        module_x * scale, module_y * scale, max(0.0, quiet), None,
    )  # fmt: skip


def _extent(picture: Grey, x: int, y: int, most: int) -> _Extent | None:
    """The square of dark modules around the centre x, y: inside the first light frame that holds
    something with the finder patterns of a symbol."""
    height, width = picture.shape
    reach = min(most, x, y, width - 1 - x, height - 1 - y)
    window = picture[y - reach : y + reach + 1, x - reach : x + reach + 1]
    close = window[reach - reach // 4 : reach + reach // 4, reach - reach // 4 : reach + reach // 4]
    if not close.size:
        return None
    dark_level, light_level = np.percentile(close, (2, 98))
    dark = window < (dark_level + light_level) / 2
    was_light = False
    for half in range(4, reach + 1):
        a, b = reach - half, reach + half
        light = not (
            dark[a, a : b + 1].any()
            or dark[b, a : b + 1].any()
            or dark[a : b + 1, a].any()
            or dark[a : b + 1, b].any()
        )
        if light and not was_light:
            extent = _symbol_in(dark[a : b + 1, a : b + 1])
            if extent is not None:
                left, top, right, bottom, modules = extent
                dx, dy = x - half, y - half
                return _Extent(left + dx, top + dy, right + dx, bottom + dy, modules)
        was_light = light
    return None


def _symbol_in(dark: npt.NDArray[np.bool_]) -> _Extent | None:
    """Find the extent of the dark in *dark*, if three of its corners are finder patterns."""
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if not len(rows) or not len(columns):
        return None
    top, bottom, left, right = rows[0], rows[-1] + 1, columns[0], columns[-1] + 1
    width, height = int(right - left), int(bottom - top)
    # The dark bar on top of the finder pattern is seven modules long.
    bar = dark[top + max(1, width // 200), left:right]
    run = int(np.argmin(bar)) if not bar.all() else 0
    if run < 7:
        return None
    guess = width / (run / 7)
    version = round((guess - 17) / 4)
    modules = 17 + 4 * version
    if not 1 <= version <= 40 or abs(width - height) > 0.25 * width:
        return None
    module, tall = width / modules, height / modules
    if abs(run / 7 - module) > max(0.35, 0.06 * module):
        return None
    centres = [(3.5, 3.5), (modules - 3.5, 3.5), (3.5, modules - 3.5)]
    for across, down in centres:
        cx, cy = left + across * module, top + down * tall
        ring = [(0.0, 0.0, True), (2.0, 0.0, False), (3.0, 0.0, True), (0.0, -3.0, True)]
        for ox, oy, expected in ring:
            if bool(dark[int(cy + oy * tall), int(cx + ox * module)]) != expected:
                return None
    return _Extent(int(left), int(top), int(right), int(bottom), modules)


def _quiet(picture: Grey, extent: _Extent, module: float) -> float:
    """Least distance of ink from the symbol, in modules, at most `_SEEN`."""
    reach = int(_SEEN * module) + 1
    top, left = max(0, extent.top - reach), max(0, extent.left - reach)
    window = picture[top : extent.bottom + reach, left : extent.right + reach].astype(np.int16)
    # Light modules tell the ground: what is around may be anything.
    inner = picture[extent.top : extent.bottom, extent.left : extent.right]
    dark, light = np.percentile(inner, (2, 98))
    ys, xs = np.nonzero(window < light - _INK * (light - dark))
    across = np.maximum(extent.left - (xs + left + 1), xs + left - extent.right)
    down = np.maximum(extent.top - (ys + top + 1), ys + top - extent.bottom)
    distance = np.maximum(across, down)
    # A smoothed edge of the symbol itself is no ink of others.
    outside = distance[distance > 1]
    return min(float(_SEEN), float(outside.min()) / module if outside.size else float(_SEEN))
