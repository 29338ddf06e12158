"""Ink: separates colours of a screen into inks, near-neutral darks in black alone. Used by palettes.

Without an output profile the colours are computed by a stated model of sheet-fed offset on coated
paper: Neugebauer's mixing of the solid colours of ISO 12647-2 (the aims behind FOGRA39) with dot
gain. It is meant for flat colours of labels and is no replacement for a measured profile.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Cmyk = tuple[float, float, float, float]
Floats = npt.NDArray[np.float64]

#: K 100 % and nothing else: symbols and words.
BLACK: Cmyk = (0.0, 0.0, 0.0, 1.0)
#: More than this of C + M + Y under a dark K is a rich black: four plates that must meet.
RICH_K, RICH_CMY = 0.7, 0.3

#: CIELAB of the solids on paper type 1 (ISO 12647-2:2004 with the yellow of 2007).
_PAPER, _K = (95.0, 0.0, -2.0), (16.0, 0.0, 0.0)
_SOLIDS = {
    "": _PAPER,
    "C": (55.0, -37.0, -50.0),
    "M": (48.0, 74.0, -3.0),
    "Y": (89.0, -5.0, 93.0),
    "MY": (47.0, 68.0, 48.0),
    "CY": (50.0, -65.0, 27.0),
    "CM": (24.0, 22.0, -46.0),
    "CMY": (23.0, 0.0, 0.0),
}
#: What a printed area is larger than in the file: a + 4 g a (1 - a), g at half tone.
_GAIN = np.array([0.14, 0.14, 0.14, 0.17])
#: Sum of the four inks that sheet-fed offset dries.
INK_LIMIT = 3.0
_WHITE = np.array([0.9642, 1.0, 0.8249])  # D50
#: sRGB (linear) to XYZ, adapted to D50 (Bradford).
_SRGB = np.array(
    [
        [0.4360747, 0.3850649, 0.1430804],
        [0.2225045, 0.7168786, 0.0606169],
        [0.0139322, 0.0971045, 0.7141733],
    ]
)

#: From sRGB (n x 3, 0..1) to CMYK (n x 4, 0..1).
Separate = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Ink:
    """The inks of a colour: process inks, or one spot ink (then `cmyk` is its likeness)."""

    cmyk: Cmyk
    spot: str = ""
    tint: float = 1.0

    @property
    def black(self) -> bool:
        """Solid black alone: what may overprint."""
        return not self.spot and self.cmyk == BLACK

    @property
    def plates(self) -> tuple[str, ...]:
        """Names of the plates that carry it."""
        if self.spot:
            return (self.spot,)
        return tuple(name for name, v in zip("CMYK", self.cmyk, strict=True) if v > 0)

    @property
    def rich(self) -> bool:
        return not self.spot and self.cmyk[3] >= RICH_K and sum(self.cmyk[:3]) >= RICH_CMY


def rgb(colour: str) -> tuple[float, float, float]:
    """0..1 of `#rrggbb`."""
    r, g, b = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return r, g, b


def black_alone(colour: str, *, words: bool) -> Cmyk | None:
    """The tint of K for a near-neutral colour; None when it needs other inks. Words are taken as
    neutral earlier, because a brownish grey of four plates blurs small letters."""
    values = rgb(colour)
    high, chroma = max(values), max(values) - min(values)
    dark = 0.45 if words else 0.35
    if chroma > ((0.15 if words else 0.06) if high <= dark else 0.012) and high > 0.12:
        return None
    light = float(_xyz(np.array([values]))[0, 1])
    if light >= 1 - 1e-6:
        return (0.0, 0.0, 0.0, 0.0)
    # The whole range of the screen is laid on the range of the paper (black point compensation).
    gain = 4 * float(_GAIN[3])
    tint = (1 + gain - math.sqrt((1 + gain) ** 2 - 4 * gain * (1 - light))) / (2 * gain)
    return BLACK if tint >= 0.9 else (0.0, 0.0, 0.0, round(tint, 2))


def separate(colours: Floats) -> Floats:
    """CMYK by the model, black taken for the grey part, at most `INK_LIMIT` of ink.

    Each colour is sought by coordinate descent from the plain complement; hundreds at once.
    """
    target = _relative_lab(_xyz(colours))
    inks = _complement(colours)
    best = _cost(inks, target)
    for step in (0.2, 0.1, 0.05, 0.02, 0.01):
        for _ in range(8):
            before = best.copy()
            for axis, sign in product(range(4), (step, -step)):
                moved = inks.copy()
                moved[:, axis] = np.clip(moved[:, axis] + sign, 0, 1)
                cost = _cost(moved, target)
                better = cost < best - 1e-9
                inks[better], best[better] = moved[better], cost[better]
            if np.array_equal(before, best):
                break
    # Traces of ink are dots that come and go on the plate.
    return np.where(inks < 0.025, 0.0, np.round(inks, 2))


def lab(inks: Floats) -> Floats:
    """CIELAB relative to the paper (n x 3) of CMYK (n x 4) by the model."""
    area = inks + 4 * _GAIN * inks * (1 - inks)
    xyz = np.zeros((len(inks), 3))
    for name, solid in _SOLIDS.items():
        weight = np.ones(len(inks))
        for axis, letter in enumerate("CMY"):
            weight = weight * (area[:, axis] if letter in name else 1 - area[:, axis])
        xyz += weight[:, None] * _relative(solid)
    # Black covers what is below it, to a rest.
    xyz = xyz * (1 - area[:, 3:]) + area[:, 3:] * _relative(_K) * np.sqrt(xyz.clip(0, 1))
    return _lab(xyz * _WHITE)


def _cost(inks: Floats, target: Floats) -> Floats:
    distance = ((lab(inks) - target) ** 2).sum(axis=1)
    grey = inks[:, :3].min(axis=1)  # what black does with one plate instead of three
    over = np.maximum(0, inks.sum(axis=1) - INK_LIMIT)
    return np.asarray(distance + 30 * grey**2 + 4000 * over**2)


def _complement(colours: Floats) -> Floats:
    cmy = 1 - colours
    k = cmy.min(axis=1, keepdims=True) * 0.8
    return np.concatenate([np.clip(cmy - k, 0, 1), k], axis=1)


def _xyz(colours: Floats) -> Floats:
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ _SRGB.T)


def _relative_lab(xyz: Floats) -> Floats:
    """CIELAB of a screen colour with the screen's black laid on the blackest ink."""
    black = _relative(_K)[1]
    return _lab(xyz * (1 - black) + black * _WHITE)


