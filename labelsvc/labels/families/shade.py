"""Shade: mixes colours, and makes them dark or light enough for words. Used by families."""

from __future__ import annotations

import colorsys
from typing import Final

from labelsvc.errors import BadInput
from labelsvc.labels.drawing.clearance import luminance

#: Least contrast of words against their ground (WCAG 2.2, 1.4.3), and of signs that say no words.
WORDS: Final = 4.5
SIGNS: Final = 3.0


def contrast(one: str, other: str) -> float:
    """From 1 to 21, as WCAG 2 counts it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """*one* with *share* (0 to 1) of *other* in it."""
    pairs = zip(_parts(one), _parts(other), strict=True)
    return _hex(*(a + (b - a) * share for a, b in pairs))


def legible(colour: str, ground: str, least: float = WORDS) -> str:
    """*colour*, moved toward black or white until it has the *least* contrast on *ground*."""
    end = "#000000" if luminance(ground) > 0.18 else "#ffffff"
    for step in range(101):
        found = mix(colour, end, step / 100)
        if contrast(found, ground) >= least:
            return found
    return end


def own(colour: str) -> str:
    """A producer's colour as labels print it: darkened until white words stand on it.

    :raises BadInput: it is no `#rrggbb`.
    """
    text = colour.strip().lower().removeprefix("#")
    if len(text) != 6 or any(c not in "0123456789abcdef" for c in text):
        raise BadInput(
            "{colour} is no colour.",
            fix="Give six digits such as 1f5a3c: red, green and blue.",
            colour=colour,
        )
    return legible(f"#{text}", "#ffffff")


def turned(colour: str, degrees: float, *, lightness: float, saturation: float) -> str:
    """The hue of *colour* turned on the colour circle, as light and as strong as asked (0 to 1)."""
    hue, _, strength = colorsys.rgb_to_hls(*(v / 255 for v in _parts(colour)))
    made = colorsys.hls_to_rgb((hue + degrees / 360) % 1, lightness, min(strength, saturation))
    return _hex(*(v * 255 for v in made))


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(*parts: float) -> str:
    return "#" + "".join(f"{round(v):02x}" for v in parts)
