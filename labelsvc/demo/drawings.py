"""Drawings of the demo's products, made for the demo and free of rights: one function a motif."""

from __future__ import annotations

from collections.abc import Callable

from labelsvc.demo.brush import Brush

Motif = Callable[[Brush], None]
MOTIFS: dict[str, Motif] = {}


def motif(name: str) -> Callable[[Motif], Motif]:
    """Names a drawing."""

    def add(function: Motif) -> Motif:
        MOTIFS[name] = function
        return function

    return add


def picture(name: str, hue: float) -> bytes:
    """PNG of the motif *name* in the colour family *hue* (degrees), 1200 × 900."""
    from labelsvc.demo import crafts, foods  # noqa: F401 -- they fill the table

    brush = Brush(hue)
    MOTIFS[name](brush)
    return brush.png()