@lru_cache(maxsize=16)
def _relative(solid: tuple[float, float, float]) -> Floats:
    """XYZ of *solid* with the paper as 1."""
    return _lab_xyz(solid) / _lab_xyz(_PAPER)


def _lab_xyz(colour: tuple[float, float, float]) -> Floats:
    y = (colour[0] + 16) / 116
    f = np.array([y + colour[1] / 500, y, y - colour[2] / 200])
    return np.asarray(np.where(f > 6 / 29, f**3, 3 * (6 / 29) ** 2 * (f - 4 / 29)) * _WHITE)


def _lab(xyz: Floats) -> Floats:
    t = xyz / _WHITE
    f = np.where(t > (6 / 29) ** 3, np.cbrt(t), t / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack(
        [116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1
    )


# --- pictures ------------------------------------------------------------------------------------

_LATTICE = 17


def picture(data: bytes, ground: str | None, table: Any) -> tuple[Image.Image, Image.Image | None]:
    """A PNG or JPEG as CMYK picture, and how far each pixel covers what is below.

    Transparent parts take the colour *ground* that they lie on, so that nothing transparent goes to
    the press. Only where there is no such colour (None) a transparent picture stays transparent.
    """
    with Image.open(io.BytesIO(data)) as opened:
        if opened.mode == "CMYK":
            return opened.copy(), None
        source = opened.convert("RGBA")
    cover = source.getchannel("A") if ground is None else None
    if cover is not None and cover.getextrema()[0] == 255:
        cover = None
    if cover is None:
        flat = Image.new("RGBA", source.size, ground or "#ffffff")
        flat.alpha_composite(source)
    else:
        flat = source
    made: Image.Image = flat.convert("RGB").filter(table)
    return made, cover


def lattice(how: Separate) -> Any:
    """*how* on a lattice of colours, between which Pillow interpolates."""
    steps = np.linspace(0, 1, _LATTICE)
    # The first index of Pillow's table runs fastest.
    blue, green, red = np.meshgrid(steps, steps, steps, indexing="ij")
    colours = np.stack([red.ravel(), green.ravel(), blue.ravel()], axis=1)
    inks = how(colours)
    grey = np.ptp(colours, axis=1) < 1e-9
    for row in np.flatnonzero(grey):
        value = round(float(colours[row, 0]) * 255)
        inks[row] = black_alone(f"#{value:02x}{value:02x}{value:02x}", words=False) or inks[row]
    return ImageFilter.Color3DLUT(
        _LATTICE, inks.ravel().tolist(), channels=4, target_mode="CMYK", _copy_table=False
    )
