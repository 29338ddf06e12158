"""Band: draws the ground, the motif, the lines and the logo of a dressed label. Used by `dress`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from labelsvc.labels.families import motif
from labelsvc.labels.families.family import BLACK, Family, Palette
from labelsvc.labels.layouts.elements import Element, ImageElement, RectElement
from labelsvc.labels.layouts.layout import Layout
from labelsvc.labels.layouts.parts import Box

Side = Literal["left", "right", "top", "bottom"]

#: Two dots of a print head of 203 dpi: thinner lines break.
_HAIR = 0.25
#: Between motif and words that stand on the band, mm.
_CLEAR = 0.7


class Place(NamedTuple):
    """Place and width of the band, mm."""

    side: Side
    width: float


def drawn(
    layout: Layout,
    place: Place,
    family: Family,
    palette: Palette,
    words: Sequence[Element],
    *,
    logo: bool,
) -> list[dict[str, Any]]:
    """Ground, motif and lines of the band, and the logo on it."""
    box = _box(layout, place)
    x0, y0, x1, y1 = box
    out: list[dict[str, Any]] = []
    if family.fill is not None:
        fill = palette.band_paint(family.fill, family.fill)
        out.append({"type": "rect", "x": x0, "y": y0, "w": x1 - x0, "h": y1 - y0, "fill": fill})
    plate = _plate(box) if logo and place.width >= 6 else None
    if family.motif is not None and place.width >= 1.2:
        free = [_grown(e.bounds(), _CLEAR) for e in words]
        least = 0.8 if palette.name == BLACK else 0.42
        scale = max(least, min(place.width / family.motif.size, 2.4))
        pieces = motif.over(
            family.motif, box, scale, [*free, *([_grown(plate, 0.4)] if plate else [])]
        )
        for layer, paths in zip(family.motif.layers, pieces, strict=True):
            colour = palette.band_paint(layer.paint, family.fill)
            for d in paths:
                part: dict[str, Any] = {"type": "path", "d": d}
                if layer.line is None:
                    out.append(part | {"fill": colour})
                else:
                    thin = _HAIR if palette.name == BLACK else 0.09
                    width = round(max(layer.line * min(scale, 1.4), thin), 3)
                    out.append(part | {"stroke": colour, "stroke_width": width})
    for edge in family.edges:
        if place.width >= 1.2:
            out.append(
                _edge(
                    box,
                    place.side,
                    edge.gap,
                    max(edge.width, _HAIR if palette.name == BLACK else 0),
                    palette.band_paint(edge.paint, family.fill if edge.gap < 0 else None),
                )
            )
    if plate:
        out += [part.model_dump() for part in logo_on(plate)]
    return out


def logo_on(plate: Box) -> tuple[RectElement, ImageElement]:
    """The logo on white: logos are made for it."""
    x0, y0, x1, y1 = plate
    side = x1 - x0
    pad = 0.06 * side
    ground = {"x": x0, "y": y0, "w": side, "h": y1 - y0, "radius": 0.8, "fill": "#ffffff"}
    place = {"x": x0 + pad, "y": y0 + pad, "w": side - 2 * pad, "h": y1 - y0 - 2 * pad}
    return (
        RectElement.model_validate({"type": "rect"} | ground),
        ImageElement.model_validate({"type": "image", "image": "logo"} | place),
    )


def _box(layout: Layout, place: Place) -> Box:
    wide, high, w = layout.width, layout.height, round(place.width, 3)
    match place.side:
        case "left":
            return 0, 0, w, high
        case "right":
            return wide - w, 0, wide, high
        case "top":
            return 0, 0, wide, w
        case "bottom":
            return 0, high - w, wide, high


def _plate(box: Box) -> Box:
    """The place of the logo: a square in the middle of the band."""
    x0, y0, x1, y1 = box
    side = min(x1 - x0, y1 - y0) - 1.6
    cx, cy = (x0 + x1) / 2, (y0 + y1) / 2
    return cx - side / 2, cy - side / 2, cx + side / 2, cy + side / 2


def _edge(box: Box, side: Side, gap: float, width: float, colour: str) -> dict[str, Any]:
    x0, y0, x1, y1 = box
    at = gap + width / 2 if gap >= 0 else gap - width / 2
    match side:
        case "left":
            ends = (x1 + at, y0, x1 + at, y1)
        case "right":
            ends = (x0 - at, y0, x0 - at, y1)
        case "top":
            ends = (x0, y1 + at, x1, y1 + at)
        case "bottom":
            ends = (x0, y0 - at, x1, y0 - at)
    return {
        "type": "line",
        **dict(zip(("x1", "y1", "x2", "y2"), ends, strict=True)),
        "width": width,
        "colour": colour,
    }


def _grown(box: Box, by: float) -> Box:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by
